package notes

import (
	"context"

	"gorm.io/gorm"

	"saaskit/platform/db"
)

// delete moves a note to the trash, which frees its place in the plan.
func (s *service) delete(ctx context.Context, in *noteInput) error {
	return s.DB.Tenant(ctx, func(tx *db.Tx) error {
		update := tx.Model(&Note{}).Where("id = ? AND deleted_at IS NULL", in.ID).UpdateColumn("deleted_at", s.Now())
		if update.Error != nil {
			return update.Error
		}
		if update.RowsAffected == 0 {
			return gorm.ErrRecordNotFound
		}
		return s.Plans.Release(ctx, tx, MaxNotes, 1)
	})
}
