package api

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"

	"saaskit/platform/access"
	"saaskit/platform/fault"
	"saaskit/platform/limit"
)

// failedByAddress is how often requests of one address may fail to show who acts, at each replica: with tokens that are not ours and keys that
// do not work. Sessions that are over are no such failures: every page that was left open has one.
var failedByAddress = limit.Rate{Name: "failed-authentication", Count: 60, Per: time.Minute}

// goodKeys bounds the keys that are remembered to have worked to twice as many.
const goodKeys = 8192

type digest [sha256.Size]byte

// failures stops addresses that try keys out before their keys cost a look into the database. Keys that worked here before are not stopped, so
// that neighbours behind one address do not shut each other's programs out.
type failures struct {
	byAddress *limit.Local

	mu          sync.Mutex
	young, past map[digest]bool // keys that worked, by SHA-256
}

func newFailures(now func() time.Time) *failures {
	return &failures{byAddress: limit.NewLocal(failedByAddress, now), young: map[digest]bool{}}
}

// check refuses a caller whose address failed too often.
func (f *failures) check(ctx context.Context) error { return f.byAddress.Check(addressOf(ctx)) }

// count counts err if it says that what was sent is not genuine.
func (f *failures) count(ctx context.Context, err error) {
	switch known := fault.From(err); {
	case known.Kind != fault.Unauthenticated, known.Code == "token_expired", known.Code == "session_expired":
	default:
		f.byAddress.Count(addressOf(ctx))
	}
}

// checkKey is check for the bearer of a key.
func (f *failures) checkKey(ctx context.Context, key digest) error {
	err := f.check(ctx)
	if err == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.young[key] || f.past[key] {
		return nil
	}
	return err
}

// tried notes whether the key works.
func (f *failures) tried(ctx context.Context, key digest, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case err == nil && !f.young[key]:
		if len(f.young) >= goodKeys {
			f.past, f.young = f.young, map[digest]bool{}
		}
		f.young[key] = true
	case err != nil && fault.From(err).Kind == fault.Unauthenticated:
		delete(f.young, key)
		delete(f.past, key)
		f.count(ctx, err)
	}
}

func addressOf(ctx context.Context) string { return limit.Address(access.OriginFrom(ctx).IP) }
