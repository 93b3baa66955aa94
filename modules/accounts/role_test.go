package accounts_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"saaskit/modules/accounts"
	"saaskit/modules/apptest"
	"saaskit/platform/access"
	"saaskit/platform/db"
)

// The list has the built-in roles and those that the tenant made, with what they can be made of.
func TestRoles(t *testing.T) {
	t.Parallel()
	w := start(t)
	s := w.workspace("acme")
	clerk := s.role("Clerk", "notes:read", "tenant:read", "notes:read")
	if _, err := uuid.Parse(clerk.ID); err != nil || clerk.Version != 1 || clerk.BuiltIn || strings.Join(clerk.Permissions, " ") != "notes:read tenant:read" {
		t.Fatalf("made %+v", clerk)
	}
	_, member := s.joinAs("clerk@example.com", clerk.ID)
	var list struct {
		Items       []roleView
		Permissions []struct{ Key, Summary string }
	}
	s.owner.want(200, "GET", "/roles", nil, &list)
	if len(list.Items) != 5 || list.Items[0].ID != "owner" || !list.Items[0].BuiltIn || list.Items[0].Members != 1 || list.Items[4].ID != clerk.ID || list.Items[4].Members != 1 {
		t.Fatalf("roles %+v", list.Items)
	}
	for _, p := range list.Permissions {
		if p.Summary == "" || p.Summary == p.Key {
			t.Errorf("%s has no summary", p.Key)
		}
	}
	if len(list.Permissions) != len(list.Items[0].Permissions) {
		t.Errorf("an owner has %d of %d permissions", len(list.Items[0].Permissions), len(list.Permissions))
	}

	var page struct {
		Items []struct {
			Email, Role string
			RoleName    string `json:"role_name"`
		}
	}
	s.owner.want(200, "GET", "/members", nil, &page)
	if len(page.Items) != 2 || page.Items[1].Role != clerk.ID || page.Items[1].RoleName != "Clerk" || page.Items[0].RoleName != "owner" {
		t.Errorf("members %+v", page.Items)
	}
	session := member.in("acme")
	if session.Tenant == nil || session.Tenant.Role != clerk.ID || !slices.Equal(session.Tenant.Permissions, []string{"notes:read", "tenant:read"}) {
		t.Errorf("session %+v", session.Tenant)
	}
	member.want(200, "GET", "/notes", nil, nil)
	member.refused(403, "forbidden", "POST", "/notes", fields{"title": "x"})
	member.refused(403, "forbidden", "GET", "/roles", nil)

	s.owner.refused(409, "role_in_use", "DELETE", "/roles/"+clerk.ID, nil)
	s.owner.want(200, "PATCH", "/members/"+session.User.ID, fields{"role": "member"}, nil)
	s.owner.want(204, "DELETE", "/roles/"+clerk.ID, nil, nil)
	s.owner.refused(404, "not_found", "DELETE", "/roles/"+clerk.ID, nil)
	s.owner.refused(404, "not_found", "DELETE", "/roles/owner", nil)
	for _, action := range []string{"role.create", "role.delete"} {
		if n := s.recorded(action); n != 1 {
			t.Errorf("%s: %d entries", action, n)
		}
	}
}

// Names are one of their kind and pass for no built-in role; permissions exist.
func TestRoleInput(t *testing.T) {
	t.Parallel()
	w := start(t)
	s := w.workspace("acme")
	s.role("Clerk", "notes:read")
	other := s.role("Other", "notes:read")
	for _, name := range []string{"Clerk", "CLERK", " clerk ", "Owner", "admin", "MEMBER", "viewer"} {
		s.owner.refused(409, "role_name_taken", "POST", "/roles", fields{"name": name, "permissions": []string{"notes:read"}})
		s.owner.refused(409, "role_name_taken", "PATCH", "/roles/"+other.ID, fields{"name": name, "version": 1})
	}
	for _, name := range []string{" ", "a\nb", "\u200b"} {
		s.owner.refused(422, "name_invalid", "POST", "/roles", fields{"name": name, "permissions": []string{"notes:read"}})
	}
	for _, list := range [][]string{{"notes:fly"}, {""}, {"notes:read notes:write"}, {"notes:read", "*"}, {"NOTES:READ"}, {"notes:read\n"}} {
		s.owner.refused(422, "permission_unknown", "POST", "/roles", fields{"name": "New", "permissions": list})
		s.owner.refused(422, "permission_unknown", "PATCH", "/roles/"+other.ID, fields{"permissions": list, "version": 1})
	}
	s.owner.refused(422, "invalid_input", "POST", "/roles", fields{"name": "New", "permissions": []string{}})
	s.owner.refused(422, "invalid_input", "PATCH", "/roles/"+other.ID, fields{"permissions": []string{}, "version": 1})
	s.owner.want(200, "PATCH", "/roles/"+other.ID, fields{"name": "OTHER", "version": 1}, nil)
	if n := w.count("SELECT count(*) FROM roles WHERE tenant_id = $1", s.id); n != 2 {
		t.Errorf("%d roles", n)
	}
}

