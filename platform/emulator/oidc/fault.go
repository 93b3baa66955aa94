package oidc

import (
	"net/http"
	"slices"
	"strings"
)

// Fault is one way in which a provider misbehaves.
type Fault string

// What a provider can do wrong. The first group is about the ID token, the second about the rest.
const (
	WrongIssuer    Fault = "the ID token names another issuer"
	WrongAudience  Fault = "the ID token is for another client"
	ManyAudiences  Fault = "the ID token is for two clients and does not say for which it was made"
	WrongParty     Fault = "the ID token was made for another client, and names this one too"
	NoExpiry       Fault = "the ID token never expires"
	Expired        Fault = "the ID token has expired"
	AlgNone        Fault = "the ID token is not signed"
	ClientSecret   Fault = "the ID token is signed with the client's secret"
	PublicKey      Fault = "the ID token is signed with the public key as a shared secret"
	ForeignKey     Fault = "the ID token is signed with a key that is not the provider's"
	WrongNonce     Fault = "the ID token has another nonce"
	NoNonce        Fault = "the ID token has no nonce"
	EmptySubject   Fault = "nobody is named: the subject is empty"
	ZeroSubject    Fault = "nobody is named: the subject is zero"
	NumberSubject  Fault = "the subject is a number"
	OtherToken     Fault = "the ID token belongs to another access token"
	StaleProof     Fault = "the person proved themselves yesterday"
	NoIDToken      Fault = "there is no ID token"
	EmailElsewhere Fault = "the address is not in the ID token, only in the userinfo"
	OtherPerson    Fault = "the address is not in the ID token, and the userinfo is about somebody else"

	WrongDiscovery Fault = "the discovery document names another issuer"
	WrongIss       Fault = "the answer in the browser names another issuer"
	NoIss          Fault = "the answer in the browser names no issuer"
	ReusableCodes  Fault = "a code works more than once, and without PKCE"
	Huge           Fault = "answers are endless"
	Failing        Fault = "every answer is the status 500"
	Down           Fault = "connections break"
	Slow           Fault = "answers never come"
)

// Misbehave makes a provider do exactly these things wrong from now on; none makes it right again.
func (e *Emulator) Misbehave(provider string, faults ...Fault) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.faults[provider] = slices.Clone(faults)
}

func (e *Emulator) does(provider string, f Fault) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Contains(e.faults[provider], f)
}

// fails answers the request in place of the provider, if that is told to be out of order.
func (e *Emulator) fails(w http.ResponseWriter, r *http.Request, provider string) bool {
	switch {
	case e.does(provider, Failing):
		http.Error(w, "out of order", http.StatusInternalServerError)
	case e.does(provider, Down):
		panic(http.ErrAbortHandler) // the server breaks the connection
	case e.does(provider, Slow):
		select {
		case <-r.Context().Done():
		case <-e.ended.Done():
		}
	case e.does(provider, Huge):
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"filler":"`))
		for chunk := []byte(strings.Repeat("x", 64<<10)); e.ended.Err() == nil; {
			if _, err := w.Write(chunk); err != nil {
				return true
			}
		}
	default:
		return false
	}
	return true
}
