package apptest

import (
	"testing"

	"saaskit/platform/access"
)

// Custom adds a member with a role of the tenant's own that has the permissions and no others, and signs them in.
func (n *Tenant) Custom(tb testing.TB, permissions ...access.Permission) *Actor {
	tb.Helper()
	var role struct{ ID string }
	n.Owner.Post(tb, "/roles", map[string]any{"name": "Role " + unique(), "permissions": permissions}).Status(tb, 201).JSON(tb, &role)
	person := n.Actor(tb, access.Viewer)
	n.Owner.Patch(tb, "/members/"+person.ID.String(), map[string]any{"role": role.ID}).Status(tb, 200)
	person.Role = access.Custom
	person.signIn(tb, n.ID) // what was remembered of the viewer is not remembered of the new session
	return person
}
