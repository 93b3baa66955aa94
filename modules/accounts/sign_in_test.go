package accounts_test

import (
	"strings"
	"testing"
	"time"

	"saaskit/modules/apptest"
)

// A1: a wrong password, an unknown address, a disabled person and one who never set a password get one answer.
func TestA1_SignInTellsNothing(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.user("known@example.com", goodPassword)
	w.user("nopassword@example.com", "")
	w.user("disabled@example.com", goodPassword)
	w.exec("UPDATE users SET disabled_at = now() WHERE email = 'disabled@example.com'")
	for _, c := range []struct{ email, password string }{
		{"known@example.com", otherPassword}, {"stranger@example.com", otherPassword},
		{"nopassword@example.com", otherPassword}, {"disabled@example.com", goodPassword},
	} {
		a := w.browser("").want(401, "POST", "/sign-in", map[string]any{"email": c.email, "password": c.password}, nil)
		if a.problem().Code != "sign_in_failed" || a.Cookie != nil {
			t.Errorf("%s: %s", c.email, a.Body)
		}
		w.sameAnswer("sign-in", a)
	}
	if n := w.count("SELECT count(*) FROM security_log WHERE action = 'user.sign_in_failed'"); n != 4 {
		t.Errorf("%d failures on record", n)
	}
}

// A1: an unknown address costs one password computation, as a known one does. Without it the answer would come many times
// sooner, and no number of tries would bring the fastest of each together.
func TestA1_UnknownAddressCostsAsMuch(t *testing.T) {
	t.Parallel()
	w := start(t, apptest.WithFullHashing())
	w.user("known@example.com", goodPassword)
	if w.count("SELECT count(*) FROM user_credentials WHERE password_hash LIKE '$argon2id$v=19$m=19456,t=2,p=1$%'") != 1 {
		t.Fatal("the product does not hash as it should")
	}
	known, unknown := time.Hour, time.Hour
	for range 50 {
		b := w.browser("")
		took := func(email string) time.Duration {
			began := time.Now()
			b.refused(401, "sign_in_failed", "POST", "/sign-in", map[string]any{"email": email, "password": otherPassword})
			return time.Since(began)
		}
		known, unknown = min(known, took("known@example.com")), min(unknown, took("stranger@example.com"))
		if ratio := float64(unknown) / float64(known); ratio > 0.7 && ratio < 1.4 {
			return
		}
	}
	t.Errorf("unknown %v, known %v", unknown, known)
}

// A1: asking for a reset does the same for every address: the answer, one mail, one token.
func TestA1_ForgotTellsNothing(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.user("known@example.com", goodPassword)
	w.user("disabled@example.com", goodPassword)
	w.exec("UPDATE users SET disabled_at = now() WHERE email = 'disabled@example.com'")
	for i, email := range []string{"known@example.com", "stranger@example.com", "disabled@example.com"} {
		w.sameAnswer("forgot", w.browser("").want(202, "POST", "/password/forgot", map[string]any{"email": email}, nil))
		if n := len(w.mails(email, 1)); n != 1 {
			t.Errorf("%s got %d mails", email, n)
		}
		if n := w.count("SELECT count(*) FROM one_time_tokens"); n != i+1 {
			t.Errorf("%d tokens after %s", n, email)
		}
		if has := strings.Contains(w.mail(email), "/reset"); has != (email == "known@example.com") {
			t.Errorf("%s got a link: %v", email, has)
		}
	}
}

// A5: 64 submissions of one reset link at once set one password.
func TestA5_LinkResetsOnce(t *testing.T) {
	t.Parallel()
	w := start(t, patient)
	w.user("race@example.com", goodPassword)
	b := w.browser("")
	b.want(202, "POST", "/password/forgot", map[string]any{"email": "race@example.com"}, nil)
	_, link := linkIn(t, w.mail("race@example.com"), "/reset")
	results := parallel(64, func(int) string {
		a, err := b.send("POST", "/password/reset", map[string]any{"token": link, "password": otherPassword})
		return outcome(a, err)
	})
	if results["204"] != 1 || results["422 link_invalid"] != 63 {
		t.Errorf("outcomes: %v", results)
	}
	b.want(200, "POST", "/sign-in", map[string]any{"email": "race@example.com", "password": otherPassword}, nil)
}

// A7: a reset signs nobody in, ends every session and tells the owner.
func TestA7_ResetEndsEverything(t *testing.T) {
	t.Parallel()
	w := start(t)
	user := w.user("ada@example.com", goodPassword)
	tenant := w.tenant(user, "Acme")
	bystander := w.user("bob@example.com", goodPassword)
	laptop, phone, other := w.signedIn(user, tenant), w.signedIn(user, tenant), w.signedIn(bystander, none)

	b := w.browser("")
	b.want(202, "POST", "/password/forgot", map[string]any{"email": "ada@example.com"}, nil)
	_, link := linkIn(t, w.mail("ada@example.com"), "/reset")
	b.refused(422, "password_too_common", "POST", "/password/reset", map[string]any{"token": link, "password": "ada@example.com.example"})
	a := b.want(204, "POST", "/password/reset", map[string]any{"token": link, "password": otherPassword}, nil)
	if a.Cookie != nil || len(a.Body) != 0 {
		t.Errorf("the reset signed in: %v %s", a.Cookie, a.Body)
	}
	for _, device := range []*browser{laptop, phone} {
		w.refusedWithinASecond(device, "GET", "/tenant", 401)
		device.refused(401, "session_expired", "POST", "/session/refresh", map[string]any{"tenant": ""})
	}
	other.want(200, "GET", "/me", nil, nil)
	if text := w.mails("ada@example.com", 2)[1]; !strings.Contains(text, "password was changed") {
		t.Errorf("the owner was not told: %s", text)
	}
	b.refused(422, "link_invalid", "POST", "/password/reset", map[string]any{"token": link, "password": goodPassword})
}

// A disabled person can neither sign in, nor go on, nor reset their way back.
func TestS4_DisabledIsDisabledEverywhere(t *testing.T) {
	t.Parallel()
	w := start(t)
	user := w.user("ada@example.com", goodPassword)
	tenant := w.tenant(user, "Acme")
	inside, outside := w.signedIn(user, tenant), w.signedIn(user, none)
	b := w.browser("")
	b.want(202, "POST", "/password/forgot", map[string]any{"email": "ada@example.com"}, nil)
	_, link := linkIn(t, w.mail("ada@example.com"), "/reset")

	w.exec("UPDATE users SET disabled_at = now() WHERE email = 'ada@example.com'")
	w.refusedWithinASecond(inside, "GET", "/tenant", 401)
	w.refusedWithinASecond(outside, "GET", "/me", 401)
	inside.refused(401, "session_expired", "POST", "/session/refresh", map[string]any{"tenant": ""})
	b.refused(401, "sign_in_failed", "POST", "/sign-in", map[string]any{"email": "ada@example.com", "password": goodPassword})
	b.refused(422, "link_invalid", "POST", "/password/reset", map[string]any{"token": link, "password": otherPassword})
}
