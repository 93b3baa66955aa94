package operator_test

import (
	"errors"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"saaskit/modules/apptest"
	"saaskit/modules/operator"
	"saaskit/platform/db"
)

type fields = map[string]any

const goodPassword = "vexing otter lamp oboe"

var sixDigits = regexp.MustCompile(`\b[0-9]{6}\b`)

func deps(app *apptest.App) operator.Deps {
	return operator.Deps{DB: app.DB, OneTime: app.OneTime, Sessions: app.Sessions, Passwords: app.Passwords, Now: app.Now, BaseURL: app.Config.BaseURL}
}

// address is one that no other test uses.
func address(t *testing.T) string {
	t.Helper()
	return "o-" + db.NewID().String() + "@staff.example.com"
}

// added makes an operator and returns the token of the link.
func added(t *testing.T, app *apptest.App, email string) (token string) {
	t.Helper()
	link, err := operator.AddOperator(t.Context(), deps(app), email)
	if err != nil {
		t.Fatal(err)
	}
	page, token, _ := strings.Cut(link, "#")
	if page != app.Config.BaseURL+"/operator/set-password" {
		t.Fatalf("the link leads to %s", page)
	}
	return token
}

// provisioned makes an operator with a password.
func provisioned(t *testing.T, app *apptest.App, email string) {
	t.Helper()
	if _, err := operator.Provision(t.Context(), deps(app), email, "Olga Operator", goodPassword); err != nil {
		t.Fatal(err)
	}
}

type session struct {
	AccessToken string    `json:"access_token"`
	ExpiresAt   time.Time `json:"expires_at"`
	Operator    operator.Operator
}

func signIn(t *testing.T, who *apptest.Actor, email, password string) (challenge string) {
	t.Helper()
	var out operator.Challenge
	who.Post(t, "/operator/sign-in", fields{"email": email, "password": password}).Status(t, 200).JSON(t, &out)
	if len(out.Challenge) != 43 {
		t.Fatalf("challenge %q", out.Challenge)
	}
	return out.Challenge
}

// mailedCode waits for the newest sign-in code.
func mailedCode(t *testing.T, app *apptest.App, email string) string {
	t.Helper()
	message := app.Mail(t, email)
	code := sixDigits.FindString(message.Text)
	if code == "" || !strings.Contains(message.Subject, "code") {
		t.Fatalf("no code in %q: %s", message.Subject, message.Text)
	}
	return code
}

func wrong(code string) string {
	if code == "000000" {
		return "000001"
	}
	return "000000"
}

