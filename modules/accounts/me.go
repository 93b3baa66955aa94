package accounts

import (
	"context"

	"saaskit/platform/access"
	"saaskit/platform/db"
)

func (s *service) me(ctx context.Context, _ *struct{}) (*User, error) {
	var out User
	err := s.DB.System(ctx, "show a person to themselves", func(tx *db.SystemTx) error {
		return tx.Where("id = ?", access.From(ctx).ID).Take(&out).Error
	})
	return &out, err
}
