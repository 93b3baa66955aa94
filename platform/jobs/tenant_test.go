package jobs_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/db"
	"saaskit/platform/db/dbtest"
	"saaskit/platform/jobs"
)

func TestQ4_JobRunsAsItsTenant(t *testing.T) {
	t.Parallel()
	f := setup(t)
	a, b := f.NewTenant(t), f.NewTenant(t)
	var r jobs.Registry
	jobs.Handle(&r, func(ctx context.Context, n note) error {
		if actor := access.From(ctx); actor.Kind != access.Job || jobs.Key(ctx) == "" {
			t.Errorf("actor %v, key %q", actor, jobs.Key(ctx))
		}
		return f.db.Tenant(ctx, func(tx *db.Tx) error {
			return tx.Exec("INSERT INTO effects (key, note) SELECT ?, count(*)::text FROM effects", n.Text).Error
		})
	})
	f.enqueue(t, a, note{"one"})
	f.enqueue(t, b, note{"one"})
	f.work(t, &r)
	eventually(t, "both jobs are done", func() bool { return f.count(t, "SELECT count(*) FROM effects") == 2 })
	// Each job counted the rows it saw before its own: a neighbour's row would make it 1.
	if n := f.count(t, "SELECT count(*) FROM effects WHERE note = '0' AND tenant_id IN ($1, $2)", a, b); n != 2 {
		t.Errorf("%d of 2 jobs saw their own tenant only", n)
	}
}

func TestQ4_EditedJobReachesNothingOfTheOldTenant(t *testing.T) {
	t.Parallel()
	f := setup(t)
	a, b := f.NewTenant(t), f.NewTenant(t)
	if _, err := f.admin.Exec("INSERT INTO effects (tenant_id, key) VALUES ($1, 'secret of a')", a); err != nil {
		t.Fatal(err)
	}
	f.enqueue(t, a, note{"secret of a"})
	if _, err := f.admin.Exec(`UPDATE river.river_job SET metadata = jsonb_set(metadata, '{tenant}', to_jsonb($1::text))`, b); err != nil {
		t.Fatal(err)
	}
	seen := make(chan int64, 1)
	var r jobs.Registry
	jobs.Handle(&r, func(ctx context.Context, n note) error {
		return f.db.Tenant(ctx, func(tx *db.Tx) error {
			var rows int64
			err := tx.Table("effects").Where("key = ?", n.Text).Count(&rows).Error
			seen <- rows
			return err
		})
	})
	f.work(t, &r)
	if rows := <-seen; rows != 0 {
		t.Errorf("the edited job saw %d rows of the tenant it was taken from", rows)
	}
}

func TestQ4_TenantsSeeAndMakeTheirOwnJobsOnly(t *testing.T) {
	t.Parallel()
	f := setup(t)
	a, b := f.NewTenant(t), f.NewTenant(t)
	f.enqueue(t, a, note{"of a"})
	if err := f.enqueueSystem(t, note{"of nobody"}); err != nil {
		t.Fatal(err)
	}
	ctx := dbtest.As(b)
	err := f.db.Tenant(ctx, func(tx *db.Tx) error {
		var rows int64
		if err := tx.Table("river.river_job").Count(&rows).Error; err != nil {
			return err
		}
		if rows != 0 {
			t.Errorf("tenant b sees %d jobs of others", rows)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	for _, tenant := range []string{`{}`, `{"tenant": "` + a.String() + `"}`} {
		err := f.db.Tenant(ctx, func(tx *db.Tx) error {
			return tx.Exec("INSERT INTO river.river_job (args, kind, max_attempts, metadata) VALUES ('{}', 'test_note', 1, ?::jsonb)", tenant).Error
		})
		if err == nil {
			t.Errorf("tenant b made a job with metadata %s", tenant)
		}
	}
	err = f.db.Tenant(ctx, func(tx *db.Tx) error { return f.queue.Enqueue(ctx, tx, note{"x"}, jobs.ForTenant(a)) })
	if !errors.Is(err, jobs.ErrTenant) {
		t.Errorf("tenant b named tenant a: %v", err)
	}
}

func TestQ4_JobsOfTheWrongScopeAreRefused(t *testing.T) {
	t.Parallel()
	f := setup(t)
	tenant := f.NewTenant(t)
	var r jobs.Registry
	var ran atomic.Int32
	jobs.Handle(&r, func(context.Context, note) error { ran.Add(1); return nil })
	jobs.HandleSystem(&r, func(context.Context, sweep) error { ran.Add(1); return nil })
	if err := f.enqueueSystem(t, note{"no tenant"}); err != nil {
		t.Fatal(err)
	}
	f.enqueue(t, tenant, sweep{})
	f.work(t, &r)
	eventually(t, "both are cancelled", func() bool {
		return f.count(t, "SELECT count(*) FROM river.river_job WHERE state = 'cancelled'") == 2
	})
	if n := ran.Load(); n != 0 {
		t.Errorf("%d jobs ran outside their scope", n)
	}
}

func TestT9_UniqueKeysOfTenantsNeverCollide(t *testing.T) {
	t.Parallel()
	f := setup(t)
	a, b := f.NewTenant(t), f.NewTenant(t)
	for range 2 {
		f.enqueue(t, a, note{"same"}, jobs.Unique())
		f.enqueue(t, b, note{"same"}, jobs.Unique())
		for _, opts := range [][]jobs.Option{{jobs.Unique()}, {jobs.Unique(), jobs.ForTenant(a)}} {
			if err := f.enqueueSystem(t, note{"same"}, opts...); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n := f.count(t, "SELECT count(*) FROM river.river_job"); n != 3 {
		t.Errorf("%d jobs, expected one of a, one of b and one of the system", n)
	}
	if n := f.count(t, "SELECT count(DISTINCT unique_key) FROM river.river_job"); n != 3 {
		t.Errorf("%d distinct keys", n)
	}
}

func TestForTenant(t *testing.T) {
	t.Parallel()
	f := setup(t)
	tenant := f.NewTenant(t)
	if err := f.enqueueSystem(t, note{"x"}, jobs.ForTenant(tenant)); err != nil {
		t.Fatal(err)
	}
	got := make(chan uuid.UUID, 1)
	var r jobs.Registry
	jobs.Handle(&r, func(ctx context.Context, _ note) error { got <- access.From(ctx).Tenant; return nil })
	f.work(t, &r)
	if id := <-got; id != tenant {
		t.Errorf("ran as %v, expected %v", id, tenant)
	}
}
