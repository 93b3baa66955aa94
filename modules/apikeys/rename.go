package apikeys

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"saaskit/platform/api"
	"saaskit/platform/audit"
	"saaskit/platform/db"
)

type renameInput struct {
	ID   uuid.UUID `path:"id" doc:"The key"`
	Body struct {
		Name string `json:"name" minLength:"1" maxLength:"100" example:"Nightly import"`
	}
}

// rename changes what people call a key, as long as it is not revoked.
func (s *service) rename(ctx context.Context, in *renameInput) (*Key, error) {
	name, err := api.CleanName(in.Body.Name)
	if err != nil {
		return nil, err
	}
	var out Key
	err = s.DB.Tenant(ctx, func(tx *db.Tx) error {
		if _, err := s.takeTx(ctx, tx, in.ID, &out); err != nil {
			return err
		}
		renamed := tx.Table("api_keys").Where("id = ? AND revoked_at IS NULL", in.ID).Update("name", name)
		if renamed.Error != nil {
			return renamed.Error
		}
		if renamed.RowsAffected == 0 {
			return gorm.ErrRecordNotFound
		}
		detail := map[string]any{"prefix": out.Prefix, "from": out.Name, "to": name}
		out.Name = name
		return audit.Record(ctx, tx, "api_key.rename", out.target(), detail)
	})
	return &out, err
}
