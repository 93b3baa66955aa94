package notes

import (
	"context"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/db"
)

// keepTrash is how long a note can be restored.
const keepTrash = 30 * 24 * time.Hour

// How much one transaction takes on: tenants that get their job, and notes that are deleted.
const (
	tenantsAtOnce = 500
	notesAtOnce   = 1000
)

// findOldTrash is the daily job that finds the tenants with trash to purge.
type findOldTrash struct{}

// Kind names the job.
func (findOldTrash) Kind() string { return "notes.find_old_trash" }

// purge is the job that empties the trash of its tenant.
type purge struct{}

// Kind names the job.
func (purge) Kind() string { return "notes.purge" }

func (s *service) findOldTrash(ctx context.Context, _ findOldTrash) error {
	page := make([]uuid.UUID, 1) // before the first tenant
	for len(page) > 0 {
		last := page[len(page)-1]
		page = nil
		err := s.DB.System(ctx, "find tenants with old trash", func(tx *db.SystemTx) error {
			err := tx.Raw("SELECT DISTINCT tenant_id FROM notes WHERE deleted_at < ? AND tenant_id > ? ORDER BY tenant_id LIMIT ?",
				s.Now().Add(-keepTrash), last, tenantsAtOnce).Scan(&page).Error
			if err != nil {
				return err
			}
			return s.Queue.EnqueueEach(ctx, tx, page, purge{})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// purge needs no Release: a note in the trash is not counted. What a run that is cut off has deleted stays deleted.
func (s *service) purge(ctx context.Context, _ purge) error {
	for deleted := int64(notesAtOnce); deleted == notesAtOnce; {
		err := s.DB.One(ctx, func(tx *db.Tx) error {
			old := tx.Where("id IN (SELECT id FROM notes WHERE deleted_at < ? LIMIT ?)", s.Now().Add(-keepTrash), notesAtOnce).Delete(&Note{})
			deleted = old.RowsAffected
			return old.Error
		})
		if err != nil {
			return err
		}
	}
	return nil
}
