package factors_test

import (
	"bytes"
	"encoding/base32"
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"saaskit/modules/apptest"
)

// The whole journey: start, confirm, sign in with password and code, turn off.
func TestAnAuthenticatorAppIsAskedForAfterThePassword(t *testing.T) {
	t.Parallel()
	p := newPerson(t, apptest.Shared(t))
	if f := p.factors(t); f.TOTP || f.TOTPSince != nil || f.Left != 0 || len(f.Passkeys) != 0 {
		t.Errorf("before: %+v", f)
	}
	var shown struct{ Secret, URI, QR string }
	p.Post(t, "/me/totp", nil).Status(t, 200).JSON(t, &shown)
	uri, err := url.Parse(shown.URI)
	if err != nil || uri.Scheme != "otpauth" || uri.Host != "totp" || uri.Query().Get("secret") != shown.Secret ||
		!strings.Contains(uri.Path, p.Email) || uri.Query().Get("issuer") != "SaaSKit" || len(shown.Secret) != 32 {
		t.Errorf("the address for the app is %s: %v", shown.URI, err)
	}
	if err := xml.Unmarshal([]byte(shown.QR), new(struct{ XMLName xml.Name })); err != nil || !strings.HasPrefix(shown.QR, "<svg") || strings.Contains(shown.QR, shown.Secret) {
		t.Errorf("the QR code is no image: %v", err)
	}
	// Before the first code nothing is asked for.
	p.app.Anonymous(t).Post(t, "/sign-in", fields{"email": p.Email, "password": password}).Status(t, 200)
	p.Post(t, "/me/totp/confirm", fields{"code": "abcdef"}).Problem(t, 422, "code_wrong")

	ph := p.enrol(t)
	p.mailed(t, "Your authenticator app is on")
	f := p.factors(t)
	if !f.TOTP || f.TOTPSince == nil || f.Left != 10 || len(ph.codes) != 10 || p.recorded(t, "user.add_totp") != 1 {
		t.Errorf("after: %+v, %d codes", f, len(ph.codes))
	}
	p.Post(t, "/me/totp", nil).Problem(t, 409, "totp_on")
	p.Post(t, "/me/totp/confirm", fields{"code": ph.code(t, 1)}).Problem(t, 409, "totp_not_started")

	b := p.challenged(t)
	b.Get(t, "/me").Problem(t, 401, "unauthenticated")
	b.Post(t, "/sign-in/second-factor", fields{"code": ph.code(t, 1)}).Status(t, 200)

	p.Delete(t, "/me/totp").Status(t, 204)
	p.mailed(t, "Your authenticator app was turned off")
	p.Delete(t, "/me/totp").Problem(t, 409, "totp_off")
	if f := p.factors(t); f.TOTP || f.Left != 0 || p.recorded(t, "user.remove_totp") != 1 {
		t.Errorf("turned off: %+v", f)
	}
	p.app.Anonymous(t).Post(t, "/sign-in", fields{"email": p.Email, "password": password}).Status(t, 200)
}

// The session that turned the app on goes on as one that has proved it: a tenant that requires a second factor lets it in.
func TestTheFirstCodeProvesTheSession(t *testing.T) {
	t.Parallel()
	p := newPerson(t, apptest.Shared(t))
	before := p.Token
	p.enrol(t)
	if n := p.app.Count(t, "SELECT count(*) FROM sessions WHERE subject_id = $1 AND ended_at IS NULL AND second_factor AND method = 'totp'", p.ID); n != 1 {
		t.Errorf("%d sessions have proved a second factor", n)
	}
	if p.Token == before {
		t.Error("the session kept its access token")
	}
	p.Get(t, "/me").Status(t, 200)
}

func TestM1_ACodeCountsOnceAndNoneAfterALaterOne(t *testing.T) {
	t.Parallel()
	p := newPerson(t, apptest.Shared(t))
	steady(t)
	ph := p.enrol(t)
	p.challenged(t).Post(t, "/sign-in/second-factor", fields{"code": ph.code(t, 0)}).Problem(t, 422, "code_invalid") // used to turn it on
	ph.unused(t)
	p.challenged(t).Post(t, "/sign-in/second-factor", fields{"code": ph.code(t, 0)}).Status(t, 200)
	b := p.challenged(t)
	b.Post(t, "/sign-in/second-factor", fields{"code": ph.code(t, 0)}).Problem(t, 422, "code_invalid")
	b.Post(t, "/sign-in/second-factor", fields{"code": ph.code(t, -1)}).Problem(t, 422, "code_invalid") // the step before
	p.Post(t, "/session/reauthenticate", fields{"code": ph.code(t, 0)}).Problem(t, 422, "reauthentication_failed")
	b.Post(t, "/sign-in/second-factor", fields{"code": ph.code(t, 1)}).Status(t, 200)
}

// The window is one step around the time of the server, which nothing in a request can move.
func TestM1_TheWindowIsOneStepAroundTheServersTime(t *testing.T) {
	t.Parallel()
	p := newPerson(t, apptest.New(t)) // its own product, whose limits can be forgotten
	ph := p.enrol(t)
	steady(t)
	b := p.challenged(t)
	for _, steps := range []int{-20, -3, -2, 3, 4, 20} {
		ph.unused(t)
		r := b.Do(t, "POST", "/api/v1/sign-in/second-factor", fields{"code": ph.code(t, steps)}, "Date", "Thu, 01 Jan 1970 00:00:00 GMT")
		r.Problem(t, 422, "code_invalid")
	}
	p.app.Exec(t, "DELETE FROM rate_limits")
	for _, steps := range []int{-1, 0, 1} {
		ph.unused(t)
		p.challenged(t).Post(t, "/sign-in/second-factor", fields{"code": ph.code(t, steps)}).Status(t, 200)
	}
}

