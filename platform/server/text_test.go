package server_test

import (
	"context"
	"strings"
	"testing"

	"saaskit/platform/access"
	"saaskit/platform/api"
)

// R3: NUL is found wherever it stands in a body, and only where it is one.
func TestR3_BodiesHaveNoNUL(t *testing.T) {
	t.Parallel()
	s := start(t, func(s *setup) {
		s.routes = func(r *api.Router) {
			api.Command(r, "loose", "Takes anything", "/loose", api.Public(), func(context.Context, *struct{ Body map[string]any }) error { return nil })
		}
	})
	for body, location := range map[string]string{
		`{"a":"x\u0000"}`:                             "body.a",
		`{"a":{"b":["x","\u0000"]}}`:                  "body.a.b[1]",
		`{"\u0000":1}`:                                "body",
		`{"password":{"a":"\u0000"}}`:                 "body.password.a",
		`{"n":1e999,"a":"\\\u0000"}`:                  "body.a",
		`{"password":"x\u0000y"}`:                     "",
		`{"a":"\\u0000"}`:                             "",
		`{"a":"\u0001\n\t","n":[1,true,null,1.5]}`:    "",
		`{"password":"\u0000","title":"not \\u0000"}`: "",
	} {
		if location == "" {
			s.request("POST", "/api/v1/loose", body).want(204, "")
			continue
		}
		p := s.request("POST", "/api/v1/loose", body).want(422, "invalid_input").problem()
		if len(p.Errors) != 1 || p.Errors[0].Location != location {
			t.Errorf("%s: %+v, want %s", body, p.Errors, location)
		}
	}
}

// R3: the client's name, which the logs of the database keep, has none either.
func TestR3_TheUserAgentHasNoNUL(t *testing.T) {
	t.Parallel()
	agents := make(chan string, 1)
	s := start(t, func(s *setup) {
		s.routes = func(r *api.Router) {
			api.Command(r, "agent", "Notes the agent", "/agent", api.Public(), func(ctx context.Context, _ *struct{}) error {
				agents <- access.OriginFrom(ctx).UserAgent
				return nil
			})
		}
	})
	status, _ := rawRequest(t, s, "POST /api/v1/agent HTTP/1.1\r\nHost: x\r\nUser-Agent: a\x00b\r\nContent-Length: 0\r\n\r\n")
	if status != 204 && status != 400 {
		t.Errorf("status %d", status)
	}
	if status == 204 {
		if agent := <-agents; strings.Contains(agent, "\x00") {
			t.Errorf("agent %q", agent)
		}
	}
}
