package accounts_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// The whole way of a customer, by mail and cookie: sign up, make a workspace, leave, come back, forget the password, come back.
func TestJourney(t *testing.T) {
	t.Parallel()
	w := start(t)
	b := w.browser("")

	var s sessionView
	b.want(202, "POST", "/sign-up", map[string]any{"email": "ada@example.com"}, nil)
	_, link := linkIn(t, w.mail("ada@example.com"), "/verify")
	b.want(200, "POST", "/sign-up/complete", map[string]any{"token": link, "name": " Ada Lovelace ", "password": goodPassword}, &s)
	if s.User.Email != "ada@example.com" || s.User.Name != "Ada Lovelace" || s.Tenant != nil || s.Tenants == nil || len(s.Tenants) != 0 {
		t.Fatalf("session after sign-up: %+v", s)
	}

	b.token = s.AccessToken
	var made tenantView
	b.want(201, "POST", "/tenants", map[string]any{"name": "Acme Ltd"}, &made)
	if made.Slug != "acme-ltd" || made.Role != "owner" || made.Status != "active" {
		t.Fatalf("tenant: %+v", made)
	}
	b.refused(403, "tenant_required", "GET", "/tenant", nil)
	if s = b.in("acme-ltd"); s.Tenant == nil || s.Tenant.ID != made.ID || s.Tenant.Plan != "free" || len(s.Tenants) != 1 {
		t.Fatalf("session in the tenant: %+v", s)
	}
	var current tenantView
	b.want(200, "GET", "/tenant", nil, &current)
	if current.Slug != "acme-ltd" || current.Plan != "free" || !contains(current.Permissions, "members:write") || !contains(current.Permissions, "notes:write") {
		t.Fatalf("current tenant: %+v", current)
	}
	var me struct{ Email, Name string }
	if b.want(200, "GET", "/me", nil, &me); me.Name != "Ada Lovelace" || me.Email != "ada@example.com" {
		t.Fatalf("me: %+v", me)
	}

	b.want(204, "POST", "/sign-out", nil, nil)
	b.refused(401, "session_expired", "POST", "/session/refresh", map[string]any{"tenant": ""})
	b.want(200, "POST", "/sign-in", map[string]any{"email": "ADA@Example.com", "password": goodPassword}, &s)
	if len(s.Tenants) != 1 || s.Tenants[0].ID != made.ID {
		t.Fatalf("session after sign-in: %+v", s)
	}

	b.want(202, "POST", "/password/forgot", map[string]any{"email": "ada@example.com"}, nil)
	_, link = linkIn(t, w.mail("ada@example.com"), "/reset")
	b.want(204, "POST", "/password/reset", map[string]any{"token": link, "password": otherPassword}, nil)
	b.refused(401, "sign_in_failed", "POST", "/sign-in", map[string]any{"email": "ada@example.com", "password": goodPassword})
	b.want(200, "POST", "/sign-in", map[string]any{"email": "ada@example.com", "password": otherPassword}, nil)
}

// A1: signing up tells nobody who has an account: the same answer, one mail, one token, whoever asks.
func TestA1_SignUpTellsNothing(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.user("known@example.com", goodPassword)
	for _, email := range []string{"known@example.com", "stranger@example.com"} {
		w.sameAnswer("sign-up", w.browser("").want(202, "POST", "/sign-up", map[string]any{"email": email}, nil))
		if n := len(w.mails(email, 1)); n != 1 {
			t.Errorf("%s got %d mails", email, n)
		}
		if n := w.count("SELECT count(*) FROM one_time_tokens WHERE subject = $1", email); n != 1 {
			t.Errorf("%s has %d tokens", email, n)
		}
	}
	if text := w.mail("known@example.com"); strings.Contains(text, "/verify") {
		t.Errorf("a known address got a link to sign up: %s", text)
	}
}

