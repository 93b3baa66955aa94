package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"golang.org/x/oauth2"

	"saaskit/platform/config"
)

// gitHub is GitHub, or a GitHub Enterprise Server. It speaks OAuth 2 without ID tokens: who somebody is, its API says.
type gitHub struct {
	issuer string // the server's address; numbers of one server mean nothing on another
	api    string
	oauth  oauth2.Config
	http   *http.Client
}

func newGitHub(cfg config.Config, back string, over *http.Client) *gitHub {
	server := strings.TrimRight(cfg.GitHubURL, "/")
	g := &gitHub{issuer: server, api: server + "/api/v3", http: over}
	if server == "https://github.com" {
		g.api = "https://api.github.com"
	}
	g.oauth = oauth2.Config{
		ClientID: cfg.GitHubClientID, ClientSecret: cfg.GitHubClientSecret, RedirectURL: back, Scopes: []string{"read:user", "user:email"},
		Endpoint: oauth2.Endpoint{
			AuthURL: server + "/login/oauth/authorize", TokenURL: server + "/login/oauth/access_token", AuthStyle: oauth2.AuthStyleInParams,
		},
	}
	return g
}

func (g *gitHub) address(_ context.Context, q Question) (string, error) {
	options := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(q.Verifier)}
	if q.Fresh {
		// GitHub cannot be asked for a fresh proof; this makes it show which account it takes.
		options = append(options, oauth2.SetAuthURLParam("prompt", "select_account"))
	}
	return g.oauth.AuthCodeURL(q.State, options...), nil
}

func (g *gitHub) person(ctx context.Context, a Answer) (Person, error) {
	if a.Issuer != "" && a.Issuer != g.issuer && a.Issuer != g.issuer+"/login/oauth" {
		return Person{}, ErrAnswer.Wrap(errors.New("the answer comes from another issuer than the one that was asked"))
	}
	ctx = context.WithValue(ctx, oauth2.HTTPClient, g.http)
	tokens, err := g.oauth.Exchange(ctx, a.Code, oauth2.VerifierOption(a.Verifier))
	if err != nil {
		return Person{}, explain("exchange the code", err)
	}
	var user struct {
		ID    int64  `json:"id"`
		Login string `json:"login"`
		Name  string `json:"name"`
	}
	if err := g.get(ctx, "/user", tokens, &user); err != nil {
		return Person{}, err
	}
	if user.ID <= 0 {
		return Person{}, ErrAnswer.Wrap(errors.New("GitHub names nobody"))
	}
	var emails []struct {
		Email    string `json:"email"`
		Primary  bool   `json:"primary"`
		Verified bool   `json:"verified"`
	}
	if err := g.get(ctx, "/user/emails", tokens, &emails); err != nil {
		return Person{}, err
	}
	person := Person{Issuer: g.issuer, Subject: strconv.FormatInt(user.ID, 10), Name: user.Name}
	if person.Name == "" {
		person.Name = user.Login
	}
	for _, e := range emails {
		if e.Primary {
			person.Email, person.Verified = e.Email, e.Verified
		}
	}
	return person, nil
}

// get reads from GitHub's API as the person.
func (g *gitHub) get(ctx context.Context, path string, tokens *oauth2.Token, out any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, g.api+path, http.NoBody)
	if err != nil {
		return err
	}
	tokens.SetAuthHeader(request)
	request.Header.Set("Accept", "application/vnd.github+json")
	request.Header.Set("X-GitHub-Api-Version", "2022-11-28")
	response, err := g.http.Do(request)
	if err != nil {
		return explain("ask "+path, err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return ErrUnavailable.Wrap(fmt.Errorf("ask %s: status %d", path, response.StatusCode))
	}
	if err := json.NewDecoder(response.Body).Decode(out); err != nil {
		return ErrAnswer.Wrap(fmt.Errorf("ask %s: the answer cannot be read", path))
	}
	return nil
}
