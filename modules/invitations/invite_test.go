package invitations_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"saaskit/modules/apptest"
	"saaskit/platform/access"
)

func TestInviteAndAcceptWithANewAccount(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant := app.Tenant(t)
	email := word() + "@example.com"
	list := invite(t, tenant.Owner, "admin", " "+strings.ToUpper(email)+" ")
	if got := list[0]; got.Email != email || got.Role != "admin" || got.RoleName != "admin" || got.InvitedBy.ID != tenant.Owner.ID ||
		got.InvitedBy.Name != tenant.Owner.Name || got.Expired || got.ExpiresAt.Sub(got.SentAt).Hours() != 7*24 {
		t.Fatalf("%+v", got)
	}
	link := token(t, app, email)
	stranger := app.Anonymous(t)
	var seen opened
	stranger.Post(t, "/invitations/open", fields{"token": link}).Status(t, 200).JSON(t, &seen)
	if want := (opened{TenantName: tenant.Name, Inviter: tenant.Owner.Name, Email: email, RoleName: "admin"}); seen != want {
		t.Fatalf("%+v", seen)
	}
	if n := len(waiting(t, tenant.Owner)); n != 1 {
		t.Fatalf("%d invitations wait", n)
	}

	var session struct {
		AccessToken string `json:"access_token"`
		User        struct{ Email, Name string }
		Tenants     []tenantRef
	}
	acceptNew(t, stranger, link).Status(t, 200).JSON(t, &session)
	if session.User.Email != email || session.User.Name != "Newcomer" || len(session.Tenants) != 1 || session.Tenants[0].ID != tenant.ID || session.Tenants[0].Role != "admin" {
		t.Fatalf("%+v", session)
	}
	if n := len(waiting(t, tenant.Owner)); n != 0 {
		t.Fatalf("%d invitations still wait", n)
	}
	if seats(t, app, tenant) != 2 {
		t.Fatalf("%d seats are taken", seats(t, app, tenant))
	}
	app.Anonymous(t).Post(t, "/sign-in", fields{"email": email, "password": goodPassword}).Status(t, 200)
	for _, action := range []string{"invitation.create", "invitation.accept", "member.add"} {
		if n := app.Count(t, "SELECT count(*) FROM audit_log WHERE tenant_id = $1 AND action = $2", tenant.ID, action); n != 1 {
			t.Errorf("%d lines of %s", n, action)
		}
	}
}

func TestInviteAndAcceptWithAnAccount(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant, guest := app.Tenant(t), app.User(t)
	link := invited(t, app, tenant.Owner, "viewer", guest.Email)
	var seen opened
	app.Anonymous(t).Post(t, "/invitations/open", fields{"token": link}).Status(t, 200).JSON(t, &seen)
	if !seen.Registered {
		t.Fatalf("%+v", seen)
	}
	var ref tenantRef
	accept(t, guest, link).Status(t, 200).JSON(t, &ref)
	if ref.ID != tenant.ID || ref.Role != "viewer" || ref.Slug != tenant.Slug {
		t.Fatalf("%+v", ref)
	}
}

func TestInvitingSkipsWhoCannotBeInvited(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant := app.Tenant(t)
	waits, fresh := word()+"@example.com", word()+"@example.com"
	invite(t, tenant.Owner, "viewer", waits)
	var c created
	tenant.Owner.Post(t, "/invitations", fields{"emails": []string{fresh, strings.ToUpper(fresh), "a@b", tenant.Owner.Email, waits}, "role": "viewer"}).Status(t, 201).JSON(t, &c)
	if len(c.Items) != 1 || c.Items[0].Email != fresh {
		t.Fatalf("%+v", c.Items)
	}
	reasons := map[string]string{}
	for _, s := range c.Skipped {
		reasons[s.Email] = s.Reason
	}
	want := map[string]string{"a@b": "email_invalid", tenant.Owner.Email: "already_member", waits: "already_invited"}
	for email, reason := range want {
		if reasons[email] != reason || len(reasons) != len(want) {
			t.Fatalf("%v", reasons)
		}
	}
	tenant.Owner.Post(t, "/invitations", fields{"emails": []string{}, "role": "viewer"}).Problem(t, 422, "invalid_input")
	tenant.Owner.Post(t, "/invitations", fields{"emails": make([]string, 51), "role": "viewer"}).Problem(t, 422, "invalid_input")
	tenant.Owner.Post(t, "/invitations", fields{"emails": []string{"a\x00b@example.com"}, "role": "viewer"}).Problem(t, 422, "invalid_input")
	tenant.Owner.Post(t, "/invitations", fields{"emails": []string{fresh}, "role": "king"}).Problem(t, 422, "role_unknown")
}

