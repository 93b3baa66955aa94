package password_test

import (
	"context"
	"runtime"
	"strings"
	"sync"
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

// A4: 500 at once never hold more memory than the cap allows, and all of them are served.
func TestA4_ParallelHashesAreCapped(t *testing.T) {
	const cap = 2
	h := password.NewHasher(cap)
	stored := mustHash(t, h, "vexing otter lamp")
	runtime.GC()
	var before, sample runtime.MemStats
	runtime.ReadMemStats(&before)
	done := make(chan struct{})
	var peak uint64
	var sampling sync.WaitGroup
	sampling.Go(func() {
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				runtime.ReadMemStats(&sample)
				peak = max(peak, sample.HeapInuse)
			}
		}
	})
	var all sync.WaitGroup
	for range 500 {
		all.Go(func() {
			if ok, _, err := h.Verify(t.Context(), stored, "vexing otter lamp"); !ok || err != nil {
				t.Errorf("verify: %v %v", ok, err)
			}
		})
	}
	all.Wait()
	close(done)
	sampling.Wait()
	// The collector lets the heap double before it runs; without the cap it would be 500 x 19 MiB.
	const limit = (cap + 1) * 19 << 20 * 3
	if grown := int64(peak) - int64(before.HeapInuse); grown > limit {
		t.Errorf("the heap grew by %d MiB", grown>>20)
	}
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

// A1: an unknown account costs what a known one costs.
func TestA1_BurnTakesAsLongAsVerify(t *testing.T) {
	h := password.NewHasher(1)
	stored := mustHash(t, h, "vexing otter lamp")
	fastest := func(fn func() error) time.Duration {
		best := time.Hour
		for range 15 {
			start := time.Now()
			if err := fn(); err != nil {
				t.Fatal(err)
			}
			best = min(best, time.Since(start))
		}
		return best
	}
	verify := fastest(func() error { _, _, err := h.Verify(t.Context(), stored, "wrong"); return err })
	burn := fastest(func() error { return h.Burn(t.Context(), "wrong") })
	if ratio := float64(burn) / float64(verify); ratio < 0.5 || ratio > 2 {
		t.Errorf("burn %v, verify %v", burn, verify)
	}
}
