package invitations_test

import (
	"strings"
	"testing"
	"time"

	"saaskit/modules/apptest"
	"saaskit/platform/access"
)

// I1: the link in the hands of another account is worth nothing, and is not spent by the attempt.
func TestI1_OnlyTheInvitedAddressAccepts(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant, guest, thief := app.Tenant(t), app.User(t), app.User(t)
	link := invited(t, app, tenant.Owner, "admin", guest.Email)
	accept(t, thief, link).Problem(t, 403, "invitation_not_yours")
	accept(t, app.Anonymous(t), link).Problem(t, 401, "unauthenticated")
	accept(t, tenant.Owner, link).Problem(t, 403, "invitation_not_yours")
	if n := members(t, app, tenant); n != 1 {
		t.Fatalf("%d members", n)
	}
	accept(t, guest, link).Status(t, 200)
}

// I1, A8: an address that a session has asked for, and has not proved, is not its own.
func TestI1_AnUnprovedAddressAcceptsNothing(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant, thief := app.Tenant(t), app.User(t)
	victim := word() + "@example.com"
	thief.Post(t, "/me/email", fields{"email": victim}).Status(t, 202)
	app.Mail(t, victim) // the mail that asks for the proof, which the thief cannot read
	link := invited(t, app, tenant.Owner, "member", victim)
	accept(t, thief, link).Problem(t, 403, "invitation_not_yours")
	acceptNew(t, app.Anonymous(t), link).Status(t, 200)
	if n := app.Count(t, "SELECT count(*) FROM memberships WHERE tenant_id = $1 AND user_id = $2", tenant.ID, thief.ID); n != 0 {
		t.Fatal("the thief is a member")
	}
}

// I4: an address alone, whoever vouches for it, claims no invitation: the link must be there.
func TestI4_AnAddressWithoutTheLinkClaimsNothing(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant := app.Tenant(t)
	email := word() + "@example.com"
	invite(t, tenant.Owner, "admin", email)
	newcomer := userAt(t, app, email)
	var session struct{ Tenants []tenantRef }
	newcomer.Do(t, "POST", "/api/v1/session/refresh", fields{"tenant": tenant.Slug}, "Cookie", "session="+newcomer.Refresh).Status(t, 200).JSON(t, &session)
	accept(t, newcomer, strings.Repeat("x", 43)).Problem(t, 422, "link_invalid")
	if len(session.Tenants) != 0 || members(t, app, tenant) != 1 {
		t.Fatalf("%+v", session)
	}
}

// I1: the link works until the second of its expiry, and not in it.
func TestI1_ExpiresToTheSecond(t *testing.T) {
	t.Parallel()
	var c clock
	app := apptest.New(t, apptest.WithClock(c.now))
	tenant, guest, late := app.Tenant(t), app.User(t), app.User(t)
	list := invite(t, tenant.Owner, "member", guest.Email, late.Email)
	first, second := token(t, app, guest.Email), token(t, app, late.Email)

	c.set(list[0].ExpiresAt)
	for range 2 {
		app.Anonymous(t).Post(t, "/invitations/open", fields{"token": second}).Problem(t, 422, "link_invalid")
		accept(t, late, second).Problem(t, 422, "link_invalid")
		c.set(list[0].ExpiresAt.Add(time.Second))
	}
	c.set(list[0].ExpiresAt.Add(-time.Microsecond))
	accept(t, guest, first).Status(t, 200)

	// An expired invitation waits to be sent again, or makes room for another one.
	c.set(list[1].ExpiresAt.Add(time.Hour))
	if got := waiting(t, tenant.Owner); len(got) != 1 || !got[0].Expired {
		t.Fatalf("%+v", got)
	}
	again := invite(t, tenant.Owner, "viewer", late.Email)
	if again[0].ID == list[1].ID || len(waiting(t, tenant.Owner)) != 1 {
		t.Fatalf("%+v", again)
	}
	accept(t, late, token(t, app, late.Email)).Status(t, 200)
}

