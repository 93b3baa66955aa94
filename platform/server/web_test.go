package server_test

import (
	"strings"
	"testing"
)

func TestWebFiles(t *testing.T) {
	t.Parallel()
	s := start(t)
	for path, want := range map[string]string{
		"/": "landing", "/terms": "terms", "/api/docs": "docs", "/t/acme/notes": "app", "/sign-in": "app", "/operator": "app", "/apiary": "app",
	} {
		a := s.request("GET", path, "").want(200, "")
		if !strings.HasSuffix(a.body, want) || a.header.Get("Content-Type") != "text/html; charset=utf-8" || a.header.Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: %s %v", path, a.body, a.header)
		}
		if again := s.request("GET", path, "", "If-None-Match: "+a.header.Get("Etag")); again.status != 304 || again.body != "" {
			t.Errorf("%s again: %d %s", path, again.status, again.body)
		}
		head := s.request("HEAD", path, "").want(200, "")
		if head.body != "" || head.header.Get("Content-Length") != a.header.Get("Content-Length") {
			t.Errorf("HEAD %s: %q %v", path, head.body, head.header)
		}
	}
	for encoding, want := range map[string]string{
		"": "console.log(1)", "gzip, deflate, br": "brotli", "gzip": "gzip", "br;q=0, gzip": "gzip", "identity": "console.log(1)", "gzip;q=0.5": "gzip",
	} {
		a := s.request("GET", "/assets/main-abc123.js", "", "Accept-Encoding: "+encoding).want(200, "")
		if a.body != want || a.header.Get("Cache-Control") != "public, max-age=31536000, immutable" || a.header.Get("Content-Type") != "text/javascript; charset=utf-8" {
			t.Errorf("%s: %q %v", encoding, a.body, a.header)
		}
		if !strings.Contains(strings.Join(a.header.Values("Vary"), ","), "Accept-Encoding") {
			t.Errorf("Vary %q", a.header.Values("Vary"))
		}
	}
	if a := s.request("GET", "/favicon.svg", "").want(200, ""); a.header.Get("Content-Type") != "image/svg+xml" {
		t.Errorf("favicon: %v", a.header)
	}
	for _, path := range []string{
		"/api", "/api/", "/api/v1", "/api/v1/none", "/api/docs/", "/api/v2/notes", "/hooks", "/hooks/none", "/.well-known/none", "/assets", "/assets/none.js",
		"/none.js", "/assets/main-abc123.js.br", "/privacy", "/assets/../index.html", "/%2e%2e/etc/passwd.txt",
	} {
		a := s.request("GET", path, "", "Accept: text/html")
		if a.status != 404 || strings.Contains(a.body, "<") {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
	for _, method := range []string{"POST", "PUT", "DELETE"} {
		s.request(method, "/", "").want(404, "not_found")
	}
}

func TestWebMissing(t *testing.T) {
	t.Parallel()
	s := start(t, func(s *setup) { s.server.Web = nil })
	if a := s.request("GET", "/", "").want(200, ""); !strings.Contains(a.body, "./scripts/") {
		t.Errorf("no build: %s", a.body)
	}
	s.request("GET", "/t/acme/notes", "").want(404, "not_found")
	s.request("GET", "/api/v1/none", "").want(404, "not_found")
}
