package password

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/alexedwards/argon2id"

	"saaskit/platform/fault"
)

// params are those of OWASP's Password Storage Cheat Sheet: 19 MiB, 2 passes, 1 lane. Raise them here; stored hashes follow at the next sign-in.
var params = argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// light are for tests of everything else: with the race detector a hash of the others takes 0.1 s.
var light = argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}

var errBusy = fault.New(fault.Unavailable, "busy", "Too many people are signing in right now. Try again in a moment.").After(2 * time.Second)

// Hasher hashes and verifies passwords. At most as many run at once as it was made for, so that memory stays bounded
// (19 MiB each); the others wait in turn for as long as their context lives.
type Hasher struct {
	params argon2id.Params
	nobody string // a hash with these parameters and a zero key, which no password can be found for
	slots  chan struct{}
}

// NewHasher returns a hasher that runs up to concurrency hashes at once; 0 means one for each processor.
func NewHasher(concurrency int) *Hasher {
	if concurrency <= 0 {
		concurrency = runtime.GOMAXPROCS(0)
	}
	return newHasher(params, concurrency)
}

// NewHasherForTests returns a hasher whose hashes are cheap, to guess as well. Only apptest may call it, which a test sees to.
func NewHasherForTests(concurrency int) *Hasher { return newHasher(light, concurrency) }

func newHasher(p argon2id.Params, concurrency int) *Hasher {
	return &Hasher{
		params: p, slots: make(chan struct{}, concurrency),
		nobody: fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", p.Memory, p.Iterations, p.Parallelism),
	}
}

// Hash returns the PHC string of the password's Argon2id hash with a fresh salt.
// The fault Unavailable "busy" says that the context ended while waiting for a turn.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	hash, err := argon2id.CreateHash(normalize(password), &h.params)
	if err != nil {
		return "", fmt.Errorf("hash a password: %w", err)
	}
	return hash, nil
}

// Verify reports whether the password is the one that was hashed, and whether a right one should be hashed again because parameters have changed since.
func (h *Hasher) Verify(ctx context.Context, hash, password string) (ok, rehash bool, err error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return false, false, err
	}
	defer leave()
	ok, used, err := argon2id.CheckHash(normalize(password), hash)
	if err != nil {
		return false, false, fmt.Errorf("verify a password: %w", err)
	}
	return ok, ok && *used != h.params, nil
}

// Burn costs what Verify costs and says nothing: call it where there is no account, so that the answer takes as long as with one.
// Its error is Verify's: an account that does not exist must fail in the same ways.
func (h *Hasher) Burn(ctx context.Context, password string) error {
	_, _, err := h.Verify(ctx, h.nobody, password)
	return err
}

func (h *Hasher) enter(ctx context.Context) (leave func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, errBusy.Wrap(err)
	}
	select {
	case h.slots <- struct{}{}:
		return func() { <-h.slots }, nil
	case <-ctx.Done():
		return nil, errBusy.Wrap(ctx.Err())
	}
}
