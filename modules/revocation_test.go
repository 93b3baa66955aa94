package modules_test

import (
	"net/http"
	"testing"
	"time"

	"saaskit/modules/apptest"
	"saaskit/platform/access"
)

// revocation is the longest that a right may outlive its end, on any replica.
const revocation = time.Second

// refused repeats the request until it is answered with the status. A request that begins later than the promised time must not get through any more.
func refused(t *testing.T, what string, status int, request func() *apptest.Response) {
	t.Helper()
	for ended := time.Now(); ; {
		began := time.Now()
		r := request()
		if r.StatusCode == status {
			return
		}
		if began.Sub(ended) > revocation {
			t.Fatalf("%s: after %s still %d: %s", what, began.Sub(ended), r.StatusCode, r.Body)
		}
	}
}

// J6, S3, T10: an access token that was good a moment ago loses against what the database says now, on every replica.
func TestJ6_RightsEndEverywhereWithinASecond(t *testing.T) {
	t.Parallel()
	here := apptest.New(t)
	there := here.Replica(t)
	tenant := here.Tenant(t)
	owner := tenant.Owner
	write := func(a *apptest.Actor) func() *apptest.Response {
		return func() *apptest.Response { return a.Post(t, "/notes", fields{"title": "x"}) }
	}
	tenant.SetPlan(t, "business")
	member := func() *apptest.Actor {
		t.Helper()
		m := tenant.Actor(t, access.Member)
		m.Post(t, "/notes", fields{"title": "x"}).Status(t, 201)
		m.On(there).Post(t, "/notes", fields{"title": "x"}).Status(t, 201)
		return m
	}
	everywhere := func(what string, status int, a *apptest.Actor) {
		t.Helper()
		refused(t, what+" at the other replica", status, write(a.On(there)))
		refused(t, what, status, write(a))
	}

	lowered := member()
	owner.Patch(t, "/members/"+lowered.ID.String(), fields{"role": "viewer"}).Status(t, 200)
	everywhere("a lowered role", http.StatusForbidden, lowered)

	removed := member()
	owner.Delete(t, "/members/"+removed.ID.String()).Status(t, 204)
	everywhere("a removed member", http.StatusUnauthorized, removed)

	left := member()
	left.Do(t, "POST", "/api/v1/sign-out", nil, "Cookie", "session="+left.Refresh).Status(t, 204)
	everywhere("an ended session", http.StatusUnauthorized, left)

	stays := member()
	tenant.Suspend(t)
	everywhere("a suspended tenant", http.StatusForbidden, stays)
	stays.Get(t, "/notes").Problem(t, 403, "tenant_suspended")
	here.Operator(t).Post(t, "/operator/tenants/"+tenant.ID.String()+"/restore", fields{"reason": "a test"}).Status(t, 200)
	apptest.Eventually(t, 10*time.Second, func() bool { return write(stays.On(there))().StatusCode == http.StatusCreated })
}
