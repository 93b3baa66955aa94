package jobs_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"saaskit/platform/jobs"
)

type recount struct{}

func (recount) Kind() string { return "test_recount" }

// Many changes are one job, and a change that comes while it runs is one more: none is seen by nobody.
func TestQ2_BatchedJobsSeeEveryChange(t *testing.T) {
	t.Parallel()
	f := setup(t)
	tenant := f.NewTenant(t)
	var changes, seen, runs atomic.Int64
	started, finish := make(chan struct{}), make(chan struct{})
	var r jobs.Registry
	jobs.Handle(&r, func(context.Context, recount) error {
		saw := changes.Load()
		if runs.Add(1) == 1 {
			close(started)
			<-finish
		}
		seen.Store(max(seen.Load(), saw))
		return nil
	})
	change := func() {
		changes.Add(1)
		f.enqueue(t, tenant, recount{}, jobs.Batched(time.Second))
	}
	for range 20 {
		change()
	}
	f.work(t, &r)
	<-started
	change()
	close(finish)
	eventually(t, "the change that came meanwhile is seen", func() bool { return seen.Load() == 21 })
	if n := runs.Load(); n > 4 {
		t.Errorf("%d jobs for 21 changes", n)
	}
}