// Z3: nobody makes, changes, deletes or grants a role that holds more than they may do, and nobody changes what their own role may do.
func TestZ3_NobodyReachesAboveTheirPermissions(t *testing.T) {
	t.Parallel()
	w := start(t)
	s := w.workspace("acme")
	chief := s.role("Chief", "members:read", "members:write", "roles:write", "notes:read")
	rich := s.role("Rich", "notes:read", "notes:write")
	poor := s.role("Poor", "notes:read")
	top := s.role("Top", "tenant:security")
	all := s.role("All", s.owner.in("acme").Tenant.Permissions...)
	chiefID, actor := s.joinAs("chief@example.com", chief.ID)
	richID, _ := s.joinAs("rich@example.com", rich.ID)
	poorID, _ := s.joinAs("poor@example.com", poor.ID)
	adminID, admin := s.join("admin@example.com", access.Admin)
	allID, deputy := s.joinAs("all@example.com", all.ID)

	role := func(id string) string { return "/roles/" + id }
	member := func(id uuid.UUID) string { return "/members/" + id.String() }
	type try struct {
		actor        *browser
		method, path string
		body         fields
		code         string
	}
	for _, c := range []try{
		{actor, "POST", "/roles", fields{"name": "N", "permissions": []string{"notes:write"}}, "role_above_own"},
		{actor, "POST", "/roles", fields{"name": "N", "permissions": []string{"notes:read", "billing:write"}}, "role_above_own"},
		{admin, "POST", "/roles", fields{"name": "N", "permissions": []string{"billing:write"}}, "role_above_own"},
		{admin, "POST", "/roles", fields{"name": "N", "permissions": []string{"tenant:security"}}, "role_above_own"},
		{actor, "PATCH", role(chief.ID), fields{"permissions": []string{"members:read", "members:write", "roles:write", "notes:read", "notes:write"}, "version": 1}, "own_role"},
		{actor, "PATCH", role(chief.ID), fields{"permissions": []string{"roles:write"}, "version": 1}, "own_role"},
		{actor, "PATCH", role(rich.ID), fields{"permissions": []string{"notes:read"}, "version": 1}, "role_above_own"},
		{actor, "PATCH", role(rich.ID), fields{"name": "Poorer", "version": 1}, "role_above_own"},
		{actor, "PATCH", role(poor.ID), fields{"permissions": []string{"notes:read", "notes:write"}, "version": 1}, "role_above_own"},
		{actor, "DELETE", role(rich.ID), nil, "role_above_own"},
		{admin, "PATCH", role(top.ID), fields{"permissions": []string{"notes:read"}, "version": 1}, "role_above_own"},
		{admin, "DELETE", role(top.ID), nil, "role_above_own"},
		{admin, "PATCH", member(poorID), fields{"role": top.ID}, "role_above_own"},
		{admin, "PATCH", member(adminID), fields{"role": top.ID}, "role_above_own"},
		{actor, "PATCH", member(poorID), fields{"role": rich.ID}, "role_above_own"},
		{actor, "PATCH", member(poorID), fields{"role": "viewer"}, "role_above_own"}, // a viewer sees more
		{actor, "PATCH", member(poorID), fields{"role": "owner"}, "role_above_own"},
		{actor, "PATCH", member(chiefID), fields{"role": "admin"}, "role_above_own"},
		{actor, "PATCH", member(chiefID), fields{"role": rich.ID}, "role_above_own"},
		{actor, "PATCH", member(richID), fields{"role": poor.ID}, "role_above_own"},
		{actor, "DELETE", member(richID), nil, "role_above_own"},
		{actor, "DELETE", member(adminID), nil, "role_above_own"},
		{actor, "DELETE", member(s.ownerID), nil, "role_above_own"},
		{deputy, "PATCH", member(poorID), fields{"role": "owner"}, "role_above_own"}, // to be owner is more than all permissions
		{deputy, "PATCH", member(allID), fields{"role": "owner"}, "role_above_own"},
		{deputy, "PATCH", member(s.ownerID), fields{"role": "viewer"}, "role_above_own"},
		{deputy, "DELETE", member(s.ownerID), nil, "role_above_own"},
	} {
		var body any
		if c.body != nil {
			body = c.body
		}
		if a := c.actor.do(c.method, c.path, body); a.Status != 403 || a.problem().Code != c.code {
			t.Errorf("%s %s %v: %d %s", c.method, c.path, c.body, a.Status, a.Body)
		}
	}

	var made roleView
	actor.want(201, "POST", "/roles", fields{"name": "Helper", "permissions": []string{"notes:read", "members:read"}}, &made)
	actor.want(200, "PATCH", member(poorID), fields{"role": made.ID}, nil)
	actor.want(200, "PATCH", role(made.ID), fields{"permissions": []string{"notes:read"}, "version": 1}, nil)
	actor.want(200, "PATCH", role(chief.ID), fields{"name": "Boss", "version": 1}, nil)
	actor.want(204, "DELETE", member(poorID), nil, nil)
	actor.want(204, "DELETE", role(made.ID), nil, nil)
	// Whoever gives up their own role does not get it back by themselves.
	actor.want(200, "PATCH", member(chiefID), fields{"role": poor.ID}, nil)
	for _, back := range []string{chief.ID, "viewer"} {
		if a := actor.do("PATCH", member(chiefID), fields{"role": back}); a.Status != 403 {
			t.Errorf("back to %s: %d %s", back, a.Status, a.Body)
		}
	}
}

