package plan_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/db"
	"saaskit/platform/db/dbtest"
	"saaskit/platform/plan"
)

func TestRecountCorrectsAndLogsDrift(t *testing.T) {
	t.Parallel()
	f := setup(t)
	other := f.data.NewTenant(t)
	if err := f.reserve(t, 2); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	counters := plan.Counters{things: func(ctx context.Context, tx *db.Tx) (int64, error) {
		if access.From(ctx).Tenant == other {
			return 0, nil
		}
		return 7, nil
	}}
	log := slog.New(slog.NewTextHandler(&out, nil))
	recount := func() {
		t.Helper()
		for _, tenant := range []uuid.UUID{f.tenant, other} {
			if err := plan.Recount(dbtest.As(tenant), f.db, log, counters); err != nil {
				t.Fatal(err)
			}
		}
	}
	recount()
	if f.used(t) != 7 || strings.Count(out.String(), "drifted") != 1 || !strings.Contains(out.String(), f.tenant.String()) {
		t.Fatalf("%d used, log: %s", f.used(t), out.String())
	}
	out.Reset()
	version := func() (version string) {
		err := f.data.Admin(t).QueryRow("SELECT string_agg(tenant_id || ' ' || xmin, ',') FROM plan_usage").Scan(&version)
		if err != nil {
			t.Fatal(err)
		}
		return version
	}
	before := version()
	recount()
	if out.Len() > 0 || version() != before {
		t.Fatalf("a recount that finds no difference wrote something: %s, rows %s and then %s", out.String(), before, version())
	}
}

// A tenant whose row of usage was lost, while things of it are there, gets one.
func TestRecountMakesAMissingRow(t *testing.T) {
	t.Parallel()
	f := setup(t)
	counters := plan.Counters{things: func(context.Context, *db.Tx) (int64, error) { return 2, nil }}
	if err := plan.Recount(dbtest.As(f.tenant), f.db, slog.New(slog.DiscardHandler), counters); err != nil || f.used(t) != 2 {
		t.Fatalf("%d used, %v", f.used(t), err)
	}
}

// The first Reserve of a tenant commits while the recount counts: what it took is neither lost nor counted twice.
func TestR4_RecountWaitsForAFirstReserve(t *testing.T) {
	t.Parallel()
	f := setup(t)
	var there, counts atomic.Int64
	counters := plan.Counters{things: func(context.Context, *db.Tx) (int64, error) {
		if counts.Add(1) == 1 {
			if err := f.reserve(t, 1); err != nil {
				return 0, err
			}
			there.Add(1)
		}
		return there.Load(), nil
	}}
	if err := plan.Recount(dbtest.As(f.tenant), f.db, slog.New(slog.DiscardHandler), counters); err != nil || f.used(t) != 1 {
		t.Fatalf("%d used, %v", f.used(t), err)
	}
}
