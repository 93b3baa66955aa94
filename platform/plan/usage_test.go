package plan_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/db"
	"saaskit/platform/db/dbtest"
	"saaskit/platform/fault"
	"saaskit/platform/plan"
)

// fixture is a service on a fresh database with one tenant.
type fixture struct {
	*plan.Service
	data   *dbtest.Database
	db     *db.DB
	tenant uuid.UUID
}

func setup(t *testing.T) fixture {
	t.Helper()
	return setupWith(t, catalogue)
}

func setupWith(t *testing.T, c plan.Catalogue) fixture {
	t.Helper()
	s, err := plan.New(c, entitlements)
	if err != nil {
		t.Fatal(err)
	}
	data := dbtest.New(t)
	return fixture{Service: s, data: data, db: data.Open(t), tenant: data.NewTenant(t)}
}

func (f fixture) as(t *testing.T, fn func(ctx context.Context, tx *db.Tx) error) error {
	t.Helper()
	ctx := access.With(t.Context(), access.Actor{Kind: access.Job, Tenant: f.tenant})
	return f.db.Tenant(ctx, func(tx *db.Tx) error { return fn(ctx, tx) })
}

func (f fixture) reserve(t *testing.T, n int64) error {
	t.Helper()
	return f.as(t, func(ctx context.Context, tx *db.Tx) error { return f.Reserve(ctx, tx, things, n) })
}

