package notes

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"saaskit/platform/db"
	"saaskit/platform/fault"
)

type updateInput struct {
	ID   uuid.UUID `path:"id" doc:"The note"`
	Body struct {
		Title   *string `json:"title,omitempty" minLength:"1" maxLength:"200" doc:"The new title; left out, it stays" example:"Shopping"`
		Body    *string `json:"body,omitempty" maxLength:"100000" doc:"The new text; left out, it stays" example:"Milk, bread, butter"`
		Version int64   `json:"version" minimum:"1" doc:"The version that the change was made from" example:"1"`
	}
}

var (
	errVersion = fault.New(fault.Conflict, "version_conflict", "Somebody changed this note in the meantime. Load it again and repeat your change.")
	errTrashed = fault.New(fault.Conflict, "note_in_trash", "This note is in the trash. Restore it first.")
)

func (s *service) update(ctx context.Context, in *updateInput) (*Note, error) {
	changes := map[string]any{"version": gorm.Expr("version + 1")}
	if in.Body.Title != nil {
		title, err := cleanTitle(*in.Body.Title)
		if err != nil {
			return nil, err
		}
		changes["title"] = title
	}
	if in.Body.Body != nil {
		changes["body"] = *in.Body.Body
	}
	var note Note
	var changed int64
	err := s.DB.One(ctx, func(tx *db.Tx) error {
		update := tx.Model(&note).Clauses(clause.Returning{}).
			Where("id = ? AND version = ? AND deleted_at IS NULL", in.ID, in.Body.Version).Updates(changes)
		changed = update.RowsAffected
		return update.Error
	})
	if err == nil && changed == 0 {
		err = s.whyUnchanged(ctx, in.ID)
	}
	return &note, err
}

// whyUnchanged finds out why an update met no row.
func (s *service) whyUnchanged(ctx context.Context, id uuid.UUID) error {
	note, err := s.get(ctx, &noteInput{ID: id})
	switch {
	case err != nil:
		return err
	case note.DeletedAt != nil:
		return errTrashed
	default:
		return errVersion
	}
}
