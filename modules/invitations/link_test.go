package invitations_test

import (
	"regexp"
	"strings"
	"testing"

	"saaskit/modules/apptest"
)

// J4: a token of one kind opens nothing of another.
func TestJ4_AnInvitationIsNoOtherLink(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant := app.Tenant(t)
	email := word() + "@example.com"
	app.Anonymous(t).Post(t, "/sign-up", fields{"email": email}).Status(t, 202)
	signUp := app.Mail(t, email).Text
	signUp = signUp[strings.Index(signUp, "/verify#")+len("/verify#"):][:43]
	link := invited(t, app, tenant.Owner, "member", email)
	app.Anonymous(t).Post(t, "/sign-up/complete", fields{"token": link, "name": "N", "password": goodPassword}).Problem(t, 422, "link_invalid")
	app.Anonymous(t).Post(t, "/password/reset", fields{"token": link, "password": goodPassword}).Problem(t, 422, "link_invalid")
	acceptNew(t, app.Anonymous(t), signUp).Problem(t, 422, "link_invalid")
	app.User(t).Post(t, "/invitations/accept", fields{"token": signUp}).Problem(t, 422, "link_invalid")
}

// varying is what differs between any two invitations.
var varying = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\dT[0-9:.]+Z`)

// A1: inviting an address with and without an account is the same in answer and mail, and without the link nobody learns anything.
func TestA1_InvitationsTellNothing(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant := app.Tenant(t)
	known, unknown := word()+"@example.com", word()+"@example.com"
	person(t, app, known, goodPassword)
	shape := func(email string) (answer, text string) {
		r := tenant.Owner.Post(t, "/invitations", fields{"emails": []string{email}, "role": "member"}).Status(t, 201)
		var c created
		r.JSON(t, &c)
		answer = varying.ReplaceAllString(strings.ReplaceAll(string(r.Body), email, ""), "")
		m := app.Mail(t, email)
		until := c.Items[0].ExpiresAt.UTC().Format("2 January 2006, 15:04")
		if !strings.Contains(m.Text, until) {
			t.Errorf("the mail does not say %q: %s", until, m.Text)
		}
		return answer, m.Subject + strings.ReplaceAll(links.ReplaceAllString(m.Text, ""), until, "")
	}
	a, mailA := shape(known)
	b, mailB := shape(unknown)
	if a != b || mailA != mailB {
		t.Fatalf("%s\n%s\n%s\n%s", a, b, mailA, mailB)
	}
	// Guesses are all the same, whatever they are near to.
	first := app.Anonymous(t).Post(t, "/invitations/open", fields{"token": strings.Repeat("x", 43)}).Problem(t, 422, "link_invalid")
	second := acceptNew(t, app.Anonymous(t), strings.Repeat("y", 43)).Problem(t, 422, "link_invalid")
	if first.Detail != second.Detail {
		t.Fatalf("%q, %q", first.Detail, second.Detail)
	}
}

// T10: the invitations of a suspended tenant do not work, and do again when it is restored.
func TestT10_ASuspendedTenantInvitesNobody(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant, guest := app.Tenant(t), app.User(t)
	link := invited(t, app, tenant.Owner, "member", guest.Email)
	tenant.Suspend(t)
	app.Anonymous(t).Post(t, "/invitations/open", fields{"token": link}).Problem(t, 422, "link_invalid")
	accept(t, guest, link).Problem(t, 422, "link_invalid")
	acceptNew(t, app.Anonymous(t), link).Problem(t, 422, "link_invalid")
	app.Operator(t).Post(t, "/operator/tenants/"+tenant.ID.String()+"/restore", fields{"reason": "a test"}).Status(t, 200)
	accept(t, guest, link).Status(t, 200)
}

// T11: what was invited stays with its tenant when the slug changes, and with its address when somebody else has that.
func TestT11_InvitationsStayWithTheirTenant(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant, guest := app.Tenant(t), app.User(t)
	link := invited(t, app, tenant.Owner, "admin", guest.Email)
	app.Exec(t, "UPDATE tenants SET slug = $1 WHERE id = $2", word(), tenant.ID)
	// The invited person gives the address up, and somebody else has it now.
	app.Exec(t, "UPDATE users SET email = $1 WHERE id = $2", word()+"@example.com", guest.ID)
	accept(t, guest, link).Problem(t, 403, "invitation_not_yours")
	heir := userAt(t, app, guest.Email)
	var ref tenantRef
	accept(t, heir, link).Status(t, 200).JSON(t, &ref)
	if ref.ID != tenant.ID {
		t.Fatalf("%+v", ref)
	}
}

// S6, W1: joining with a new account starts a session of its own, and no other site can have a browser do it.
func TestS6_AcceptingStartsANewSession(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant, attacker := app.Tenant(t), app.User(t)
	email := word() + "@example.com"
	link := invited(t, app, tenant.Owner, "member", email)
	body := fields{"token": link, "name": "N", "password": goodPassword}
	path := "/api/v1/invitations/accept-new"
	app.Anonymous(t).Do(t, "POST", path, body, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example").Status(t, 403)
	app.Anonymous(t).Do(t, "POST", path, body, "Content-Type", "text/plain").Status(t, 415)
	r := app.Anonymous(t).Do(t, "POST", path, body, "Cookie", "session="+attacker.Refresh).Status(t, 200)
	if len(r.Cookies) != 1 || r.Cookies[0].Value == attacker.Refresh || !r.Cookies[0].HttpOnly {
		t.Fatalf("%v", r.Cookies)
	}
	// The planted session is over: whoever planted it does not see what comes next.
	attacker.Do(t, "POST", "/api/v1/session/refresh", fields{"tenant": ""}, "Cookie", "session="+attacker.Refresh).Problem(t, 401, "session_expired")
}

// M3: joining by invitation is no way round the second factor that the tenant requires.
func TestM3_TheSecondFactorIsStillRequired(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant := app.Tenant(t)
	email := word() + "@example.com"
	link := invited(t, app, tenant.Owner, "admin", email)
	app.Exec(t, "UPDATE tenants SET require_second_factor = true WHERE id = $1", tenant.ID)
	newcomer := app.Anonymous(t)
	acceptNew(t, newcomer, link).Status(t, 200)
	var session struct {
		AccessToken string `json:"access_token"`
	}
	newcomer.Post(t, "/session/refresh", fields{"tenant": tenant.Slug}).Status(t, 200).JSON(t, &session)
	newcomer.Token = session.AccessToken
	newcomer.Get(t, "/notes").Problem(t, 403, "second_factor_required_here")
	newcomer.Get(t, "/invitations").Problem(t, 403, "second_factor_required_here")
}
