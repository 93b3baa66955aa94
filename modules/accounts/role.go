package accounts

import (
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"saaskit/platform/access"
)

// RoleRef names a role of a tenant: a built-in one, or one that the tenant made (Custom, with its id).
type RoleRef struct {
	Role   access.Role
	Custom uuid.UUID
}

// Key is the role as the API names it: "owner", or the id of a custom one.
func (r RoleRef) Key() string {
	if r.Role == access.Custom {
		return r.Custom.String()
	}
	return string(r.Role)
}

// column is the value of memberships.role_id.
func (r RoleRef) column() *uuid.UUID {
	if r.Role != access.Custom {
		return nil
	}
	return &r.Custom
}

// RoleIn is a role of a tenant: its name, and what it may do.
type RoleIn struct {
	RoleRef
	Name        string
	Permissions access.Set
}

// findRole finds the role that the key names, a custom one among the rows of roles, and whether there is one. The lock keeps a custom role as it
// is until the transaction has used it.
func (s *service) findRole(roles *gorm.DB, key string) (RoleIn, bool, error) {
	if builtIn := access.Role(key); builtIn.Valid() {
		return RoleIn{RoleRef{Role: builtIn}, key, s.may(held{BuiltIn: builtIn})}, true, nil
	}
	var custom []roleRow
	if id, err := uuid.Parse(key); err == nil && id != uuid.Nil { // what is no id names no role
		if err := roles.Select(roleRowColumns).Where("id = ?", id).Clauses(clause.Locking{Strength: "SHARE"}).Scan(&custom).Error; err != nil {
			return RoleIn{}, false, err
		}
	}
	if len(custom) != 1 {
		return RoleIn{}, false, nil
	}
	return RoleIn{RoleRef{access.Custom, custom[0].ID}, custom[0].Name, s.may(held{access.Custom, custom[0].Permissions})}, true, nil
}

// roleColumns are a membership's role as the API names it, its name, and what a custom one may do.
const roleColumns = `coalesce(m.role_id::text, m.role) AS role, coalesce(r.name, m.role) AS role_name,
	m.role AS built_in, coalesce(array_to_string(r.permissions, ' '), '') AS custom_permissions`

const joinRoles = "LEFT JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id"

// held is the role of a membership, as roleColumns have it.
type held struct {
	BuiltIn           access.Role
	CustomPermissions string
}

// may returns what the holder may do: no more than there are permissions.
func (s *service) may(h held) access.Set {
	all := s.Permissions()
	if h.BuiltIn != access.Custom {
		return all.Of(h.BuiltIn)
	}
	var own []access.Permission
	for key := range strings.FieldsSeq(h.CustomPermissions) {
		own = append(own, access.Permission(key))
	}
	return access.NewSet(own...).And(all.All())
}
