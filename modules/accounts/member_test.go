package accounts_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"saaskit/platform/access"
)

// team makes a tenant with one member of each role and returns their browsers and ids.
func team(w *world) (tenant uuid.UUID, browsers map[access.Role]*browser, ids map[access.Role]uuid.UUID) {
	w.t.Helper()
	ids, browsers = map[access.Role]uuid.UUID{}, map[access.Role]*browser{}
	for _, role := range access.Roles {
		ids[role] = w.user(string(role)+"@example.com", "")
		if role == access.Owner {
			tenant = w.tenant(ids[role], "Acme")
		} else {
			w.member(tenant, ids[role], role)
		}
		browsers[role] = w.signedIn(ids[role], tenant)
	}
	return tenant, browsers, ids
}

// Z3: nobody grants a role above their own or touches a member above themselves, themselves included.
func TestZ3_NobodyReachesAboveTheirRole(t *testing.T) {
	t.Parallel()
	w := start(t)
	_, browsers, ids := team(w)
	type try struct {
		actor, member, to access.Role
		status            int
		code              string
	}
	for _, c := range []try{
		{access.Admin, access.Member, access.Owner, 403, "role_above_own"},
		{access.Admin, access.Admin, access.Owner, 403, "role_above_own"},
		{access.Admin, access.Owner, access.Viewer, 403, "role_above_own"},
		{access.Admin, access.Owner, access.Owner, 403, "role_above_own"},
		{access.Admin, access.Owner, "", 403, "role_above_own"},
		{access.Member, access.Member, access.Owner, 403, "forbidden"},
		{access.Member, access.Viewer, access.Viewer, 403, "forbidden"},
		{access.Viewer, access.Viewer, access.Admin, 403, "forbidden"},
		{access.Viewer, access.Member, "", 403, "forbidden"},
		{access.Admin, access.Viewer, access.Admin, 200, ""},
		{access.Owner, access.Viewer, access.Owner, 200, ""},
		{access.Owner, access.Viewer, access.Viewer, 200, ""},
		{access.Admin, access.Viewer, "", 204, ""},
	} {
		b, path := browsers[c.actor], "/members/"+ids[c.member].String()
		var a answer
		if c.to == "" {
			a = b.do("DELETE", path, nil)
		} else {
			a = b.do("PATCH", path, map[string]any{"role": c.to})
		}
		if a.Status != c.status || (c.code != "" && a.problem().Code != c.code) {
			t.Errorf("%s makes %s %q: %d %s", c.actor, c.member, c.to, a.Status, a.Body)
		}
	}
	if got := w.count("SELECT count(*) FROM audit_log WHERE action IN ('member.change_role', 'member.remove')"); got != 4 {
		t.Errorf("%d changes on record", got)
	}
}

// Z4: the last owner can neither step down nor leave.
func TestZ4_LastOwnerStays(t *testing.T) {
	t.Parallel()
	w := start(t)
	_, browsers, ids := team(w)
	owner, path := browsers[access.Owner], "/members/"+ids[access.Owner].String()
	for _, role := range []access.Role{access.Admin, access.Member, access.Viewer} {
		owner.refused(409, "last_owner", "PATCH", path, map[string]any{"role": role})
	}
	owner.refused(409, "last_owner", "DELETE", path, nil)
	owner.want(200, "PATCH", path, map[string]any{"role": "owner"}, nil)
	owner.want(200, "PATCH", "/members/"+ids[access.Admin].String(), map[string]any{"role": "owner"}, nil)
	owner.want(204, "DELETE", path, nil, nil)
}

// T1: a member of another tenant is not there, and nothing of them is shown or changed.
func TestT1_ForeignMembersAreNotThere(t *testing.T) {
	t.Parallel()
	w := start(t)
	_, browsers, _ := team(w)
	stranger := w.user("stranger@example.com", "")
	w.tenant(stranger, "Elsewhere")
	owner := browsers[access.Owner]
	for _, id := range []uuid.UUID{stranger, uuid.New(), uuid.Nil} {
		owner.refused(404, "not_found", "PATCH", "/members/"+id.String(), map[string]any{"role": "viewer"})
		owner.refused(404, "not_found", "DELETE", "/members/"+id.String(), nil)
	}
	var page struct {
		Items      []memberView
		NextCursor string `json:"next_cursor"`
	}
	owner.want(200, "GET", "/members?limit=3", nil, &page)
	seen := page.Items
	for page.NextCursor != "" {
		next := page.NextCursor
		page.NextCursor, page.Items = "", nil
		owner.want(200, "GET", "/members?limit=3&cursor="+next, nil, &page)
		seen = append(seen, page.Items...)
	}
	if len(seen) != 4 || seen[0].Role != "owner" || slices.ContainsFunc(seen, func(m memberView) bool { return m.Email == "stranger@example.com" }) {
		t.Errorf("members: %+v", seen)
	}
	owner.refused(422, "invalid_cursor", "GET", "/members?cursor=bm90IG91cnM", nil)
}

