package modules_test

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"saaskit/modules/apptest"
	"saaskit/platform/access"
	"saaskit/platform/session"
)

// told is what a waiting request was answered, and when.
type told struct {
	status int
	code   string
	body   struct{ Version, Name, Role, Plan string }
	at     time.Time
	err    error
}

// known is the version of the tenant as the actor sees it.
func known(t *testing.T, a *apptest.Actor) string {
	t.Helper()
	var now struct{ Version string }
	a.Get(t, "/tenant").Status(t, 200).JSON(t, &now)
	return now.Version
}

// wait sends a request that waits for a change of what the actor knows, and returns when it is on its way to the replica, with its answer to come.
func wait(t *testing.T, a *apptest.Actor, at *apptest.App) <-chan told {
	t.Helper()
	version := known(t, a.On(at))
	before := at.Changes.Waiting()
	answer := make(chan told, 1)
	request, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), http.MethodGet, at.URL+"/api/v1/tenant/changes?since="+version, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+a.Token)
	go func() {
		var got told
		response, err := http.DefaultClient.Do(request)
		got.at, got.err = time.Now(), err
		if err == nil {
			got.status = response.StatusCode
			var problem struct{ Code string }
			var raw json.RawMessage
			if got.err = json.NewDecoder(response.Body).Decode(&raw); got.err == nil {
				_ = json.Unmarshal(raw, &got.body)
				_ = json.Unmarshal(raw, &problem)
			}
			got.code = problem.Code
			_ = response.Body.Close()
		}
		answer <- got
	}()
	apptest.Eventually(t, 5*time.Second, func() bool { return at.Changes.Waiting() > before })
	return answer
}

// expect ends the test unless the request is answered so within the promised time after the change was made.
func expect(t *testing.T, what string, answer <-chan told, made time.Time, status int, code string) told {
	t.Helper()
	select {
	case got := <-answer:
		late := got.at.Sub(made)
		if got.err != nil || got.status != status || got.code != code {
			t.Fatalf("%s: %+v, want %d %s", what, got, status, code)
		}
		if late > revocation {
			t.Errorf("%s: told after %s", what, late)
		}
		t.Logf("%s: told %s after the change was answered", what, late.Round(time.Millisecond))
		return got
	case <-time.After(5 * time.Second):
		t.Fatalf("%s: not told within 5 seconds", what)
		return told{}
	}
}

// listeners is how many connections of the tests' database listen.
const listeners = `SELECT count(*)::text FROM pg_stat_activity WHERE application_name LIKE '% listen' AND datname = current_database()`

// J6: who waits is told of what ends or changes for them within a second, at every replica, although they did nothing.
func TestJ6_WhoWaitsIsToldWithinASecond(t *testing.T) {
	t.Parallel()
	here := apptest.New(t)
	there := here.Replica(t)
	apptest.Eventually(t, 10*time.Second, func() bool { return here.Changes.Hearing() && there.Changes.Hearing() })
	tenant := here.Tenant(t)
	owner, operator := tenant.Owner, here.Operator(t)
	other := here.Tenant(t)
	undisturbed := wait(t, other.Owner, here)

	member := tenant.Actor(t, access.Member)
	answer := wait(t, member, there)
	owner.Patch(t, "/members/"+member.ID.String(), fields{"role": "viewer"}).Status(t, 200)
	if got := expect(t, "a lowered role", answer, time.Now(), 200, ""); got.body.Role != "viewer" {
		t.Errorf("told of the role %q", got.body.Role)
	}

	answer = wait(t, member, there)
	owner.Delete(t, "/members/"+member.ID.String()).Status(t, 204)
	expect(t, "a removed member", answer, time.Now(), 401, "not_a_member")

	left := tenant.Actor(t, access.Member)
	answer = wait(t, left, there)
	left.Do(t, "POST", "/api/v1/sign-out", nil, "Cookie", "session="+left.Refresh).Status(t, 204)
	expect(t, "an ended session", answer, time.Now(), 401, "session_expired")

	answer = wait(t, owner, there)
	tenant.SetPlan(t, "business")
	if got := expect(t, "another plan", answer, time.Now(), 200, ""); got.body.Plan != "business" {
		t.Errorf("told of the plan %q", got.body.Plan)
	}

	near, far := wait(t, owner, here), wait(t, owner, there)
	operator.Post(t, managed(tenant)+"/suspend", fields{"reason": "a test"}).Status(t, 200)
	suspended := time.Now()
	expect(t, "a suspended tenant", near, suspended, 403, "tenant_suspended")
	expect(t, "a suspended tenant at the other replica", far, suspended, 403, "tenant_suspended")
	owner.Get(t, "/tenant/changes").Problem(t, 403, "tenant_suspended")

	operator.Post(t, managed(tenant)+"/restore", fields{"reason": "a test"}).Status(t, 200)
	apptest.Eventually(t, time.Second, func() bool { return owner.On(there).Get(t, "/tenant/changes").StatusCode == http.StatusOK })

	select {
	case got := <-undisturbed:
		t.Errorf("another tenant's page was answered: %+v", got)
	default:
	}
}

func managed(n *apptest.Tenant) string { return "/operator/tenants/" + n.ID.String() }

