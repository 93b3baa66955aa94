package factors

import (
	"context"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/api"
	"saaskit/platform/audit"
	"saaskit/platform/db"
)

type renamePasskeyInput struct {
	ID   uuid.UUID `path:"id"`
	Body struct {
		Name string `json:"name" minLength:"1" maxLength:"100" example:"Old phone"`
	}
}

func (s *service) renamePasskey(ctx context.Context, in *renamePasskeyInput) (*Passkey, error) {
	name, err := api.CleanName(in.Body.Name)
	if err != nil {
		return nil, err
	}
	var out Passkey
	err = s.DB.System(ctx, "rename a passkey", func(tx *db.SystemTx) error {
		person, err := s.hold(ctx, tx)
		if err != nil {
			return err
		}
		renamed := tx.Table(passkeyTable).Where("id = ? AND user_id = ?", in.ID, person.ID).Update("name", name)
		if renamed.Error != nil {
			return renamed.Error
		}
		if renamed.RowsAffected == 0 {
			return errNotFound
		}
		if err := tx.Where("id = ? AND user_id = ?", in.ID, access.From(ctx).ID).Take(&out).Error; err != nil {
			return err
		}
		return audit.RecordSecurity(ctx, tx, "user.rename_passkey", target(person.ID), map[string]any{"passkey": in.ID, "name": name})
	})
	return &out, err
}
