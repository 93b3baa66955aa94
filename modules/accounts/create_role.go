package accounts

import (
	"context"

	"gorm.io/gorm/clause"

	"saaskit/platform/access"
	"saaskit/platform/audit"
	"saaskit/platform/db"
)

type createRoleInput struct {
	Body struct {
		Name        string              `json:"name" minLength:"1" maxLength:"50" example:"Bookkeeper"`
		Permissions []access.Permission `json:"permissions" minItems:"1" maxItems:"200" example:"[\"billing:read\"]" doc:"What members with the role may do; at most what you may do yourself"`
	}
}

// createRole adds a role of no more permissions than its maker has.
func (s *service) createRole(ctx context.Context, in *createRoleInput) (*Role, error) {
	name, err := cleanRoleName(in.Body.Name)
	if err != nil {
		return nil, err
	}
	wanted, column, err := s.wantedPermissions(in.Body.Permissions)
	if err != nil {
		return nil, err
	}
	row := roleRow{ID: db.NewID(), Name: name, Permissions: column, Version: 1}
	err = s.DB.Tenant(ctx, func(tx *db.Tx) error {
		by, err := s.actingTx(ctx, tx)
		if err != nil {
			return err
		}
		if err := roomForRole(tx, access.From(ctx)); err != nil {
			return err
		}
		if !by.may.Has(RolesWrite) || !by.may.Covers(wanted) {
			return errAboveOwn
		}
		if _, err := writeRole(tx.Exec("INSERT INTO roles (id, name, permissions) VALUES (?, ?, string_to_array(?, ' '))", row.ID, name, column)); err != nil {
			return err
		}
		return audit.Record(ctx, tx, "role.create", row.target(), map[string]any{"name": name, "permissions": wanted.List()})
	})
	if err != nil {
		return nil, err
	}
	out := s.roleOf(row, nil)
	return &out, nil
}

// target names a role in the audit log.
func (r roleRow) target() string { return "role:" + r.ID.String() }

// roomForRole holds the tenant, so that no two roles take the last place.
func roomForRole(tx *db.Tx, actor access.Actor) error {
	var tenant struct{ Slug string }
	err := tx.Table("tenants").Select("slug").Where("id = ?", actor.Tenant).Clauses(clause.Locking{Strength: "NO KEY UPDATE"}).Take(&tenant).Error
	if err != nil {
		return err
	}
	var roles int64
	err = tx.Table("roles").Count(&roles).Error
	if err == nil && roles >= MaxRoles {
		err = errTooManyRoles
	}
	return err
}
