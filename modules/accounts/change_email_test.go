package accounts_test

import (
	"fmt"
	"strings"
	"testing"

	"saaskit/modules/apptest"
)

// asked has the browser ask for the address and returns the token of the mailed link.
func (w *world) asked(b *browser, email string) string {
	w.t.Helper()
	b.want(202, "POST", "/me/email", map[string]any{"email": email}, nil)
	_, token := linkIn(w.t, w.mail(strings.ToLower(strings.TrimSpace(email))), "/email")
	return token
}

func (b *browser) confirm(token string) answer {
	b.t.Helper()
	return b.do("POST", "/email/confirm", map[string]any{"token": token})
}

func (b *browser) confirmRefused(what, token string) {
	b.t.Helper()
	if a := b.confirm(token); a.Status != 422 || a.problem().Code != "link_invalid" {
		b.t.Errorf("%s: %d %s", what, a.Status, a.Body)
	}
}

// A8: an address changes by a recent proof of the person and a proof of the new address; the old one is told twice; until then nothing changes.
func TestA8_AddressChange(t *testing.T) {
	t.Parallel()
	w := start(t)
	user := w.user("ada@example.com", goodPassword)
	here, phone, anybody := w.signedIn(user, none), w.signedIn(user, none), w.browser("")
	phone.base = w.replica()
	phone.me()
	here.refused(422, "email_unchanged", "POST", "/me/email", map[string]any{"email": " ADA@example.com"})
	token := w.asked(here, "Ada@Example.ORG")
	if m := here.me(); m.Email != "ada@example.com" || m.PendingEmail != "ada@example.org" {
		t.Errorf("pending: %+v", m)
	}
	if text := w.mail("ada@example.com"); !strings.Contains(text, "asked to change") || strings.Contains(text, token) || strings.Contains(text, "example.org") {
		t.Errorf("notice to the old address: %s", text)
	}
	anybody.refused(401, "sign_in_failed", "POST", "/sign-in", map[string]any{"email": "ada@example.org", "password": goodPassword})
	phone.me()

	a := here.want(204, "POST", "/email/confirm", map[string]any{"token": token}, nil)
	if a.Cookie != nil || len(a.Body) != 0 {
		t.Errorf("the link signed in: %v %s", a.Cookie, a.Body)
	}
	w.refusedWithinASecond(phone, "GET", "/me", 401)
	if m := here.me(); m.Email != "ada@example.org" || m.PendingEmail != "" {
		t.Errorf("after: %+v", m)
	}
	here.in("")
	for address, want := range map[string]string{"ada@example.com": "has another e-mail address now", "ada@example.org": "is confirmed"} {
		if text := w.mails(address, 2)[1]; !strings.Contains(text, want) {
			t.Errorf("mail to %s: %s", address, text)
		}
	}
	anybody.confirmRefused("the link again", token)
	anybody.refused(401, "sign_in_failed", "POST", "/sign-in", map[string]any{"email": "ada@example.com", "password": goodPassword})
	anybody.want(200, "POST", "/sign-in", map[string]any{"email": "ada@example.org", "password": goodPassword}, nil)
	if n := w.count("SELECT count(*) FROM security_log WHERE action IN ('user.ask_email_change', 'user.change_email') AND target = $1 AND actor_id = $2", "user:"+user.String(), user); n != 2 {
		t.Errorf("%d acts on record", n)
	}
	w.grownOld(here)
	here.refused(403, "reauthentication_required", "POST", "/me/email", map[string]any{"email": "eve@example.com"})
}

