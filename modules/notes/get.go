package notes

import (
	"context"

	"github.com/google/uuid"

	"saaskit/platform/db"
)

type noteInput struct {
	ID uuid.UUID `path:"id" doc:"The note"`
}

// get also finds a note in the trash.
func (s *service) get(ctx context.Context, in *noteInput) (*Note, error) {
	var note Note
	err := s.DB.One(ctx, func(tx *db.Tx) error {
		return tx.Where("id = ?", in.ID).Take(&note).Error
	})
	return &note, err
}