// J6: while the process hears of nothing, who waits is told all the same, and it hears again when the database lets it.
func TestJ6_ALostListenerDelaysNobody(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	tenant := app.Tenant(t)
	apptest.Eventually(t, 10*time.Second, app.Changes.Hearing)
	if n := column(t, app, listeners); n[0] != "1" {
		t.Fatalf("%s connections listen", n[0])
	}
	answer := wait(t, tenant.Owner, app)
	column(t, app, `SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity WHERE application_name LIKE '% listen' AND datname = current_database()`)
	app.Operator(t).Post(t, managed(tenant)+"/suspend", fields{"reason": "a test"}).Status(t, 200)
	expect(t, "a suspended tenant while nothing is heard", answer, time.Now(), 403, "tenant_suspended")

	apptest.Eventually(t, 10*time.Second, app.Changes.Hearing)
	again := app.Tenant(t)
	answer = wait(t, again.Owner, app)
	again.Suspend(t)
	expect(t, "a suspended tenant after the loss", answer, time.Now(), 403, "tenant_suspended")
}

// J6: behind a pooler that passes no notifications, who waits looks for themselves.
func TestJ6_WithoutNotificationsWhoWaitsLooks(t *testing.T) {
	t.Parallel()
	app := apptest.New(t, apptest.WithEnv("DATABASE_POOLER", "transaction"))
	tenant := app.Tenant(t)
	member := tenant.Actor(t, access.Member)
	answer := wait(t, member, app)
	tenant.Owner.Patch(t, "/members/"+member.ID.String(), fields{"role": "viewer"}).Status(t, 200)
	if got := expect(t, "a lowered role", answer, time.Now(), 200, ""); got.body.Role != "viewer" {
		t.Errorf("told of the role %q", got.body.Role)
	}
	answer = wait(t, member, app)
	app.Operator(t).Post(t, managed(tenant)+"/suspend", fields{"reason": "a test"}).Status(t, 200)
	expect(t, "a suspended tenant", answer, time.Now(), 403, "tenant_suspended")
	if app.Changes.Hearing() || column(t, app, listeners)[0] != "0" {
		t.Error("something listens through the pooler")
	}
}

// H1: a graceful stop answers who waits, at once.
func TestH1_WaitingRequestsDoNotDelayAStop(t *testing.T) { //nolint:tparallel // the end of the subtest is the stop
	t.Parallel()
	app := apptest.New(t)
	owner := app.Tenant(t).Owner
	var answer <-chan told
	var stopping time.Time
	t.Run("a replica", func(t *testing.T) {
		replica := app.Replica(t)
		answer = wait(t, owner, replica)
		stopping = time.Now()
	})
	if took := time.Since(stopping); took > 3*time.Second {
		t.Errorf("the stop took %s", took)
	}
	expect(t, "a stop", answer, stopping, 200, "")
}

// A browser that waits more often than it may gets its oldest request answered, and nobody's session disturbs another's.
func TestJ6_ASessionWaitsAFewTimesOnly(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	tenant := app.Tenant(t)
	colleague := wait(t, tenant.Actor(t, access.Member), app)
	oldest := wait(t, tenant.Owner, app)
	var rest []<-chan told
	for range session.WaitsPerSession - 1 {
		rest = append(rest, wait(t, tenant.Owner, app))
	}
	full := app.Changes.Waiting()
	one := time.Now()
	version := known(t, tenant.Owner)
	go func() { _ = tenant.Owner.Get(t, "/tenant/changes?since="+version) }()
	expect(t, "one too many", oldest, one, 200, "")
	for _, other := range append(rest, colleague) {
		select {
		case got := <-other:
			t.Errorf("a younger request was answered: %+v", got)
		default:
		}
	}
	apptest.Eventually(t, 5*time.Second, func() bool { return app.Changes.Waiting() == full })
	tenant.Suspend(t)
	for _, other := range append(rest, colleague) {
		expect(t, "those who wait", other, time.Now(), 403, "tenant_suspended")
	}
	apptest.Eventually(t, 5*time.Second, func() bool { return app.Changes.Waiting() == 0 })
}

// A commit that tells of a change holds up the others that do, so what happens with every request tells of nothing.
func TestChanges_DailyWorkTellsOfNothing(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	var told sync.Map
	hears := make(chan bool, 8)
	go app.DB.Listen(t.Context(), func(now bool) { hears <- now }, func(id uuid.UUID) { told.Store(id, true) })
	<-hears
	tenant := app.Tenant(t)
	tenant.SetPlan(t, "pro")
	has := func(id uuid.UUID) bool { _, ok := told.Load(id); return ok }
	apptest.Eventually(t, 5*time.Second, func() bool { return has(tenant.ID) })
	told.Clear()

	owner := tenant.Owner
	owner.Post(t, "/notes", fields{"title": "x"}).Status(t, 201)
	tenant.SetPlan(t, "pro")
	owner.Do(t, "POST", "/api/v1/session/refresh", fields{"tenant": tenant.Slug}, "Cookie", "session="+owner.Refresh).Status(t, 200)
	tenant.Actor(t, access.Member)
	app.RunJob(t, "platform.sweep")

	end := app.Tenant(t)
	end.Suspend(t)
	apptest.Eventually(t, 5*time.Second, func() bool { return has(end.ID) }) // notifications come in order of commit
	told.Range(func(id, _ any) bool {
		if id != end.ID {
			t.Errorf("told of %s (tenant %s, user %s, session %s)", id, tenant.ID, owner.ID, owner.Session)
		}
		return true
	})
}

// A request that waits in vain ends in time, with what the caller knows already.
func TestJ6_WaitingEndsBeforeTheRequestDoes(t *testing.T) {
	t.Parallel()
	app := apptest.New(t, apptest.WithEnv("REQUEST_TIMEOUT", "2s"))
	owner := app.Tenant(t).Owner
	version := known(t, owner)
	began := time.Now()
	var same struct{ Version string }
	owner.Get(t, "/tenant/changes?since="+version).Status(t, 200).JSON(t, &same)
	if took := time.Since(began); took < time.Second || took > 2*time.Second || same.Version != version {
		t.Errorf("answered %q after %s, known was %q", same.Version, took, version)
	}
}
