package access

import (
	"maps"
	"slices"
)

// Role is what a member may do in a tenant. The order of the built-in ones is total: each may do all that the ones below it may.
type Role string

// Custom stands for a role that a tenant made of permissions. It is not Valid, and neither above nor below any other role.
const Custom Role = "custom"

// The four built-in roles, highest first.
const (
	Owner  Role = "owner"
	Admin  Role = "admin"
	Member Role = "member"
	Viewer Role = "viewer"
)

// Roles lists the built-in roles, highest first.
var Roles = []Role{Owner, Admin, Member, Viewer}

var ranks = map[Role]int{Viewer: 1, Member: 2, Admin: 3, Owner: 4}

// Valid reports whether r is one of the built-in roles.
func (r Role) Valid() bool { return ranks[r] > 0 }

// AtLeast reports whether r is as high as other. An unknown role on either side is never enough.
func (r Role) AtLeast(other Role) bool {
	return r.Valid() && other.Valid() && ranks[r] >= ranks[other]
}

// Permission names one right, such as "notes:write".
type Permission string

// Permissions maps each permission of a module to the lowest role that has it.
type Permissions map[Permission]Role

// Allows reports whether a built-in role has the permission. An unknown permission is denied.
func (p Permissions) Allows(role Role, permission Permission) bool {
	lowest, known := p[permission]
	return known && role.AtLeast(lowest)
}

// Of returns what a built-in role may do.
func (p Permissions) Of(role Role) Set {
	var list []Permission
	for permission, lowest := range p {
		if role.AtLeast(lowest) {
			list = append(list, permission)
		}
	}
	return NewSet(list...)
}

// All returns every permission.
func (p Permissions) All() Set { return NewSet(slices.Collect(maps.Keys(p))...) }
