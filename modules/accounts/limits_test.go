package accounts_test

import (
	"fmt"
	"testing"
)

// A2: a stranger who guesses is stopped, and shuts out nobody but himself: the owner signs in from elsewhere, and resets from anywhere.
func TestA2_GuessesAreLimited(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.user("victim@example.com", goodPassword)
	stranger, victim := w.browser("10.200.0.2"), w.browser("10.200.0.3")
	guess := map[string]any{"email": "victim@example.com", "password": otherPassword}
	for range 10 {
		stranger.refused(401, "sign_in_failed", "POST", "/sign-in", guess)
	}
	for _, email := range []string{"victim@example.com", "VICTIM@example.com", " victim@Example.com"} {
		a := stranger.want(429, "POST", "/sign-in", map[string]any{"email": email, "password": goodPassword}, nil)
		if a.problem().Code != "rate_limited" || a.Header.Get("Retry-After") == "" {
			t.Errorf("%s: %v %s", email, a.Header, a.Body)
		}
	}
	victim.want(200, "POST", "/sign-in", map[string]any{"email": "victim@example.com", "password": goodPassword}, nil)

	victim.want(202, "POST", "/password/forgot", map[string]any{"email": "victim@example.com"}, nil)
	_, link := linkIn(t, w.mail("victim@example.com"), "/reset")
	stranger.want(204, "POST", "/password/reset", map[string]any{"token": link, "password": otherPassword}, nil)
	victim.want(200, "POST", "/sign-in", guess, nil)
}

// A2: guesses at one account from many addresses are limited together, and a reset lets the owner in again.
func TestA2_GuessesFromManyAddressesAreLimited(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.user("victim@example.com", goodPassword)
	limited := 0
	for i := range 22 {
		b := w.browser(fmt.Sprintf("10.200.1.%d", i+1))
		for range 10 {
			if a := b.do("POST", "/sign-in", map[string]any{"email": "victim@example.com", "password": otherPassword}); a.Status == 429 {
				limited++
			}
		}
	}
	if limited < 15 || limited > 25 {
		t.Errorf("%d of 220 were limited", limited)
	}
	owner := w.browser("")
	owner.refused(429, "rate_limited", "POST", "/sign-in", map[string]any{"email": "victim@example.com", "password": goodPassword})
	owner.want(202, "POST", "/password/forgot", map[string]any{"email": "victim@example.com"}, nil)
	_, link := linkIn(t, w.mail("victim@example.com"), "/reset")
	owner.want(204, "POST", "/password/reset", map[string]any{"token": link, "password": otherPassword}, nil)
	owner.want(200, "POST", "/sign-in", map[string]any{"email": "victim@example.com", "password": otherPassword}, nil)
}

// Mail is limited by account, known or not, in every spelling.
func TestMailsAreLimitedByAccount(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.user("known@example.com", goodPassword)
	for _, path := range []string{"/sign-up", "/password/forgot"} {
		for _, spellings := range [][]string{{"known@example.com", "Known@Example.com"}, {"stranger@example.com", "STRANGER@example.com"}} {
			for i := range 6 {
				b := w.browser(fmt.Sprintf("10.200.2.%d", i+1))
				a := b.do("POST", path, map[string]any{"email": spellings[i%2]})
				if want := map[bool]int{true: 202, false: 429}[i < 5]; a.Status != want {
					t.Errorf("%s %s, try %d: %d %s", path, spellings[0], i+1, a.Status, a.Body)
				}
			}
		}
	}
}

// Every public operation is limited by address.
func TestPublicOperationsAreLimitedByAddress(t *testing.T) {
	t.Parallel()
	w := start(t)
	for i, c := range []struct {
		path string
		most int
		body func(i int) map[string]any
	}{
		{"/sign-up", 60, func(i int) map[string]any { return map[string]any{"email": fmt.Sprintf("u%d@example.com", i)} }},
		{"/sign-up/complete", 120, func(int) map[string]any { return map[string]any{"token": "x", "name": "A", "password": "short"} }},
		{"/password/forgot", 60, func(i int) map[string]any { return map[string]any{"email": fmt.Sprintf("f%d@example.com", i)} }},
		{"/password/reset", 120, func(int) map[string]any { return map[string]any{"token": "x", "password": "short"} }},
		{"/sign-in", 120, func(int) map[string]any { return map[string]any{"email": "no address", "password": "x"} }},
		{"/sign-out", 300, nil},
	} {
		b := w.browser(fmt.Sprintf("10.200.3.%d", i+1))
		passed := 0
		for n := range c.most + 10 {
			var body any
			if c.body != nil {
				body = c.body(n)
			}
			if a := b.do("POST", c.path, body); a.Status != 429 {
				passed++
			}
		}
		if passed < c.most || passed > c.most+5 {
			t.Errorf("%s: %d passed, want about %d", c.path, passed, c.most)
		}
	}
}
