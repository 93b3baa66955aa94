package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"saaskit/platform/db"
)

const (
	jobTimeout = time.Minute
	// rescueAfter is when a job whose worker died is given to another. It is longer than any job may run.
	rescueAfter = jobTimeout + 30*time.Second
	maxBackoff  = 15 * time.Minute
	maxWorkers  = 10 // of each queue
	// fetchCooldown is the shortest time between two fetches. River's own 100 ms would allow no more than 100 jobs a second.
	fetchCooldown = 5 * time.Millisecond
	// hardStop is what of the time for a stop is kept for jobs that must be cancelled: to notice, and to be put back.
	hardStop = 5 * time.Second
)

// Worker runs the jobs.
type Worker struct {
	db     *db.DB
	config *river.Config
	client *river.Client[db.RiverTx]
}

// NewWorker returns a worker for the registered handlers. It fails when a kind has two.
func NewWorker(d *db.DB, r *Registry, log *slog.Logger) (*Worker, error) {
	workers := river.NewWorkers()
	for _, add := range r.add {
		if err := add(workers); err != nil {
			return nil, fmt.Errorf("register the job handlers: %w", err)
		}
	}
	return &Worker{db: d, config: &river.Config{
		Schema: schema,
		Queues: map[string]river.QueueConfig{
			river.QueueDefault: {MaxWorkers: maxWorkers}, outsideQueue: {MaxWorkers: maxWorkers},
		},
		FetchCooldown: fetchCooldown,
		Workers:       workers,
		PeriodicJobs:  r.periodic,
		Hooks:         []rivertype.Hook{river.HookInsertBeginFunc(separateTenants)},
		ErrorHandler:  reporter{log},
		Logger:        slog.New(quieter{log.Handler()}),
		RetryPolicy:   backoff{},
		JobTimeout:    jobTimeout,
		// The system role owns no index, so it cannot rebuild one.
		ReindexerSchedule:    river.NeverSchedule(),
		RescueStuckJobsAfter: rescueAfter,
	}}, nil
}

// Start begins to run jobs and returns. It goes on when ctx ends, until Stop.
func (w *Worker) Start(ctx context.Context) error {
	pool, err := w.db.RiverPool(ctx)
	if err != nil {
		return fmt.Errorf("start the job worker: %w", err)
	}
	if w.client, err = river.NewClient(riverpgxv5.New(pool), w.config); err != nil {
		return fmt.Errorf("start the job worker: %w", err)
	}
	if err := w.client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("start the job worker: %w", err)
	}
	return nil
}

// Stop takes no more jobs and waits for those that run. Shortly before the deadline of ctx (five seconds, or half of a shorter time) their
// contexts are cancelled, and they are tried again later. It returns when ctx ends at the latest; a job that heeds no cancellation then is
// an error.
func (w *Worker) Stop(ctx context.Context) error {
	if w.client == nil {
		return nil
	}
	soft := ctx
	if deadline, bounded := ctx.Deadline(); bounded {
		left := time.Until(deadline)
		var cancel context.CancelFunc
		soft, cancel = context.WithTimeout(ctx, left-min(hardStop, left/2))
		defer cancel()
	}
	err := w.client.Stop(soft)
	if err == nil || soft.Err() == nil {
		return err
	}
	if err := w.client.StopAndCancel(ctx); err != nil {
		return fmt.Errorf("stop the job worker: %w", err)
	}
	return nil
}

// backoff waits 1, 16, 81, ... seconds, a quarter hour at most, and a little more or less so that jobs do not come back in step.
type backoff struct{}

// NextRetry implements river.ClientRetryPolicy.
func (backoff) NextRetry(job *rivertype.JobRow) time.Time {
	n := min(len(job.Errors)+1, 100)
	wait := min(time.Duration(n*n*n*n)*time.Second, maxBackoff)
	jitter := (rand.Float64() - 0.5) * 0.2 //nolint:gosec // it spreads retries and hides nothing
	return time.Now().Add(wait + time.Duration(jitter*float64(wait)))
}

// reporter logs what went wrong in a job, without its arguments.
type reporter struct{ log *slog.Logger }

// HandleError implements river.ErrorHandler.
func (r reporter) HandleError(ctx context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	if errors.Is(err, errScope) {
		r.log.ErrorContext(ctx, "job refused", append(attributes(job), "security", "job_scope", "error", err)...)
		return &river.ErrorHandlerResult{SetCancelled: true}
	}
	if _, ok := errors.AsType[*giveUpError](err); ok {
		r.log.ErrorContext(ctx, "job given up", append(attributes(job), "error", err)...)
		return &river.ErrorHandlerResult{SetCancelled: true}
	}
	r.failed(ctx, job, "error", err)
	return nil
}

// HandlePanic implements river.ErrorHandler.
func (r reporter) HandlePanic(ctx context.Context, job *rivertype.JobRow, value any, trace string) *river.ErrorHandlerResult {
	r.failed(ctx, job, "panic", fmt.Sprint(value), "trace", trace)
	return nil
}

func (r reporter) failed(ctx context.Context, job *rivertype.JobRow, detail ...any) {
	if job.Attempt >= job.MaxAttempts {
		r.log.ErrorContext(ctx, "job failed for the last time and is kept as discarded", append(attributes(job), detail...)...)
		return
	}
	r.log.WarnContext(ctx, "job failed and will be tried again", append(attributes(job), detail...)...)
}

func attributes(job *rivertype.JobRow) []any {
	a := []any{"kind", job.Kind, "job", job.ID, "attempt", job.Attempt, "max_attempts", job.MaxAttempts}
	if tenant, err := tenantOf(job.Metadata); err == nil {
		a = append(a, "tenant_id", tenant)
	}
	return a
}

// quieter drops what River says of its own running below a warning.
type quieter struct{ slog.Handler }

// Enabled implements slog.Handler.
func (q quieter) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && q.Handler.Enabled(ctx, level)
}

// WithAttrs implements slog.Handler.
func (q quieter) WithAttrs(attrs []slog.Attr) slog.Handler {
	return quieter{q.Handler.WithAttrs(attrs)}
}

// WithGroup implements slog.Handler.
func (q quieter) WithGroup(name string) slog.Handler { return quieter{q.Handler.WithGroup(name)} }
