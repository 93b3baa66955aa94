// Package oidc is a set of identity providers on this machine, so that signing in with Google, GitHub and another OpenID provider can be tried and tested without an account anywhere.
//
// Two of them speak OpenID Connect, one speaks GitHub's OAuth and the part of GitHub's API that says who somebody is. A page asks who you
// want to be. For tests, each can be told to misbehave.
package oidc

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"saaskit/platform/emulator/web"
)

// The providers, named as in the product's configuration.
const (
	Google = "google"
	GitHub = "github"
	Custom = "oidc"
)

// names are what the pages call the providers.
var names = map[string]string{Google: "Google", GitHub: "GitHub", Custom: "Example SSO"}

// Options say where the emulator listens and whom it offers.
type Options struct {
	Addr   string           // "" is a free port of 127.0.0.1
	People []Person         // offered on the page, besides typing somebody else
	Now    func() time.Time // nil is time.Now
	Log    *slog.Logger     // nil is silent
}

// Emulator is the running providers. All methods are safe for concurrent use.
type Emulator struct {
	// ClientID and ClientSecret are those of the one client that every provider knows.
	ClientID, ClientSecret string

	people []Person
	now    func() time.Time
	server *web.Server
	ended  context.Context //nolint:containedctx // ends requests that hang on purpose
	end    context.CancelFunc

	mu     sync.Mutex // guards what follows
	codes  map[string]grant
	tokens map[string]grant // by access token
	faults map[string][]Fault
}

// Start listens and serves until Stop.
func Start(o Options) (*Emulator, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	server, err := web.Listen(o.Addr)
	if err != nil {
		return nil, fmt.Errorf("listen for the identity providers: %w", err)
	}
	e := &Emulator{
		ClientID: "saaskit-local", ClientSecret: rand.Text() + rand.Text(),
		people: o.People, now: o.Now, server: server,
		codes: map[string]grant{}, tokens: map[string]grant{}, faults: map[string][]Fault{},
	}
	e.ended, e.end = context.WithCancel(context.Background())
	server.Serve(e.routes(), o.Log)
	return e, nil
}

// URL is where all of them are, without a slash at the end.
func (e *Emulator) URL() string { return e.server.URL() }

// Issuer is the address of one provider, which is also what it calls itself.
func (e *Emulator) Issuer(provider string) string { return e.URL() + "/" + provider }

// Environ is the product's configuration that makes it use these providers.
func (e *Emulator) Environ() map[string]string {
	return map[string]string{
		"GOOGLE_ISSUER": e.Issuer(Google), "GOOGLE_CLIENT_ID": e.ClientID, "GOOGLE_CLIENT_SECRET": e.ClientSecret,
		"GITHUB_URL": e.Issuer(GitHub), "GITHUB_CLIENT_ID": e.ClientID, "GITHUB_CLIENT_SECRET": e.ClientSecret,
		"OIDC_ISSUER": e.Issuer(Custom), "OIDC_CLIENT_ID": e.ClientID, "OIDC_CLIENT_SECRET": e.ClientSecret, "OIDC_NAME": names[Custom],
	}
}

// Stop ends serving.
func (e *Emulator) Stop() {
	e.end()
	e.server.Stop()
}

func (e *Emulator) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", showIndex)
	mux.HandleFunc("GET /pages/style.css", pages.ServeStyle)
	for _, provider := range []string{Google, Custom} {
		e.serveOpenID(mux, provider)
	}
	e.serveGitHub(mux)
	return mux
}

// handle adds an address of a provider, which fails as the provider is told to.
func (e *Emulator) handle(mux *http.ServeMux, method, provider, path string, h http.HandlerFunc) {
	mux.HandleFunc(method+" /"+provider+path, func(w http.ResponseWriter, r *http.Request) {
		if !e.fails(w, r, provider) {
			h(w, r)
		}
	})
}