// A5: 64 submissions of one link at once make one account and one session.
func TestA5_LinkCompletesOneSignUp(t *testing.T) {
	t.Parallel()
	w := start(t, patient)
	b := w.browser("")
	b.want(202, "POST", "/sign-up", map[string]any{"email": "race@example.com"}, nil)
	_, link := linkIn(t, w.mail("race@example.com"), "/verify")
	results := parallel(64, func(i int) string {
		a, err := b.send("POST", "/sign-up/complete", map[string]any{"token": link, "name": fmt.Sprint("Racer ", i), "password": goodPassword})
		return outcome(a, err)
	})
	if results["200"] != 1 || results["422 link_invalid"] != 63 {
		t.Errorf("outcomes: %v", results)
	}
	if n := w.count("SELECT count(*) FROM users WHERE email = 'race@example.com'"); n != 1 {
		t.Errorf("%d users", n)
	}
	if n := w.count("SELECT count(*) FROM sessions"); n != 1 {
		t.Errorf("%d sessions", n)
	}
}

// A5: a newer link voids the older; a cut, padded, changed or expired one fails; a link for another purpose fails.
func TestA5_OnlyTheNewestWholeLinkWorks(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.user("known@example.com", goodPassword)
	b := w.browser("")
	complete := func(token string) answer {
		return b.do("POST", "/sign-up/complete", map[string]any{"token": token, "name": "Ada", "password": goodPassword})
	}
	b.want(202, "POST", "/sign-up", map[string]any{"email": "ada@example.com"}, nil)
	_, older := linkIn(t, w.mail("ada@example.com"), "/verify")
	b.want(202, "POST", "/sign-up", map[string]any{"email": "ada@example.com"}, nil)
	_, newer := linkIn(t, w.mails("ada@example.com", 2)[1], "/verify")
	b.want(202, "POST", "/password/forgot", map[string]any{"email": "known@example.com"}, nil)
	_, reset := linkIn(t, w.mail("known@example.com"), "/reset")

	for name, token := range map[string]string{
		"older": older, "cut": newer[:len(newer)-1], "padded": newer + "=", "doubled": newer + newer, "upper": strings.ToUpper(newer), "reset": reset, "dot": ".",
	} {
		if a := complete(token); a.Status != 422 || a.problem().Code != "link_invalid" || a.Cookie != nil {
			t.Errorf("%s: %d %s", name, a.Status, a.Body)
		}
	}
	w.exec("UPDATE one_time_tokens SET created_at = now() - interval '2 days', expires_at = now() WHERE subject = 'ada@example.com'")
	if a := complete(newer); a.problem().Code != "link_invalid" {
		t.Errorf("expired: %d %s", a.Status, a.Body)
	}
	w.exec("UPDATE one_time_tokens SET expires_at = now() + interval '1 minute' WHERE subject = 'ada@example.com'")
	if a := complete(newer); a.Status != http.StatusOK {
		t.Errorf("whole: %d %s", a.Status, a.Body)
	}
}

// A weak password or a bad name names its field and leaves the link as it was.
func TestSignUpNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	w := start(t)
	b := w.browser("")
	b.want(202, "POST", "/sign-up", map[string]any{"email": "ada.lovelace@example.com"}, nil)
	_, link := linkIn(t, w.mail("ada.lovelace@example.com"), "/verify")
	for name, c := range map[string]struct {
		body           map[string]any
		code, location string
	}{
		"short":        {map[string]any{"token": link, "name": "Ada", "password": "vexing otter"}, "password_too_short", "body.password"},
		"common":       {map[string]any{"token": link, "name": "Ada", "password": "passwordpassword"}, "password_too_common", "body.password"},
		"from mail":    {map[string]any{"token": link, "name": "Ada", "password": "ada.lovelace@example.com"}, "password_too_common", "body.password"},
		"blank name":   {map[string]any{"token": link, "name": "  ", "password": goodPassword}, "name_invalid", "body.name"},
		"control name": {map[string]any{"token": link, "name": "Ada\r\nBcc: x", "password": goodPassword}, "name_invalid", "body.name"},
		"long name":    {map[string]any{"token": link, "name": strings.Repeat("a", 101), "password": goodPassword}, "invalid_input", "body.name"},
		"no name":      {map[string]any{"token": link, "password": goodPassword}, "invalid_input", "body"},
	} {
		a := b.do("POST", "/sign-up/complete", c.body)
		p := a.problem()
		if a.Status != 422 || p.Code != c.code || len(p.Errors) == 0 || !strings.HasPrefix(p.Errors[0].Location, c.location) {
			t.Errorf("%s: %d %s", name, a.Status, a.Body)
		}
		if password, _ := c.body["password"].(string); strings.Contains(string(a.Body), password) {
			t.Errorf("%s: the answer repeats the password", name)
		}
	}
	b.want(200, "POST", "/sign-up/complete", map[string]any{"token": link, "name": "Ada <b>&\" Lovelace", "password": goodPassword}, nil)
}

