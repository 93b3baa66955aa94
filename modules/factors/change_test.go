package factors_test

import (
	"strings"
	"testing"

	"saaskit/modules/apptest"
	"saaskit/platform/access"
)

// Whatever adds, replaces or removes a way to prove oneself wants a proof of the last minutes.
func TestM4_ChangesNeedARecentProof(t *testing.T) {
	t.Parallel()
	p := newPerson(t, apptest.Shared(t))
	_, made := p.addPasskey(t)
	ph := p.enrol(t)
	p.aged(t)
	changes := [][2]string{
		{"POST", "/me/totp"}, {"DELETE", "/me/totp"}, {"POST", "/me/recovery-codes"}, {"POST", "/me/passkeys/options"}, {"DELETE", "/me/passkeys/" + made.ID},
	}
	for _, c := range changes {
		p.Do(t, c[0], "/api/v1"+c[1], nil).Problem(t, 403, "reauthentication_required")
	}
	// The password alone does not do for somebody who has a second factor.
	p.Post(t, "/session/reauthenticate", fields{"password": password}).Problem(t, 422, "reauthentication_failed")
	p.Delete(t, "/me/totp").Problem(t, 403, "reauthentication_required")
	ph.unused(t)
	var s session
	p.Post(t, "/session/reauthenticate", fields{"code": ph.code(t, 0)}).Status(t, 200).JSON(t, &s)
	p.adopt(&s)
	p.Delete(t, "/me/passkeys/"+made.ID).Status(t, 204)
	p.Post(t, "/me/recovery-codes", nil).Status(t, 200)
	p.Delete(t, "/me/totp").Status(t, 204)
	for _, action := range []string{"user.add_totp", "user.remove_totp", "user.renew_recovery_codes", "user.add_passkey", "user.remove_passkey"} {
		if n := p.recorded(t, action); n != 1 {
			t.Errorf("%s was recorded %d times", action, n)
		}
	}
	p.app.JobsDone(t)
	subjects := map[string]bool{}
	for _, mail := range p.app.Mailbox.Messages(p.Email) {
		subjects[mail.Subject] = true
		if strings.Contains(mail.Text, ph.secret) || strings.Contains(mail.Text, ph.codes[0]) {
			t.Errorf("a mail holds a secret: %s", mail.Text)
		}
	}
	for _, subject := range []string{
		"Your authenticator app is on", "Your authenticator app was turned off", "You have new recovery codes", "A passkey was added", "A passkey was removed",
	} {
		if !subjects[subject] {
			t.Errorf("no mail %q came: %v", subject, subjects)
		}
	}
}

// Another site cannot cause a change: its requests are refused, and it cannot read the token that they would need.
func TestM4_ChangesAreRefusedFromOtherSites(t *testing.T) {
	t.Parallel()
	p := newPerson(t, apptest.Shared(t))
	for _, path := range []string{"/me/totp", "/me/passkeys/options", "/sign-in/passkey/options", "/session/reauthenticate/passkey/options"} {
		p.Do(t, "POST", "/api/v1"+path, nil, "Origin", "https://evil.example.com", "Sec-Fetch-Site", "cross-site").Problem(t, 403, "cross_site")
	}
}

// Nobody is left without a way to sign in.
func TestM4_TheLastWayToSignInStays(t *testing.T) {
	t.Parallel()
	p := newPerson(t, apptest.Shared(t))
	_, first := p.addPasskey(t)
	_, second := p.addPasskey(t)
	p.app.Exec(t, "DELETE FROM user_credentials WHERE user_id = $1", p.ID)
	p.Delete(t, "/me/passkeys/"+first.ID).Status(t, 204)
	p.Delete(t, "/me/passkeys/"+second.ID).Problem(t, 409, "last_sign_in_method")
	if n := len(p.factors(t).Passkeys); n != 1 {
		t.Errorf("%d passkeys are left", n)
	}
	d, _ := p.addPasskey(t)
	p.Delete(t, "/me/passkeys/"+second.ID).Status(t, 204)
	signInWith(t, p.app.Anonymous(t), d).Status(t, 200)
}

func TestSomebodyHasThirtyPasskeysAtMost(t *testing.T) {
	t.Parallel()
	p := newPerson(t, apptest.Shared(t))
	_, one := p.addPasskey(t)
	p.app.Exec(t, `INSERT INTO passkeys (id, user_id, name, credential_id, public_key, sign_count, flags, transports, aaguid, created_at)
		SELECT gen_random_uuid(), user_id, name, sha256(n::text::bytea || credential_id), public_key, 0, flags, transports, aaguid, created_at
		FROM passkeys, generate_series(1, 29) n WHERE id = $1`, one.ID)
	d := newDevice(t, p.app.Config.BaseURL)
	p.Post(t, "/me/passkeys", fields{"name": "x", "credential": d.create(t, p.creation(t))}).Problem(t, 409, "too_many_passkeys")
}

// A tenant that requires a second factor lets in who turned one on, and who signed in with a passkey, and nobody by a password alone.
func TestM3_APasskeyAndTheFirstCodeMeetTheTenantsRule(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant := app.Tenant(t)
	open := func(b *apptest.Actor, token string) *apptest.Response {
		b.Token = token
		var s session
		b.Post(t, "/session/refresh", fields{"tenant": tenant.Slug}).Status(t, 200).JSON(t, &s)
		b.Token = s.AccessToken
		return b.Get(t, "/members")
	}
	p := newPerson(t, app)
	d, _ := p.addPasskey(t)
	tenant.Join(t, p.Actor, access.Member)
	p.app.Exec(t, "UPDATE tenants SET require_second_factor = true WHERE id = $1", tenant.ID)

	b := app.Anonymous(t)
	b.Post(t, "/sign-in", fields{"email": p.Email, "password": password}).Status(t, 200)
	open(b, "").Problem(t, 403, "second_factor_required_here")
	b = app.Anonymous(t)
	signInWith(t, b, d).Status(t, 200)
	open(b, "").Status(t, 200)

	q := newPerson(t, app)
	tenant.Join(t, q.Actor, access.Member)
	q.enrol(t)
	open(q.Actor, q.Token).Status(t, 200)
}

// An API key is nobody: it neither sees nor changes what people prove themselves with, whatever its scopes.
func TestM4_NothingByAnAPIKey(t *testing.T) {
	t.Parallel()
	key := apptest.Shared(t).Tenant(t).Owner.Key(t, apptest.Permissions().All().List()...)
	calls := [][2]string{
		{"GET", "/me/factors"}, {"POST", "/me/totp"}, {"DELETE", "/me/totp"}, {"POST", "/me/recovery-codes"}, {"POST", "/me/passkeys/options"},
		{"DELETE", "/me/passkeys/01890000-0000-7000-8000-000000000000"}, {"POST", "/session/reauthenticate/passkey/options"},
	}
	for _, c := range calls {
		key.Do(t, c[0], "/api/v1"+c[1], nil).Problem(t, 403, "user_required")
	}
	key.Post(t, "/me/totp/confirm", fields{"code": "000000"}).Problem(t, 403, "user_required")
	key.Post(t, "/me/passkeys", fields{"name": "x", "credential": fields{}}).Problem(t, 403, "user_required")
}
