package invitations_test

import (
	"slices"
	"testing"

	"saaskit/modules/apptest"
)

// I1, A5: of 64 who use one link at once, one joins, once.
func TestRace_I1_OneLinkOneMembership(t *testing.T) {
	t.Parallel()
	app := apptest.New(t, apptest.WithEnv("REQUEST_TIMEOUT", "100s"))
	rounds := apptest.Rounds(t)
	for range rounds {
		tenant, guest := app.Tenant(t), app.User(t)
		tenant.SetPlan(t, "business")
		registered := invited(t, app, tenant.Owner, "member", guest.Email)
		newcomer := word() + "@example.com"
		fresh := invited(t, app, tenant.Owner, "member", newcomer)
		outcomes := apptest.AtOnce(64, func(i int) string {
			if i%2 == 0 {
				return "accept " + accept(t, guest, registered).Outcome(t)
			}
			return "accept-new " + acceptNew(t, app.Anonymous(t), fresh).Outcome(t)
		})
		if outcomes["accept 200"] != 1 || outcomes["accept 422 link_invalid"] != 31 ||
			outcomes["accept-new 200"] != 1 || outcomes["accept-new 422 link_invalid"] != 31 {
			t.Fatalf("%v", outcomes)
		}
		if members(t, app, tenant) != 3 || seats(t, app, tenant) != 3 || app.Count(t, "SELECT count(*) FROM users WHERE email = $1", newcomer) != 1 {
			t.Fatalf("%d members, %d seats", members(t, app, tenant), seats(t, app, tenant))
		}
	}
	t.Logf("race: %d rounds, 64 at once: one membership of each link", rounds)
}

// B6: at one seat below the limit, of 64 who accept their invitations at once, one gets in.
func TestRace_B6_SeatsNeverExceedThePlan(t *testing.T) {
	t.Parallel()
	app := apptest.New(t, apptest.WithEnv("REQUEST_TIMEOUT", "100s"))
	const limit = 5
	rounds := apptest.Rounds(t)
	for range rounds {
		tenant := app.Tenant(t)
		for range limit - 2 {
			tenant.Actor(t, "viewer")
		}
		guests, emails, links := make([]*apptest.Actor, 64), make([]string, 64), make([]string, 64)
		for i := range guests {
			guests[i] = app.User(t)
			emails[i] = guests[i].Email
		}
		for some := range slices.Chunk(emails, 32) {
			invite(t, tenant.Owner, "member", some...)
		}
		for i := range links {
			links[i] = token(t, app, emails[i])
		}
		outcomes := apptest.AtOnce(len(guests), func(i int) string { return accept(t, guests[i], links[i]).Outcome(t) })
		if outcomes["200"] != 1 || outcomes["402 limit_reached"] != 63 || members(t, app, tenant) != limit || seats(t, app, tenant) != limit {
			t.Fatalf("%v, %d members, %d seats", outcomes, members(t, app, tenant), seats(t, app, tenant))
		}
	}
	t.Logf("race: %d rounds, 64 at once: never more members than the plan's %d", rounds, limit)
}

// Joining by invitation and by domain at the same moment is one membership and one seat.
func TestRace_B6_TwoWaysInAreOneSeat(t *testing.T) {
	t.Parallel()
	app := apptest.New(t, apptest.WithEnv("REQUEST_TIMEOUT", "100s"))
	rounds := apptest.Rounds(t)
	for range rounds {
		name := word() + ".example"
		tenant, _ := open(t, app, name)
		guest := userAt(t, app, word()+"@"+name)
		link := invited(t, app, tenant.Owner, "viewer", guest.Email)
		outcomes := apptest.AtOnce(16, func(i int) string {
			if i%2 == 0 {
				return accept(t, guest, link).Outcome(t)
			}
			return join(t, guest, tenant).Outcome(t)
		})
		if members(t, app, tenant) != 2 || seats(t, app, tenant) != 2 {
			t.Fatalf("%v, %d members, %d seats", outcomes, members(t, app, tenant), seats(t, app, tenant))
		}
	}
	t.Logf("race: %d rounds, 16 at once: one seat however a person comes in", rounds)
}
