package plan_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"saaskit/platform/db"
	"saaskit/platform/db/dbtest"
	"saaskit/platform/fault"
	"saaskit/platform/plan"
)

// metered has a plan that bounds the meter, one that charges for it, one that charges and bounds, and one that does neither.
var metered = plan.Catalogue{
	{Key: "free", Name: "Free", Grants: map[plan.Key]int64{spells: 1000}},
	{Key: "pro", Name: "Pro", Prices: monthly(900), Metered: []plan.Metered{charge(2000)}, Grants: map[plan.Key]int64{spells: plan.Unlimited}},
	{Key: "capped", Name: "Capped", Prices: monthly(950), Metered: []plan.Metered{charge(10)}, Grants: map[plan.Key]int64{spells: 50}},
	{Key: "flat", Name: "Flat", Prices: monthly(990), Grants: map[plan.Key]int64{spells: plan.Unlimited}},
}

func charge(included int64) plan.Metered {
	return plan.Metered{Key: spells, Included: included, Per: 100, Amounts: map[string]int64{"usd": 5}}
}

func (f fixture) record(t *testing.T, n int64, once string) error {
	t.Helper()
	return f.as(t, func(ctx context.Context, tx *db.Tx) error { return f.Record(ctx, tx, spells, n, once) })
}

// ledger is what the tables say of the tenant.
type ledger struct{ month, day, billable, events int64 }

func (f fixture) ledger(t *testing.T) (l ledger) {
	t.Helper()
	row := f.data.Admin(t).QueryRow(`SELECT
		(SELECT coalesce(sum(quantity), 0) FROM usage_months WHERE tenant_id = $1), (SELECT coalesce(sum(quantity), 0) FROM usage_days WHERE tenant_id = $1),
		(SELECT coalesce(sum(billable), 0) FROM usage_days WHERE tenant_id = $1), (SELECT coalesce(sum(quantity), 0) FROM usage_events WHERE tenant_id = $1)`, f.tenant)
	if err := row.Scan(&l.month, &l.day, &l.billable, &l.events); err != nil {
		t.Fatal(err)
	}
	return l
}

