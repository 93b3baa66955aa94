package server_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"saaskit/platform/access"
	"saaskit/platform/api"
	"saaskit/platform/fault"
	"saaskit/platform/token"
)

// Z7: when nobody can say who acts, nobody acts.
func TestZ7_FailsClosed(t *testing.T) {
	t.Parallel()
	actor := access.Actor{Kind: access.User, ID: alice, Session: session, Tenant: acme, Role: access.Owner, Permissions: permissions.Of(access.Owner)}
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
		"no role":         {returns(func(a *access.Actor) { a.Permissions = access.Set{} }), 403},
		"unknown role":    {returns(func(a *access.Actor) { a.Permissions = access.NewSet("things:rea", "things:write ") }), 403},
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
		strings.Repeat(".", 6000), strings.Repeat("a", 4097), "", " ", "x y",
	} {
		a := s.request("GET", "/api/v1/me", "", "Authorization: Bearer "+header).want(401, "")
		fastest := time.Hour // of some: the machine may be busy
		for range 10 {
			began := time.Now()
			s.request("GET", "/api/v1/me", "", "Authorization: Bearer "+header)
			fastest = min(fastest, time.Since(began))
		}
		if fastest > 5*time.Millisecond {
			t.Errorf("%d bytes took %v", len(header), fastest)
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
	if verified > 11 {
		t.Errorf("%d tokens were verified", verified)
	}
	if status, _ := rawRequest(t, s, "GET /api/v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "+strings.Repeat(".", 1<<20)+"\r\n\r\n"); status != 431 {
		t.Errorf("a megabyte of bearer: %d", status)
	}
}
