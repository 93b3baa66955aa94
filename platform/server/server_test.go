package server_test

import (
	"context"
	"strings"
	"testing"

	"saaskit/platform/access"
	"saaskit/platform/api"
	"saaskit/platform/fault"
	"saaskit/platform/token"
)

func TestOperations(t *testing.T) {
	t.Parallel()
	s := start(t)
	owner := as(tokenOf(access.Owner))
	s.request("GET", "/api/v1/things", "").want(401, "unauthenticated")
	if a := s.request("GET", "/api/v1/things?limit=7", "", owner).want(200, ""); a.body != `{"items":[],"limit":7}` {
		t.Errorf("body %s", a.body)
	}
	a := s.request("POST", "/api/v1/things", `{"name":"x"}`, owner).want(201, "")
	if got := a.header.Get("Location"); got != "/api/v1/things/"+thing.String() {
		t.Errorf("location %q", got)
	}
	s.request("DELETE", "/api/v1/things/"+thing.String(), "", owner).want(204, "")
	s.request("GET", "/api/v1/things/"+thing.String(), "", owner).want(200, "")
	s.request("GET", "/api/v1/admin", "", owner).want(401, "invalid_token")
	s.request("GET", "/api/v1/admin", "", as("operator."+alice.String())).want(200, "")
	s.request("POST", "/api/v1/things", `{"name":"x"}`, owner, "Cookie: role=member").want(403, "forbidden")
	s.request("GET", "/api/v1/me", "", as("app."+alice.String())).want(200, "")
	s.request("GET", "/api/v1/things", "", as("app."+alice.String())).want(403, "tenant_required")
	in := s.request("POST", "/api/v1/sign-in", `{"name":"x"}`).want(204, "")
	if got := in.header.Get("Set-Cookie"); got != "session=s3cret; Path=/; HttpOnly" {
		t.Errorf("cookie %q", got)
	}
	s.request("POST", "/hooks/provider", `{"a":1}`, "Signature: good").want(200, "")
	s.request("POST", "/hooks/provider", `{"a":1}`).want(400, "bad_signature")
	if a := s.request("HEAD", "/api/v1/things", "", owner).want(200, ""); a.body != "" {
		t.Errorf("HEAD has a body: %q", a.body)
	}
	if a := s.request("GET", "/api/openapi.json", "").want(200, ""); a.header.Get("Content-Type") != "application/json" {
		t.Errorf("document: %v", a.header)
	}
	if got := s.request("PUT", "/api/v1/things", "").want(405, "method_not_allowed").header.Values("Allow"); len(got) == 0 {
		t.Error("405 without Allow")
	}
	s.request("GET", "/api/v1/nothing", "").want(404, "not_found")
}

// A problem that an operation does not document is answered all the same, and the log says so.
func TestUndocumentedProblems(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.request("GET", "/api/v1/fail/plain", "").want(500, "internal")
	s.request("POST", "/api/v1/things", `{}`, as(tokenOf(access.Owner))).want(422, "invalid_input")
	if logs := s.logs.String(); strings.Contains(logs, "undocumented") {
		t.Errorf("documented problems are called undocumented:\n%s", logs)
	}
	s.request("GET", "/api/v1/fail/other", "").want(409, "taken")
	if logs := s.logs.String(); !strings.Contains(logs, `"code":"taken","undocumented":true`) {
		t.Errorf("the log does not name the undocumented code:\n%s", logs)
	}
}

// A code that is answered before the operation is reached, by whoever tells who acts, must be documented too.
func TestUndocumentedRefusals(t *testing.T) {
	t.Parallel()
	s := start(t, func(s *setup) {
		s.api.Actors = api.Actors{api.AudienceApp: func(context.Context, token.Claims) (access.Actor, error) {
			return access.Actor{}, fault.New(fault.Unauthenticated, "odd_refusal", "No.")
		}}
	})
	s.request("GET", "/api/v1/me", "").want(401, "unauthenticated")
	s.request("POST", "/api/v1/sign-in", "x", "Content-Encoding: br").want(415, "unsupported_encoding")
	if logs := s.logs.String(); strings.Contains(logs, "undocumented") {
		t.Errorf("documented refusals are called undocumented:\n%s", logs)
	}
	s.request("GET", "/api/v1/me", "", as(tokenOf(access.Owner))).want(401, "odd_refusal")
	if logs := s.logs.String(); !strings.Contains(logs, `"code":"odd_refusal","undocumented":true`) {
		t.Errorf("the log does not name the undocumented code:\n%s", logs)
	}
}