// G3: a removed member is not listed, not counted and not let in; coming back gives the new role, not the old.
func TestG3_RemovedMemberIsGone(t *testing.T) {
	t.Parallel()
	w := start(t)
	tenant, browsers, ids := team(w)
	owner, admin := browsers[access.Owner], browsers[access.Admin]
	path := "/members/" + ids[access.Admin].String()
	if n := w.seats(tenant); n != 4 {
		t.Errorf("%d seats", n)
	}
	owner.want(204, "DELETE", path, nil, nil)
	owner.refused(404, "not_found", "DELETE", path, nil)
	owner.refused(404, "not_found", "PATCH", path, map[string]any{"role": "admin"})
	if n := w.seats(tenant); n != 3 {
		t.Errorf("%d seats after the removal", n)
	}
	var page struct{ Items []memberView }
	if owner.want(200, "GET", "/members", nil, &page); len(page.Items) != 3 {
		t.Errorf("members: %+v", page.Items)
	}
	w.refusedWithinASecond(admin, "GET", "/members", 401)
	w.member(tenant, ids[access.Admin], access.Viewer)
	if s := admin.in("acme"); s.Tenant == nil || s.Tenant.Role != "viewer" || contains(s.Tenant.Permissions, "members:write") {
		t.Errorf("back as %+v", s.Tenant)
	}
	admin.refused(403, "forbidden", "DELETE", "/members/"+ids[access.Viewer].String(), nil)
}

// Z5: no body sets what only the server decides.
func TestZ5_ServerOnlyFieldsAreRefused(t *testing.T) {
	t.Parallel()
	w := start(t)
	tenant, browsers, ids := team(w)
	owner := browsers[access.Owner]
	serverOnly := []string{
		"id", "tenant_id", "user_id", "tenant", "role", "plan", "status", "slug", "verified", "email_verified", "disabled_at",
		"created_at", "joined_at", "created_by", "owner_id", "permissions", "password_hash", "stripe_customer_id",
	}
	for _, c := range []struct {
		method, path string
		body         map[string]any
		allowed      []string
	}{
		{"POST", "/sign-up", map[string]any{"email": "new@example.com"}, nil},
		{"POST", "/sign-up/complete", map[string]any{"token": "x", "name": "Ada", "password": goodPassword}, nil},
		{"POST", "/sign-in", map[string]any{"email": "owner@example.com", "password": goodPassword}, nil},
		{"POST", "/session/refresh", map[string]any{"tenant": "acme"}, []string{"tenant"}},
		{"POST", "/password/forgot", map[string]any{"email": "owner@example.com"}, nil},
		{"POST", "/password/reset", map[string]any{"token": "x", "password": goodPassword}, nil},
		{"POST", "/tenants", map[string]any{"name": "Other"}, nil},
		{"PATCH", "/members/" + ids[access.Viewer].String(), map[string]any{"role": "member"}, []string{"role"}},
	} {
		for _, field := range serverOnly {
			if slices.Contains(c.allowed, field) {
				continue
			}
			body := map[string]any{field: "owner"}
			for k, v := range c.body {
				body[k] = v
			}
			if a := owner.do(c.method, c.path, body); a.Status != 422 {
				t.Errorf("%s %s with %s: %d %s", c.method, c.path, field, a.Status, a.Body)
			}
		}
	}
	if n := w.count("SELECT count(*) FROM memberships WHERE tenant_id = $1 AND role = 'viewer'", tenant); n != 1 {
		t.Error("a refused body changed a role")
	}
	if n := w.count("SELECT count(*) FROM tenants"); n != 1 {
		t.Errorf("%d tenants", n)
	}
	for _, role := range []string{"", "Owner", "superuser", "operator", "owner ", "custom"} {
		code := "role_unknown"
		if role == "" {
			code = "invalid_input"
		}
		owner.refused(422, code, "PATCH", "/members/"+ids[access.Viewer].String(), map[string]any{"role": role})
	}
}
