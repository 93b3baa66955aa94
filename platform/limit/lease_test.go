package limit_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"saaskit/platform/db"
	"saaskit/platform/db/dbtest"
	"saaskit/platform/limit"
)

// R1: two replicas that lease share one count, and together never pass it.
func TestR1_ReplicasThatLeaseShareTheCount(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t).Open(t, func(c *db.Config) { c.SystemConns = 8 })
	rate := limit.Rate{Name: "test", Count: 500, Per: time.Hour}
	var allowed atomic.Int64
	var all sync.WaitGroup
	for range 2 {
		leases := limit.NewLeases(limit.New(d), time.Now)
		for range 16 {
			all.Go(func() {
				for range 40 {
					switch _, err := leases.Take(t.Context(), rate, "a"); {
					case err == nil:
						allowed.Add(1)
					case !errors.Is(err, limit.ErrLimited):
						t.Error(err)
					}
				}
			})
		}
	}
	all.Wait()
	if n := allowed.Load(); n != 500 {
		t.Errorf("%d of 1280 events were allowed, not 500", n)
	}
}

func TestLeasesTellWhatIsLeft(t *testing.T) {
	t.Parallel()
	leases := limit.NewLeases(limit.New(dbtest.New(t).Open(t)), time.Now)
	rate := limit.Rate{Name: "test", Count: 200, Per: time.Hour}
	for want := 199; want >= 0; want-- {
		state, err := leases.Take(t.Context(), rate, "a")
		if err != nil || state.Remaining != want || state.Reset <= 0 || state.Reset > time.Hour {
			t.Fatalf("%+v, %v; want %d left", state, err, want)
		}
	}
	state, err := leases.Take(t.Context(), rate, "a")
	if !errors.Is(err, limit.ErrLimited) || state.Remaining != 0 {
		t.Fatalf("after the last: %+v, %v", state, err)
	}
	for _, key := range []string{"b", "c"} { // the lease of b is not spent yet when c comes
		if state, err := leases.Take(t.Context(), rate, key); err != nil || state.Remaining != 199 {
			t.Fatalf("another key, %s: %+v, %v", key, state, err)
		}
	}
}
