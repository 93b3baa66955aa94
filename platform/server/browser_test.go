package server_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"saaskit/platform/access"
	"saaskit/platform/api"
	"saaskit/platform/limit"
)

// W1: what a browser sends for another site changes nothing, with live credentials or without.
func TestW1_CrossSiteRequestsAreRefused(t *testing.T) {
	t.Parallel()
	s := start(t)
	owner := as(tokenOf(access.Owner))
	for _, target := range []struct{ method, path string }{
		{"POST", "/api/v1/things"}, {"POST", "/api/v1/sign-in"}, {"DELETE", "/api/v1/things/" + thing.String()},
		{"PATCH", "/api/v1/things/" + thing.String()}, {"POST", "/api/v1/unknown"}, {"POST", "/elsewhere"},
	} {
		for _, header := range []string{
			"Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site", "Sec-Fetch-Site: anything", "Origin: https://evil.example",
			"Origin: null", "Origin: http://app.example.com", "Origin: https://app.example.com.evil.example", "Origin: https://app.example.com:444",
			"Origin: https://APP.example.com", "Origin: ",
		} {
			a := s.request(target.method, target.path, `{"name":"x"}`, owner, "Cookie: session=live", header)
			if a.status != 403 || a.problem().Code != "cross_site" {
				t.Errorf("%s %s with %s: %d %s", target.method, target.path, header, a.status, a.body)
			}
			if got := a.header.Get("Set-Cookie"); got != "" {
				t.Errorf("%s %s with %s sets %q", target.method, target.path, header, got)
			}
		}
	}
	for _, headers := range [][]string{
		{"Sec-Fetch-Site: same-origin", "Origin: " + baseURL}, {"Sec-Fetch-Site: none"}, {"Origin: " + baseURL}, {},
	} {
		s.request("POST", "/api/v1/things", `{"name":"x"}`, append(headers, owner)...).want(201, "")
	}
	s.request("GET", "/api/v1/things", "", owner, "Sec-Fetch-Site: cross-site").want(200, "")
}

// W1: a form cannot speak JSON, and no header turns a method into another.
func TestW1_OnlyJSONBodies(t *testing.T) {
	t.Parallel()
	s := start(t)
	owner := as(tokenOf(access.Owner))
	for _, contentType := range []string{
		"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "text/json", "application/json; charset=utf-7",
		"application/jsonx", "application/problem+json", "application/json, text/plain", "text/plain; a=application/json",
	} {
		s.request("POST", "/api/v1/things", `{"name":"x"}`, owner, "Content-Type: "+contentType).want(415, "unsupported_media_type")
		s.request("DELETE", "/api/v1/things/"+thing.String(), `{"name":"x"}`, owner, "Content-Type: "+contentType).want(415, "unsupported_media_type")
	}
	s.request("POST", "/api/v1/things", `{"name":"x"}`, owner, "Content-Type: Application/JSON; charset=UTF-8").want(201, "")
	s.request("POST", "/api/v1/things", `{"name":"x"}`, owner, "Content-Encoding: gzip").want(415, "unsupported_encoding")
	s.request("POST", "/api/v1/things", `name=x&_method=DELETE`, owner, "Content-Type: application/json").want(400, "malformed_body")
	for _, name := range []string{"X-Http-Method-Override", "X-Method-Override", "X-Http-Method"} {
		s.request("GET", "/api/v1/things/"+thing.String()+"?_method=DELETE", "", owner, name+": DELETE").want(422, "invalid_input")
		s.request("GET", "/api/v1/things/"+thing.String(), "", owner, name+": DELETE").want(200, "")
	}
}

// W3: no origin is ever allowed to read, and caches know that answers are per origin.
func TestW3_NoOriginIsAllowed(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, origin := range []string{baseURL, "https://evil.example", "null", baseURL + ".evil.example", "http://app.example.com"} {
		for _, method := range []string{"GET", "OPTIONS", "POST", "HEAD"} {
			for _, path := range []string{"/api/v1/things", "/api/v1/sign-in", "/", "/api/openapi.json", "/healthz"} {
				a := s.request(method, path, "", "Origin: "+origin, "Access-Control-Request-Method: DELETE", "Access-Control-Request-Headers: authorization")
				for name := range a.header {
					if strings.HasPrefix(name, "Access-Control-") {
						t.Errorf("%s %s from %s answers with %s", method, path, origin, name)
					}
				}
				if !strings.Contains(strings.Join(a.header.Values("Vary"), ","), "Origin") {
					t.Errorf("%s %s: Vary %q", method, path, a.header.Values("Vary"))
				}
			}
		}
	}
}

const wantCSP = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; " +
	"manifest-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"

func checkHeaders(t *testing.T, what string, h http.Header) {
	t.Helper()
	for name, want := range map[string]string{
		"Content-Security-Policy": wantCSP, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
		"Cross-Origin-Opener-Policy": "same-origin", "X-Frame-Options": "DENY", "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
	} {
		if got := h.Values(name); len(got) != 1 || got[0] != want {
			t.Errorf("%s: %s is %q", what, name, got)
		}
	}
	if h.Get("X-Request-Id") == "" || h.Get("Server") != "" {
		t.Errorf("%s: request id %q, server %q", what, h.Get("X-Request-Id"), h.Get("Server"))
	}
	if h.Get("Cache-Control") == "" {
		t.Errorf("%s: no Cache-Control", what)
	}
}

