package notes

import (
	"context"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/db"
	"saaskit/platform/jobs"
)

// keepTrash is how long a note can be restored.
const keepTrash = 30 * 24 * time.Hour

// findOldTrash is the daily job that finds the tenants with trash to purge.
type findOldTrash struct{}

// Kind names the job.
func (findOldTrash) Kind() string { return "notes.find_old_trash" }

// purge is the job that empties the trash of its tenant.
type purge struct{}

// Kind names the job.
func (purge) Kind() string { return "notes.purge" }

func (s *service) findOldTrash(ctx context.Context, _ findOldTrash) error {
	return s.DB.System(ctx, "find tenants with old trash", func(tx *db.SystemTx) error {
		var tenants []uuid.UUID
		err := tx.Model(&Note{}).Where("deleted_at < ?", s.Now().Add(-keepTrash)).Distinct().Pluck("tenant_id", &tenants).Error
		if err != nil {
			return err
		}
		for _, tenant := range tenants {
			if err := s.Queue.Enqueue(ctx, tx, purge{}, jobs.ForTenant(tenant), jobs.Unique()); err != nil {
				return err
			}
		}
		return nil
	})
}

// purge needs no Release: a note in the trash is not counted.
func (s *service) purge(ctx context.Context, _ purge) error {
	return s.DB.One(ctx, func(tx *db.Tx) error {
		return tx.Where("deleted_at < ?", s.Now().Add(-keepTrash)).Delete(&Note{}).Error
	})
}
