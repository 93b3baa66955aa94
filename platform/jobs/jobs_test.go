package jobs_test

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/db"
	"saaskit/platform/db/dbtest"
	"saaskit/platform/jobs"
)

// effects is a module's table that jobs write to.
var effects = fstest.MapFS{"20990101000000_effects.sql": {Data: []byte(`-- +goose Up
CREATE TABLE effects (tenant_id uuid, key text NOT NULL, note text NOT NULL DEFAULT '', PRIMARY KEY (tenant_id, key));
SELECT sec.protect('effects');
`)}}

type note struct {
	Text string `json:"text"`
}

func (note) Kind() string { return "test_note" }

type fixture struct {
	*dbtest.Database
	db    *db.DB
	queue *jobs.Queue
	admin *sql.DB
}

func setup(t *testing.T) fixture {
	t.Helper()
	d := dbtest.New(t, effects)
	opened := d.Open(t)
	return fixture{Database: d, db: opened, queue: jobs.NewQueue(opened), admin: d.Admin(t)}
}

// work runs a worker until the test ends.
func (f fixture) work(t *testing.T, r *jobs.Registry) *jobs.Worker {
	t.Helper()
	w, err := jobs.NewWorker(f.db, r, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := w.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return w
}

func (f fixture) enqueue(t *testing.T, tenant uuid.UUID, a jobs.Args, opts ...jobs.Option) {
	t.Helper()
	ctx := dbtest.As(tenant)
	if err := f.db.Tenant(ctx, func(tx *db.Tx) error { return f.queue.Enqueue(ctx, tx, a, opts...) }); err != nil {
		t.Fatal(err)
	}
}

func (f fixture) enqueueSystem(t *testing.T, a jobs.Args, opts ...jobs.Option) error {
	t.Helper()
	return f.db.System(t.Context(), "test", func(tx *db.SystemTx) error { return f.queue.Enqueue(t.Context(), tx, a, opts...) })
}

// count is the first column of a query by the superuser.
func (f fixture) count(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	if err := f.admin.QueryRow(query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("not within 20 s: %s", what)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestQ1_RollbackTakesTheJobAway(t *testing.T) {
	t.Parallel()
	f := setup(t)
	tenant := f.NewTenant(t)
	ctx := dbtest.As(tenant)
	gone := errors.New("gone")
	err := f.db.Tenant(ctx, func(tx *db.Tx) error {
		// As the very first statement: nothing else has begun the transaction yet.
		if err := f.queue.Enqueue(ctx, tx, note{"a"}); err != nil {
			t.Error(err)
		}
		return gone
	})
	if !errors.Is(err, gone) {
		t.Errorf("error %v", err)
	}
	err = f.db.System(t.Context(), "test", func(tx *db.SystemTx) error {
		if err := f.queue.Enqueue(t.Context(), tx, note{"b"}); err != nil {
			t.Error(err)
		}
		return gone
	})
	if !errors.Is(err, gone) {
		t.Errorf("error %v", err)
	}
	if n := f.count(t, "SELECT count(*) FROM river.river_job"); n != 0 {
		t.Errorf("%d jobs after the rollbacks", n)
	}
}

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

type sweep struct{}

func (sweep) Kind() string { return "test_sweep" }

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

func TestQ3_PoisonIsRetriedThenKept(t *testing.T) {
	t.Parallel()
	f := setup(t)
	tenant := f.NewTenant(t)
	var r jobs.Registry
	var tries atomic.Int32
	jobs.Handle(&r, func(_ context.Context, n note) error {
		if n.Text == "poison" {
			tries.Add(1)
			panic("poison")
		}
		return nil
	})
	f.enqueue(t, tenant, note{"poison"}, jobs.MaxAttempts(2))
	f.work(t, &r)
	eventually(t, "the first attempt has failed", func() bool {
		return f.count(t, "SELECT count(*) FROM river.river_job WHERE attempt = 1 AND state IN ('retryable', 'available') AND scheduled_at > attempted_at") == 1
	})
	f.enqueue(t, tenant, note{"fine"})
	eventually(t, "another job is done all the same", func() bool {
		return f.count(t, "SELECT count(*) FROM river.river_job WHERE state = 'completed'") == 1
	})
	eventually(t, "the poison is discarded", func() bool {
		return f.count(t, "SELECT count(*) FROM river.river_job WHERE state = 'discarded'") == 1
	})
	if n := tries.Load(); n != 2 {
		t.Errorf("tried %d times, expected 2", n)
	}
}

func TestQ3_UnreadableArgumentsHarmNobody(t *testing.T) {
	t.Parallel()
	f := setup(t)
	tenant := f.NewTenant(t)
	var r jobs.Registry
	done := make(chan string, 1)
	jobs.Handle(&r, func(_ context.Context, n note) error { done <- n.Text; return nil })
	f.enqueue(t, tenant, note{"fine"}, jobs.In(100*time.Millisecond))
	if _, err := f.admin.Exec(`INSERT INTO river.river_job (args, kind, max_attempts, metadata)
		VALUES ('{"text": 7}', 'test_note', 1, '{}'), ('[]', 'test_unknown', 1, '{"tenant": 5}')`); err != nil {
		t.Fatal(err)
	}
	f.work(t, &r)
	if text := <-done; text != "fine" {
		t.Errorf("ran %q", text)
	}
	eventually(t, "both are out of the way", func() bool {
		return f.count(t, "SELECT count(*) FROM river.river_job WHERE state IN ('discarded', 'cancelled')") == 2
	})
}

func TestEveryRunsOnceInAPeriod(t *testing.T) {
	t.Parallel()
	f := setup(t)
	var ran atomic.Int32
	for range 3 {
		var r jobs.Registry
		jobs.HandleSystem(&r, func(context.Context, sweep) error { ran.Add(1); return nil })
		jobs.Every(&r, 24*time.Hour, sweep{})
		w := f.work(t, &r)
		eventually(t, "the job ran", func() bool { return ran.Load() > 0 })
		if err := w.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := f.count(t, "SELECT count(*) FROM river.river_job"); n != 1 {
		t.Errorf("%d jobs in one period", n)
	}
}

func TestTwoHandlersOfOneKindAreRefused(t *testing.T) {
	t.Parallel()
	var r jobs.Registry
	jobs.Handle(&r, func(context.Context, note) error { return nil })
	jobs.Handle(&r, func(context.Context, note) error { return nil })
	if _, err := jobs.NewWorker(nil, &r, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("a kind with two handlers is accepted")
	}
}

func TestH1_StopWaitsForRunningJobs(t *testing.T) {
	t.Parallel()
	f := setup(t)
	started, finish := make(chan struct{}), make(chan struct{})
	var r jobs.Registry
	jobs.Handle(&r, func(context.Context, note) error { close(started); <-finish; return nil })
	f.enqueue(t, f.NewTenant(t), note{"slow"})
	w := f.work(t, &r)
	<-started
	stopped := make(chan error, 1)
	go func() { stopped <- w.Stop(t.Context()) }()
	close(finish)
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if n := f.count(t, "SELECT count(*) FROM river.river_job WHERE state = 'completed'"); n != 1 {
		t.Error("the running job was not finished before the stop")
	}
}

func TestH1_StopPutsBackWhatDoesNotEnd(t *testing.T) {
	t.Parallel()
	f := setup(t)
	started := make(chan struct{})
	var r jobs.Registry
	jobs.Handle(&r, func(ctx context.Context, _ note) error { close(started); <-ctx.Done(); return ctx.Err() })
	f.enqueue(t, f.NewTenant(t), note{"endless"})
	w := f.work(t, &r)
	<-started
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := w.Stop(ctx); err != nil {
		t.Error(err)
	}
	if n := f.count(t, "SELECT count(*) FROM river.river_job WHERE state IN ('retryable', 'available')"); n != 1 {
		t.Error("the job that did not end was not put back")
	}
}
