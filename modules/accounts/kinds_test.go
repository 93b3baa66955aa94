package accounts_test

import "testing"

// J4: every kind of token works for what it was made for, and nowhere else: not as a bearer, a cookie or another kind of link.
func TestJ4_KindsOfTokensExcludeEachOther(t *testing.T) {
	t.Parallel()
	w := start(t)
	user := w.user("ada@example.com", goodPassword)
	b, anybody := w.signedIn(user, w.tenant(user, "Acme")), w.browser("")
	anybody.want(202, "POST", "/sign-up", map[string]any{"email": "new@example.com"}, nil)
	anybody.want(202, "POST", "/password/forgot", map[string]any{"email": "ada@example.com"}, nil)
	_, signUp := linkIn(t, w.mail("new@example.com"), "/verify")
	_, reset := linkIn(t, w.mail("ada@example.com"), "/reset")
	tokens := map[string]string{"access": b.token, "refresh": b.cookie, "sign-up": signUp, "reset": reset, "email": w.asked(b, "ada@example.org")}

	post := func(path string, body func(token string) map[string]any) func(string) answer {
		return func(token string) answer { return w.browser("").do("POST", path, body(token)) }
	}
	carrying := func(method, path, cookie string, body any) func(string) answer {
		return func(token string) answer {
			c := w.browser("")
			if cookie == "" {
				c.token = token
			} else {
				c.header.Set("Cookie", cookie+"="+token)
			}
			return c.do(method, path, body)
		}
	}
	for _, consumer := range []struct {
		name, kind string
		send       func(token string) answer
	}{
		{"a bearer", "access", carrying("GET", "/me", "", nil)},
		{"a bearer in the tenant", "access", carrying("GET", "/tenant", "", nil)},
		{"a bearer of an operator", "", carrying("GET", "/operator/me", "", nil)},
		{"a cookie", "refresh", carrying("POST", "/session/refresh", "session", map[string]any{"tenant": ""})},
		{"a cookie of an operator", "", carrying("POST", "/operator/session/refresh", "operator", nil)},
		{"a challenge", "", carrying("POST", "/sign-in/second-factor", "challenge", map[string]any{"code": "000000"})},
		{"a link of an operator", "", post("/operator/password", func(token string) map[string]any {
			return map[string]any{"token": token, "password": otherPassword}
		})},
		{"a link to sign up", "sign-up", post("/sign-up/complete", func(token string) map[string]any {
			return map[string]any{"token": token, "name": "Eve", "password": otherPassword}
		})},
		{"a link to confirm", "email", post("/email/confirm", func(token string) map[string]any { return map[string]any{"token": token} })},
		{"a link to reset", "reset", post("/password/reset", func(token string) map[string]any {
			return map[string]any{"token": token, "password": otherPassword}
		})},
	} {
		for kind, token := range tokens {
			if kind == consumer.kind {
				continue
			}
			if a := consumer.send(token); (a.Status != 401 && a.Status != 422) || a.Cookie != nil {
				t.Errorf("%s token as %s: %d %s", kind, consumer.name, a.Status, a.Body)
			}
		}
	}
	// None was spent by being refused, and each still does its own.
	w.browser("").want(200, "POST", "/sign-up/complete", map[string]any{"token": tokens["sign-up"], "name": "New", "password": otherPassword}, nil)
	b.want(204, "POST", "/email/confirm", map[string]any{"token": tokens["email"]}, nil) // in this browser, whose session goes on
	b.me()
	b.in("acme")
}

// A10: a fresh installation has nobody in it.
func TestA10_NobodyIsThereFromTheStart(t *testing.T) {
	t.Parallel()
	w := start(t)
	for _, table := range []string{"users", "user_credentials", "operators", "sessions", "tenants", "memberships"} {
		if n := w.count("SELECT count(*) FROM " + table); n != 0 {
			t.Errorf("%d rows in %s", n, table)
		}
	}
}
