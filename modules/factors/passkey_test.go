package factors_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"saaskit/modules/apptest"
)

// The whole journey: add, sign in without a name, confirm, rename, remove.
func TestAPasskeySignsInWithoutAName(t *testing.T) {
	t.Parallel()
	p := newPerson(t, apptest.Shared(t))
	o := p.creation(t)
	if o.Options.RP.ID != "localhost" || idOf(t, o.Options.User.ID) != p.ID.String() || o.Options.User.Name != p.Email ||
		o.Options.AuthenticatorSelection.UserVerification != "required" || o.Options.AuthenticatorSelection.ResidentKey != "required" ||
		o.Options.Attestation != "none" || o.Options.Timeout != 300_000 || len(o.Options.ExcludeCredentials) != 0 {
		t.Errorf("options: %+v", o)
	}
	d := newDevice(t, p.app.Config.BaseURL)
	d.flags |= eligible | backedUp
	r := p.Post(t, "/me/passkeys", fields{"name": " Phone ", "credential": d.create(t, o)}).Status(t, 201)
	var made passkey
	r.JSON(t, &made)
	if made.Name != "Phone" || !made.Synced || made.LastUsedAt != nil || r.Header.Get("Location") != "/api/v1/me/passkeys/"+made.ID {
		t.Errorf("made %+v at %s", made, r.Header.Get("Location"))
	}
	p.mailed(t, "A passkey was added")
	if o := p.creation(t); len(o.Options.ExcludeCredentials) != 1 || o.Options.ExcludeCredentials[0].ID != text(d.id) {
		t.Errorf("the second time: %+v", o.Options.ExcludeCredentials)
	}

	b := p.app.Anonymous(t)
	var s session
	signInWith(t, b, d).Status(t, 200).JSON(t, &s)
	if s.User.ID != p.ID.String() || s.User.Email != p.Email {
		t.Errorf("signed in: %+v", s.User)
	}
	n := p.app.Count(t, "SELECT count(*) FROM sessions WHERE subject_id = $1 AND method = 'passkey' AND second_factor AND ended_at IS NULL", p.ID)
	if f := p.factors(t); n != 1 || len(f.Passkeys) != 1 || f.Passkeys[0].LastUsedAt == nil || !f.Passkeys[0].Synced {
		t.Errorf("%d sessions, %+v", n, f)
	}

	p.Patch(t, "/me/passkeys/"+made.ID, fields{"name": "Old phone"}).Status(t, 200).JSON(t, &made)
	p.Patch(t, "/me/passkeys/"+made.ID, fields{"name": " - "}).Problem(t, 422, "name_invalid")
	if made.Name != "Old phone" || p.recorded(t, "user.rename_passkey") != 1 || p.recorded(t, "user.add_passkey") != 1 {
		t.Errorf("renamed: %+v", made)
	}
	p.Delete(t, "/me/passkeys/"+made.ID).Status(t, 204)
	p.mailed(t, "A passkey was removed")
	if p.recorded(t, "user.remove_passkey") != 1 || len(p.factors(t).Passkeys) != 0 {
		t.Error("it is still there")
	}
	signInWith(t, b, d).Problem(t, 401, "passkey_failed")
}

// A passkey with user verification is two factors: no code is asked for after it, and a session confirmed by it has proved the second.
func TestM6_APasskeyIsPasswordAndSecondFactorInOne(t *testing.T) {
	t.Parallel()
	p := newPerson(t, apptest.Shared(t))
	d, _ := p.addPasskey(t)
	p.enrol(t)
	signInWith(t, p.app.Anonymous(t), d).Status(t, 200)

	p.signIn(t)
	p.aged(t)
	p.Delete(t, "/me/totp").Problem(t, 403, "reauthentication_required")
	var o options
	p.Post(t, "/session/reauthenticate/passkey/options", nil).Status(t, 200).JSON(t, &o)
	if len(o.Options.AllowCredentials) != 1 || o.Options.AllowCredentials[0].ID != text(d.id) || o.Options.UserVerification != "required" || o.Options.RPID != "localhost" {
		t.Errorf("options: %+v", o)
	}
	old := p.Token
	var s session
	p.Post(t, "/session/reauthenticate/passkey", fields{"credential": d.sign(t, o)}).Status(t, 200).JSON(t, &s)
	p.adopt(&s)
	p.Delete(t, "/me/totp").Status(t, 204)
	p.Token = old
	apptest.Eventually(t, time.Second, func() bool { return p.Get(t, "/me").StatusCode == http.StatusUnauthorized })
}

