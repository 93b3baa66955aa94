package app

import (
	"context"
	"time"

	"saaskit/platform/db"
	"saaskit/platform/jobs"
	"saaskit/platform/plan"
)

// recountUsage compares counted usage with what is there.
type recountUsage struct{}

// Kind names the job.
func (recountUsage) Kind() string { return "platform.recount_usage" }

// sweep deletes what has expired and nobody asks for: sessions, links, codes, limits.
type sweep struct{}

// Kind names the job.
func (sweep) Kind() string { return "platform.sweep" }

// housekeeping registers the platform's own periodic jobs.
func (a *App) housekeeping() {
	jobs.HandleSystem(a.registry, func(ctx context.Context, _ recountUsage) error {
		return plan.Recount(ctx, a.DB, a.Log, a.counters())
	})
	jobs.Every(a.registry, 24*time.Hour, recountUsage{})

	jobs.HandleSystem(a.registry, func(ctx context.Context, _ sweep) error { return a.sweep(ctx) })
	jobs.Every(a.registry, time.Hour, sweep{})
}

func (a *App) sweep(ctx context.Context) error {
	if err := a.Limits.Sweep(ctx); err != nil {
		return err
	}
	return a.DB.System(ctx, "sweep expired sessions and links", func(tx *db.SystemTx) error {
		if _, err := a.Sessions.PurgeTx(ctx, tx); err != nil {
			return err
		}
		_, err := a.OneTime.PurgeTx(ctx, tx)
		return err
	})
}