// oddAddresses are no single address that every program reads alike.
var oddAddresses = []string{
	"", "x", "a@b@c.com", `"e@attacker.com"@victim.com`, `"e@attacker.com "@victim.com`, `e\@attacker.com@victim.com`, `"ada"@example.com`,
	"a@example.com,b@example.com", "a@example.com, b@example.com", "a@example.com; b@example.com", "a@example.com b@example.com",
	"Ada <ada@example.com>", "<ada@example.com>", "<b>ada</b>@example.com", "ada@example.com<script>", "ada(comment)@example.com",
	"a@example.com\r\nBcc: b@example.com", "a@example.com\n", "a@example.com%0d%0aBcc:b@example.com", "a b@example.com",
	"ada＠example.com", "ada﹫example.com", "аda@example.com", "ada@exаmple.com", "ada@example。com", "ada\u200b@example.com", "ada@[127.0.0.1]", "ada@localhost",
}

// A9: one canonical address, one recipient; what is no single address is refused before anything happens.
func TestA9_OddAddresses(t *testing.T) {
	t.Parallel()
	w := start(t)
	b := w.browser("")
	for _, path := range []string{"/sign-up", "/password/forgot"} {
		for _, email := range append([]string{"a\x00@example.com"}, oddAddresses...) {
			a := b.do("POST", path, map[string]any{"email": email})
			code := "email_invalid"
			if strings.Contains(email, "\x00") {
				code = "invalid_input" // no text with NUL gets past decoding
			}
			if p := a.problem(); a.Status != 422 || p.Code != code || len(p.Errors) != 1 || p.Errors[0].Location != "body.email" {
				t.Errorf("%s %q: %d %s", path, email, a.Status, a.Body)
			}
		}
	}
	if n := w.count("SELECT count(*) FROM one_time_tokens"); n != 0 {
		t.Errorf("%d tokens were made", n)
	}

	b.want(202, "POST", "/sign-up", map[string]any{"email": "  Ada+Work@Example.COM "}, nil)
	_, link := linkIn(t, w.mail("ada+work@example.com"), "/verify")
	var s sessionView
	b.want(200, "POST", "/sign-up/complete", map[string]any{"token": link, "name": "Ada", "password": goodPassword}, &s)
	if s.User.Email != "ada+work@example.com" {
		t.Errorf("stored as %q", s.User.Email)
	}
	b.want(202, "POST", "/sign-up", map[string]any{"email": "ADA+WORK@example.com"}, nil)
	if text := w.mails("ada+work@example.com", 2)[1]; strings.Contains(text, "/verify") {
		t.Errorf("another spelling could sign up again: %s", text)
	}
	b.want(200, "POST", "/sign-in", map[string]any{"email": "Ada+WORK@EXAMPLE.com", "password": goodPassword}, nil)
}

// A6: links come from the configured base URL, whatever the request claims about its host.
func TestA6_LinksIgnoreTheRequestsHost(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.user("known@example.com", goodPassword)
	b := w.browser("")
	for i, header := range []http.Header{
		{"Host": {"evil.example"}},
		{"X-Forwarded-Host": {"evil.example"}, "X-Forwarded-Proto": {"https"}},
		{"Forwarded": {"host=evil.example;proto=https"}, "X-Original-Host": {"evil.example"}, "X-Host": {"evil.example"}},
		{"Referer": {"https://evil.example/"}},
	} {
		b.header = header
		email := fmt.Sprintf("new%d@example.com", i)
		b.want(202, "POST", "/sign-up", map[string]any{"email": email}, nil)
		b.want(202, "POST", "/password/forgot", map[string]any{"email": "known@example.com"}, nil)
		link, _ := linkIn(t, w.mail(email), "/verify")
		reset, _ := linkIn(t, w.mails("known@example.com", i+1)[i], "/reset")
		for _, link := range []string{link, reset} {
			if !strings.HasPrefix(link, w.url+"/") {
				t.Errorf("%v: %s", header, link)
			}
		}
	}
}