// What the start of a sign-in answers depends on nobody, so it tells of nobody; every failure has one answer.
func TestA1_PasskeySignInTellsNothing(t *testing.T) {
	t.Parallel()
	p := newPerson(t, apptest.Shared(t))
	d, _ := p.addPasskey(t)
	shape := func(b *apptest.Actor) string {
		r := b.Post(t, "/sign-in/passkey/options", nil).Status(t, 200)
		var o options
		r.JSON(t, &o)
		if len(o.Options.AllowCredentials) != 0 || len(o.Options.Challenge) != 43 {
			t.Errorf("options: %s", r.Body)
		}
		return strings.ReplaceAll(string(r.Body), o.Options.Challenge, "")
	}
	if with, without := shape(p.Actor), shape(p.app.Anonymous(t)); with != without {
		t.Errorf("%s\n%s", with, without)
	}
	unknown := newDevice(t, p.app.Config.BaseURL)
	unknown.handle = make([]byte, 16)
	unknown.handle[0] = 1
	d.rpID = "other.example.com"
	var bodies []string
	for _, device := range []*device{d, unknown} {
		problem := signInWith(t, p.app.Anonymous(t), device).Problem(t, 401, "passkey_failed")
		problem.RequestID = ""
		bodies = append(bodies, fmt.Sprintf("%+v", problem))
	}
	if bodies[0] != bodies[1] {
		t.Errorf("%s\n%s", bodies[0], bodies[1])
	}
}

// The cookie that binds a challenge is out of reach of scripts and of other sites.
func TestM6_TheChallengesCookieIsStrict(t *testing.T) {
	t.Parallel()
	secure := apptest.New(t, apptest.WithEnv("BASE_URL", "https://app.example.com"))
	r := secure.Anonymous(t).Post(t, "/sign-in/passkey/options", nil).Status(t, 200)
	var o options
	r.JSON(t, &o)
	if o.Options.RPID != "app.example.com" {
		t.Errorf("the relying party is %q", o.Options.RPID)
	}
	if len(r.Cookies) != 1 {
		t.Fatalf("cookies: %v", r.Cookies)
	}
	c := r.Cookies[0]
	if c.Name != "__Host-passkey-sign-in" || !c.HttpOnly || !c.Secure || c.SameSite != 3 || c.Path != "/" || c.Domain != "" || time.Until(c.Expires) > 5*time.Minute {
		t.Errorf("cookie: %s", c.Raw)
	}
	// Neither a host nor a forwarding header moves origin or domain.
	r = secure.Anonymous(t).Do(t, "POST", "/api/v1/sign-in/passkey/options", nil, "X-Forwarded-Host", "evil.example.com", "Forwarded", "host=evil.example.com")
	r.Status(t, 200).JSON(t, &o)
	if o.Options.RPID != "app.example.com" {
		t.Errorf("the relying party is %q", o.Options.RPID)
	}
}

// At an address that is an IP address browsers have no passkeys; everything else works.
func TestPasskeysAreOffAtAnIPAddress(t *testing.T) {
	t.Parallel()
	app := apptest.New(t, apptest.WithEnv("BASE_URL", "http://127.0.0.1:9"))
	if u, err := url.Parse(app.Config.BaseURL); err != nil || u.Hostname() != "127.0.0.1" {
		t.Fatal(app.Config.BaseURL)
	}
	p := newPerson(t, app)
	p.app.Anonymous(t).Post(t, "/sign-in/passkey/options", nil).Problem(t, 503, "passkeys_off")
	p.Post(t, "/me/passkeys/options", nil).Problem(t, 503, "passkeys_off")
	p.enrol(t)
}