func (f fixture) used(t *testing.T) (n int64) {
	t.Helper()
	if err := f.data.Admin(t).QueryRow("SELECT coalesce(sum(used), 0) FROM plan_usage WHERE tenant_id = $1 AND key = $2", f.tenant, string(things)).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func (f fixture) set(t *testing.T, key string) {
	t.Helper()
	err := f.db.System(t.Context(), "test", func(tx *db.SystemTx) error { return f.SetTx(t.Context(), tx, f.tenant, key, "active", nil) })
	if err != nil {
		t.Fatal(err)
	}
}

func TestReserveHoldsTheLimitOfThePlan(t *testing.T) {
	t.Parallel()
	f := setup(t)
	if err := f.reserve(t, 4); !errors.Is(err, plan.ErrLimitReached) {
		t.Fatalf("4 of 3 at once: %v", err)
	}
	for range 3 {
		if err := f.reserve(t, 1); err != nil {
			t.Fatal(err)
		}
	}
	err := f.reserve(t, 1)
	if !errors.Is(err, plan.ErrLimitReached) {
		t.Fatalf("the fourth of 3: %v", err)
	}
	refusal := fault.From(err)
	if refusal.Message != `The Free plan allows 3 of "Things". Choose the Pro plan to go on.` {
		t.Fatalf("the message names neither plan nor limit nor label: %s", refusal.Message)
	}
	if l := refusal.Limit; l == nil || l.Used == nil || *l.Used != 3 || l.Max != 3 || l.Key != string(things) || l.Label != "Things" || l.Plan != "free" || l.WantedPlan != "pro" {
		t.Fatalf("%+v", l)
	}
	if f.used(t) != 3 {
		t.Fatalf("%d used", f.used(t))
	}
	f.set(t, "pro")
	if err := f.reserve(t, 47); err != nil {
		t.Fatalf("up to the larger plan's limit: %v", err)
	}
	f.set(t, "business")
	if err := f.reserve(t, 1_000_000); err != nil {
		t.Fatalf("unlimited: %v", err)
	}
	f.set(t, "free")
	if err := f.reserve(t, 1); !errors.Is(err, plan.ErrLimitReached) {
		t.Fatalf("over the limit after a downgrade: %v", err)
	}
}

func TestReserveRollsBackWithItsTransaction(t *testing.T) {
	t.Parallel()
	f := setup(t)
	broken := errors.New("broken")
	err := f.as(t, func(ctx context.Context, tx *db.Tx) error {
		if err := f.Reserve(ctx, tx, things, 2); err != nil {
			return err
		}
		return broken
	})
	if !errors.Is(err, broken) || f.used(t) != 0 {
		t.Fatalf("%v, %d used", err, f.used(t))
	}
}

// 200 parallel transactions never take more than the limit, round after round, while others give back.
func TestRace_R4_ReserveNeverPassesTheLimit(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.set(t, "pro")
	rounds := dbtest.Rounds(t)
	for range rounds {
		raceToReserve(t, f)
		err := f.as(t, func(ctx context.Context, tx *db.Tx) error { return f.Release(ctx, tx, things, 50) })
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("race: limits of a plan: %d rounds, 200 at once: never over", rounds)
}

func raceToReserve(t *testing.T, f fixture) {
	t.Helper()
	var taken, refused atomic.Int64
	var wait sync.WaitGroup
	for range 200 {
		wait.Go(func() {
			switch err := f.reserve(t, 1); {
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
	if taken.Load() != 50 || refused.Load() != 150 || f.used(t) != 50 {
		t.Fatalf("%d taken, %d refused, %d counted of 200 at a limit of 50", taken.Load(), refused.Load(), f.used(t))
	}
}

func TestReleaseNeverGoesBelowZero(t *testing.T) {
	t.Parallel()
	f := setup(t)
	release := func(n int64) error {
		return f.as(t, func(ctx context.Context, tx *db.Tx) error { return f.Release(ctx, tx, things, n) })
	}
	if err := f.reserve(t, 2); err != nil {
		t.Fatal(err)
	}
	if err := release(1); err != nil || f.used(t) != 1 {
		t.Fatalf("%v, %d used", err, f.used(t))
	}
	if err := release(5); err != nil || f.used(t) != 0 {
		t.Fatalf("%v, %d used", err, f.used(t))
	}
}

func TestAPlanThatTheCatalogueLostIsTheDefault(t *testing.T) {
	t.Parallel()
	f := setup(t)
	if _, err := f.data.Admin(t).Exec("INSERT INTO tenant_plans (tenant_id, plan) VALUES ($1, 'gold')", f.tenant); err != nil {
		t.Fatal(err)
	}
	if err := f.reserve(t, 3); err != nil {
		t.Fatal(err)
	}
	if err := f.reserve(t, 1); !errors.Is(err, plan.ErrLimitReached) {
		t.Fatal(err)
	}
}

func TestCheckAsksForAFeature(t *testing.T) {
	t.Parallel()
	f := setup(t)
	check := func() error {
		return f.as(t, func(ctx context.Context, tx *db.Tx) error { return f.Check(ctx, tx, magic) })
	}
	checkFor := func() error {
		return f.db.System(t.Context(), "test", func(tx *db.SystemTx) error { return f.CheckFor(t.Context(), tx, f.tenant, magic) })
	}
	for _, err := range []error{check(), checkFor()} {
		if !errors.Is(err, plan.ErrLimitReached) {
			t.Fatalf("free has no magic: %v", err)
		}
		refusal := fault.From(err)
		if refusal.Message != `The Free plan does not include "Magic". Choose the Pro plan to use it.` {
			t.Error(refusal.Message)
		}
		if l := refusal.Limit; l == nil || l.Used != nil || l.Max != 0 || l.Key != string(magic) || l.Plan != "free" || l.WantedPlan != "pro" {
			t.Fatalf("%+v", l)
		}
	}
	f.set(t, "pro")
	if err := errors.Join(check(), checkFor()); err != nil {
		t.Fatal(err)
	}
	f.set(t, "free")
	if err := check(); !errors.Is(err, plan.ErrLimitReached) {
		t.Fatalf("free again: %v", err)
	}
}

func TestARefusalNamesThePlanThatIsEnough(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for n, want := range map[int64]string{4: "pro", 50: "pro", 51: "business"} {
		if l := fault.From(f.reserve(t, n)).Limit; l == nil || l.WantedPlan != want {
			t.Errorf("%d of 3 on free: %+v, want %s", n, l, want)
		}
	}
}

func TestCurrentTellsPlanAndUsage(t *testing.T) {
	t.Parallel()
	f := setup(t)
	current := func() (c plan.Current) {
		err := f.as(t, func(ctx context.Context, tx *db.Tx) (err error) { c, err = f.Current(ctx, tx); return err })
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	c := current()
	if c.Plan.Key != "free" || c.Status != "active" || len(c.Usage) != 1 || c.Usage[0] != (plan.Usage{Key: things, Label: "Things", Used: 0, Limit: 3}) {
		t.Fatalf("%+v", c)
	}
	f.set(t, "business")
	if err := f.reserve(t, 9); err != nil {
		t.Fatal(err)
	}
	c = current()
	if c.Plan.Key != "business" || c.Usage[0] != (plan.Usage{Key: things, Label: "Things", Used: 9, Limit: plan.Unlimited}) {
		t.Fatalf("%+v", c)
	}
}

func TestSetTxRefusesAnUnknownPlan(t *testing.T) {
	t.Parallel()
	f := setup(t)
	err := f.db.System(t.Context(), "test", func(tx *db.SystemTx) error { return f.SetTx(t.Context(), tx, f.tenant, "gold", "active", nil) })
	if err == nil || !strings.Contains(err.Error(), "gold") {
		t.Fatal(err)
	}
}

// A tenant cannot give itself a plan, even if code let it try.
func TestT4_OnlyTheSystemSetsPlans(t *testing.T) {
	t.Parallel()
	f := setup(t)
	err := f.as(t, func(ctx context.Context, tx *db.Tx) error {
		return tx.Exec("INSERT INTO tenant_plans (plan) VALUES ('business')").Error
	})
	if err == nil {
		t.Fatal("the app role wrote tenant_plans")
	}
}
