package identities_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"saaskit/modules/apptest"
	"saaskit/platform/emulator/oidc"
)

const waitForRights = 5 * time.Second

// O4: state, nonce, verifier and issuer belong to one way of one browser to one provider. Absent, replayed, late, swapped or of another
// browser, each is refused.
func TestO4_TheWayBackIsBound(t *testing.T) {
	t.Parallel()
	w := start(t)
	for name, attempt := range map[string]func(b *browser) *apptest.Response{
		"no state": func(b *browser) *apptest.Response {
			back := b.at(b.leave(signInAt, oidc.Google), somebody("ada"))
			back.Set("state", "")
			return b.bring(back)
		},
		"a state of nobody": func(b *browser) *apptest.Response {
			back := b.at(b.leave(signInAt, oidc.Google), somebody("ada"))
			back.Set("state", strings.Repeat("x", 43))
			return b.bring(back)
		},
		"a replay": func(b *browser) *apptest.Response {
			back := b.at(b.leave(signInAt, oidc.Google), somebody("ada"))
			b.bring(back).Status(t, 200)
			return b.bring(back)
		},
		"no cookie": func(b *browser) *apptest.Response {
			return w.browser().bring(b.at(b.leave(signInAt, oidc.Google), somebody("ada")))
		},
		"the cookie of a later way": func(b *browser) *apptest.Response {
			back := b.at(b.leave(signInAt, oidc.Google), somebody("ada"))
			b.leave(signInAt, oidc.Google)
			return b.bring(back)
		},
		"a state that leaked and was tried elsewhere": func(b *browser) *apptest.Response {
			back := b.at(b.leave(signInAt, oidc.Google), somebody("ada"))
			w.refused(w.browser().bring(back), 422, "flow_invalid")
			return b.bring(back)
		},
		"too late": func(b *browser) *apptest.Response {
			back := b.at(b.leave(signInAt, oidc.Google), somebody("ada"))
			w.exec("UPDATE one_time_tokens SET expires_at = now() WHERE kind = 'identities.flow'")
			return b.bring(back)
		},
	} {
		r := attempt(w.browser())
		if r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(string(r.Body), "flow_invalid") || cookie(r, "session") != nil {
			t.Errorf("%s: %d %s", name, r.StatusCode, r.Body)
		}
	}
}

// O4: a code or an issuer of another way, of another person or of another provider does not fit, even where the provider would take it.
func TestO4_AnswersDoNotMix(t *testing.T) {
	t.Parallel()
	w := start(t)
	for _, pair := range [][2]string{{oidc.Google, oidc.Google}, {oidc.Google, oidc.Custom}, {oidc.Custom, oidc.GitHub}, {oidc.GitHub, oidc.Google}} {
		for _, lenient := range []bool{false, true} {
			if lenient && pair[1] == oidc.GitHub {
				continue // GitHub has no nonce: PKCE is what binds its codes
			}
			victim, attacker := w.browser(), w.browser()
			// The attacker's code is put into the victim's way, as by a link that the victim opens.
			stolen := attacker.at(attacker.leave(signInAt, pair[0]), somebody("eve"))
			back := victim.at(victim.leave(signInAt, pair[1]), somebody("ada"))
			if lenient {
				w.app.Providers.Misbehave(pair[1], oidc.ReusableCodes)
			}
			back.Set("code", stolen.Get("code"))
			w.refused(victim.bring(back), 422, "provider_answer_invalid")
			w.app.Providers.Misbehave(pair[1])
		}
	}
	for name, issuer := range map[string]string{"another issuer": w.app.Providers.Issuer(oidc.Google), "no issuer": ""} {
		b := w.browser()
		back := b.at(b.leave(signInAt, oidc.Custom), somebody("ada"))
		back.Set("iss", issuer)
		if r := b.bring(back); r.StatusCode != http.StatusUnprocessableEntity || cookie(r, "session") != nil {
			t.Errorf("%s: %d %s", name, r.StatusCode, r.Body)
		}
	}
	if n := w.count("SELECT count(*) FROM users"); n != 0 {
		t.Errorf("%d people were made", n)
	}
}

// O4, W2: the cookie of a way is out of reach of scripts and of other sites, and short-lived; nothing that is secret about a way is stored.
func TestO4_SecretsStayInTheBrowser(t *testing.T) {
	t.Parallel()
	w := start(t)
	b := w.browser()
	r := b.Post(t, signInAt+oidc.Custom, fields{"next": "/t"}).Status(t, 200)
	c := cookie(r, "provider-flow")
	if c == nil || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || time.Until(c.Expires) > 11*time.Minute || len(c.Value) < 43 {
		t.Fatalf("cookie %v", c)
	}
	var started struct{ URL string }
	r.JSON(t, &started)
	address, err := url.Parse(started.URL)
	if err != nil {
		t.Fatal(err)
	}
	q := address.Query()
	var stored string
	if err := w.app.Admin.QueryRowContext(t.Context(), "SELECT string_agg(t::text, ' ') FROM one_time_tokens t").Scan(&stored); err != nil {
		t.Fatal(err)
	}
	logged := w.app.Log.String()
	for name, secret := range map[string]string{"cookie": c.Value, "state": q.Get("state"), "nonce": q.Get("nonce"), "challenge": q.Get("code_challenge")} {
		if secret == "" || strings.Contains(stored, secret) || strings.Contains(logged, secret) {
			t.Errorf("the %s is stored or logged", name)
		}
	}
	back := b.at(started.URL, somebody("ada"))
	if gone := cookie(b.bring(back).Status(t, 200), "provider-flow"); gone == nil || gone.MaxAge >= 0 {
		t.Errorf("the cookie stays: %v", gone)
	}
	if logged := w.app.Log.String(); strings.Contains(logged, back.Get("code")) || strings.Contains(logged, w.app.Providers.ClientSecret) {
		t.Error("the code or the client's secret was logged")
	}
}

