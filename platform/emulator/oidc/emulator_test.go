package oidc_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"saaskit/platform/emulator/oidc"
)

var people = []oidc.Person{{Name: "Ada <b>", Email: "ada@example.com"}, {Name: "Uma", Email: "uma@example.com", Unverified: true}}

func start(t *testing.T) *oidc.Emulator {
	t.Helper()
	e, err := oidc.Start(oidc.Options{People: people})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Stop)
	return e
}

// browser does not follow redirects.
var browser = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// answer is what a page says, read whole.
type answer struct {
	StatusCode int
	Header     http.Header
}

func page(t *testing.T, method, address string, form url.Values) (answer, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	if form != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	response, err := browser.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header}, string(body)
}

func question(e *oidc.Emulator) url.Values {
	return url.Values{
		"client_id": {e.ClientID}, "redirect_uri": {"http://localhost:8080/sign-in/callback"}, "response_type": {"code"}, "scope": {"openid email"},
		"state": {"the-state"}, "nonce": {"the-nonce"}, "code_challenge": {strings.Repeat("c", 43)}, "code_challenge_method": {"S256"},
	}
}

// The page asks who somebody is, and leads back with a code for a person of the list, for somebody typed, or with a refusal.
func TestThePageAsksWhoSomebodyIs(t *testing.T) {
	t.Parallel()
	e := start(t)
	for provider, path := range map[string]string{oidc.Google: "/authorize", oidc.Custom: "/authorize", oidc.GitHub: "/login/oauth/authorize"} {
		address := e.Issuer(provider) + path + "?" + question(e).Encode()
		response, text := page(t, http.MethodGet, address, nil)
		if response.StatusCode != http.StatusOK || !strings.Contains(text, "Ada &lt;b&gt;") || !strings.Contains(text, "address not verified") {
			t.Fatalf("%s: %d %s", provider, response.StatusCode, text)
		}
		policy := response.Header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "form-action 'self' http://localhost:8080;") {
			t.Errorf("%s: policy %s", provider, policy)
		}
		for _, form := range []url.Values{{"person": {"1"}}, {"email": {"new@example.com"}, "name": {"New"}, "verified": {"yes"}}, {"cancel": {"yes"}}} {
			response, _ := page(t, http.MethodPost, address, form)
			back, err := url.Parse(response.Header.Get("Location"))
			if err != nil || response.StatusCode != http.StatusSeeOther {
				t.Fatalf("%s: %d %v", provider, response.StatusCode, err)
			}
			q := back.Query()
			refused := q.Get("error") == "access_denied"
			if back.Host != "localhost:8080" || q.Get("state") != "the-state" || refused != form.Has("cancel") || (q.Get("code") == "") != refused {
				t.Errorf("%s: %v leads to %s", provider, form, back)
			}
		}
		if response, text := page(t, http.MethodPost, address, url.Values{"email": {"nobody"}}); response.StatusCode != http.StatusUnprocessableEntity ||
			!strings.Contains(text, "Enter an e-mail address.") {
			t.Errorf("%s: %d for no address", provider, response.StatusCode)
		}
	}
}

// A browser is sent nowhere for an unknown client, to another machine, or for what is no question of OpenID Connect.
func TestWrongQuestionsGetAPage(t *testing.T) {
	t.Parallel()
	e := start(t)
	for name, value := range map[string]string{
		"client_id": "another", "redirect_uri": "https://attacker.example/", "response_type": "token", "scope": "email", "code_challenge_method": "plain",
	} {
		q := question(e)
		q.Set(name, value)
		address := e.Issuer(oidc.Custom) + "/authorize?" + q.Encode()
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			response, text := page(t, method, address, url.Values{"person": {"0"}})
			if response.StatusCode != http.StatusBadRequest || response.Header.Get("Location") != "" || !strings.Contains(text, "cannot be answered") {
				t.Errorf("%s with %s: %d %s", method, name, response.StatusCode, response.Header.Get("Location"))
			}
		}
		if back, err := e.SignIn(address, people[0]); err == nil {
			t.Errorf("with %s: %v", name, back)
		}
	}
}

// A code works once, for its own client and redirect address.
func TestACodeWorksOnce(t *testing.T) {
	t.Parallel()
	e := start(t)
	redeem := func(change func(url.Values)) int {
		q := question(e)
		q.Del("code_challenge")
		back, err := e.SignIn(e.Issuer(oidc.Custom)+"/authorize?"+q.Encode(), people[0])
		if err != nil {
			t.Fatal(err)
		}
		form := url.Values{
			"grant_type": {"authorization_code"}, "code": {back.Get("code")}, "redirect_uri": q["redirect_uri"],
			"client_id": {e.ClientID}, "client_secret": {e.ClientSecret},
		}
		if change == nil {
			page(t, http.MethodPost, e.Issuer(oidc.Custom)+"/token", form)
		} else {
			change(form)
		}
		response, _ := page(t, http.MethodPost, e.Issuer(oidc.Custom)+"/token", form)
		return response.StatusCode
	}
	if status := redeem(func(url.Values) {}); status != http.StatusOK {
		t.Errorf("status %d", status)
	}
	if status := redeem(nil); status != http.StatusBadRequest {
		t.Errorf("the second time: status %d", status)
	}
	for _, name := range []string{"client_secret", "redirect_uri", "client_id", "code"} {
		if status := redeem(func(f url.Values) { f.Set(name, "another") }); status != http.StatusBadRequest {
			t.Errorf("with another %s: status %d", name, status)
		}
	}
}
