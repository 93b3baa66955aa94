package accounts

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"saaskit/platform/access"
	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/fault"
)

var (
	errOwnRole     = fault.New(fault.Forbidden, "own_role", "Somebody else has to change what your own role may do.")
	errRoleVersion = fault.New(fault.Conflict, "version_conflict", "Somebody changed this role in the meantime. Load it again and repeat your change.")
)

type updateRoleInput struct {
	ID   uuid.UUID `path:"id"`
	Body struct {
		Name        *string              `json:"name,omitempty" minLength:"1" maxLength:"50" example:"Bookkeeper" doc:"The new name; left out, it stays"`
		Permissions *[]access.Permission `json:"permissions,omitempty" minItems:"1" maxItems:"200" example:"[\"billing:read\"]" doc:"All that members with the role may do from now on; left out, it stays"`
		Version     int64                `json:"version" minimum:"1" example:"1" doc:"The version that the change was made from"`
	}
}

// updateRole changes a role that holds no more than the actor may do, before and after: so nobody lowers those above themselves or raises anybody
// above themselves. Nobody changes what their own role may do.
func (s *service) updateRole(ctx context.Context, in *updateRoleInput) (*Role, error) {
	changes, wanted, err := s.roleChanges(in)
	if err != nil {
		return nil, err
	}
	var out Role
	err = s.DB.Tenant(ctx, func(tx *db.Tx) error {
		row, by, err := s.heldRole(ctx, tx, in.ID)
		if err != nil {
			return err
		}
		switch {
		case in.Body.Permissions != nil && by.roleID == row.ID:
			return errOwnRole
		case !by.may.Covers(wanted):
			return errAboveOwn
		case row.Version != in.Body.Version:
			return errRoleVersion
		}
		written, err := writeRole(tx.Table("roles").Where("id = ? AND version = ?", row.ID, row.Version).Updates(changes))
		if err != nil {
			return err
		}
		if written != 1 {
			return errRoleVersion
		}
		counts, err := membersByRole(tx)
		if err != nil {
			return err
		}
		before := row
		if err := tx.Table("roles").Select(roleRowColumns).Where("id = ?", row.ID).Take(&row).Error; err != nil {
			return err
		}
		out = s.roleOf(row, counts)
		return audit.Record(ctx, tx, "role.change", row.target(), map[string]any{
			"name": row.Name, "permissions": out.Permissions, "name_before": before.Name, "permissions_before": s.roleOf(before, nil).Permissions,
		})
	})
	return &out, err
}

// roleChanges are the columns that a body changes, and the permissions that it asks for.
func (s *service) roleChanges(in *updateRoleInput) (map[string]any, access.Set, error) {
	changes := map[string]any{"version": gorm.Expr("version + 1"), "updated_at": s.Now()}
	if in.Body.Name != nil {
		name, err := cleanRoleName(*in.Body.Name)
		if err != nil {
			return nil, access.Set{}, err
		}
		changes["name"] = name
	}
	if in.Body.Permissions == nil {
		return changes, access.Set{}, nil
	}
	wanted, column, err := s.wantedPermissions(*in.Body.Permissions)
	changes["permissions"] = gorm.Expr("string_to_array(?, ' ')", column)
	return changes, wanted, err
}

// heldRole locks a role for a change by the actor, whose permissions must cover it.
func (s *service) heldRole(ctx context.Context, tx *db.Tx, id uuid.UUID) (roleRow, acting, error) {
	var rows []roleRow
	err := tx.Table("roles").Select(roleRowColumns).Where("id = ?", id).Clauses(clause.Locking{Strength: "UPDATE"}).Scan(&rows).Error
	if err != nil {
		return roleRow{}, acting{}, err
	}
	if len(rows) != 1 {
		return roleRow{}, acting{}, errRoleMissing
	}
	by, err := s.actingTx(ctx, tx)
	if err != nil {
		return roleRow{}, acting{}, err
	}
	if !by.may.Has(RolesWrite) || !by.may.Covers(s.may(held{access.Custom, rows[0].Permissions})) {
		return roleRow{}, acting{}, errAboveOwn
	}
	return rows[0], by, nil
}