// A6: a poisoned host changes neither where the provider sends people back to nor the links in mails.
func TestA6_PoisonedHostsChangeNoAddress(t *testing.T) {
	t.Parallel()
	w := start(t)
	b := w.browser()
	evil := []string{"X-Forwarded-Host", "evil.example", "X-Forwarded-Proto", "https", "Forwarded", "host=evil.example", "X-Original-Host", "evil.example"}
	var started struct{ URL string }
	b.Do(t, http.MethodPost, "/api/v1"+signInAt+oidc.Google, fields{}, evil...).Status(t, 200).JSON(t, &started)
	address, err := url.Parse(started.URL)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := address.Query().Get("redirect_uri"), w.app.Config.BaseURL+"/sign-in/callback"; got != want {
		t.Errorf("redirect to %s, want %s", got, want)
	}
	who := somebody("ada")
	b.Do(t, http.MethodPost, "/api/v1/sign-in/callback", answerOf(b.at(started.URL, who)), evil...).Status(t, 200)
	if text := w.app.Mail(t, who.Email).Text; strings.Contains(text, "evil") || !strings.Contains(text, w.app.Config.BaseURL+"/sign-in") {
		t.Errorf("mail: %s", text)
	}
}

// J4: a state works nowhere but at the callback, and no other secret works there.
func TestJ4_StatesAreOfNoOtherUse(t *testing.T) {
	t.Parallel()
	w := start(t)
	b := w.user(somebody("ada").Email)
	address, err := url.Parse(b.leave(signInAt, oidc.Google))
	if err != nil {
		t.Fatal(err)
	}
	state := address.Query().Get("state")
	for path, body := range map[string]fields{
		"/password/reset":     {"token": state, "password": somePassword},
		"/sign-up/complete":   {"token": state, "name": "Eve", "password": somePassword},
		"/email/confirm":      {"token": state},
		"/operator/password":  {"token": state, "password": somePassword},
		"/invitations/accept": {"token": state},
	} {
		if r := b.Post(t, path, body); r.StatusCode < 400 {
			t.Errorf("%s takes a state: %d", path, r.StatusCode)
		}
	}
	thief := w.browser()
	thief.Token = state
	thief.Get(t, "/me").Status(t, 401)
	w.browser().Do(t, http.MethodPost, "/api/v1/session/refresh", fields{"tenant": ""}, "Cookie", "session="+state).Problem(t, 401, "session_expired")
	w.browser().Do(t, http.MethodPost, "/api/v1/sign-in/second-factor", fields{"code": "000000"}, "Cookie", "challenge="+state).Problem(t, 401, "challenge_expired")

	// The state is still good: none of them spent it. And nothing else is taken for one.
	b.Post(t, "/password/forgot", fields{"email": b.Email}).Status(t, 202)
	back := b.at(address.String(), somebody("new"))
	for _, other := range []string{w.mailed(b.Email), b.Token, address.Query().Get("nonce")} {
		spoiled := answerOf(back)
		spoiled["state"] = other
		if r := b.Post(t, "/sign-in/callback", spoiled); r.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("another secret as a state: %d %s", r.StatusCode, r.Body)
		}
	}
	b.bring(back).Status(t, 200)
}

// R1: beginning and returning are limited by address; another address is not touched by it.
func TestR1_TheWayIsLimited(t *testing.T) {
	t.Parallel()
	w := start(t)
	for path, body := range map[string]fields{signInAt + oidc.GitHub: {}, "/sign-in/callback": {"state": "x"}} {
		b := w.browser()
		limited := 0
		for range 150 {
			if b.Post(t, path, body).StatusCode == http.StatusTooManyRequests {
				limited++
			}
		}
		if limited < 20 || limited > 31 {
			t.Errorf("%s: %d of 150 were limited", path, limited)
		}
		if r := w.browser().Post(t, path, body); r.StatusCode == http.StatusTooManyRequests {
			t.Errorf("%s: another address is limited", path)
		}
	}
	b := w.user(somebody("ada").Email)
	statuses := map[int]int{}
	for range 40 {
		b.Address = apptest.NewAddress()
		statuses[b.Post(t, linkAt+oidc.GitHub, fields{}).StatusCode]++
	}
	if statuses[200] < 30 || statuses[429] < 9 {
		t.Errorf("links of one person from many addresses: %v", statuses)
	}
}
