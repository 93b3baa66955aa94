package oidc

import (
	"net/http"
	"net/url"
)

// serveGitHub adds GitHub's OAuth and the part of its API that says who somebody is, as on a GitHub Enterprise Server.
func (e *Emulator) serveGitHub(mux *http.ServeMux) {
	e.handle(mux, http.MethodGet, GitHub, "/login/oauth/authorize", e.showAuthorize(GitHub))
	e.handle(mux, http.MethodPost, GitHub, "/login/oauth/authorize", e.submitAuthorize(GitHub))
	e.handle(mux, http.MethodPost, GitHub, "/login/oauth/access_token", func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, 1<<16)
		g, code := e.redeem(r, GitHub)
		// GitHub answers 200 also to what it refuses, as a form.
		answer := url.Values{"error": {code}}
		if code == "" {
			answer = url.Values{"access_token": {e.remember(g)}, "token_type": {"bearer"}, "scope": {"read:user,user:email"}}
		}
		w.Header().Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write([]byte(answer.Encode()))
	})
	e.handleAPI(mux, "/user", func(g grant) any {
		number := g.person.number()
		if e.does(GitHub, EmptySubject) || e.does(GitHub, ZeroSubject) {
			number = 0
		}
		return map[string]any{"id": number, "login": g.person.login(), "name": g.person.Name}
	})
	e.handleAPI(mux, "/user/emails", func(g grant) any {
		return []any{
			map[string]any{"email": "another-" + g.person.Email, "primary": false, "verified": true},
			map[string]any{"email": g.person.Email, "primary": true, "verified": !g.person.Unverified},
		}
	})
}

func (e *Emulator) handleAPI(mux *http.ServeMux, path string, body func(grant) any) {
	e.handle(mux, http.MethodGet, GitHub, "/api/v3"+path, func(w http.ResponseWriter, r *http.Request) {
		g, known := e.bearer(r, GitHub)
		if !known {
			writeJSON(w, http.StatusUnauthorized, map[string]any{"message": "Bad credentials"})
			return
		}
		writeJSON(w, http.StatusOK, body(g))
	})
}
