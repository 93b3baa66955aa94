package jobs

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"saaskit/platform/access"
)

// Registry collects the handlers of all modules. The zero Registry is empty and ready.
type Registry struct {
	add      []func(*river.Workers) error
	periodic []*river.PeriodicJob
}

// scope is which jobs a handler accepts.
type scope int

const (
	tenantScope scope = iota
	systemScope
	anyScope
)

// Handle runs fn for each job of the kind, as the tenant that put it in. A job may run more than once: fn uses Key where
// a second run must not have a second effect. An error or a panic has it tried again later.
func Handle[A Args](r *Registry, fn func(ctx context.Context, a A) error) {
	handle(r, tenantScope, fn)
}

// HandleSystem runs fn for each job of the kind that was put in by the system, as nobody's tenant. A tenant's job of that kind is refused.
func HandleSystem[A Args](r *Registry, fn func(ctx context.Context, a A) error) {
	handle(r, systemScope, fn)
}

// HandleAny runs fn for each job of the kind, whoever put it in. It is for work that reads no table.
func HandleAny[A Args](r *Registry, fn func(ctx context.Context, a A) error) {
	handle(r, anyScope, fn)
}

func handle[A Args](r *Registry, s scope, fn func(ctx context.Context, a A) error) {
	r.add = append(r.add, func(workers *river.Workers) error {
		return river.AddWorkerSafely(workers, &worker[A]{scope: s, fn: fn})
	})
}

// Every puts in a as a job of the system once in each period of length d, however many workers run. d is at most 24 hours.
func Every[A Args](r *Registry, d time.Duration, a A) {
	r.periodic = append(r.periodic, river.NewPeriodicJob(river.PeriodicInterval(d),
		func() (river.JobArgs, *river.InsertOpts) {
			// Each worker that comes to lead starts the clock anew: the period in the key is what keeps it to one job.
			return a, &river.InsertOpts{UniqueOpts: river.UniqueOpts{ByArgs: true, ByPeriod: d}}
		}, &river.PeriodicJobOpts{ID: a.Kind(), RunOnStart: true}))
}

// Unschedule forgets what Every was told.
func (r *Registry) Unschedule() { r.periodic = nil }

type jobKey struct{}

// Key names the job that runs in ctx, the same in each of its attempts and in no other job: the idempotency key of its effects.
// It is empty outside a job.
func Key(ctx context.Context) string {
	key, _ := ctx.Value(jobKey{}).(string)
	return key
}

// GiveUp wraps an error that trying again cannot mend: the job is kept as cancelled and not tried again.
func GiveUp(err error) error { return &giveUpError{err} }

// giveUpError is not River's own error of this kind: of that one River tells no error handler, and nobody would read of it in the log.
type giveUpError struct{ cause error }

// Error is the cause's.
func (g *giveUpError) Error() string { return g.cause.Error() }

// Unwrap returns the cause.
func (g *giveUpError) Unwrap() error { return g.cause }

// errScope cancels a job that its handler must not run.
var errScope = errors.New("the job's tenant does not fit its handler")

type worker[A Args] struct {
	river.WorkerDefaults[A]
	scope scope
	fn    func(ctx context.Context, a A) error
}

// Work implements river.Worker.
func (w *worker[A]) Work(ctx context.Context, job *river.Job[A]) error {
	tenant, err := tenantOf(job.Metadata)
	if err != nil {
		return GiveUp(err)
	}
	// A tenant's transaction may write rows of its own jobs. No such row reaches work that is done for all tenants.
	if (w.scope == tenantScope && tenant == uuid.Nil) || (w.scope == systemScope && tenant != uuid.Nil) {
		return GiveUp(fmt.Errorf("%s: %w", job.Kind, errScope))
	}
	ctx = access.With(ctx, access.Actor{Kind: access.Job, Tenant: tenant})
	return w.fn(context.WithValue(ctx, jobKey{}, "job-"+strconv.FormatInt(job.ID, 10)), job.Args)
}
