package access

// Role is what a member may do in a tenant. The order is total: each role may do all that the ones below it may.
type Role string

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

// Allows reports whether role has the permission. An unknown permission is denied.
func (p Permissions) Allows(role Role, permission Permission) bool {
	lowest, known := p[permission]
	return known && role.AtLeast(lowest)
}
