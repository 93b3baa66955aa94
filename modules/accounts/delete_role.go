package accounts

import (
	"context"

	"github.com/google/uuid"

	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/fault"
)

var errRoleInUse = fault.New(fault.Conflict, "role_in_use", "Members have this role. Give them another one first.")

type deleteRoleInput struct {
	ID uuid.UUID `path:"id"`
}

// deleteRole deletes a role that nobody has.
func (s *service) deleteRole(ctx context.Context, in *deleteRoleInput) error {
	return s.DB.Tenant(ctx, func(tx *db.Tx) error {
		row, _, err := s.heldRole(ctx, tx, in.ID)
		if err != nil {
			return err
		}
		// Nobody gets the role after this count: whoever gives it needs its lock.
		var members int64
		if err := tx.Table("memberships").Where("role_id = ?", row.ID).Count(&members).Error; err != nil {
			return err
		}
		if members > 0 {
			return errRoleInUse
		}
		if err := s.RoleGoing(ctx, tx, row.ID); err != nil {
			return err
		}
		deleted := tx.Exec("DELETE FROM roles WHERE id = ?", row.ID)
		if deleted.Error != nil {
			return deleted.Error
		}
		if deleted.RowsAffected != 1 {
			return errRoleMissing
		}
		return audit.Record(ctx, tx, "role.delete", row.target(), map[string]any{"name": row.Name})
	})
}
