package modules_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"saaskit/modules"
	"saaskit/modules/apptest"
	"saaskit/platform/access"
)

// R1: what a person, an API key and a tenant ask is bounded over all replicas, whatever session, member or address it comes from. Others are not
// touched by it.
func TestR1_RequestsAreLimited(t *testing.T) {
	t.Parallel()
	const user, key, tenant = 20, 10, 50
	app := apptest.New(t, apptest.WithEnv("RATE_LIMIT_USER", strconv.Itoa(user)), apptest.WithEnv("RATE_LIMIT_API_KEY", strconv.Itoa(key)),
		apptest.WithEnv("RATE_LIMIT_TENANT", strconv.Itoa(tenant)))
	there := app.Replica(t)
	began := time.Now()
	limited := func(what string, most int, callers ...*apptest.Actor) {
		t.Helper()
		allowed := 0
		for i := range 2 * most {
			who := *callers[i%len(callers)]
			who.Address = apptest.NewAddress()
			r := who.Get(t, "/notes")
			if r.StatusCode == http.StatusOK {
				allowed++
			} else {
				r.Problem(t, 429, "rate_limited")
			}
		}
		// What was spent comes back evenly over the minute.
		if again := int(float64(most)*time.Since(began).Minutes()) + 1; allowed < most-5 || allowed > most+again {
			t.Errorf("%s: %d of %d requests were allowed", what, allowed, 2*most)
		}
	}
	owner := app.Tenant(t).Owner
	live, err := modules.Provision(app.Platform).Session(t.Context(), owner.ID, owner.Tenant.ID)
	if err != nil {
		t.Fatal(err)
	}
	second := *owner
	second.Token = live.AccessToken
	limited("sessions of a person", user, owner, second.On(there))

	program := app.Tenant(t).Owner.Key(t, "notes:read")
	limited("an API key", key, program, program.On(there))

	place := app.Tenant(t)
	var members []*apptest.Actor
	for _, role := range []access.Role{access.Admin, access.Member, access.Viewer, access.Viewer} {
		members = append(members, place.Actor(t, role))
	}
	limited("members of a tenant", tenant, members[0], members[1], members[2].On(there), members[3])
	app.Tenant(t).Owner.Get(t, "/notes").Status(t, 200)
}
