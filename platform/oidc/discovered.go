package oidc

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	goidc "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

const (
	// knownFor is how long a discovery document is believed.
	knownFor = time.Hour
	// patience is how long a provider that failed is not asked again, so that people do not queue for it.
	patience = 3 * time.Second
)

// algorithms are those that an ID token may be signed with. None of them works with the client's secret or without a key.
var algorithms = []string{
	goidc.RS256, goidc.RS384, goidc.RS512, goidc.PS256, goidc.PS384, goidc.PS512, goidc.ES256, goidc.ES384, goidc.ES512, goidc.EdDSA,
}

// discovered is a provider of OpenID Connect.
type discovered struct {
	issuer, id, secret, back string
	prompt                   string // what it is asked for when a proof must be fresh; "" for login
	tellsTime                bool   // it can tell when the person proved themselves, and must for a fresh proof
	now                      func() time.Time
	http                     *http.Client

	mu      sync.Mutex
	known   *endpoints
	knownAt time.Time
	failed  time.Time
	failure error
	asking  chan struct{} // closed when the discovery under way ends; nil when none is
}

// endpoints is what a provider said of itself.
type endpoints struct {
	provider *goidc.Provider
	oauth    oauth2.Config
	verifier *goidc.IDTokenVerifier
	sendsIss bool // it promises the parameter iss (RFC 9207)
}

func (d *discovered) address(ctx context.Context, q Question) (string, error) {
	e, err := d.discover(ctx)
	if err != nil {
		return "", err
	}
	options := []oauth2.AuthCodeOption{goidc.Nonce(q.Nonce), oauth2.S256ChallengeOption(q.Verifier)}
	if q.Fresh {
		prompt := d.prompt
		if prompt == "" {
			prompt = "login"
		}
		options = append(options, oauth2.SetAuthURLParam("prompt", prompt))
		if d.tellsTime {
			options = append(options, oauth2.SetAuthURLParam("max_age", "0"))
		}
	}
	return e.oauth.AuthCodeURL(q.State, options...), nil
}

func (d *discovered) person(ctx context.Context, a Answer) (Person, error) {
	e, err := d.discover(ctx)
	if err != nil {
		return Person{}, err
	}
	if a.Issuer != d.issuer && (a.Issuer != "" || e.sendsIss) {
		return Person{}, ErrAnswer.Wrap(errors.New("the answer comes from another issuer than the one that was asked"))
	}
	ctx = goidc.ClientContext(ctx, d.http)
	tokens, err := e.oauth.Exchange(ctx, a.Code, oauth2.VerifierOption(a.Verifier))
	if err != nil {
		return Person{}, explain("exchange the code", err)
	}
	raw, _ := tokens.Extra("id_token").(string)
	if raw == "" {
		return Person{}, ErrAnswer.Wrap(errors.New("there is no ID token in the answer"))
	}
	idToken, err := e.verifier.Verify(ctx, raw)
	if err != nil {
		return Person{}, explain("verify the ID token", err)
	}
	said, err := d.claims(idToken, tokens.AccessToken, a)
	if err != nil {
		return Person{}, ErrAnswer.Wrap(err)
	}
	person := Person{Issuer: d.issuer, Subject: idToken.Subject, Email: said.Email, Verified: bool(said.EmailVerified), Name: said.Name}
	if person.Email == "" && e.provider.UserInfoEndpoint() != "" {
		return d.more(ctx, e, tokens, person)
	}
	return person, nil
}

// claims checks what the library leaves to its caller: the nonce, for whom the token was made, which access token it belongs to, its age.
func (d *discovered) claims(token *goidc.IDToken, accessToken string, a Answer) (said claims, err error) {
	if err := token.Claims(&said); err != nil {
		return said, errors.New("the claims of the ID token cannot be read")
	}
	switch {
	case a.Nonce == "" || subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(a.Nonce)) != 1:
		return said, errors.New("the ID token has another nonce")
	case len(token.Audience) > 1 && said.AuthorizedParty == "", said.AuthorizedParty != "" && said.AuthorizedParty != d.id:
		return said, errors.New("the ID token was made for another client")
	case token.AccessTokenHash != "" && token.VerifyAccessToken(accessToken) != nil:
		return said, errors.New("the ID token belongs to another access token")
	case a.Fresh && d.tellsTime && d.now().Sub(time.Unix(int64(said.AuthTime), 0)) > freshness:
		return said, errors.New("the person did not prove themselves anew")
	}
	return said, nil
}

