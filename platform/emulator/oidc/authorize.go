package oidc

import (
	"crypto/rand"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// grant is what a person allowed a client.
type grant struct {
	provider  string
	person    Person
	redirect  string
	nonce     string
	challenge string // of PKCE; "" for none
	provedAt  time.Time
	expires   time.Time
}

var (
	errClient   = errors.New("the client is unknown")
	errRedirect = errors.New("the redirect address is not on this machine")
	errRequest  = errors.New("the request is not one for a code")
	errScope    = errors.New("the scope openid is missing")
	errPKCE     = errors.New("the code challenge must be S256")
)

// check judges what a client sends a browser with.
func (e *Emulator) check(provider string, q url.Values) error {
	back, err := url.Parse(q.Get("redirect_uri"))
	switch {
	case q.Get("client_id") != e.ClientID:
		return errClient
	case err != nil || !local(back):
		return errRedirect
	case provider != GitHub && q.Get("response_type") != "code":
		return errRequest
	case provider != GitHub && !slices.Contains(strings.Fields(q.Get("scope")), "openid"):
		return errScope
	case q.Get("code_challenge") != "" && q.Get("code_challenge_method") != "S256":
		return errPKCE
	}
	return nil
}

func local(u *url.URL) bool {
	ip := net.ParseIP(u.Hostname())
	return (u.Scheme == "http" || u.Scheme == "https") && u.Fragment == "" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
}

// SignIn does what a browser and a person do: it opens the address to which the product sends people, signs in as the person and returns
// the parameters with which the provider sends the browser back.
func (e *Emulator) SignIn(address string, person Person) (url.Values, error) {
	at, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	provider, _, _ := strings.Cut(strings.TrimPrefix(at.Path, "/"), "/")
	if err := e.check(provider, at.Query()); err != nil {
		return nil, err
	}
	back, err := url.Parse(e.approve(provider, at.Query(), person))
	if err != nil {
		return nil, err
	}
	return back.Query(), nil
}

// approve makes a code and returns where the browser goes with it.
func (e *Emulator) approve(provider string, q url.Values, person Person) string {
	code := rand.Text()
	e.mu.Lock()
	e.codes[code] = grant{
		provider: provider, person: person, redirect: q.Get("redirect_uri"), nonce: q.Get("nonce"), challenge: q.Get("code_challenge"),
		provedAt: e.now(), expires: e.now().Add(time.Minute),
	}
	e.mu.Unlock()
	return e.back(provider, q, url.Values{"code": {code}})
}

// back is the redirect address with the answer, the state and, for OpenID providers, the issuer (RFC 9207).
func (e *Emulator) back(provider string, q, answer url.Values) string {
	to, err := url.Parse(q.Get("redirect_uri"))
	if err != nil {
		return "/"
	}
	all := to.Query()
	for name, values := range answer {
		all[name] = values
	}
	if q.Get("state") != "" {
		all.Set("state", q.Get("state"))
	}
	switch {
	case e.does(provider, WrongIss):
		all.Set("iss", "https://attacker.example")
	case provider != GitHub && !e.does(provider, NoIss):
		all.Set("iss", e.Issuer(provider))
	}
	to.RawQuery = all.Encode()
	return to.String()
}

// authorizeView is what the page shows that asks who somebody is.
type authorizeView struct {
	Title, Provider, Query string
	People                 []Person
	Problem                string
	Email, Name            string
}

func (e *Emulator) showAuthorize(provider string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { e.askWho(w, r, provider, http.StatusOK, authorizeView{}) }
}

func (e *Emulator) askWho(w http.ResponseWriter, r *http.Request, provider string, status int, view authorizeView) {
	q := r.URL.Query()
	if err := e.check(provider, q); err != nil {
		message(w, http.StatusBadRequest, "This request cannot be answered", "The app asked in a wrong way: "+err.Error()+".")
		return
	}
	view.Title, view.Provider, view.Query, view.People = "Sign in", names[provider], "?"+q.Encode(), e.people
	pages.Show(w, status, "authorize.html", view, q.Get("redirect_uri"))
}

// submitAuthorize takes the choice of a person, or what somebody typed.
func (e *Emulator) submitAuthorize(provider string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, 1<<16)
		q := r.URL.Query()
		person := Person{Email: strings.TrimSpace(r.PostFormValue("email")), Name: strings.TrimSpace(r.PostFormValue("name")), Unverified: r.PostFormValue("verified") == ""}
		choice, err := strconv.Atoi(r.PostFormValue("person"))
		switch {
		case e.check(provider, q) != nil:
			e.askWho(w, r, provider, http.StatusBadRequest, authorizeView{})
			return
		case r.PostFormValue("cancel") != "":
			http.Redirect(w, r, e.back(provider, q, url.Values{"error": {"access_denied"}}), http.StatusSeeOther) //nolint:gosec // G710: check lets it lead to this machine only
			return
		case err == nil && choice >= 0 && choice < len(e.people):
			person = e.people[choice]
		case !strings.Contains(person.Email, "@"):
			e.askWho(w, r, provider, http.StatusUnprocessableEntity, authorizeView{Problem: "Enter an e-mail address.", Email: person.Email, Name: person.Name})
			return
		}
		http.Redirect(w, r, e.approve(provider, q, person), http.StatusSeeOther) //nolint:gosec // G710: check lets it lead to this machine only
	}
}
