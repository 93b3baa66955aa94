package server_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"saaskit/platform/access"
	"saaskit/platform/api"
)

// Z2, Fb7: no spelling of an address and no method gets past a rule: what is routed is guarded, everything else is not there.
func TestZ2_PathAndMethodTricks(t *testing.T) {
	t.Parallel()
	s := start(t)
	viewer := []string{as(tokenOf(access.Viewer)), "Cookie: role=viewer"}
	id := thing.String()
	tricks := []string{
		"/api/v1/things/", "/api/v1//things", "//api/v1/things", "/api/v1/./things", "/api/v1/x/../things", "/API/v1/things", "/api/V1/Things", "/api/v1/thing%73",
		"/api/v1/%74hings", "/api/v1%2fthings", "/api/v1%2Fthings", "/api%2fv1/things", "/api/v1/%2e/things", "/api/v1/x/%2e%2e/things", "/api/v1/x/%252e%252e/things",
		"/api/v1/things;a=b", "/api/v1/things%00", "/api/v1/things%20", "/api/v1/things\\", "/api/v1/things..", "/api/v1/things.json", "/api/v1/things%23", "/hooks/../api/v1/things",
		"/api/v1/things/" + id + "/", "/api/v1/things/" + strings.ToUpper(id) + "%00", "/api/v1/things/%7b" + id + "%7d", "/api/v1/things/" + strings.ReplaceAll(id, "-", ""),
		"/api/v1/things/urn:uuid:" + id, "/api/v1/things/" + id + "%2f..", "/api/v1/things/..%2f" + id, "/api/v1/things/" + id + ";x", "http://other/api/v1/things",
	}
	methods := []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "Post"}
	for _, trick := range tricks {
		for _, method := range methods {
			head := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: x\r\n%s\r\n%s\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{\"name\":\"x\"}", method, trick, viewer[0], viewer[1])
			status, _ := rawRequest(t, s, head)
			if strings.Contains(trick, "other") && (method == "GET" || method == "HEAD") {
				continue // an absolute address names the same route, and its own rule decided
			}
			if status < 400 {
				t.Errorf("%s %s: %d", method, trick, status)
			}
		}
	}
	for _, c := range []struct{ method, path string }{
		{"POST", "/api/v1/things"}, {"DELETE", "/api/v1/things/" + id}, {"GET", "/api/v1/admin"}, {"HEAD", "/api/v1/admin"},
		{"OPTIONS", "/api/v1/admin"}, {"PUT", "/api/v1/things"}, {"TRACE", "/api/v1/things"},
	} {
		if a := s.request(c.method, c.path, `{"name":"x"}`, viewer...); a.status < 400 {
			t.Errorf("%s %s: %d %s", c.method, c.path, a.status, a.body)
		}
	}
	s.request("GET", "/api/v1/things", "", viewer...).want(200, "")
	s.request("HEAD", "/api/v1/things/"+id, "", viewer...).want(200, "")
}

// R3: bodies, their depth and their width are bounded, and validation sees what decoding sees.
func TestR3_BodiesAreBounded(t *testing.T) {
	t.Parallel()
	calls := 0
	s := start(t, func(s *setup) {
		s.routes = func(r *api.Router) {
			api.Action(r, "loose", "Takes anything", "/loose", api.Public(), func(_ context.Context, in *struct{ Body map[string]any }) (*thingOut, error) {
				calls++
				return &thingOut{Name: fmt.Sprint(len(in.Body))}, nil
			})
			api.Action(r, "nested", "Takes an object", "/nested", api.Public(), func(_ context.Context, in *struct {
				Body struct {
					In struct {
						Name string `json:"name,omitempty" maxLength:"3"`
						N    int    `json:"n,omitempty"`
					} `json:"in"`
				}
			}) (*thingOut, error) {
				return &thingOut{Name: in.Body.In.Name}, nil
			})
		}
	})
	nested := func(n int) string { return `{"a":` + strings.Repeat("[", n) + strings.Repeat("]", n) + `}` }
	for what, c := range map[string]struct {
		body   string
		status int
		code   string
	}{
		"deep":            {nested(32), 400, "malformed_body"},
		"very deep":       {nested(400_000), 400, "malformed_body"},
		"wide":            {`{"a":[` + strings.Repeat("1,", 10_001) + `1]}`, 400, "malformed_body"},
		"too large":       {`{"a":"` + strings.Repeat("x", 1<<20) + `"}`, 413, "body_too_large"},
		"twice":           {`{"a":1,"b":{"a":1},"a":2}`, 400, "malformed_body"},
		"twice, escaped":  {`{"a":1,"\u0061":2}`, 400, "malformed_body"},
		"trailing":        {`{} {}`, 400, "malformed_body"},
		"invalid UTF-8":   {"{\"a\":\"\xff\"}", 400, "malformed_body"},
		"byte order mark": {"\ufeff{}", 400, "malformed_body"},
		"deep enough":     {nested(31), 200, ""},
		"strings":         {`{"a":"}{\"][,,\\","b":["\\\"","{"],"c":{},"d":[{},{"a":1},{"a":1}],"":null}`, 200, ""},
	} {
		if a := s.request("POST", "/api/v1/loose", c.body); a.status != c.status || c.code != "" && a.problem().Code != c.code {
			t.Errorf("%s: %d %s", what, a.status, a.body)
		}
	}
	if calls != 2 {
		t.Errorf("%d bodies were decoded, want 2", calls)
	}
	for _, smuggled := range []string{`{"in":{"name":"longer than three"},"in":{"n":1}}`, `{"in":{"name":"longer than three","name":null}}`, `{"in":{"name":"ok","Name":"longer than three"}}`, `{"In":{"name":"longer"},"in":{}}`} {
		if a := s.request("POST", "/api/v1/nested", smuggled); a.status < 400 {
			t.Errorf("%s got past validation: %s", smuggled, a.body)
		}
	}
	owner := as(tokenOf(access.Owner))
	s.request("GET", "/api/v1/things?limit=101", "", owner).want(422, "invalid_input")
	s.request("GET", "/api/v1/things?limit=100", "", owner).want(200, "")
	for _, query := range []string{"limit=1&limit=100", "limit=%ff", "limit=%00", "a;limit=1", "owner=%"} {
		s.request("GET", "/api/v1/things?"+query, "", owner).want(400, "malformed_query")
	}
	s.request("GET", "/api/v1/things?unknown=1", "", owner).want(422, "invalid_input")
	unknown := map[string]bool{}
	var many strings.Builder
	for i := range 500 {
		fmt.Fprintf(&many, `"unknown%d":1,`, i)
	}
	for _, e := range s.request("POST", "/api/v1/things", "{"+many.String()+`"name":"x"}`, owner).want(422, "invalid_input").problem().Errors {
		unknown[e.Location] = true
	}
	if len(unknown) == 0 || len(unknown) > 20 {
		t.Errorf("%d errors in one answer", len(unknown))
	}
}

// A request that takes too long is answered as such.
func TestDeadline(t *testing.T) {
	t.Parallel()
	s := start(t, func(s *setup) { s.server.Deadline = 50 * time.Millisecond })
	s.request("GET", "/api/v1/fail/slow", "").want(http.StatusServiceUnavailable, "timeout")
}
