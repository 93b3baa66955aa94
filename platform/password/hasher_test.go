package password_test

import (
	"context"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"

	"saaskit/platform/password"
)

func mustHash(t *testing.T, h *password.Hasher, text string) string {
	t.Helper()
	hash, err := h.Hash(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	return hash
}

// A4: Argon2id with at least 19 MiB, 2 passes, 1 lane.
func TestA4_HashParameters(t *testing.T) {
	t.Parallel()
	params, salt, key, err := argon2id.DecodeHash(mustHash(t, password.NewHasher(1), "vexing otter lamp"))
	if err != nil {
		t.Fatal(err)
	}
	if params.Memory < 19*1024 || params.Iterations < 2 || params.Parallelism != 1 || len(salt) < 16 || len(key) < 32 {
		t.Errorf("weak parameters: %+v", params)
	}
}

// A3: nothing is cut, trimmed or folded on the way to the hash; only the composition of characters is made one.
func TestA3_EveryCharacterCounts(t *testing.T) {
	t.Parallel()
	h := password.NewHasher(2)
	long := strings.Repeat("vexing otter ", 15)
	stored := mustHash(t, h, long+"lamp\x00é")
	for text, want := range map[string]bool{
		long + "lamp\x00é":       true,
		long + "lamp\x00e\u0301": true,
		long + "lamp\x00":        false,
		long + "lamp":            false,
		long + "lamq\x00é":       false,
		long + "Lamp\x00é":       false,
		" " + long + "lamp\x00é": false,
		long + "lamp\x00é ":      false,
		long[:72]:                false,
		"":                       false,
	} {
		ok, _, err := h.Verify(t.Context(), stored, text)
		if err != nil || ok != want {
			t.Errorf("%q: %v, %v", text, ok, err)
		}
	}
}

// A4: a hash with older parameters verifies and asks to be replaced, and only when the password is right.
func TestA4_OldParametersAreUpgraded(t *testing.T) {
	t.Parallel()
	h := password.NewHasher(1)
	old, err := argon2id.CreateHash("vexing otter lamp", &argon2id.Params{Memory: 8 * 1024, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	if err != nil {
		t.Fatal(err)
	}
	if ok, rehash, err := h.Verify(t.Context(), old, "vexing otter lamp"); !ok || !rehash || err != nil {
		t.Errorf("right: %v %v %v", ok, rehash, err)
	}
	if ok, rehash, err := h.Verify(t.Context(), old, "vexing otter lamb"); ok || rehash || err != nil {
		t.Errorf("wrong: %v %v %v", ok, rehash, err)
	}
	if ok, rehash, err := h.Verify(t.Context(), mustHash(t, h, "vexing otter lamp"), "vexing otter lamp"); !ok || rehash || err != nil {
		t.Errorf("new: %v %v %v", ok, rehash, err)
	}
}

// A4: 500 at once never hold more memory than the cap allows; each is served in turn, or told to come back when its request ends.
func TestA4_ParallelHashesAreCapped(t *testing.T) {
	const slots, callers, enough = 2, 500, 40
	h := password.NewHasher(slots)
	stored := mustHash(t, h, "vexing otter lamp")
	runtime.GC()
	before := heap()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var served, refused atomic.Int32
	var peak atomic.Uint64
	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			ok, _, err := h.Verify(ctx, stored, "vexing otter lamp")
			switch {
			case err == nil && ok:
				peak.Store(max(peak.Load(), heap()))
				if served.Add(1) == enough {
					cancel()
				}
			case code(err) == "busy":
				refused.Add(1)
			default:
				t.Errorf("verify: %v %v", ok, err)
			}
		})
	}
	all.Wait()
	if served.Load() < enough || served.Load()+refused.Load() != callers {
		t.Errorf("%d were served and %d refused", served.Load(), refused.Load())
	}
	// The collector lets the heap double before it runs; without the cap it would be 500 x 19 MiB.
	const limit = (slots + 1) * 19 << 20 * 3
	if grown := int64(peak.Load()) - int64(before); grown > limit {
		t.Errorf("the heap grew by %d MiB", grown>>20)
	}
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse
}

// A4: waiting ends with the request, as a fault that tells to try again.
func TestA4_WaitingEndsWithTheContext(t *testing.T) {
	t.Parallel()
	h := password.NewHasher(1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Hash(ctx, "x"); code(err) != "busy" {
		t.Errorf("hash: %v", err)
	}
	if _, _, err := h.Verify(ctx, mustHash(t, h, "x"), "x"); code(err) != "busy" {
		t.Errorf("verify: %v", err)
	}
	if err := h.Burn(ctx, "x"); code(err) != "busy" {
		t.Errorf("burn: %v", err)
	}
}

// A1: an unknown account costs what a known one costs. On a busy machine single calls are slow by chance; the fastest of both come
// together unless one does less work.
func TestA1_BurnTakesAsLongAsVerify(t *testing.T) {
	h := password.NewHasher(1)
	stored := mustHash(t, h, "vexing otter lamp")
	fastest := func(best time.Duration, fn func() error) time.Duration {
		start := time.Now()
		if err := fn(); err != nil {
			t.Fatal(err)
		}
		return min(best, time.Since(start))
	}
	verify, burn, ratio := time.Hour, time.Hour, 0.0
	for round := 0; round < 3 || ((ratio < 0.6 || ratio > 1.6) && round < 60); round++ {
		verify = fastest(verify, func() error { _, _, err := h.Verify(t.Context(), stored, "wrong"); return err })
		burn = fastest(burn, func() error { return h.Burn(t.Context(), "wrong") })
		ratio = float64(burn) / float64(verify)
	}
	if ratio < 0.6 || ratio > 1.6 {
		t.Errorf("burn %v, verify %v", burn, verify)
	}
}
