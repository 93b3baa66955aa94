package oidc

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// redeem exchanges the code of a request at the token endpoint. The second result is the error code of OAuth; "" for none.
func (e *Emulator) redeem(r *http.Request, provider string) (grant, string) {
	if !e.knowsClient(r) {
		return grant{}, "invalid_client"
	}
	lenient := e.does(provider, ReusableCodes)
	code := r.PostFormValue("code")
	e.mu.Lock()
	g, known := e.codes[code]
	if !lenient {
		delete(e.codes, code)
	}
	e.mu.Unlock()
	switch {
	case !known || g.provider != provider || e.now().After(g.expires):
		return grant{}, "invalid_grant"
	case g.redirect != r.PostFormValue("redirect_uri"):
		return grant{}, "invalid_grant"
	case !lenient && g.challenge != "" && g.challenge != challenge(r.PostFormValue("code_verifier")):
		return grant{}, "invalid_grant"
	}
	return g, ""
}

func challenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func (e *Emulator) knowsClient(r *http.Request) bool {
	id, secret := r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	if user, password, basic := r.BasicAuth(); basic {
		id, _ = url.QueryUnescape(user)
		secret, _ = url.QueryUnescape(password)
	}
	return id == e.ClientID && subtle.ConstantTimeCompare([]byte(secret), []byte(e.ClientSecret)) == 1
}

// remember returns an access token for the grant.
func (e *Emulator) remember(g grant) string {
	token := rand.Text() + rand.Text()
	e.mu.Lock()
	defer e.mu.Unlock()
	e.tokens[token] = g
	return token
}

// bearer is the grant of the request's access token.
func (e *Emulator) bearer(r *http.Request, provider string) (grant, bool) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	e.mu.Lock()
	defer e.mu.Unlock()
	g, known := e.tokens[token]
	return g, known && g.provider == provider && strings.EqualFold(scheme, "bearer")
}

// claims are those of an honest ID token, changed as the provider is told to.
func (e *Emulator) claims(g grant, accessToken string) map[string]any {
	now := e.now()
	half := sha256.Sum256([]byte(accessToken))
	c := map[string]any{
		"iss": e.Issuer(g.provider), "sub": g.person.subject(g.provider), "aud": e.ClientID, "nonce": g.nonce,
		"iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(), "auth_time": g.provedAt.Unix(),
		"at_hash": base64.RawURLEncoding.EncodeToString(half[:16]),
		"email":   g.person.Email, "email_verified": !g.person.Unverified, "name": g.person.Name,
	}
	change := map[Fault]func(){
		WrongIssuer:    func() { c["iss"] = "https://attacker.example" },
		WrongAudience:  func() { c["aud"] = "another-client" },
		ManyAudiences:  func() { c["aud"] = []string{e.ClientID, "another-client"} },
		WrongParty:     func() { c["aud"], c["azp"] = []string{e.ClientID, "another-client"}, "another-client" },
		NoExpiry:       func() { delete(c, "exp") },
		Expired:        func() { c["exp"] = now.Add(-time.Minute).Unix() },
		WrongNonce:     func() { c["nonce"] = "another-nonce" },
		NoNonce:        func() { delete(c, "nonce") },
		EmptySubject:   func() { c["sub"] = "" },
		ZeroSubject:    func() { c["sub"] = "0" },
		NumberSubject:  func() { c["sub"] = 0 },
		OtherToken:     func() { c["at_hash"] = "AAAAAAAAAAAAAAAAAAAAAA" },
		StaleProof:     func() { c["auth_time"] = now.Add(-24 * time.Hour).Unix() },
		EmailElsewhere: func() { delete(c, "email") },
		OtherPerson:    func() { delete(c, "email") },
	}
	for fault, apply := range change {
		if e.does(g.provider, fault) {
			apply()
		}
	}
	return c
}

// idToken signs the claims, or pretends to.
func (e *Emulator) idToken(g grant, accessToken string) string {
	c := e.claims(g, accessToken)
	switch {
	case e.does(g.provider, AlgNone):
		return encode(map[string]any{"alg": "none"}) + "." + encode(c) + "."
	case e.does(g.provider, ClientSecret):
		return symmetric(c, []byte(e.ClientSecret))
	case e.does(g.provider, PublicKey):
		return symmetric(c, publicPEM())
	case e.does(g.provider, ForeignKey):
		return signed(c, foreignKey())
	}
	return signed(c, providerKey())
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a client that left needs no answer
}