// A8: a pending change does not outlive what its owner does to be safe: a reset, a new password, a cancellation, another change, being disabled.
func TestA8_APendingChangeIsVoided(t *testing.T) {
	t.Parallel()
	w := start(t)
	anybody := w.browser("")
	for i, c := range []struct {
		what string
		do   func(email string, b *browser)
	}{
		{"a reset", func(email string, b *browser) {
			anybody.want(202, "POST", "/password/forgot", map[string]any{"email": email}, nil)
			_, link := linkIn(t, w.mail(email), "/reset")
			anybody.want(204, "POST", "/password/reset", map[string]any{"token": link, "password": otherPassword}, nil)
		}},
		{"a new password", func(_ string, b *browser) {
			b.want(204, "POST", "/me/password", map[string]any{"password": otherPassword}, nil)
			if m := b.me(); m.PendingEmail != "" {
				t.Errorf("still pending: %+v", m)
			}
		}},
		{"a cancellation", func(_ string, b *browser) {
			b.want(204, "DELETE", "/me/email", nil, nil)
			b.want(204, "DELETE", "/me/email", nil, nil)
			if m := b.me(); m.PendingEmail != "" {
				t.Errorf("still pending: %+v", m)
			}
		}},
		{"another change", func(_ string, b *browser) { w.asked(b, "another@example.org") }},
		{"an end of the account", func(email string, _ *browser) {
			w.exec("UPDATE users SET disabled_at = now() WHERE email = $1", email)
		}},
		{"its time", func(string, *browser) {
			w.exec("UPDATE one_time_tokens SET created_at = now() - interval '2 hours', expires_at = now() WHERE kind = 'accounts.email'")
		}},
	} {
		email := fmt.Sprintf("ada%d@example.com", i)
		b := w.signedIn(w.user(email, goodPassword), none)
		token := w.asked(b, fmt.Sprintf("new%d@example.org", i))
		c.do(email, b)
		anybody.confirmRefused("after "+c.what, token)
		if n := w.count("SELECT count(*) FROM users WHERE email = $1", email); n != 1 {
			t.Errorf("after %s the address changed", c.what)
		}
	}
}

// A8, A7: a link to set a password that was mailed to an address is worthless once the address is no longer the account's.
func TestA8_TheOldAddressResetsNothing(t *testing.T) {
	t.Parallel()
	w := start(t)
	b, anybody := w.signedIn(w.user("ada@example.com", goodPassword), none), w.browser("")
	anybody.want(202, "POST", "/password/forgot", map[string]any{"email": "ada@example.com"}, nil)
	_, link := linkIn(t, w.mail("ada@example.com"), "/reset")
	anybody.want(204, "POST", "/email/confirm", map[string]any{"token": w.asked(b, "ada@example.org")}, nil)
	anybody.refused(422, "link_invalid", "POST", "/password/reset", map[string]any{"token": link, "password": otherPassword})
	anybody.want(200, "POST", "/sign-in", map[string]any{"email": "ada@example.org", "password": goodPassword}, nil)
}

// A1, A8: asking for an address that somebody has looks the same, and moves nothing; neither does one that somebody signs up with meanwhile.
func TestA1_ATakenAddressTellsNothing(t *testing.T) {
	t.Parallel()
	w := start(t)
	victim := w.user("victim@example.com", goodPassword)
	b, anybody := w.signedIn(w.user("ada@example.com", goodPassword), none), w.browser("")
	for _, email := range []string{"free@example.com", "victim@example.com"} {
		w.sameAnswer("change", b.want(202, "POST", "/me/email", map[string]any{"email": email}, nil))
		if m := b.me(); m.PendingEmail != email {
			t.Errorf("pending: %+v", m)
		}
		if n := len(w.mails(email, 1)); n != 1 {
			t.Errorf("%s got %d mails", email, n)
		}
	}
	if text := w.mail("victim@example.com"); strings.Contains(text, "#") || !strings.Contains(text, "belongs to your account already") {
		t.Errorf("mail to the holder: %s", text)
	}
	token := w.asked(b, "late@example.com")
	late := w.user("late@example.com", goodPassword)
	anybody.confirmRefused("an address that was taken meanwhile", token)
	for email, id := range map[string]string{"victim@example.com": victim.String(), "late@example.com": late.String()} {
		if n := w.count("SELECT count(*) FROM users WHERE email = $1 AND id = $2", email, id); n != 1 {
			t.Errorf("%s is another account's", email)
		}
	}
	if m := b.me(); m.Email != "ada@example.com" {
		t.Errorf("the address moved: %+v", m)
	}
}