func TestM1_ACodeOfSomebodyElseIsWrong(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	p, other := newPerson(t, app), newPerson(t, app)
	p.enrol(t)
	theirs := other.enrol(t)
	theirs.unused(t)
	p.challenged(t).Post(t, "/sign-in/second-factor", fields{"code": theirs.code(t, 0)}).Problem(t, 422, "code_invalid")
	p.challenged(t).Post(t, "/sign-in/second-factor", fields{"code": theirs.codes[0]}).Problem(t, 422, "code_invalid")
	other.challenged(t).Post(t, "/sign-in/second-factor", fields{"code": theirs.codes[0]}).Status(t, 200)

	// Nor does a pending app of one person take the code of another.
	third := newPerson(t, app)
	third.Post(t, "/me/totp", nil).Status(t, 200)
	third.Post(t, "/me/totp/confirm", fields{"code": theirs.code(t, 0)}).Problem(t, 422, "code_wrong")
}

// Guesses are counted for the person: neither a new sign-in nor a new browser starts the count anew.
func TestM1_AttemptsAreLimitedForThePerson(t *testing.T) {
	t.Parallel()
	p := newPerson(t, apptest.Shared(t))
	ph := p.enrol(t)
	ph.unused(t)
	limited := 0
	for range 30 {
		b := p.app.Anonymous(t)
		b.Post(t, "/sign-in", fields{"email": p.Email, "password": password}).Problem(t, 401, "second_factor_required")
		if b.Post(t, "/sign-in/second-factor", fields{"code": ph.code(t, 9)}).StatusCode == http.StatusTooManyRequests {
			limited++
		}
	}
	if limited < 15 {
		t.Errorf("of 30 wrong codes %d were refused by the limit", limited)
	}
	p.challenged(t).Post(t, "/sign-in/second-factor", fields{"code": ph.code(t, 0)}).Problem(t, 429, "rate_limited")

	// The first code is guarded alike.
	q := newPerson(t, p.app)
	q.Post(t, "/me/totp", nil).Status(t, 200)
	for range 10 {
		q.Post(t, "/me/totp/confirm", fields{"code": "000000"}).Status(t, 422)
	}
	q.Post(t, "/me/totp/confirm", fields{"code": "000000"}).Problem(t, 429, "rate_limited")
}

// A seed that waits for its first code is replaced by a newer one, and is worthless after a quarter of an hour.
func TestM1_APendingSeedIsReplacedAndExpires(t *testing.T) {
	t.Parallel()
	p := newPerson(t, apptest.Shared(t))
	start := func() *phone {
		var shown struct{ Secret string }
		p.Post(t, "/me/totp", nil).Status(t, 200).JSON(t, &shown)
		return &phone{owner: p, secret: shown.Secret}
	}
	p.Post(t, "/me/totp/confirm", fields{"code": "123456"}).Problem(t, 409, "totp_not_started")
	old := start()
	newer := start()
	p.Post(t, "/me/totp/confirm", fields{"code": old.code(t, 0)}).Problem(t, 422, "code_wrong")
	p.app.Exec(t, "UPDATE totp_factors SET created_at = created_at - interval '15 minutes' WHERE user_id = $1", p.ID)
	p.Post(t, "/me/totp/confirm", fields{"code": newer.code(t, 0)}).Problem(t, 409, "totp_not_started")
	if p.factors(t).TOTP {
		t.Error("it is on")
	}
}

// The seed is in the database only sealed, for its person: the same bytes are of no use to anybody else.
func TestL6_SeedsAreSealedForTheirPerson(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	p, thief := newPerson(t, app), newPerson(t, app)
	ph, own := p.enrol(t), thief.enrol(t)
	seed, err := base32.StdEncoding.DecodeString(ph.secret)
	if err != nil {
		t.Fatal(err)
	}
	var stored []byte
	if err := app.Admin.QueryRowContext(t.Context(), "SELECT seed FROM totp_factors WHERE user_id = $1", p.ID).Scan(&stored); err != nil {
		t.Fatal(err)
	}
	if len(stored) < len(seed)+28 || bytes.Contains(stored, seed) || bytes.Contains(stored, []byte(ph.secret)) {
		t.Errorf("the seed is stored as %x", stored)
	}
	if strings.Contains(app.Log.String(), ph.secret) {
		t.Error("the seed was logged")
	}
	// A row copied to another person opens for nobody: not for its code, and not as if there were no second factor.
	thief.app.Exec(t, "UPDATE totp_factors SET seed = $1, last_step = 0 WHERE user_id = $2", stored, thief.ID)
	b := thief.challenged(t)
	b.Post(t, "/sign-in/second-factor", fields{"code": ph.code(t, 0)}).Problem(t, 500, "internal")
	b.Post(t, "/sign-in/second-factor", fields{"code": own.code(t, 1)}).Problem(t, 500, "internal")
}
