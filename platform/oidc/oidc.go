// Package oidc asks outside providers who somebody is: OpenID Connect by discovery, and GitHub, which has OAuth 2 and an API of its own.
//
// A provider is asked only when somebody signs in with it. One that is away makes neither the start nor any other way to sign in fail.
package oidc

import (
	"context"
	"net/http"
	"time"

	"saaskit/platform/config"
	"saaskit/platform/fault"
)

// CallbackPath is the page of the product to which every provider sends people back.
const CallbackPath = "/sign-in/callback"

// The keys of the providers, as they stand in addresses.
const (
	Google = "google"
	GitHub = "github"
	Custom = "oidc"
)

var (
	// ErrUnavailable says that the provider does not answer, or not as it should.
	ErrUnavailable = fault.New(fault.Unavailable, "provider_unavailable", "This provider does not answer right now. Try again, or sign in another way.")
	// ErrAnswer says that the provider's answer does not prove who somebody is.
	ErrAnswer = fault.New(fault.Invalid, "provider_answer_invalid", "The provider's answer could not be verified. Start again.")
)

// Person is who somebody is at a provider. Issuer and Subject together are their identity; an address is not.
type Person struct {
	Issuer   string
	Subject  string // never empty
	Email    string // as the provider writes it; "" when it gives none
	Verified bool   // the provider says that Email is theirs
	Name     string
}

// Question is one person's way to a provider. The three secrets are made anew for each.
type Question struct {
	State    string // comes back with the answer
	Nonce    string // comes back inside the ID token
	Verifier string // of PKCE (RFC 7636)
	Fresh    bool   // the person shall prove themselves anew, although the provider may still know them
}

// Answer is what came back through the browser, and the secrets of its question.
type Answer struct {
	Code     string
	Issuer   string // the parameter iss (RFC 9207); "" when there is none
	Nonce    string
	Verifier string
	Fresh    bool
}

// client is a provider of one kind.
type client interface {
	// address is where the browser goes.
	address(ctx context.Context, q Question) (string, error)
	// person exchanges the answer's code and says who it is about.
	person(ctx context.Context, a Answer) (Person, error)
}

// Provider is a place where people can prove who they are.
type Provider struct {
	Key  string // stable, as in addresses
	Name string // for people
	client
}

// Providers are those that are configured, in the order in which they are offered.
type Providers struct{ all []Provider }

// New returns the providers of the configuration. It asks none of them.
func New(cfg config.Config, now func() time.Time) *Providers {
	return newProviders(cfg, now, httpClient(10*time.Second))
}

func newProviders(cfg config.Config, now func() time.Time, over *http.Client) *Providers {
	back := cfg.BaseURL + CallbackPath
	p := &Providers{}
	if cfg.GoogleClientID != "" {
		d := &discovered{issuer: cfg.GoogleIssuer, id: cfg.GoogleClientID, secret: cfg.GoogleClientSecret, back: back, now: now, http: over}
		// Google takes no max_age and tells no auth_time: the best it does is to ask which account it shall be.
		d.prompt = "select_account"
		p.all = append(p.all, Provider{Key: Google, Name: "Google", client: d})
	}
	if cfg.GitHubClientID != "" {
		p.all = append(p.all, Provider{Key: GitHub, Name: "GitHub", client: newGitHub(cfg, back, over)})
	}
	if cfg.OIDCClientID != "" {
		d := &discovered{issuer: cfg.OIDCIssuer, id: cfg.OIDCClientID, secret: cfg.OIDCClientSecret, back: back, now: now, http: over}
		d.tellsTime = true
		p.all = append(p.all, Provider{Key: Custom, Name: cfg.OIDCName, client: d})
	}
	return p
}

// All lists the providers.
func (p *Providers) All() []Provider { return p.all }

// Find returns the provider with the key, and whether there is one.
func (p *Providers) Find(key string) (Provider, bool) {
	for _, one := range p.all {
		if one.Key == key {
			return one, true
		}
	}
	return Provider{}, false
}

// Address is where the browser has to go to answer the question. ErrUnavailable when the provider cannot be asked.
func (p Provider) Address(ctx context.Context, q Question) (string, error) { return p.address(ctx, q) }

// Person says who the answer is about: ErrAnswer when it proves nobody, ErrUnavailable when the provider does not answer.
func (p Provider) Person(ctx context.Context, a Answer) (Person, error) {
	person, err := p.person(ctx, a)
	if err != nil {
		return Person{}, err
	}
	if err := usable(person.Subject); err != nil {
		return Person{}, ErrAnswer.Wrap(err)
	}
	return person, nil
}