// T1, T8: a role of another tenant is not there, for the API and for the database.
func TestT8_RolesOfOtherTenantsAreNotThere(t *testing.T) {
	t.Parallel()
	w := start(t)
	ours, theirs := w.workspace("ours"), w.workspace("theirs")
	foreign := theirs.role("Clerk", "notes:read")
	ours.role("Clerk", "notes:read") // the same name is no secret
	id, _ := ours.join("ada@example.com", access.Viewer)
	for _, key := range []string{foreign.ID, uuid.NewString(), uuid.Nil.String(), "custom", "root", "Owner"} {
		ours.owner.refused(422, "role_unknown", "PATCH", "/members/"+id.String(), fields{"role": key})
	}
	ours.owner.refused(404, "not_found", "PATCH", "/roles/"+foreign.ID, fields{"name": "Mine", "version": 1})
	ours.owner.refused(404, "not_found", "DELETE", "/roles/"+foreign.ID, nil)
	if _, err := w.db.Exec("UPDATE memberships SET role = 'custom', role_id = $1 WHERE tenant_id = $2 AND user_id = $3", foreign.ID, ours.id, id); err == nil {
		t.Error("a membership has a role of another tenant")
	}
	err := w.app.DB.Tenant(access.With(t.Context(), access.Actor{Kind: access.Job, Tenant: ours.id}), func(tx *db.Tx) error {
		return tx.Exec("UPDATE memberships SET role = 'custom', role_id = ? WHERE user_id = ?", foreign.ID, id).Error
	})
	if err == nil {
		t.Error("the application gave a role of another tenant")
	}
	var list struct{ Items []roleView }
	if ours.owner.want(200, "GET", "/roles", nil, &list); len(list.Items) != 5 || list.Items[4].ID == foreign.ID {
		t.Errorf("roles %+v", list.Items)
	}
}

