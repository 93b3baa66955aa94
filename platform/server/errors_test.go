package server_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"saaskit/platform/access"
	"saaskit/platform/api"
)

// Fb6: a panic is one failed request, on record, and the same connection goes on.
func TestFb6_PanicIsOneFailedRequest(t *testing.T) {
	t.Parallel()
	s := start(t, func(s *setup) {
		s.routes = func(r *api.Router) {
			api.Hook(r, "/panic", func(context.Context, []byte, http.Header) error { panic("in a hook") })
			api.Get(r, "odd", "Panics with an error", "/odd", api.Public(), func(context.Context, *struct{}) (*thingOut, error) {
				panic(http.ErrAbortHandler)
			})
			api.Get(r, "unencodable", "Cannot be encoded", "/unencodable", api.Public(), func(context.Context, *struct{}) (*chanOut, error) {
				return &chanOut{F: badJSON{}}, nil
			})
		}
	})
	for range 3 {
		s.request("GET", "/api/v1/fail/panic", "").want(500, "internal")
		s.request("GET", "/api/v1/odd", "").want(500, "internal")
		s.request("GET", "/api/v1/unencodable", "").want(500, "internal")
		s.request("GET", "/api/v1/fail/nothing", "").want(500, "internal")
		s.request("POST", "/hooks/panic", "").want(500, "internal")
		s.request("GET", "/api/v1/things", "", as(tokenOf(access.Owner))).want(200, "")
	}
	logs := s.logs.String()
	if !strings.Contains(logs, "errors_test.go") || !strings.Contains(logs, `"msg":"panic"`) {
		t.Error("the panic is not on record with its stack")
	}
}

type chanOut struct {
	F badJSON `json:"f"`
}

type badJSON struct{}

func (badJSON) MarshalJSON() ([]byte, error) { return nil, errors.New("hunter2") }

// L2: an error's text stays inside; the client gets a code and the id under which the log has the rest.
func TestL2_InternalErrorsStayInside(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, how := range []string{"plain", "panic", "nothing"} {
		a := s.request("GET", "/api/v1/fail/"+how, "").want(500, "internal")
		for _, secret := range []string{"hunter2", "secret_table", "pq:", ".go", "goroutine", "fiber", "returned neither"} {
			if strings.Contains(a.body, secret) || strings.Contains(fmt.Sprint(a.header), secret) {
				t.Errorf("%s: the answer shows %q: %s", how, secret, a.body)
			}
		}
		if !strings.Contains(s.logs.String(), a.problem().RequestID) {
			t.Errorf("%s: the log does not know request %s", how, a.problem().RequestID)
		}
	}
	if !strings.Contains(s.logs.String(), "secret_table") {
		t.Error("the cause is not in the log")
	}
	s.request("GET", "/api/v1/fail/other", "").want(409, "taken")
}

// L2: rejected values are not repeated: they may be passwords.
func TestL2_RejectedValuesAreNotRepeated(t *testing.T) {
	t.Parallel()
	s := start(t)
	owner := as(tokenOf(access.Owner))
	const canary = "hunter2-CANARY"
	long := canary + strings.Repeat("x", 50)
	for _, body := range []string{
		`{"name":"` + long + `"}`, `{"name":{"a":"` + canary + `"}}`, `{"name":["` + canary + `"]}`, `"` + canary + `"`, `["` + canary + `"]`, canary,
		`{"name":"x","owner":"` + canary + `"}`, `{"name":"x","owner":"urn:` + canary + `"}`, `{"name":"x","mail":"` + canary + ` <a"}`, `{"name":"x","mail":"a@b, ` + canary + `@c"}`,
		`{"name":"x","count":"` + canary + `"}`, `{"name":"x","count":99999999999999999999}`, `{"name":"x","tags":"` + canary + `"}`, `{"name":"x","` + canary + `:<b>":1}`,
	} {
		a := s.request("POST", "/api/v1/things", body, owner)
		if a.status != 422 && a.status != 400 {
			t.Errorf("%s: %d %s", body, a.status, a.body)
		}
		if strings.Contains(a.body, "hunter2") || strings.Contains(a.body, "99999") {
			t.Errorf("%s is repeated: %s", body, a.body)
		}
		if a.status == 422 && (len(a.problem().Errors) == 0 || !strings.HasPrefix(a.problem().Errors[0].Location, "body")) {
			t.Errorf("%s: no location: %s", body, a.body)
		}
	}
	for _, query := range []string{"limit=" + canary, "owner=" + canary, "owner=urn:uuid:" + canary, "limit=%zz" + canary} {
		if a := s.request("GET", "/api/v1/things?"+query, "", owner); a.status < 400 || strings.Contains(a.body, "hunter2") {
			t.Errorf("%s: %d %s", query, a.status, a.body)
		}
	}
	for _, path := range []string{"/api/v1/things/" + canary, "/" + canary + ".php", "/api/" + canary} {
		if a := s.request("GET", path, "", owner).want(404, ""); strings.Contains(a.body, "hunter2") {
			t.Errorf("%s is repeated: %s", path, a.body)
		}
	}
	if strings.Contains(s.logs.String(), "hunter2") {
		t.Errorf("the log repeats rejected input:\n%s", s.logs.String())
	}
}

// L1: neither credentials nor input of a request are in the log.
func TestL1_RequestsAreLoggedWithoutSecrets(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.request("POST", "/api/v1/things", `{"name":"canary-body"}`, as(tokenOf(access.Owner)), "Cookie: session=canary-cookie", "X-Anything: canary-header")
	s.request("GET", "/api/v1/things?owner="+alice.String()+"&limit=9", "", as("app.not-a-token.canary-token"), "Referer: https://x/?canary-referer")
	s.request("GET", "/verify?canary-query", "", as("canary-bearer"))
	s.request("GET", "/canary-path.php", "", "User-Agent: canary-agent")
	s.request("POST", "/api/v1/sign-in", `{"name":"canary"}`)
	logs := s.logs.String()
	for _, secret := range []string{"canary", "s3cret", "limit=9", tokenOf(access.Owner)} {
		if strings.Contains(logs, secret) {
			t.Errorf("the log has %q:\n%s", secret, logs)
		}
	}
	for _, want := range []string{`"operation":"things-create"`, `"route":"/api/v1/things"`, `"status":201`, `"tenant_id":"` + acme.String() + `"`, `"actor_id":"` + alice.String() + `"`} {
		if !strings.Contains(logs, want) {
			t.Errorf("the log lacks %s", want)
		}
	}
}
