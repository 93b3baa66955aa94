package oidc

import "net/http"

// serveOpenID adds the addresses of a provider of OpenID Connect.
func (e *Emulator) serveOpenID(mux *http.ServeMux, provider string) {
	e.handle(mux, http.MethodGet, provider, "/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		issuer := e.Issuer(provider)
		document := map[string]any{
			"issuer": issuer, "authorization_endpoint": issuer + "/authorize", "token_endpoint": issuer + "/token",
			"userinfo_endpoint": issuer + "/userinfo", "jwks_uri": issuer + "/keys",
			"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
			"id_token_signing_alg_values_supported": []string{"RS256", "HS256", "none"},
			"token_endpoint_auth_methods_supported": []string{"client_secret_basic", "client_secret_post"},
			"code_challenge_methods_supported":      []string{"S256"}, "scopes_supported": []string{"openid", "email", "profile"},
			"authorization_response_iss_parameter_supported": true,
		}
		if e.does(provider, WrongDiscovery) {
			document["issuer"] = "https://attacker.example"
		}
		writeJSON(w, http.StatusOK, document)
	})
	e.handle(mux, http.MethodGet, provider, "/keys", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, http.StatusOK, keySet()) })
	e.handle(mux, http.MethodGet, provider, "/authorize", e.showAuthorize(provider))
	e.handle(mux, http.MethodPost, provider, "/authorize", e.submitAuthorize(provider))
	e.handle(mux, http.MethodPost, provider, "/token", func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, 1<<16)
		g, code := e.redeem(r, provider)
		if code != "" {
			writeJSON(w, http.StatusBadRequest, map[string]any{"error": code})
			return
		}
		token := e.remember(g)
		answer := map[string]any{"access_token": token, "token_type": "Bearer", "expires_in": 300}
		if !e.does(provider, NoIDToken) {
			answer["id_token"] = e.idToken(g, token)
		}
		writeJSON(w, http.StatusOK, answer)
	})
	e.handle(mux, http.MethodGet, provider, "/userinfo", func(w http.ResponseWriter, r *http.Request) {
		g, known := e.bearer(r, provider)
		if !known {
			writeJSON(w, http.StatusUnauthorized, map[string]any{"error": "invalid_token"})
			return
		}
		subject := g.person.subject(provider)
		if e.does(provider, OtherPerson) {
			subject = "somebody-else"
		}
		writeJSON(w, http.StatusOK, map[string]any{
			"sub": subject, "email": g.person.Email, "email_verified": !g.person.Unverified, "name": g.person.Name,
		})
	})
}
