package plan_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"saaskit/platform/db"
	"saaskit/platform/plan"
)

func (f fixture) reserveFor(t *testing.T, n int64) error {
	t.Helper()
	return f.db.System(t.Context(), "test", func(tx *db.SystemTx) error { return f.ReserveFor(t.Context(), tx, f.tenant, things, n) })
}

// What the system takes for a tenant counts against that tenant's plan, together with what the tenant takes itself, and against no other's.
func TestReserveForCountsInTheNamedTenant(t *testing.T) {
	t.Parallel()
	f := setup(t)
	other := f
	other.tenant = f.data.NewTenant(t)
	other.set(t, "business")
	if err := f.reserveFor(t, 2); err != nil {
		t.Fatal(err)
	}
	if err := f.reserve(t, 1); err != nil {
		t.Fatal(err)
	}
	for _, reserve := range []func(*testing.T, int64) error{f.reserve, f.reserveFor} {
		if err := reserve(t, 1); !errors.Is(err, plan.ErrLimitReached) {
			t.Fatalf("the fourth of 3: %v", err)
		}
	}
	if err := other.reserveFor(t, 100); err != nil || f.used(t) != 3 || other.used(t) != 100 {
		t.Fatalf("%v, %d and %d used", err, f.used(t), other.used(t))
	}
	err := f.db.System(t.Context(), "test", func(tx *db.SystemTx) error { return f.ReleaseFor(t.Context(), tx, f.tenant, things, 2) })
	if err != nil || f.used(t) != 1 || other.used(t) != 100 {
		t.Fatalf("%v, %d and %d used after the release", err, f.used(t), other.used(t))
	}
	if err := f.db.System(t.Context(), "test", func(tx *db.SystemTx) error {
		return errors.Join(f.ReserveFor(t.Context(), tx, f.tenant, magic, 1), f.ReleaseFor(t.Context(), tx, f.tenant, things, 0))
	}); err == nil || errors.Is(err, plan.ErrLimitReached) {
		t.Fatalf("a feature, or nothing, was counted: %v", err)
	}
}

// However the system and the tenant mix, together they never take more than the limit.
func TestB6_ReserveForHoldsUnderParallelRequests(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.set(t, "pro")
	var taken, refused atomic.Int64
	var wait sync.WaitGroup
	for i := range 128 {
		wait.Go(func() {
			reserve := f.reserveFor
			if i%2 == 0 {
				reserve = f.reserve
			}
			switch err := reserve(t, 1); {
			case err == nil:
				taken.Add(1)
			case errors.Is(err, plan.ErrLimitReached):
				refused.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if taken.Load() != 50 || refused.Load() != 78 || f.used(t) != 50 {
		t.Fatalf("%d taken, %d refused, %d counted at a limit of 50", taken.Load(), refused.Load(), f.used(t))
	}
}
