package apikeys_test

import (
	"net/http"
	"strconv"
	"testing"

	"saaskit/modules/apptest"
	"saaskit/platform/api"
)

// calls is how many API calls are counted for the tenant.
func calls(t *testing.T, app *apptest.App, tenant *apptest.Tenant) int {
	t.Helper()
	return app.Count(t, "SELECT coalesce(sum(quantity), 0) FROM usage_months WHERE tenant_id = $1 AND key = 'api.calls'", tenant.ID)
}

// A request of a key that is let in counts one, whatever comes of it and whatever it says of itself; one that is not let in, and a person's, none.
func TestR4_CallsOfKeysAreCounted(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant := app.Tenant(t)
	key := tenant.Owner.Key(t, "notes:read", "notes:write")
	counted := func(want int, what string) {
		t.Helper()
		if n := calls(t, app, tenant); n != want {
			t.Fatalf("%s: %d calls are counted, want %d", what, n, want)
		}
	}
	tenant.Owner.Get(t, "/notes").Status(t, 200)
	counted(0, "a person")
	key.Get(t, "/notes").Status(t, 200)
	counted(1, "a call")
	for range 3 {
		key.Do(t, http.MethodGet, api.Prefix+"/notes", nil, "X-Request-Id", "the-same", "Idempotency-Key", "the-same").Status(t, 200)
	}
	counted(4, "three calls that claim to be one")
	key.Post(t, "/notes", map[string]any{"title": ""}).Problem(t, 422, "invalid_input")
	counted(5, "a call with bad input")
	key.Get(t, "/billing").Problem(t, 403, "forbidden")
	key.Get(t, "/me").Problem(t, 403, "user_required")
	counted(5, "calls that are not let in")
}

// At the hard limit a call is refused with what the plan lacks, and a person is not; on a plan that charges, calls go on and are billable.
func TestR4_CallsStopAtTheLimit(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant := app.Tenant(t)
	key := tenant.Owner.Key(t, "notes:read")
	key.Get(t, "/notes").Status(t, 200)
	app.Exec(t, "UPDATE usage_months SET quantity = 999 WHERE tenant_id = $1", tenant.ID)
	answers := apptest.AtOnce(16, func(int) string { return strconv.Itoa(key.Get(t, "/notes").StatusCode) })
	if answers["200"] != 1 || answers["402"] != 15 || calls(t, app, tenant) != 1000 {
		t.Fatalf("%v, %d calls", answers, calls(t, app, tenant))
	}
	if l := key.Get(t, "/notes").Problem(t, 402, "limit_reached").Limit; l == nil || l.Key != "api.calls" || l.Used == nil || *l.Used != 1000 || l.Max != 1000 || l.Plan != "free" || l.WantedPlan != "pro" {
		t.Errorf("%+v", l)
	}
	tenant.Owner.Get(t, "/notes").Status(t, 200)

	tenant.SetPlan(t, "pro")
	key.Get(t, "/notes").Status(t, 200)
	if n := app.Count(t, "SELECT sum(billable) FROM usage_days WHERE tenant_id = $1", tenant.ID); n != 1 {
		t.Errorf("%d calls are billable", n)
	}
}
