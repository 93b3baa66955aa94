package notes

import (
	"context"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"saaskit/platform/db"
)

// restore takes a note out of the trash, for which the plan must have a place again.
func (s *service) restore(ctx context.Context, in *noteInput) (*Note, error) {
	var note Note
	err := s.DB.Tenant(ctx, func(tx *db.Tx) error {
		update := tx.Model(&note).Clauses(clause.Returning{}).
			Where("id = ? AND deleted_at IS NOT NULL", in.ID).UpdateColumn("deleted_at", nil)
		if update.Error != nil {
			return update.Error
		}
		if update.RowsAffected == 0 {
			return gorm.ErrRecordNotFound
		}
		return s.Plans.Reserve(ctx, tx, MaxNotes, 1)
	})
	return &note, err
}
