package accounts

import (
	"strings"

	"github.com/google/uuid"

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