// A9: the new address goes the way of every address: one canonical form, one recipient, nothing that two programs read differently.
func TestA9_OddNewAddresses(t *testing.T) {
	t.Parallel()
	w := start(t)
	b := w.signedIn(w.user("ada@example.com", goodPassword), none)
	for _, email := range oddAddresses {
		p := b.refused(422, "email_invalid", "POST", "/me/email", map[string]any{"email": email})
		if len(p.Errors) != 1 || p.Errors[0].Location != "body.email" {
			t.Errorf("%q: %+v", email, p)
		}
	}
	if n := w.count("SELECT count(*) FROM one_time_tokens"); n != 0 {
		t.Errorf("%d tokens were made", n)
	}
	b.want(204, "POST", "/email/confirm", map[string]any{"token": w.asked(b, "  Ada+Work@Example.ORG\t")}, nil)
	if m := b.me(); m.Email != "ada+work@example.org" {
		t.Errorf("stored as %q", m.Email)
	}
}

// Mails to an address that somebody else may have are bounded, whoever asks; a wrong token is bounded too.
func TestAddressChangesAreLimited(t *testing.T) {
	t.Parallel()
	w := start(t)
	var last answer
	for i := range 6 {
		b := w.signedIn(w.user(fmt.Sprintf("u%d@example.com", i), ""), none)
		last = b.do("POST", "/me/email", map[string]any{"email": "target@example.org"})
	}
	if last.Status != 429 || len(w.mails("target@example.org", 5)) != 5 {
		t.Errorf("the sixth asker: %d", last.Status)
	}
	b := w.signedIn(w.user("ada@example.com", ""), none)
	for i := range 6 {
		last = b.do("POST", "/me/email", map[string]any{"email": fmt.Sprintf("t%d@example.org", i)})
	}
	if last.Status != 429 {
		t.Errorf("the sixth address: %d", last.Status)
	}
}

// A5, A8: 64 openings of one link at once change the address once.
func TestRace_A8_LinkConfirmsOnce(t *testing.T) {
	t.Parallel()
	w := start(t, patient)
	rounds := apptest.Rounds(t)
	anybody := w.browser("")
	for i := range rounds {
		b := w.signedIn(w.user(fmt.Sprintf("race%d@example.com", i), ""), none)
		token := w.asked(b, fmt.Sprintf("race%d@example.org", i))
		results := parallel(64, func(n int) string {
			opener := anybody.clone()
			opener.address = fmt.Sprintf("10.77.%d.%d", i%250, n)
			a, err := opener.send("POST", "/email/confirm", map[string]any{"token": token})
			return outcome(a, err)
		})
		if results["204"] != 1 || results["422 link_invalid"] != 63 {
			t.Fatalf("round %d: %v", i, results)
		}
	}
	t.Logf("race: %d rounds, 64 at once: one confirmation each", rounds)
}

// A7, A8: a reset and a confirmation at once go one after the other: the second one fails. Never do both count, whichever mailbox was first.
func TestRace_A8_ResetOrConfirmation(t *testing.T) {
	t.Parallel()
	w := start(t, patient)
	rounds := apptest.Rounds(t)
	for i := range rounds {
		old, next := fmt.Sprintf("both%d@example.com", i), fmt.Sprintf("both%d@example.org", i)
		b := w.signedIn(w.user(old, goodPassword), none)
		anybody := w.browser("")
		anybody.want(202, "POST", "/password/forgot", map[string]any{"email": old}, nil)
		_, reset := linkIn(t, w.mail(old), "/reset")
		token := w.asked(b, next)
		results := parallel(2, func(n int) string {
			if n == 0 {
				a, err := anybody.send("POST", "/password/reset", map[string]any{"token": reset, "password": otherPassword})
				return "reset " + outcome(a, err)
			}
			a, err := anybody.send("POST", "/email/confirm", map[string]any{"token": token})
			return "confirmation " + outcome(a, err)
		})
		moved := w.count("SELECT count(*) FROM users WHERE email = $1", next) == 1
		if moved != (results["confirmation 204"] == 1) || moved == (results["reset 204"] == 1) {
			t.Fatalf("round %d: %v, moved %v", i, results, moved)
		}
	}
	t.Logf("race: %d rounds of a reset and a confirmation: exactly one counted", rounds)
}