// W5: every answer carries the security headers, also those that never reach a route.
func TestW5_HeadersOnEveryAnswer(t *testing.T) {
	t.Parallel()
	s := start(t, func(s *setup) {
		s.api.Take = func(_ context.Context, r limit.Rate, _ string, _ int) (limit.State, error) {
			return limit.State{Rate: limit.Rate{Name: "narrow", Count: 5, Per: time.Minute}, Reset: 1500 * time.Millisecond}, limit.ErrLimited.After(1500 * time.Millisecond)
		}
		s.api.Spend = func(_ context.Context, actor access.Actor) ([]limit.State, error) {
			return []limit.State{{Rate: limit.Rate{Name: "user", Count: 100, Per: time.Minute}, Remaining: 99, Reset: time.Second}}, nil
		}
	})
	owner := as(tokenOf(access.Owner))
	for want, c := range map[int]struct{ method, path, body string }{
		200: {"GET", "/api/v1/things", ""}, 201: {"POST", "/api/v1/things", `{"name":"x"}`}, 204: {"DELETE", "/api/v1/things/" + thing.String(), ""},
		400: {"POST", "/api/v1/things", "{"}, 404: {"GET", "/api/v1/none", ""}, 405: {"PUT", "/api/v1/things", ""},
		409: {"GET", "/api/v1/fail/other", ""}, 413: {"POST", "/api/v1/things", strings.Repeat("x", 2<<20)}, 422: {"POST", "/api/v1/things", "{}"},
		429: {"POST", "/api/v1/sign-in", `{"name":"x"}`}, 500: {"GET", "/api/v1/fail/panic", ""},
	} {
		a := s.request(c.method, c.path, c.body, owner).want(want, "")
		checkHeaders(t, fmt.Sprint(want), a.header)
		if got := a.header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("%d: Cache-Control %q", want, got)
		}
		limits := a.header.Get("RateLimit-Policy") + " " + a.header.Get("RateLimit")
		if want == 429 && (a.header.Get("Retry-After") != "2" || limits != `"narrow";q=5;w=60 "narrow";r=0;t=2`) {
			t.Errorf("Retry-After %q, %s", a.header.Get("Retry-After"), limits)
		}
		if want == 200 && limits != `"user";q=100;w=60 "user";r=99;t=1` {
			t.Errorf("limits: %s", limits)
		}
	}
	for _, path := range []string{"/", "/t/acme/notes", "/favicon.svg", "/assets/main-abc123.js", "/api/docs", "/healthz", "/readyz", "/assets/none.js"} {
		checkHeaders(t, path, s.request("GET", path, "").header)
	}
	for what, raw := range map[string]string{
		"unknown method": "BREW / HTTP/1.1\r\nHost: x\r\n\r\n", "no HTTP": "hello\r\n\r\n", "long header": "GET / HTTP/1.1\r\nHost: x\r\nA: " + strings.Repeat("a", 40<<10) + "\r\n\r\n",
		"bad length": "POST /api/v1/things HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
	} {
		_, header := rawRequest(t, s, raw)
		checkHeaders(t, what, header)
		if got := header.Get("Content-Type"); got != "application/problem+json" {
			t.Errorf("%s: content type %q", what, got)
		}
	}
	plain := start(t, func(s *setup) { s.server.BaseURL = "http://localhost:8080" })
	if got := plain.request("GET", "/", "").header.Get("Strict-Transport-Security"); got != "" {
		t.Errorf("HSTS on a plain-http base URL: %q", got)
	}
}

// rawRequest sends bytes and returns the status and the headers of the answer.
func rawRequest(t *testing.T, s *site, raw string) (int, http.Header) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	// The server may answer before it has read everything.
	go func() { _, _ = io.WriteString(conn, raw) }()
	method, _, _ := strings.Cut(raw, " ")
	res, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		t.Fatalf("no answer to %.60q: %v", raw, err)
	}
	_ = res.Body.Close()
	return res.StatusCode, res.Header
}

// Public limits count the client's address, and before anything is decoded.
func TestLimitsComeFirst(t *testing.T) {
	t.Parallel()
	var keys []string
	s := start(t, func(s *setup) {
		s.api.Take = func(_ context.Context, r limit.Rate, key string, _ int) (limit.State, error) {
			keys = append(keys, r.Name+" "+key)
			return limit.State{}, limit.ErrLimited
		}
		s.routes = func(r *api.Router) {
			api.Get(r, "limited", "Limited", "/limited", api.SignedIn().Limit(limit.Rate{Name: "n", Count: 1, Per: time.Hour}),
				func(context.Context, *struct{}) (*thingOut, error) { return &thingOut{}, nil })
		}
	})
	s.request("POST", "/api/v1/sign-in", "not json").want(429, "rate_limited")
	s.request("GET", "/api/v1/limited", "").want(429, "rate_limited")
	if got := strings.Join(keys, ","); got != "sign-in 127.0.0.1,n 127.0.0.1" {
		t.Errorf("keys %s", got)
	}
}