func logged(t *testing.T, app *apptest.App, action, target string) (n int) {
	t.Helper()
	row := app.Admin.QueryRowContext(t.Context(), `SELECT count(*) FROM security_log WHERE action = $1 AND target = $2`, action, target)
	if err := row.Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// A3, A7: a new password must be good, and ends every session and every sign-in that waits.
func TestA7_ANewPasswordShutsOut(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	email, olga := address(t), app.Anonymous(t)
	provisioned(t, app, email)
	challenge := signIn(t, olga, email, goodPassword)
	var open session
	olga.Post(t, "/operator/sign-in/code", fields{"challenge": challenge, "code": mailedCode(t, app, email)}).Status(t, 200).JSON(t, &open)
	waiting := signIn(t, olga, email, goodPassword)
	code := mailedCode(t, app, email)

	token := added(t, app, email)
	for password, want := range map[string]string{
		"short":             "password_too_short",
		"passwordpassword1": "password_too_common",
		email:               "password_too_common",
		"SaaSKit-SaaSKit-1": "password_too_common",
	} {
		p := olga.Post(t, "/operator/password", fields{"token": token, "password": password}).Problem(t, 422, want)
		if len(p.Errors) != 1 || p.Errors[0].Location != "body.password" {
			t.Errorf("%s: %+v", want, p.Errors)
		}
	}
	const renewed = "kumquat drizzle \x00 oboe é"
	olga.Post(t, "/operator/password", fields{"token": token, "password": renewed}).Status(t, 204)
	app.Mail(t, email)
	olga.Post(t, "/operator/sign-in/code", fields{"challenge": waiting, "code": code}).Problem(t, 422, "code_invalid")
	olga.Post(t, "/operator/session/refresh", nil).Problem(t, 401, "session_expired")
	olga.Token = open.AccessToken
	apptest.Eventually(t, time.Second, func() bool { return olga.Get(t, "/operator/audit").StatusCode == http.StatusUnauthorized })
	olga.Token = ""
	signIn(t, olga, email, renewed)
	mailedCode(t, app, email)
}

// S3: a disabled operator is out within a second on every replica, and stays out until added again.
func TestS3_ADisabledOperatorIsOut(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	replica := app.Replica(t)
	olga := app.Operator(t)
	olga.Get(t, "/operator/tenants").Status(t, 200)
	olga.On(replica).Get(t, "/operator/tenants").Status(t, 200)
	if err := operator.DisableOperator(t.Context(), deps(app), olga.Email); err != nil {
		t.Fatal(err)
	}
	apptest.Eventually(t, time.Second, func() bool {
		return olga.Get(t, "/operator/tenants").StatusCode == http.StatusUnauthorized && olga.On(replica).Get(t, "/operator/tenants").StatusCode == http.StatusUnauthorized
	})
	olga.Get(t, "/operator/tenants").Problem(t, 401, "session_expired")
	olga.Token = ""
	olga.Do(t, "POST", "/api/v1/operator/session/refresh", nil, "Cookie", "operator="+olga.Refresh).Problem(t, 401, "session_expired")
	if err := operator.DisableOperator(t.Context(), deps(app), "nobody@staff.example.com"); !errors.Is(err, operator.ErrUnknown) {
		t.Errorf("somebody unknown: %v", err)
	}
	token := added(t, app, olga.Email)
	olga.Post(t, "/operator/password", fields{"token": token, "password": goodPassword}).Status(t, 204)
	app.Mail(t, olga.Email)
	signIn(t, olga, olga.Email, goodPassword)
	mailedCode(t, app, olga.Email)
}

// A7: the password of a disabled operator is gone when they are added again; that of another stays until the link is used.
func TestA7_AddingAgainForgetsADisabledOperatorsPassword(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	hash := func(email string) (hash string) {
		if err := app.Admin.QueryRowContext(t.Context(), `SELECT password_hash FROM operators WHERE email = $1`, email).Scan(&hash); err != nil {
			t.Fatal(err)
		}
		return hash
	}
	disabled, working := address(t), address(t)
	provisioned(t, app, disabled)
	provisioned(t, app, working)
	before := hash(working)
	if err := operator.DisableOperator(t.Context(), deps(app), disabled); err != nil {
		t.Fatal(err)
	}
	added(t, app, disabled)
	added(t, app, working)
	if hash(disabled) != "" {
		t.Error("the password that may be why they were disabled works again")
	}
	if before == "" || hash(working) != before {
		t.Error("a working operator lost the password")
	}
}

// S6: signing in makes a new session, ends the one of the browser, and takes no cookie that somebody planted.
func TestS6_SigningInStartsAfresh(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	email, olga := address(t), app.Anonymous(t)
	provisioned(t, app, email)
	enter := func(headers ...string) string {
		challenge := signIn(t, olga, email, goodPassword)
		body := fields{"challenge": challenge, "code": mailedCode(t, app, email)}
		r := olga.Do(t, "POST", "/api/v1/operator/sign-in/code", body, headers...).Status(t, 200)
		if len(r.Cookies) != 1 {
			t.Fatalf("cookies: %+v", r.Cookies)
		}
		return r.Cookies[0].Value
	}
	planted := strings.Repeat("p", 43)
	first := enter("Cookie", "operator="+planted)
	second := enter()
	if first == planted || first == second {
		t.Error("a cookie was kept")
	}
	other := app.Anonymous(t)
	for _, dead := range []string{planted, first} {
		other.Do(t, "POST", "/api/v1/operator/session/refresh", nil, "Cookie", "operator="+dead).Problem(t, 401, "session_expired")
	}
	olga.Post(t, "/operator/session/refresh", nil).Status(t, 200)
}

// J4, Z8: what belongs to customers opens nothing here, and the other way round.
func TestJ4_Z8_AudiencesExcludeEachOther(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant, olga, user := app.Tenant(t), app.Operator(t), app.User(t)
	id := tenant.ID.String()
	for _, customer := range []*apptest.Actor{tenant.Owner, user} {
		for _, path := range []string{"/operator/me", "/operator/tenants", "/operator/tenants/" + id, "/operator/audit"} {
			customer.Get(t, path).Problem(t, 401, "invalid_token")
		}
		for _, act := range []string{"suspend", "restore"} {
			customer.Post(t, "/operator/tenants/"+id+"/"+act, fields{"reason": "because"}).Problem(t, 401, "invalid_token")
		}
	}
	for _, path := range []string{"/me", "/tenants", "/tenant", "/notes", "/members", "/billing"} {
		olga.Get(t, path).Problem(t, 401, "invalid_token")
	}
	nobody := app.Anonymous(t)
	nobody.Get(t, "/operator/tenants").Problem(t, 401, "unauthenticated")
	for _, cookie := range []string{"operator=" + tenant.Owner.Refresh, "session=" + tenant.Owner.Refresh} {
		nobody.Do(t, "POST", "/api/v1/operator/session/refresh", nil, "Cookie", cookie).Problem(t, 401, "session_expired")
	}
	for _, cookie := range []string{"session=" + olga.Refresh, "operator=" + olga.Refresh} {
		nobody.Do(t, "POST", "/api/v1/session/refresh", fields{"tenant": ""}, "Cookie", cookie).Problem(t, 401, "session_expired")
	}
	olga.Get(t, "/operator/me").Status(t, 200)
	tenant.Owner.Get(t, "/me").Status(t, 200)
}
