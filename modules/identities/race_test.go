package identities_test

import (
	"maps"
	"net/url"
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
		got := apptest.AtOnce(64, func(int) string { return b.bring(back).Outcome(t) })
		if !maps.Equal(got, map[string]int{"200": 1, "422 flow_invalid": 63}) {
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
		var ways []way
		for range 64 {
			b := w.browser()
			ways = append(ways, way{b, b.at(b.leave(signInAt, oidc.GitHub), who)})
		}
		got := apptest.AtOnce(len(ways), func(i int) string { return ways[i].b.bring(ways[i].back).Outcome(t) })
		if got["200"] != len(ways) {
			t.Fatalf("round %d: %v", round, got)
		}
		if n := w.count("SELECT count(*) FROM users WHERE email = $1", who.Email); n != 1 {
			t.Fatalf("round %d: %d accounts", round, n)
		}
	}
	t.Logf("race: %d rounds, 64 at once: one account for each person", rounds)
}