func (f fixture) exec(t *testing.T, statement string, args ...any) sql.Result {
	t.Helper()
	done, err := f.data.Admin(t).Exec(statement, args...)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func TestRecordCountsAndStopsAtTheLimit(t *testing.T) {
	t.Parallel()
	f := setupWith(t, metered)
	if err := errors.Join(f.record(t, 998, ""), f.record(t, 1, "one"), f.record(t, 1, "one")); err != nil {
		t.Fatal(err)
	}
	err := f.as(t, func(ctx context.Context, tx *db.Tx) error {
		err := f.Record(ctx, tx, spells, 2, "two")
		if !errors.Is(err, plan.ErrLimitReached) {
			t.Errorf("1,001 of 1,000: %v", err)
		}
		refusal := fault.From(err)
		if refusal.Message != `The Free plan allows 1,000 of "Spells" in a month. Choose the Pro plan to go on.` {
			t.Error(refusal.Message)
		}
		if l := refusal.Limit; l == nil || l.Used == nil || *l.Used != 999 || l.Max != 1000 || l.Plan != "free" || l.WantedPlan != "pro" {
			t.Errorf("%+v", l)
		}
		return f.Record(ctx, tx, spells, 1, "three") // the transaction is still good, and nothing was taken
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := f.ledger(t); got != (ledger{month: 1000, day: 1000, events: 2}) {
		t.Fatalf("%+v", got)
	}
	if err := f.record(t, 1, "one"); err != nil {
		t.Fatalf("a repeated key at the limit: %v", err)
	}
	f.set(t, "pro")
	if err := f.record(t, 500, ""); err != nil {
		t.Fatal(err)
	}
	if got := f.ledger(t); got != (ledger{month: 1500, day: 1500, billable: 500, events: 2}) {
		t.Fatalf("only what is used on a plan that charges is billable: %+v", got)
	}
	f.set(t, "flat")
	if err := f.record(t, 7, ""); err != nil || f.ledger(t).billable != 500 {
		t.Fatalf("%v, %+v", err, f.ledger(t))
	}
	f.set(t, "capped")
	if err := f.record(t, 1, ""); !errors.Is(err, plan.ErrLimitReached) || fault.From(err).Limit.WantedPlan != "pro" {
		t.Fatalf("above the bound of a smaller plan: %+v", fault.From(err).Limit)
	}
}

func TestRecordRefusesWhatItCannotCount(t *testing.T) {
	t.Parallel()
	f := setupWith(t, metered)
	err := f.as(t, func(ctx context.Context, tx *db.Tx) error {
		for _, err := range []error{
			f.Record(ctx, tx, things, 1, ""), f.Record(ctx, tx, "unknown", 1, ""), f.Record(ctx, tx, spells, 0, ""),
			f.Record(ctx, tx, spells, -1, ""), f.Record(ctx, tx, spells, 1, strings.Repeat("x", 201)),
		} {
			if err == nil || errors.Is(err, plan.ErrLimitReached) {
				t.Errorf("%v", err)
			}
		}
		return nil
	})
	if err != nil || f.ledger(t) != (ledger{}) {
		t.Fatalf("%v, %+v", err, f.ledger(t))
	}
	if err := f.record(t, math.MaxInt64, ""); !errors.Is(err, plan.ErrLimitReached) {
		t.Fatal(err)
	}
}

func TestRecordRollsBackWithItsTransaction(t *testing.T) {
	t.Parallel()
	f := setupWith(t, metered)
	broken := errors.New("broken")
	err := f.as(t, func(ctx context.Context, tx *db.Tx) error {
		return errors.Join(f.Record(ctx, tx, spells, 5, "key"), broken)
	})
	if !errors.Is(err, broken) || f.ledger(t) != (ledger{}) {
		t.Fatalf("%v, %+v", err, f.ledger(t))
	}
	if err := f.record(t, 5, "key"); err != nil || f.ledger(t).month != 5 {
		t.Fatalf("%v, %+v", err, f.ledger(t))
	}
}

// R4: 200 at once take what a month allows and never more, with keys of their own and without; the sums of month, day and events agree.
func TestRace_R4_RecordNeverPassesTheLimit(t *testing.T) {
	t.Parallel()
	f := setupWith(t, metered)
	rounds := dbtest.Rounds(t)
	for round := range rounds {
		f.exec(t, "DELETE FROM usage_months")
		f.exec(t, "DELETE FROM usage_days")
		f.exec(t, "DELETE FROM usage_events")
		var taken, refused atomic.Int64
		var wait sync.WaitGroup
		for i := range 200 {
			once := ""
			if i%2 == 0 {
				once = fmt.Sprintf("%d-%d", round, i)
			}
			wait.Go(func() {
				switch err := f.record(t, 8, once); {
				case err == nil:
					taken.Add(8)
				case errors.Is(err, plan.ErrLimitReached):
					refused.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		wait.Wait()
		got := f.ledger(t)
		if taken.Load() != 1000 || refused.Load() != 75 || got.month != 1000 || got.day != 1000 {
			t.Fatalf("%d taken, %d refused of 200 times 8 at a limit of 1000: %+v", taken.Load(), refused.Load(), got)
		}
	}
	t.Logf("race: use of a meter: %d rounds, 200 at once: never over", rounds)
}

func TestRace_RecordCountsAKeyOnce(t *testing.T) {
	t.Parallel()
	f := setupWith(t, metered)
	rounds := dbtest.Rounds(t)
	for round := range rounds {
		var wait sync.WaitGroup
		for range 64 {
			wait.Go(func() {
				if err := f.record(t, 1, fmt.Sprintf("key-%d", round)); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if n := int64(round + 1); f.ledger(t) != (ledger{month: n, day: n, events: n}) {
			t.Fatalf("after %d keys, each 64 times at once: %+v", n, f.ledger(t))
		}
	}
	t.Logf("race: idempotency keys of usage: %d rounds, 64 at once: each counted once", rounds)
}

// Two tenants use the same key: neither sees the other's.
func TestT4_IdempotencyKeysAreTheTenantsOwn(t *testing.T) {
	t.Parallel()
	f := setupWith(t, metered)
	other := f
	other.tenant = f.data.NewTenant(t)
	if err := errors.Join(f.record(t, 3, "key"), other.record(t, 4, "key")); err != nil {
		t.Fatal(err)
	}
	if f.ledger(t).month != 3 || other.ledger(t).month != 4 {
		t.Fatalf("%+v, %+v", f.ledger(t), other.ledger(t))
	}
}

func TestAMonthBeginsAtZero(t *testing.T) {
	t.Parallel()
	f := setupWith(t, metered)
	if err := f.record(t, 1000, "key"); err != nil {
		t.Fatal(err)
	}
	f.exec(t, "UPDATE usage_months SET month = month - interval '1 month'")
	f.exec(t, "UPDATE usage_days SET day = date_trunc('month', now() AT TIME ZONE 'UTC')::date - 1")
	if err := f.record(t, 1000, "key"); err != nil || f.ledger(t).month != 1000 {
		t.Fatalf("a key of last month counts again: %v, %+v", err, f.ledger(t))
	}
	if err := f.record(t, 1000, "other"); err != nil || f.ledger(t).month != 2000 {
		t.Fatalf("%v, %+v", err, f.ledger(t))
	}
	if err := f.record(t, 1, ""); !errors.Is(err, plan.ErrLimitReached) {
		t.Fatal(err)
	}
}

func TestUsedHasEveryDay(t *testing.T) {
	t.Parallel()
	f := setupWith(t, metered)
	f.set(t, "pro")
	if err := f.record(t, 12, ""); err != nil {
		t.Fatal(err)
	}
	f.exec(t, "INSERT INTO usage_days (tenant_id, key, day, quantity) SELECT $1, $2, (now() AT TIME ZONE 'UTC')::date - ago, ago FROM unnest(ARRAY[2, 6, 7]) AS ago", f.tenant, string(spells))
	var own, named []plan.MeterUse
	err := f.as(t, func(ctx context.Context, tx *db.Tx) (err error) { own, err = f.Used(ctx, tx, 7); return err })
	if err != nil {
		t.Fatal(err)
	}
	err = f.db.System(t.Context(), "test", func(tx *db.SystemTx) (err error) { named, err = f.UsedBy(t.Context(), tx, f.tenant, 7); return err })
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().UTC()
	today := now.Truncate(24 * time.Hour)
	for _, all := range [][]plan.MeterUse{own, named} {
		if len(all) != 1 || all[0].Key != spells || all[0].Used != 12 || all[0].Included != 2000 || all[0].Limit != plan.Unlimited || len(all[0].Days) != 7 {
			t.Fatalf("%+v", all)
		}
		if want := time.Date(now.Year(), now.Month()+1, 1, 0, 0, 0, 0, time.UTC); !all[0].Resets.Equal(want) {
			t.Errorf("resets %s, want %s", all[0].Resets, want)
		}
		for i, want := range []int64{6, 0, 0, 0, 2, 0, 12} {
			if got := all[0].Days[i]; got.Quantity != want || !got.Day.Equal(today.AddDate(0, 0, i-6)) {
				t.Errorf("day %d: %+v, want %d", i, got, want)
			}
		}
	}
}

func TestOldIdempotencyKeysAreForgotten(t *testing.T) {
	t.Parallel()
	f := setupWith(t, metered)
	f.exec(t, `INSERT INTO usage_events (tenant_id, key, idempotency_key, quantity, recorded_at)
		SELECT $1, $2, age || '-' || i, 1, now() - age * interval '1 day' FROM unnest(ARRAY[39, 41]) AS age, generate_series(1, 6000) AS i`, f.tenant, string(spells))
	for more := true; more; {
		err := f.db.System(t.Context(), "test", func(tx *db.SystemTx) (err error) { more, err = plan.PurgeUsageEventsTx(tx); return err })
		if err != nil {
			t.Fatal(err)
		}
	}
	if got := f.ledger(t); got.events != 6000 {
		t.Fatalf("%d events are left, want those of 39 days", got.events)
	}
}
