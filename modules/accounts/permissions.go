package accounts

import "saaskit/platform/access"

// The permissions of this module.
const (
	TenantRead     access.Permission = "tenant:read"
	TenantWrite    access.Permission = "tenant:write"
	TenantSecurity access.Permission = "tenant:security"
	MembersRead    access.Permission = "members:read"
	MembersWrite   access.Permission = "members:write"
	RolesWrite     access.Permission = "roles:write"
)

var permissions = access.Permissions{
	TenantRead:     access.Viewer,
	TenantWrite:    access.Admin,
	TenantSecurity: access.Owner,
	MembersRead:    access.Viewer,
	MembersWrite:   access.Admin,
	RolesWrite:     access.Admin,
}

var summaries = access.Summaries{
	TenantRead:     "See the workspace",
	TenantWrite:    "Change the workspace's name, address and logo",
	TenantSecurity: "Require a second factor; an owner can also hand over the ownership",
	MembersRead:    "See members and roles",
	MembersWrite:   "Change the roles of members and remove them",
	RolesWrite:     "Make, change and delete roles",
}
