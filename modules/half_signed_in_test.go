package modules_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/pquerna/otp/totp"

	"saaskit/modules"
	"saaskit/modules/apptest"
)

const halfPassword = "vexing otter lamp oboe"

// halfSignedIn is somebody whose password was right, and whose second factor is still to come. Their browser keeps the cookies.
func halfSignedIn(t *testing.T, app *apptest.App) (half *apptest.Actor, code func() string) {
	t.Helper()
	email := uuid.NewString() + "@example.com"
	if _, err := modules.Provision(app.Platform).User(t.Context(), email, "Half Signed In", halfPassword); err != nil {
		t.Fatal(err)
	}
	signIn := map[string]any{"email": email, "password": halfPassword}
	whole := app.Anonymous(t)
	var session struct {
		Token string `json:"access_token"`
	}
	whole.Post(t, "/sign-in", signIn).Status(t, 200).JSON(t, &session)
	whole.Token = session.Token
	var seed struct{ Secret string }
	whole.Post(t, "/me/totp", nil).Status(t, 200).JSON(t, &seed)
	next := 0
	code = func() string {
		text, err := totp.GenerateCode(seed.Secret, time.Now().Add(time.Duration(next)*30*time.Second))
		if err != nil {
			t.Fatal(err)
		}
		next++
		return text
	}
	whole.Post(t, "/me/totp/confirm", map[string]any{"code": code()}).Status(t, 200)
	half = app.Anonymous(t)
	half.Post(t, "/sign-in", signIn).Problem(t, 401, "second_factor_required")
	return half, code
}

// M2: after the first of two factors, every operation is as closed as to somebody who never signed in; only the second step goes on.
func TestM2_HalfSignedInOpensNothing(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	d := readDocument(t, app)
	half, code := halfSignedIn(t, app)
	w := newWorld(t, app)
	before := w.state(t)
	walked := 0
	for _, o := range d.operations() {
		if o.Access == "public" {
			continue
		}
		walked++
		d.call(t, o, half, w).Problem(t, 401, "unauthenticated")
	}
	if walked < 30 {
		t.Errorf("%d operations were tried", walked)
	}
	if after := w.state(t); after != before {
		t.Errorf("the tenant changed:\n%s\nwas\n%s", after, before)
	}
	half.Post(t, "/session/refresh", map[string]any{"tenant": w.tenant.Slug}).Problem(t, 401, "session_expired")
	half.Post(t, "/sign-in/second-factor", map[string]any{"code": "000000"}).Problem(t, 422, "code_invalid")
	half.Post(t, "/session/refresh", map[string]any{"tenant": ""}).Problem(t, 401, "session_expired")
	half.Post(t, "/sign-in/second-factor", map[string]any{"code": code()}).Status(t, 200)
	half.Post(t, "/session/refresh", map[string]any{"tenant": ""}).Status(t, 200)
}
