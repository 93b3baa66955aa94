package identities_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"saaskit/modules"
	"saaskit/modules/apptest"
	"saaskit/platform/emulator/oidc"
)

const somePassword = "vexing otter lamp oboe"

type fields = map[string]any

// world is a product with identity providers of its own for one test, which may make them misbehave.
type world struct {
	t   *testing.T
	app *apptest.App
}

func start(t *testing.T, options ...apptest.Option) *world {
	t.Helper()
	return &world{t: t, app: apptest.New(t, append(options, apptest.WithProviders())...)}
}

// somebody is a person at the providers whom the product does not know.
func somebody(name string) oidc.Person {
	return oidc.Person{Email: name + "-" + uuid.NewString()[:8] + "@example.com", Name: strings.ToUpper(name[:1]) + name[1:] + " Person"}
}

// browser is somebody's browser, with its cookies.
type browser struct {
	*apptest.Actor
	w *world
}

func (w *world) browser() *browser {
	w.t.Helper()
	return &browser{Actor: w.app.Anonymous(w.t), w: w}
}

// user is a person with a password, signed in with it.
func (w *world) user(email string) *browser {
	w.t.Helper()
	id, err := modules.Provision(w.app.Platform).User(w.t.Context(), email, "Name of "+email, somePassword)
	if err != nil {
		w.t.Fatal(err)
	}
	b := w.browser()
	b.ID, b.Email = id, email
	b.adopt(b.Post(w.t, "/sign-in", fields{"email": email, "password": somePassword}).Status(w.t, 200))
	return b
}

// sessionView is what the product answers when somebody signs in.
type sessionView struct {
	AccessToken string `json:"access_token"`
	User        struct {
		ID    uuid.UUID
		Email string
		Name  string
	}
}

type arrivalView struct {
	Outcome string
	Session *sessionView
	Next    string
}

func (b *browser) adopt(r *apptest.Response) {
	b.w.t.Helper()
	var s sessionView
	r.JSON(b.w.t, &s)
	b.Token, b.ID = s.AccessToken, s.User.ID
}

// The places where a way to a provider begins.
const (
	signInAt = "/sign-in/providers/"
	linkAt   = "/me/identities/"
	proveAt  = "/session/reauthenticate/"
)

// leave begins a way to a provider and returns its address.
func (b *browser) leave(at, key string) string {
	b.w.t.Helper()
	var started struct{ URL string }
	b.Post(b.w.t, at+key, fields{"next": "/t/acme"}).Status(b.w.t, 200).JSON(b.w.t, &started)
	return started.URL
}

// at has the person sign in at the provider and returns what the browser brings back.
func (b *browser) at(address string, who oidc.Person) url.Values {
	b.w.t.Helper()
	back, err := b.w.app.Providers.SignIn(address, who)
	if err != nil {
		b.w.t.Fatal(err)
	}
	return back
}

// bring posts what came back.
func (b *browser) bring(back url.Values) *apptest.Response {
	b.w.t.Helper()
	return b.Post(b.w.t, "/sign-in/callback", answerOf(back))
}

func answerOf(back url.Values) fields {
	return fields{"code": back.Get("code"), "state": back.Get("state"), "iss": back.Get("iss"), "error": back.Get("error")}
}

// visit makes the whole way.
func (b *browser) visit(at, key string, who oidc.Person) *apptest.Response {
	b.w.t.Helper()
	return b.bring(b.at(b.leave(at, key), who))
}

// arrives makes the whole way, which must succeed, and keeps the session that comes of it.
func (b *browser) arrives(at, key string, who oidc.Person) arrivalView {
	b.w.t.Helper()
	var a arrivalView
	r := b.visit(at, key, who).Status(b.w.t, 200)
	r.JSON(b.w.t, &a)
	if a.Session != nil {
		b.Token, b.ID = a.Session.AccessToken, a.Session.User.ID
	}
	return a
}

// refused fails unless the answer is the problem and hands out no session.
func (w *world) refused(r *apptest.Response, status int, code string) {
	w.t.Helper()
	r.Problem(w.t, status, code)
	if c := cookie(r, "session"); c != nil {
		w.t.Errorf("a refusal sets the cookie %v", c)
	}
}

func cookie(r *apptest.Response, name string) *http.Cookie {
	for _, c := range r.Cookies {
		if c.Name == name {
			return c
		}
	}
	return nil
}

func (w *world) count(query string, args ...any) int {
	w.t.Helper()
	return w.app.Count(w.t, query, args...)
}

func (w *world) exec(statement string, args ...any) {
	w.t.Helper()
	w.app.Exec(w.t, statement, args...)
}

type identityView struct {
	ID           uuid.UUID
	Provider     string
	ProviderName string `json:"provider_name"`
	Email        string
}

func (b *browser) identities() []identityView {
	b.w.t.Helper()
	var list struct{ Items []identityView }
	b.Get(b.w.t, "/me/identities").Status(b.w.t, 200).JSON(b.w.t, &list)
	return list.Items
}
