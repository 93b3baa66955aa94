package invitations_test

import (
	"fmt"
	"strings"
	"testing"

	"saaskit/modules/apptest"
	"saaskit/platform/access"
)

// Z3: who was removed or left does not add themselves again, neither by the domain nor by a link of before. A new invitation brings them back.
func TestZ3_WhoIsGoneNeedsAnInvitation(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	name := word() + ".example"
	tenant, _ := open(t, app, name)
	for how, end := range map[string]func(*apptest.Actor){
		"removed": func(a *apptest.Actor) { tenant.Owner.Delete(t, "/members/"+a.ID.String()).Status(t, 204) },
		"left":    func(a *apptest.Actor) { a.Post(t, "/tenant/leave", nil).Status(t, 204) },
	} {
		ada := userAt(t, app, word()+"@"+name)
		link := invited(t, app, tenant.Owner, "admin", ada.Email)
		join(t, ada, tenant).Status(t, 200)
		end(within(t, ada, tenant))
		if got := joinable(t, ada); len(got) != 0 {
			t.Errorf("%s: %+v", how, got)
		}
		join(t, ada, tenant).Problem(t, 404, "not_found")
		accept(t, ada, link).Problem(t, 422, "link_invalid")
		if members(t, app, tenant) != 1 || seats(t, app, tenant) != 1 || len(waiting(t, tenant.Owner)) != 0 {
			t.Fatalf("%s: %d members, %d seats, %d invitations", how, members(t, app, tenant), seats(t, app, tenant), len(waiting(t, tenant.Owner)))
		}
		accept(t, ada, invited(t, app, tenant.Owner, "viewer", ada.Email)).Status(t, 200)
		if role := roleOf(t, app, tenant, ada.ID); role != "viewer" {
			t.Errorf("%s: came back as %s", how, role)
		}
		tenant.Owner.Delete(t, "/members/"+ada.ID.String()).Status(t, 204)
		join(t, ada, tenant).Problem(t, 404, "not_found")
	}
	if n := app.Count(t, "SELECT count(*) FROM audit_log WHERE tenant_id = $1 AND action = 'invitation.void'", tenant.ID); n != 2 {
		t.Errorf("%d invitations were voided", n)
	}
	// Members who never left still join, and an open domain is open to all others.
	join(t, userAt(t, app, word()+"@"+name), tenant).Status(t, 200)
}

// Z3: a member who leaves and joins in the same moment has left.
func TestRace_Z3_LeavingAndJoiningAtOnce(t *testing.T) {
	t.Parallel()
	app := apptest.New(t, apptest.WithEnv("REQUEST_TIMEOUT", "100s"))
	name := word() + ".example"
	tenant, _ := open(t, app, name)
	rounds := apptest.Rounds(t)
	for range rounds {
		app.Exec(t, "DELETE FROM rate_limits")
		ada := tenant.Join(t, userAt(t, app, word()+"@"+name), access.Viewer)
		outcomes := apptest.AtOnce(24, func(i int) string {
			if i == 0 {
				return "leave " + ada.Post(t, "/tenant/leave", nil).Outcome(t)
			}
			return join(t, ada, tenant).Outcome(t)
		})
		refused := outcomes["409 already_member"] + outcomes["404 not_found"] + outcomes["401 not_a_member"] // by when the request comes
		if outcomes["leave 204"] != 1 || refused != 23 || members(t, app, tenant) != 1 || seats(t, app, tenant) != 1 {
			t.Fatalf("%v, %d members, %d seats", outcomes, members(t, app, tenant), seats(t, app, tenant))
		}
	}
	t.Logf("race: %d rounds, 24 at once: who left is out", rounds)
}

// I3: a role that is deleted while its invitations are opened and accepted: each request has an answer, and nobody has a role that is gone.
func TestRace_I3_ARoleGoesWhileItsInvitationsAreAccepted(t *testing.T) {
	t.Parallel()
	app := apptest.New(t, apptest.WithEnv("REQUEST_TIMEOUT", "100s"))
	rounds := apptest.Rounds(t)
	for range rounds {
		tenant := app.Tenant(t)
		tenant.SetPlan(t, "business")
		var role struct{ ID string }
		tenant.Owner.Post(t, "/roles", fields{"name": "Support", "permissions": []string{"notes:read"}}).Status(t, 201).JSON(t, &role)
		guests, emails, links := make([]*apptest.Actor, 8), make([]string, 8), make([]string, 8)
		for i := range guests {
			guests[i] = app.User(t)
			emails[i] = guests[i].Email
		}
		invite(t, tenant.Owner, role.ID, emails...)
		for i := range guests {
			links[i] = token(t, app, emails[i])
		}
		outcomes := apptest.AtOnce(64, func(i int) string {
			switch guest := i % 8; {
			case i < 8:
				return "delete " + tenant.Owner.Delete(t, "/roles/"+role.ID).Outcome(t)
			case i < 40:
				return "accept " + accept(t, guests[guest], links[guest]).Outcome(t)
			default:
				return "open " + app.Anonymous(t).Post(t, "/invitations/open", fields{"token": links[guest]}).Outcome(t)
			}
		})
		joined := outcomes["accept 200"]
		answered := joined + outcomes["accept 422 link_invalid"] + outcomes["open 200"] + outcomes["open 422 link_invalid"] +
			outcomes["delete 204"] + outcomes["delete 404 not_found"] + outcomes["delete 409 role_in_use"]
		if answered != 64 || members(t, app, tenant) != 1+joined || joined > 0 && outcomes["delete 204"] > 0 {
			t.Fatalf("%v, %d members", outcomes, members(t, app, tenant))
		}
	}
	t.Logf("race: %d rounds, 64 at once: a role is deleted, or given", rounds)
}

// L1, Z4: the owners hear of one who came by invitation.
func TestOwnersAreToldOfAnInvitedOwner(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant, guest, other := app.Tenant(t), app.User(t), app.User(t)
	accept(t, guest, invited(t, app, tenant.Owner, "owner", guest.Email)).Status(t, 200)
	if text := app.Mail(t, tenant.Owner.Email).Text; !strings.Contains(text, guest.Email+" is now an owner") {
		t.Error(text)
	}
	accept(t, other, invited(t, app, tenant.Owner, "admin", other.Email)).Status(t, 200)
	app.JobsDone(t)
	if n := len(app.Mailbox.Messages(tenant.Owner.Email)); n != 1 {
		t.Error(fmt.Sprint(n, " mails to the owner"))
	}
}

// within is a member at work in the tenant.
func within(t *testing.T, member *apptest.Actor, tenant *apptest.Tenant) *apptest.Actor {
	t.Helper()
	var session struct {
		AccessToken string `json:"access_token"`
	}
	member.Do(t, "POST", "/api/v1/session/refresh", fields{"tenant": tenant.Slug}, "Cookie", "session="+member.Refresh).Status(t, 200).JSON(t, &session)
	there := *member
	there.Token = session.AccessToken
	return &there
}