// A9: an address that two programs read differently is none.
func TestA9_OddAddressesAreNotInvited(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant := app.Tenant(t)
	odd := []string{`"e@attacker"@victim.example`, "a@x.example,b@y.example", "a@x.example\r\nBcc: b@y.example", "a＠x.example", "<a@x.example>", "a@x", strings.Repeat("x", 70) + "@x.example"}
	var c created
	tenant.Owner.Post(t, "/invitations", fields{"emails": odd, "role": "viewer"}).Status(t, 201).JSON(t, &c)
	if len(c.Items) != 0 || len(c.Skipped) != len(odd) {
		t.Fatalf("%+v", c)
	}
}

// I2: an account that exists is neither overwritten nor reset nor signed in by an invitation to its address.
func TestI2_AnExistingAccountIsNeverTouched(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant := app.Tenant(t)
	email := word() + "@example.com"
	id := person(t, app, email, "kumquat drizzle zeppelin")
	state := func() string {
		var text string
		err := app.Admin.QueryRowContext(t.Context(), "SELECT u::text || c::text FROM users u JOIN user_credentials c ON c.user_id = u.id WHERE u.id = $1", id).Scan(&text)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	before := state()
	link := invited(t, app, tenant.Owner, "member", email)
	r := acceptNew(t, app.Anonymous(t), link)
	r.Problem(t, 409, "account_exists")
	if len(r.Cookies) != 0 || state() != before || members(t, app, tenant) != 1 {
		t.Fatalf("cookies %v, account %s, was %s, %d members", r.Cookies, state(), before, members(t, app, tenant))
	}
	// The same for somebody who is disabled, and the link is still theirs.
	app.Exec(t, "UPDATE users SET disabled_at = now() WHERE id = $1", id)
	acceptNew(t, app.Anonymous(t), link).Problem(t, 409, "account_exists")
	if app.Count(t, "SELECT count(*) FROM users WHERE email = $1", email) != 1 {
		t.Fatal("there are two accounts")
	}
}

// I3: nobody invites above their own role, whatever the role is called, and no client chooses it later.
func TestI3_NobodyInvitesAboveTheirOwnRole(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant, other := app.Tenant(t), app.Tenant(t)
	admin := tenant.Actor(t, access.Admin)
	email := word() + "@example.com"
	admin.Post(t, "/invitations", fields{"emails": []string{email}, "role": "owner"}).Problem(t, 403, "role_above_own")
	var theirs struct{ ID string }
	other.Owner.Post(t, "/roles", fields{"name": "Theirs", "permissions": []string{"notes:read"}}).Status(t, 201).JSON(t, &theirs)
	for _, role := range []string{theirs.ID, "operator", "custom", "00000000-0000-0000-0000-000000000000"} {
		tenant.Owner.Post(t, "/invitations", fields{"emails": []string{email}, "role": role}).Problem(t, 422, "role_unknown")
	}
	if n := len(waiting(t, tenant.Owner)); n != 0 {
		t.Fatalf("%d invitations", n)
	}
	// An owner's invitation is not an admin's to send again.
	list := invite(t, tenant.Owner, "owner", email)
	admin.Post(t, "/invitations/"+list[0].ID.String()+"/resend", nil).Problem(t, 403, "role_above_own")
	// To make an owner takes a proof of identity that is not old, by whichever door.
	app.Exec(t, "UPDATE sessions SET proved_at = now() - interval '11 minutes' WHERE id = $1", tenant.Owner.Session)
	ownerless := fields{"emails": []string{word() + "@example.com"}, "role": "owner"}
	apptest.Eventually(t, 5*time.Second, func() bool { return tenant.Owner.Post(t, "/invitations", ownerless).StatusCode == http.StatusForbidden })
	tenant.Owner.Post(t, "/invitations", ownerless).Problem(t, 403, "reauthentication_required")
	tenant.Owner.Post(t, "/invitations/"+list[0].ID.String()+"/resend", nil).Problem(t, 403, "reauthentication_required")
	link := token(t, app, email)
	app.Anonymous(t).Post(t, "/invitations/accept-new", fields{"token": link, "name": "N", "password": goodPassword, "role": "owner"}).Problem(t, 422, "invalid_input")
	for _, role := range []access.Role{access.Viewer, access.Member} {
		tenant.Actor(t, role).Post(t, "/invitations", fields{"emails": []string{email}, "role": "viewer"}).Problem(t, 403, "forbidden")
	}
}

// I3: what the inviter may not grant any more, the invitation does not grant either; it is void for good.
func TestI3_AnInvitationIsNoMoreThanItsInviter(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	for name, lose := range map[string]func(*apptest.Tenant, *apptest.Actor){
		"demoted": func(n *apptest.Tenant, a *apptest.Actor) {
			n.Owner.Patch(t, "/members/"+a.ID.String(), fields{"role": "member"}).Status(t, 200)
		},
		"removed": func(n *apptest.Tenant, a *apptest.Actor) { n.Owner.Delete(t, "/members/"+a.ID.String()).Status(t, 204) },
		"disabled": func(_ *apptest.Tenant, a *apptest.Actor) {
			app.Exec(t, "UPDATE users SET disabled_at = now() WHERE id = $1", a.ID)
		},
	} {
		tenant := app.Tenant(t)
		admin, guest, newcomer := tenant.Actor(t, access.Admin), app.User(t), word()+"@example.com"
		first, second := invited(t, app, admin, "admin", guest.Email), invited(t, app, admin, "viewer", newcomer)
		lose(tenant, admin)
		app.Anonymous(t).Post(t, "/invitations/open", fields{"token": first}).Problem(t, 422, "link_invalid")
		accept(t, guest, first).Problem(t, 422, "link_invalid")
		acceptNew(t, app.Anonymous(t), second).Problem(t, 422, "link_invalid")
		app.Exec(t, "UPDATE users SET disabled_at = NULL WHERE id = $1", admin.ID)
		app.Exec(t, `INSERT INTO memberships (tenant_id, user_id, role) VALUES ($1, $2, 'admin') ON CONFLICT (tenant_id, user_id) DO UPDATE SET role = 'admin'`, tenant.ID, admin.ID)
		accept(t, guest, first).Problem(t, 422, "link_invalid")
		if n := app.Count(t, "SELECT count(*) FROM audit_log WHERE tenant_id = $1 AND action = 'invitation.void'", tenant.ID); n != 1 {
			t.Errorf("%s: %d invitations were voided", name, n)
		}
		if n := app.Count(t, "SELECT count(*) FROM users WHERE email = $1", newcomer); n != 0 {
			t.Errorf("%s: an account was made", name)
		}
	}
}

// I3: an invitation to a role that the tenant made gives what the role is when it is accepted, and nothing when the role is gone.
func TestI3_InvitationsToCustomRoles(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant := app.Tenant(t)
	var role struct{ ID string }
	tenant.Owner.Post(t, "/roles", fields{"name": "Support", "permissions": []string{"notes:read"}}).Status(t, 201).JSON(t, &role)
	guest, late := app.User(t), app.User(t)
	list := invite(t, tenant.Owner, role.ID, guest.Email, late.Email)
	if list[0].Role != role.ID || list[0].RoleName != "Support" {
		t.Fatalf("%+v", list[0])
	}
	var ref tenantRef
	accept(t, guest, token(t, app, guest.Email)).Status(t, 200).JSON(t, &ref)
	if ref.Role != role.ID || ref.RoleName != "Support" || roleOf(t, app, tenant, guest.ID) != role.ID {
		t.Fatalf("%+v", ref)
	}
	tenant.Owner.Patch(t, "/members/"+guest.ID.String(), fields{"role": "viewer"}).Status(t, 200)
	tenant.Owner.Delete(t, "/roles/"+role.ID).Status(t, 204)
	accept(t, late, token(t, app, late.Email)).Problem(t, 422, "link_invalid")
	// The deletion says what it ended, and leaves what was over.
	if n := app.Count(t, "SELECT count(*) FROM audit_log WHERE tenant_id = $1 AND action = 'invitation.void' AND target = $2", tenant.ID, "invitation:"+list[1].ID.String()); n != 1 {
		t.Errorf("%d lines say that the invitation is void", n)
	}
	if n := app.Count(t, "SELECT count(*) FROM invitations WHERE tenant_id = $1 AND role_id IS NULL AND (accepted_at IS NULL) <> (revoked_at IS NULL)", tenant.ID); n != 2 {
		t.Errorf("%d invitations are kept", n)
	}
}

// I3, K4: a key invites within what it may do now, and what it sent dies with it.
func TestI3_InvitationsOfAPIKeys(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant := app.Tenant(t)
	key := tenant.Owner.Key(t, "invitations:write", "notes:read", "tenant:read", "members:read")
	first, second := app.User(t), app.User(t)
	key.Post(t, "/invitations", fields{"emails": []string{first.Email}, "role": "admin"}).Problem(t, 403, "role_above_own")
	var role struct{ ID string }
	tenant.Owner.Post(t, "/roles", fields{"name": "Reader", "permissions": []string{"notes:read"}}).Status(t, 201).JSON(t, &role)
	links := []string{invited(t, app, key, role.ID, first.Email), invited(t, app, key, role.ID, second.Email)}
	accept(t, first, links[0]).Status(t, 200)
	tenant.Owner.Delete(t, "/api-keys/"+key.ID.String()).Status(t, 204)
	accept(t, second, links[1]).Problem(t, 422, "link_invalid")
}