// I1: revoked, and used before.
func TestI1_RevokedOrUsedLinksDoNotWork(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant, guest, other := app.Tenant(t), app.User(t), app.User(t)
	list := invite(t, tenant.Owner, "member", guest.Email, other.Email)
	revoked, used := token(t, app, guest.Email), token(t, app, other.Email)
	tenant.Owner.Delete(t, "/invitations/"+list[0].ID.String()).Status(t, 204)
	tenant.Owner.Delete(t, "/invitations/"+list[0].ID.String()).Problem(t, 404, "not_found")
	tenant.Owner.Post(t, "/invitations/"+list[0].ID.String()+"/resend", nil).Problem(t, 404, "not_found")
	accept(t, guest, revoked).Problem(t, 422, "link_invalid")

	accept(t, other, used).Status(t, 200)
	accept(t, other, used).Problem(t, 422, "link_invalid")
	tenant.Owner.Delete(t, "/members/"+other.ID.String()).Status(t, 204)
	accept(t, other, used).Problem(t, 422, "link_invalid")
	tenant.Owner.Delete(t, "/invitations/"+list[1].ID.String()).Problem(t, 404, "not_found")
	if members(t, app, tenant) != 1 || seats(t, app, tenant) != 1 {
		t.Fatalf("%d members, %d seats", members(t, app, tenant), seats(t, app, tenant))
	}
	// After that they can be invited anew.
	accept(t, guest, invited(t, app, tenant.Owner, "viewer", guest.Email)).Status(t, 200)
}

// A member who comes with an invitation of before stays what they are.
func TestI1_AMemberStaysWhatTheyAre(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant, guest := app.Tenant(t), app.User(t)
	link := invited(t, app, tenant.Owner, "owner", guest.Email)
	member := tenant.Join(t, guest, access.Viewer)
	var ref tenantRef
	accept(t, guest, link).Status(t, 200).JSON(t, &ref)
	if ref.Role != "viewer" || roleOf(t, app, tenant, member.ID) != "viewer" || seats(t, app, tenant) != 2 {
		t.Fatalf("%+v, %d seats", ref, seats(t, app, tenant))
	}
}

// A5: the token is not stored; a newer link voids the older; what is cut or padded does not work; a wrong password does not spend it.
func TestA5_LinksAreSecretAndSingle(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant := app.Tenant(t)
	email := word() + "@example.com"
	list := invite(t, tenant.Owner, "member", email)
	older := token(t, app, email)
	tenant.Owner.Post(t, "/invitations/"+list[0].ID.String()+"/resend", nil).Status(t, 204)
	newer := token(t, app, email)
	for _, bad := range []string{older, newer[:42], newer + "A", newer + "=", " " + newer, strings.ToUpper(newer), "x"} {
		app.Anonymous(t).Post(t, "/invitations/open", fields{"token": bad}).Problem(t, 422, "link_invalid")
		acceptNew(t, app.Anonymous(t), bad).Problem(t, 422, "link_invalid")
	}
	if n := app.Count(t, "SELECT count(*) FROM invitations i WHERE i::text LIKE '%' || $1 || '%'", newer); n != 0 {
		t.Fatal("the token is stored")
	}
	app.Anonymous(t).Post(t, "/invitations/accept-new", fields{"token": newer, "name": "N", "password": "short"}).Problem(t, 422, "password_too_short")
	app.Anonymous(t).Post(t, "/invitations/accept-new", fields{"token": newer, "name": " \t", "password": goodPassword}).Problem(t, 422, "name_invalid")
	app.Anonymous(t).Post(t, "/invitations/accept-new", fields{"token": newer, "name": "N", "password": email + email}).Problem(t, 422, "password_too_common")
	acceptNew(t, app.Anonymous(t), newer).Status(t, 200)
}