// more asks the provider for the address that its ID token does not have.
func (d *discovered) more(ctx context.Context, e *endpoints, tokens *oauth2.Token, person Person) (Person, error) {
	info, err := e.provider.UserInfo(ctx, oauth2.StaticTokenSource(tokens))
	if err != nil {
		return Person{}, explain("ask for the address", err)
	}
	if info.Subject != person.Subject {
		return Person{}, ErrAnswer.Wrap(errors.New("the provider tells about somebody else than the ID token"))
	}
	person.Email, person.Verified = info.Email, info.EmailVerified
	var said claims
	if person.Name == "" && info.Claims(&said) == nil {
		person.Name = said.Name
	}
	return person, nil
}

// discover returns what the provider says of itself. Of many who need it at once, one asks and the others wait. What was known before is
// used on while the provider cannot be asked.
func (d *discovered) discover(ctx context.Context) (*endpoints, error) {
	for {
		d.mu.Lock()
		now := d.now()
		if d.known != nil && now.Sub(d.knownAt) < knownFor {
			defer d.mu.Unlock()
			return d.known, nil
		}
		if d.failure != nil && now.Sub(d.failed) < patience {
			defer d.mu.Unlock()
			return d.known, d.failure
		}
		asking := d.asking
		if asking == nil {
			d.asking = make(chan struct{})
			d.mu.Unlock()
			return d.ask(ctx)
		}
		d.mu.Unlock()
		select {
		case <-asking:
		case <-ctx.Done():
			return nil, ErrUnavailable.Wrap(ctx.Err())
		}
	}
}

func (d *discovered) ask(ctx context.Context) (*endpoints, error) {
	// The one who asks does so for all who wait, so their leaving must not end it; the client has a timeout of its own.
	e, err := d.read(context.WithoutCancel(ctx))
	d.mu.Lock()
	defer d.mu.Unlock()
	close(d.asking)
	d.asking = nil
	switch {
	case err == nil:
		d.known, d.knownAt, d.failure = e, d.now(), nil
	case d.known != nil:
		d.failed, d.failure = d.now(), nil
		d.knownAt = d.failed.Add(patience - knownFor)
	default:
		d.failed, d.failure = d.now(), err
	}
	return d.known, d.failure
}

func (d *discovered) read(ctx context.Context) (*endpoints, error) {
	ctx = goidc.ClientContext(ctx, d.http)
	provider, err := goidc.NewProvider(ctx, d.issuer)
	if err != nil {
		return nil, ErrUnavailable.Wrap(fmt.Errorf("discover %s: %s", d.issuer, brief(err)))
	}
	var said struct {
		SendsIss bool     `json:"authorization_response_iss_parameter_supported"`
		Methods  []string `json:"token_endpoint_auth_methods_supported"`
		Keys     string   `json:"jwks_uri"`
	}
	if err := provider.Claims(&said); err != nil {
		return nil, ErrUnavailable.Wrap(fmt.Errorf("discover %s: its document cannot be read", d.issuer))
	}
	endpoint := provider.Endpoint()
	// Where the issuer is https, nothing may go in the clear.
	for _, address := range []string{endpoint.AuthURL, endpoint.TokenURL, said.Keys} {
		if !strings.HasPrefix(address, "https://") && (strings.HasPrefix(d.issuer, "https://") || !strings.HasPrefix(address, "http://")) {
			return nil, ErrUnavailable.Wrap(fmt.Errorf("discover %s: an endpoint is missing or not https", d.issuer))
		}
	}
	endpoint.AuthStyle = oauth2.AuthStyleInHeader // the standard's default
	if len(said.Methods) > 0 && !slices.Contains(said.Methods, "client_secret_basic") {
		endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	return &endpoints{
		provider: provider,
		oauth: oauth2.Config{
			ClientID: d.id, ClientSecret: d.secret, Endpoint: endpoint, RedirectURL: d.back,
			Scopes: []string{goidc.ScopeOpenID, "email", "profile"},
		},
		verifier: provider.VerifierContext(ctx, &goidc.Config{ClientID: d.id, SupportedSigningAlgs: algorithms, Now: d.now}),
		sendsIss: said.SendsIss,
	}, nil
}
