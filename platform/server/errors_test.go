package server_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"saaskit/platform/access"
	"saaskit/platform/api"
	"saaskit/platform/fault"
	"saaskit/platform/observe"
	"saaskit/platform/token"
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

// L3: whatever is logged stays one record on one line.
func TestL3_LogRecordsStayWhole(t *testing.T) {
	t.Parallel()
	nasty := "a\r\nlevel=ERROR msg=forged\x1b[31m\",\"level\":\"FORGED\u2028"
	for _, asJSON := range []bool{true, false} {
		out := &lockedBuffer{}
		ctx := access.WithOrigin(context.Background(), access.Origin{RequestID: nasty})
		observe.NewLogger(out, asJSON, slog.LevelInfo).With("a", nasty).ErrorContext(ctx, nasty, nasty, nasty, "error", errors.New(nasty))
		line := strings.TrimSuffix(out.String(), "\n")
		if strings.ContainsAny(line, "\r\n\x1b") {
			t.Errorf("json %v: control characters in %q", asJSON, line)
		}
		if !asJSON {
			continue
		}
		var record map[string]any
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if record["level"] != "ERROR" || record["request_id"] != nasty || !strings.HasSuffix(fmt.Sprint(record["time"]), "Z") {
			t.Errorf("record %v", record)
		}
	}
}

// Z7: when nobody can say who acts, nobody acts.
func TestZ7_FailsClosed(t *testing.T) {
	t.Parallel()
	actor := access.Actor{Kind: access.User, ID: alice, Session: session, Tenant: acme, Role: access.Owner}
	returns := func(change func(*access.Actor)) api.ActorFunc {
		a := actor
		change(&a)
		return func(context.Context, token.Claims) (access.Actor, error) { return a, nil }
	}
	for name, test := range map[string]struct {
		actor  api.ActorFunc
		status int
	}{
		"no function":   {nil, 500},
		"store is down": {func(context.Context, token.Claims) (access.Actor, error) { return actor, io.ErrUnexpectedEOF }, 500},
		"store is unavailable": {func(context.Context, token.Claims) (access.Actor, error) {
			return actor, fault.New(fault.Unavailable, "unavailable", "No.")
		}, 503},
		"session is over": {func(context.Context, token.Claims) (access.Actor, error) {
			return actor, fault.New(fault.Unauthenticated, "session_expired", "No.")
		}, 401},
		"panic":           {func(context.Context, token.Claims) (access.Actor, error) { panic("no") }, 500},
		"nobody":          {returns(func(a *access.Actor) { *a = access.Actor{} }), 401},
		"no id":           {returns(func(a *access.Actor) { a.ID = [16]byte{} }), 401},
		"somebody else":   {returns(func(a *access.Actor) { a.ID = acme }), 401},
		"an operator":     {returns(func(a *access.Actor) { a.Kind = access.Operator }), 401},
		"a job":           {returns(func(a *access.Actor) { a.Kind = access.Job }), 401},
		"another session": {returns(func(a *access.Actor) { a.Session = acme }), 401},
		"another tenant":  {returns(func(a *access.Actor) { a.Tenant = alice }), 401},
		"no tenant":       {returns(func(a *access.Actor) { a.Tenant = [16]byte{} }), 403},
		"suspended":       {returns(func(a *access.Actor) { a.Suspended = true }), 403},
		"no role":         {returns(func(a *access.Actor) { a.Role = "" }), 403},
		"unknown role":    {returns(func(a *access.Actor) { a.Role = "root" }), 403},
		"fine":            {returns(func(*access.Actor) {}), 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, func(s *setup) { s.api.Actors = api.Actors{api.AudienceApp: test.actor} })
			s.request("GET", "/api/v1/things", "", as(tokenOf(access.Owner))).want(test.status, "")
		})
	}
	none := start(t, func(s *setup) { s.api.Verify = nil })
	none.request("GET", "/api/v1/things", "", as(tokenOf(access.Owner))).want(500, "internal")
	wrong := start(t, func(s *setup) {
		s.api.Verify = func(context.Context, string, ...string) (token.Claims, error) {
			return token.Claims{Subject: alice, Session: session, Tenant: acme, Audience: api.AudienceOperator}, nil
		}
	})
	wrong.request("GET", "/api/v1/things", "", as("x")).want(401, "invalid_token")
}

// J5: a bearer that is no token of ours costs next to nothing, and a public route does not look at it.
func TestJ5_HugeBearer(t *testing.T) {
	t.Parallel()
	verified := 0
	s := start(t, func(s *setup) {
		s.api.Verify = func(context.Context, string, ...string) (token.Claims, error) {
			verified++
			return token.Claims{}, fault.New(fault.Unauthenticated, "invalid_token", "No.")
		}
	})
	s.request("GET", "/healthz", "")
	for _, header := range []string{
		strings.Repeat(".", 8000), strings.Repeat("a", 4097), "", " ", "x y",
	} {
		began := time.Now()
		a := s.request("GET", "/api/v1/me", "", "Authorization: Bearer "+header).want(401, "")
		if took := time.Since(began); took > 250*time.Millisecond {
			t.Errorf("%d bytes took %v", len(header), took)
		}
		if got := a.header.Get("WWW-Authenticate"); got != `Bearer error="invalid_token"` {
			t.Errorf("WWW-Authenticate %q", got)
		}
	}
	for _, scheme := range []string{"Basic YTpi", "Bearer", "bearerx y", "Digest a"} {
		s.request("GET", "/api/v1/me", "", "Authorization: "+scheme).want(401, "invalid_token")
	}
	if got := s.request("GET", "/api/v1/me", "").want(401, "unauthenticated").header.Get("WWW-Authenticate"); got != "Bearer" {
		t.Errorf("WWW-Authenticate %q", got)
	}
	s.request("POST", "/api/v1/sign-in", `{"name":"x"}`, as("rubbish")).want(204, "")
	if verified > 1 {
		t.Errorf("%d tokens were verified", verified)
	}
	if res := rawRequest(t, s, "GET /api/v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "+strings.Repeat(".", 1<<20)+"\r\n\r\n"); res.StatusCode != 431 {
		t.Errorf("a megabyte of bearer: %d", res.StatusCode)
	}
}
