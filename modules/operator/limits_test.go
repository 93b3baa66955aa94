package operator_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"saaskit/modules/apptest"
)

// R1: what mails owners, spends a session or hashes a password is bounded by account too, whatever address it comes from.
func TestR1_LimitsByTenant(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant, other := app.Tenant(t), app.Tenant(t)
	olga, otto := app.Operator(t), app.Operator(t)
	about := "/operator/tenants/" + tenant.ID.String()
	for range 5 {
		olga.Post(t, about+"/suspend", fields{"reason": "a test"}).Status(t, 200)
		otto.Post(t, about+"/restore", fields{"reason": "a test"}).Status(t, 200)
	}
	olga.Post(t, about+"/suspend", fields{"reason": "a test"}).Problem(t, 429, "rate_limited")
	otto.Post(t, about+"/suspend", fields{"reason": "a test"}).Problem(t, 429, "rate_limited")
	olga.Post(t, "/operator/tenants/"+other.ID.String()+"/suspend", fields{"reason": "a test"}).Status(t, 200)
}

func TestR1_LimitsByOperator(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	olga := app.Operator(t)
	change := func(who *apptest.Actor) *apptest.Response {
		who.Address = apptest.NewAddress()
		return who.Post(t, "/operator/tenants/"+uuid.NewString()+"/suspend", fields{"reason": "a test"})
	}
	for range 60 {
		change(olga).Problem(t, 404, "not_found")
	}
	change(olga).Problem(t, 429, "rate_limited")
	change(app.Operator(t)).Problem(t, 404, "not_found")
}

func TestR1_LimitsByLink(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	set := func(token string) *apptest.Response {
		return app.Anonymous(t).Post(t, "/operator/password", fields{"token": token, "password": goodPassword})
	}
	guess := uuid.NewString()
	for range 20 {
		set(guess).Problem(t, 422, "link_invalid")
	}
	set(guess).Problem(t, 429, "rate_limited")
	set(uuid.NewString()).Problem(t, 422, "link_invalid")
}

func TestR1_LimitsBySession(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	olga := app.Operator(t)
	olga.Token = ""
	cookie := olga.Refresh
	refused := 0
	for range 70 {
		olga.Address = apptest.NewAddress()
		r := olga.Do(t, "POST", "/api/v1/operator/session/refresh", nil, "Cookie", "operator="+cookie)
		switch r.StatusCode {
		case http.StatusOK:
		case http.StatusTooManyRequests:
			r.Problem(t, 429, "rate_limited")
			refused++
		default:
			t.Fatalf("%d %s", r.StatusCode, r.Body)
		}
		if len(r.Cookies) != 1 || r.Cookies[0].Value == "" {
			t.Fatalf("the session is lost: %+v", r.Cookies)
		}
		cookie = r.Cookies[0].Value
	}
	if refused == 0 || refused > 10 {
		t.Errorf("%d of 70 refreshes were refused", refused)
	}
}

// S1: an answer that refuses a refresh says nothing about the cookie: by now the browser may hold a newer one.
func TestS1_ARefusedRefreshLeavesTheCookie(t *testing.T) {
	t.Parallel()
	nobody := apptest.Shared(t).Anonymous(t)
	for path, cookie := range map[string]string{"/session/refresh": "session", "/operator/session/refresh": "operator"} {
		var body any
		if cookie == "session" {
			body = fields{"tenant": ""}
		}
		r := nobody.Do(t, "POST", "/api/v1"+path, body, "Cookie", cookie+"="+strings.Repeat("x", 43))
		r.Problem(t, 401, "session_expired")
		if len(r.Cookies) != 0 {
			t.Errorf("%s: %+v", path, r.Cookies)
		}
	}
}
