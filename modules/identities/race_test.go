package identities_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"saaskit/modules/apptest"
	"saaskit/platform/emulator/oidc"
)

// O4: of 64 returns with one state at once, one is taken, although this provider would take its code any number of times.
func TestRace_O4_AStateWorksOnce(t *testing.T) {
	t.Parallel()
	w := start(t, apptest.WithEnv("REQUEST_TIMEOUT", "100s"))
	w.app.Providers.Misbehave(oidc.Google, oidc.ReusableCodes)
	rounds := apptest.Rounds(t)
	for round := range rounds {
		b := w.browser()
		back := b.at(b.leave(signInAt, oidc.Google), somebody("ada"))
		got := together(64, func() string { return outcome(b.bring(back)) })
		if len(got) != 64 || got[0] != "200" || slices.ContainsFunc(got[1:], func(s string) bool { return s != "422 flow_invalid" }) {
			t.Fatalf("round %d: %v", round, got)
		}
	}
	t.Logf("race: %d rounds, 64 at once: one return for each state", rounds)
}

// O1: somebody new who comes 64 times at once gets one account, and is in it every time.
func TestRace_O1_OnePersonGetsOneAccount(t *testing.T) {
	t.Parallel()
	w := start(t, apptest.WithEnv("REQUEST_TIMEOUT", "100s"))
	rounds := apptest.Rounds(t)
	for round := range rounds {
		who := somebody("ada")
		type way struct {
			b    *browser
			back url.Values
		}
		ways := make(chan way, 64)
		for range 64 {
			b := w.browser()
			ways <- way{b, b.at(b.leave(signInAt, oidc.GitHub), who)}
		}
		got := together(64, func() string {
			one := <-ways
			return outcome(one.b.bring(one.back))
		})
		if slices.ContainsFunc(got, func(s string) bool { return s != "200" }) {
			t.Fatalf("round %d: %v", round, got)
		}
		if n := w.count("SELECT count(*) FROM users WHERE email = $1", who.Email); n != 1 {
			t.Fatalf("round %d: %d accounts", round, n)
		}
	}
	t.Logf("race: %d rounds, 64 at once: one account for each person", rounds)
}

// together runs fn n times at once and returns what came of it, sorted.
func together(n int, fn func() string) []string {
	var mu sync.Mutex
	var got []string
	var all sync.WaitGroup
	gate := make(chan struct{})
	for range n {
		all.Go(func() {
			<-gate
			result := fn()
			mu.Lock()
			defer mu.Unlock()
			got = append(got, result)
		})
	}
	close(gate)
	all.Wait()
	slices.Sort(got)
	return got
}

func outcome(r *apptest.Response) string {
	if r.StatusCode < 400 {
		return fmt.Sprint(r.StatusCode)
	}
	_, after, _ := strings.Cut(string(r.Body), `"code":"`)
	code, _, _ := strings.Cut(after, `"`)
	return fmt.Sprint(r.StatusCode, " ", code)
}
