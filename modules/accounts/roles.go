package accounts

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"saaskit/platform/access"
	"saaskit/platform/api"
	"saaskit/platform/db"
	"saaskit/platform/fault"
)

// MaxRoles is how many roles a tenant may make.
const MaxRoles = 50

// Role is what a member can be: one of the built-in roles, or one that the tenant made.
type Role struct {
	ID          string              `json:"id" example:"admin" doc:"owner, admin, member, viewer, or the id of a role that the workspace made"`
	Name        string              `json:"name" example:"admin"`
	BuiltIn     bool                `json:"built_in" doc:"Whether nobody can change it"`
	Permissions []access.Permission `json:"permissions" example:"[\"members:read\"]" doc:"What its members may do"`
	Members     int64               `json:"members" doc:"How many members have it"`
	Version     int64               `json:"version" doc:"Send it with a change; 0 for a built-in role"`
}

// PermissionInfo is something that a role can let its members do.
type PermissionInfo struct {
	Key     access.Permission `json:"key" example:"members:read"`
	Summary string            `json:"summary" example:"See members and roles" doc:"What it lets people do"`
}

// RoleList is all roles of a tenant and what they can be made of.
type RoleList struct {
	Items       []Role           `json:"items"`
	Permissions []PermissionInfo `json:"permissions"`
}

// roleRow is a role that the tenant made.
type roleRow struct {
	ID          uuid.UUID
	Name        string
	Permissions string
	Version     int64
}

const roleRowColumns = "id, name, array_to_string(permissions, ' ') AS permissions, version"

func (s *service) listRoles(ctx context.Context, _ *struct{}) (*RoleList, error) {
	var made []roleRow
	counts := map[string]int64{}
	err := s.DB.Tenant(ctx, func(tx *db.Tx) (err error) {
		err = tx.Table("roles").Select(roleRowColumns).Order(clause.OrderBy{Expression: clause.Expr{SQL: "lower(name), id"}}).
			Limit(MaxRoles).Scan(&made).Error
		if err != nil {
			return err
		}
		counts, err = membersByRole(tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := &RoleList{}
	for _, builtIn := range access.Roles {
		key := string(builtIn)
		out.Items = append(out.Items, Role{ID: key, Name: key, BuiltIn: true, Permissions: s.Permissions().Of(builtIn).List(), Members: counts[key]})
	}
	for _, row := range made {
		out.Items = append(out.Items, s.roleOf(row, counts))
	}
	texts := s.Summaries()
	for _, key := range s.Permissions().All().List() {
		info := PermissionInfo{Key: key, Summary: texts[key]}
		if info.Summary == "" {
			info.Summary = string(key)
		}
		out.Permissions = append(out.Permissions, info)
	}
	return out, nil
}

// roleOf is a role as the API shows it. Permissions that the product no longer has are left out, as they are where they would count.
func (s *service) roleOf(row roleRow, counts map[string]int64) Role {
	id := row.ID.String()
	may := s.may(held{access.Custom, row.Permissions})
	return Role{ID: id, Name: row.Name, Permissions: may.List(), Members: counts[id], Version: row.Version}
}

func membersByRole(tx *db.Tx) (map[string]int64, error) {
	var rows []struct {
		Role    string
		Members int64
	}
	err := tx.Table("memberships").Select("coalesce(role_id::text, role) AS role, count(*) AS members").Group("role, role_id").Scan(&rows).Error
	counts := map[string]int64{}
	for _, row := range rows {
		counts[row.Role] = row.Members
	}
	return counts, err
}

var (
	errRoleMissing  = fault.New(fault.NotFound, "not_found", "There is no such role.")
	errRoleName     = fault.New(fault.Conflict, "role_name_taken", "There is a role with this name.")
	errPermission   = fault.New(fault.Invalid, "permission_unknown", "There is no such permission.")
	errTooManyRoles = fault.New(fault.Conflict, "too_many_roles", "A workspace can have 50 roles of its own. Delete one first.")
)

// cleanRoleName refuses a name that would pass for a built-in role.
func cleanRoleName(name string) (string, error) {
	name, err := api.CleanName(name)
	if err == nil && slices.ContainsFunc(access.Roles, func(r access.Role) bool { return strings.EqualFold(string(r), name) }) {
		err = errRoleName
	}
	return name, err
}

// wantedPermissions are those that a body names, as the set they are and as the column of the table.
func (s *service) wantedPermissions(list []access.Permission) (access.Set, string, error) {
	all := s.Permissions()
	for i, key := range list {
		if _, known := all[key]; !known {
			return access.Set{}, "", errPermission.With(fault.Field{Location: fmt.Sprintf("body.permissions[%d]", i), Message: errPermission.Message})
		}
	}
	set := access.NewSet(list...)
	var keys []string
	for _, key := range set.List() {
		keys = append(keys, string(key))
	}
	return set, strings.Join(keys, " "), nil
}

// writeRole runs a statement that writes a role's row. A name that another role has is its own fault.
func writeRole(tx *gorm.DB) (int64, error) {
	if db.IsUnique(tx.Error, "roles_name") {
		return 0, errRoleName
	}
	return tx.RowsAffected, tx.Error
}
