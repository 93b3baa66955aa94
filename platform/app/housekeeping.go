package app

import (
	"context"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/db"
	"saaskit/platform/jobs"
	"saaskit/platform/plan"
)

// recountUsage is the daily job that has every tenant's usage recounted.
type recountUsage struct{}

// Kind names the job.
func (recountUsage) Kind() string { return "platform.recount_usage" }

// recountTenant is the job that compares counted usage with what is there, in its tenant.
type recountTenant struct{}

// Kind names the job.
func (recountTenant) Kind() string { return "platform.recount_tenant" }

// sweep deletes what has expired and nobody asks for: sessions, links, codes, limits.
type sweep struct{}

// Kind names the job.
func (sweep) Kind() string { return "platform.sweep" }

// purgeUsage is the daily job that forgets old idempotency keys of usage.
type purgeUsage struct{}

// Kind names the job.
func (purgeUsage) Kind() string { return "platform.purge_usage" }

// housekeeping registers the platform's own periodic jobs.
func (a *App) housekeeping() {
	jobs.HandleSystem(a.registry, func(ctx context.Context, _ recountUsage) error { return a.recountAll(ctx) })
	jobs.Handle(a.registry, func(ctx context.Context, _ recountTenant) error {
		return plan.Recount(ctx, a.DB, a.Log, a.counters())
	})
	jobs.Every(a.registry, 24*time.Hour, recountUsage{})

	jobs.HandleSystem(a.registry, func(ctx context.Context, _ purgeUsage) error { return a.purgeUsage(ctx) })
	jobs.Every(a.registry, 24*time.Hour, purgeUsage{})

	jobs.HandleSystem(a.registry, func(ctx context.Context, _ sweep) error { return a.sweep(ctx) })
	jobs.Every(a.registry, time.Hour, sweep{})
}

// tenantsAtOnce is how many tenants get their job in one transaction.
const tenantsAtOnce = 500

// recountAll pages through the tenants. A run that was cut off begins again, and adds no second job to a tenant that has one.
func (a *App) recountAll(ctx context.Context) error {
	page := make([]uuid.UUID, 1) // before the first tenant
	for len(page) > 0 {
		last := page[len(page)-1]
		page = nil
		err := a.DB.System(ctx, "have the usage of every tenant recounted", func(tx *db.SystemTx) error {
			if err := tx.Raw("SELECT id FROM tenants WHERE id > ? ORDER BY id LIMIT ?", last, tenantsAtOnce).Scan(&page).Error; err != nil {
				return err
			}
			return a.Queue.EnqueueEach(ctx, tx, page, recountTenant{})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (a *App) purgeUsage(ctx context.Context) error {
	for more := true; more; {
		err := a.DB.System(ctx, "forget old idempotency keys of usage", func(tx *db.SystemTx) (err error) {
			more, err = plan.PurgeUsageEventsTx(tx)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
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
