package jobs_test

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/db"
	"saaskit/platform/jobs"
)

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

// Each of the tenants gets the job once, and the job of nobody who waits is behind them.
func TestEnqueueEachGivesEveryTenantOneJob(t *testing.T) {
	t.Parallel()
	f := setup(t)
	tenants := []uuid.UUID{f.NewTenant(t), f.NewTenant(t), f.NewTenant(t)}
	each := func(tenants []uuid.UUID) {
		t.Helper()
		err := f.db.System(t.Context(), "test", func(tx *db.SystemTx) error { return f.queue.EnqueueEach(t.Context(), tx, tenants, note{"daily"}) })
		if err != nil {
			t.Fatal(err)
		}
	}
	each(tenants[:2])
	each(tenants)
	each(nil)
	if n := f.count(t, "SELECT count(*) FROM river.river_job WHERE priority = 4"); n != 3 {
		t.Errorf("%d jobs for 3 tenants", n)
	}
	var r jobs.Registry
	var ran sync.Map
	jobs.Handle(&r, func(ctx context.Context, _ note) error { ran.Store(access.From(ctx).Tenant, true); return nil })
	f.work(t, &r)
	eventually(t, "every job is done", func() bool {
		return f.count(t, "SELECT count(*) FROM river.river_job WHERE state = 'completed'") == 3
	})
	for _, tenant := range tenants {
		if _, done := ran.Load(tenant); !done {
			t.Errorf("no job ran as tenant %s", tenant)
		}
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
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	if err := w.Stop(ctx); err != nil {
		t.Error(err)
	}
	if ctx.Err() != nil {
		t.Error("the stop took longer than it was given")
	}
	if n := f.count(t, "SELECT count(*) FROM river.river_job WHERE state IN ('retryable', 'available')"); n != 1 {
		t.Error("the job that did not end was not put back")
	}
}
