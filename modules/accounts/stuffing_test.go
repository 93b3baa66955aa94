package accounts_test

import (
	"fmt"
	"sync"
	"testing"
)

// many sends n requests, some at once, and counts their outcomes.
func (w *world) many(n int, request func(i int, b *browser) answer) map[string]int {
	w.t.Helper()
	var mu sync.Mutex
	outcomes := map[string]int{}
	var all sync.WaitGroup
	const workers = 4
	for worker := range workers {
		b := w.browser("")
		all.Go(func() {
			for i := worker; i < n; i += workers {
				a := request(i, b)
				mu.Lock()
				outcomes[outcome(a, nil)]++
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return outcomes
}

func guess(b *browser, address, email, password string) answer {
	b.address = address
	a, err := b.send("POST", "/sign-in", map[string]any{"email": email, "password": password})
	if err != nil {
		b.t.Error(err)
	}
	return a
}

// A2, R1: one try at each of 1,000 e-mail addresses, nearly half of them nobody's, from a few rotating network addresses: the latter are stopped, and
// none of the accounts is shut out.
func TestA2_OneTryAtAThousandAccounts(t *testing.T) {
	t.Parallel()
	w := start(t)
	first := w.user("victim0@example.com", goodPassword)
	w.exec(`WITH made AS (
		INSERT INTO users (id, email, name) SELECT gen_random_uuid(), 'victim' || n || '@example.com', 'Name' FROM generate_series(1, 999) n
		WHERE n < 100 OR n % 8 < 4 RETURNING id)
		INSERT INTO user_credentials (user_id, password_hash) SELECT made.id, c.password_hash FROM made, user_credentials c WHERE c.user_id = $1`, first)
	const addresses, each = 4, 120
	got := w.many(1000, func(i int, b *browser) answer {
		return guess(b, fmt.Sprintf("203.0.113.%d", i%addresses), fmt.Sprintf("victim%d@example.com", i), otherPassword)
	})
	if tried := got["401 sign_in_failed"]; tried < addresses*each || tried > addresses*(each+10) || got["429 rate_limited"] != 1000-tried {
		t.Errorf("outcomes: %v", got)
	}
	got = w.many(100, func(i int, b *browser) answer {
		return guess(b, fmt.Sprintf("198.51.100.%d", i), fmt.Sprintf("victim%d@example.com", i), goodPassword)
	})
	if got["200"] != 100 {
		t.Errorf("the owners: %v", got)
	}
}

// A2: 1,000 tries at one account from a hundred addresses: few are looked at, and the owner is not shut out. They get in where they were signed
// in before, and from anywhere after a reset.
func TestA2_AThousandTriesAtOneAccount(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.user("victim@example.com", goodPassword)
	w.signIn("victim@example.com", "198.51.100.7", firefox)
	got := w.many(1000, func(i int, b *browser) answer {
		return guess(b, fmt.Sprintf("203.0.113.%d", i%100), "victim@example.com", otherPassword)
	})
	if tried := got["401 sign_in_failed"]; tried < 150 || tried > 210 || got["429 rate_limited"] != 1000-tried {
		t.Errorf("outcomes: %v", got)
	}
	home, away := w.browser("198.51.100.7"), w.browser("198.51.100.8")
	home.want(200, "POST", "/sign-in", map[string]any{"email": "victim@example.com", "password": goodPassword}, nil)
	for range 8 {
		home.refused(401, "sign_in_failed", "POST", "/sign-in", map[string]any{"email": "victim@example.com", "password": otherPassword})
	}
	home.refused(429, "rate_limited", "POST", "/sign-in", map[string]any{"email": "victim@example.com", "password": goodPassword})
	for range 3 { // the account may have got a try or two back meanwhile
		guess(away, "198.51.100.8", "victim@example.com", otherPassword)
	}
	away.refused(429, "rate_limited", "POST", "/sign-in", map[string]any{"email": "victim@example.com", "password": goodPassword})
	away.want(202, "POST", "/password/forgot", map[string]any{"email": "victim@example.com"}, nil)
	_, link := linkIn(t, w.mail("victim@example.com"), "/reset")
	away.want(204, "POST", "/password/reset", map[string]any{"token": link, "password": otherPassword}, nil)
	away.want(200, "POST", "/sign-in", map[string]any{"email": "victim@example.com", "password": otherPassword}, nil)
}