// G5: a change that was made from an older version is refused, also among 64 at once.
func TestRace_G5_OneChangeOfARoleForEachVersion(t *testing.T) {
	t.Parallel()
	w := tireless(t)
	s := w.workspace("acme")
	role := s.role("Clerk", "notes:read")
	rounds := apptest.Rounds(t)
	var clock watch
	for version := 1; version <= rounds; version++ {
		clock.renew(func() { s.owner = w.signedIn(s.ownerID, s.id) })
		results := parallel(64, func(i int) string {
			return outcome(s.owner.send("PATCH", "/roles/"+role.ID, fields{"name": fmt.Sprintf("Clerk %d %d", version, i), "version": version}))
		})
		if results["200"] != 1 || results["409 version_conflict"] != 63 {
			t.Errorf("version %d: %v", version, results)
		}
	}
	if n := s.recorded("role.change"); n != rounds {
		t.Errorf("%d changes on record", n)
	}
	t.Logf("race: %d rounds, 64 at once: one change for each version", rounds)
	s.owner.refused(422, "invalid_input", "PATCH", "/roles/"+role.ID, fields{"name": "No version"})
}

// R4: a tenant has at most so many roles, also when the last are made at once.
func TestR4_RolesAreCapped(t *testing.T) {
	t.Parallel()
	w := start(t)
	s := w.workspace("acme")
	for i := range accounts.MaxRoles - 2 {
		s.role(fmt.Sprintf("Role %d", i), "notes:read")
	}
	results := parallel(16, func(i int) string {
		return outcome(s.owner.send("POST", "/roles", fields{"name": fmt.Sprintf("Last %d", i), "permissions": []string{"notes:read"}}))
	})
	if results["201"] != 2 || results["409 too_many_roles"] != 14 {
		t.Errorf("outcomes: %v", results)
	}
}

// G5: a role is not deleted under the feet of whoever gets it at that moment.
func TestRace_G5_ARoleIsGivenOrDeleted(t *testing.T) {
	t.Parallel()
	w := tireless(t)
	s := w.workspace("acme")
	id, _ := s.join("ada@example.com", access.Viewer)
	rounds := apptest.Rounds(t)
	var clock watch
	for round := range rounds {
		clock.renew(func() { s.owner = w.signedIn(s.ownerID, s.id) })
		role := s.role(fmt.Sprintf("Role %d", round), "notes:read")
		results := parallel(64, func(i int) string {
			if i%2 == 0 {
				return outcome(s.owner.send("DELETE", "/roles/"+role.ID, nil))
			}
			return outcome(s.owner.send("PATCH", "/members/"+id.String(), fields{"role": role.ID}))
		})
		for result := range results {
			if !slices.Contains([]string{"200", "204", "409 role_in_use", "404 not_found", "422 role_unknown"}, result) {
				t.Errorf("round %d: %v", round, results)
			}
		}
		if (results["200"] > 0) == (results["204"] > 0) {
			t.Errorf("round %d: both or neither: %v", round, results)
		}
		s.owner.want(200, "PATCH", "/members/"+id.String(), fields{"role": "viewer"}, nil)
		w.exec("DELETE FROM roles WHERE tenant_id = $1", s.id) // no tenant has room for all rounds
	}
	t.Logf("race: %d rounds, 64 at once: given or deleted, never both", rounds)
}

// S3: a role that may do less, and a member who has a lower one, lose the right within a second, on a second replica too.
func TestS3_RolesReachEveryReplica(t *testing.T) {
	t.Parallel()
	w := start(t)
	s := w.workspace("acme")
	there := w.replica()
	clerk := s.role("Clerk", "notes:read", "members:read")
	id, here := s.joinAs("clerk@example.com", clerk.ID)
	away := here.clone()
	away.base = there
	for _, b := range []*browser{here, away} {
		b.want(200, "GET", "/members", nil, nil)
	}
	s.owner.want(200, "PATCH", "/roles/"+clerk.ID, fields{"permissions": []string{"notes:read"}, "version": 1}, nil)
	w.refusedWithinASecond(away, "GET", "/members", 403)
	w.refusedWithinASecond(here, "GET", "/members", 403)
	away.want(200, "GET", "/notes", nil, nil)

	lesser := s.role("Lesser", "members:read")
	s.owner.want(200, "PATCH", "/members/"+id.String(), fields{"role": lesser.ID}, nil)
	w.refusedWithinASecond(away, "GET", "/notes", 403)
	w.refusedWithinASecond(here, "GET", "/notes", 403)
	here.want(200, "GET", "/members", nil, nil)
}
