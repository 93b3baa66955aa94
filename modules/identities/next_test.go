package identities_test

import (
	"net/http"
	"strings"
	"testing"

	"saaskit/platform/emulator/oidc"
)

// O7: only pages of this site are handed back; everything that some browser or router reads as another address leads home.
func TestO7_NextStaysOnThisSite(t *testing.T) {
	t.Parallel()
	w := start(t)
	for _, next := range []string{
		"//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "\\evil.example", "https://evil.example", "http:evil.example", "javascript:alert(1)",
		"data:text/html,x", "evil.example", "t/acme", " //evil.example", "/\t/evil.example", "/\n/evil.example", "/%2f/evil.example", "/%2fevil.example", "/%2F%2Fevil.example",
		"/%5cevil.example", "/%255cevil.example", "/%252fevil.example", "/%25252f%25252fevil.example", "/.//evil.example", "/..//evil.example", "/t/..//evil.example", "/t/../../evil",
		"/%2e%2e//evil.example", "/./evil.example", "/%2e/%2fevil.example", "/t//evil.example", "/@evil.example/..//x", "/\u0000", "/%00", "/%0d%0aLocation:x", "/%zz", "/\u2028\\",
		"/" + strings.Repeat("a", 600),
	} {
		if got := w.nextOf(next); got != "" {
			t.Errorf("next %q is handed back as %q", next, got)
		}
	}
	for _, next := range []string{"/", "/t", "/t/acme/notes", "/t/acme/notes?q=a%20b&next=//x#top", "/t/acme/", "/invite"} {
		if got := w.nextOf(next); got != next {
			t.Errorf("next %q is handed back as %q", next, got)
		}
	}
}

// nextOf is what comes back of a page to go on to.
func (w *world) nextOf(next string) string {
	w.t.Helper()
	b := w.browser()
	var started struct{ URL string }
	r := b.Post(w.t, signInAt+oidc.GitHub, fields{"next": next})
	if r.StatusCode == http.StatusUnprocessableEntity {
		return "" // not even read
	}
	r.Status(w.t, 200).JSON(w.t, &started)
	var a arrivalView
	b.bring(b.at(started.URL, somebody("ada"))).Status(w.t, 200).JSON(w.t, &a)
	return a.Next
}
