package modules_test

import (
	"encoding/base64"
	"encoding/hex"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"saaskit/modules"
	"saaskit/modules/apptest"
)

const (
	canaryPassword   = "canary vexing otter lamp"
	canaryPassword2  = "canary kumquat drizzle zeppelin"
	canaryWrong      = "canary wrong password of Ann"
	canaryOperator   = "canary staff gherkin marmalade"
	canaryNote       = "canary text of a private note"
	canaryUnreadable = "canary body that is not JSON"
)

var (
	linkToken = regexp.MustCompile(`https?://[^\s"#]+#([A-Za-z0-9_-]{20,})`)
	sixDigits = regexp.MustCompile(`\b[0-9]{6}\b`)
)

// L1: after a whole journey, no password, token, code or cookie stands in a log line or in a row, and no text of a note in a log line.
func TestL1_NoSecretIsLoggedOrStored(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	secrets := map[string]string{
		"password": canaryPassword, "new password": canaryPassword2, "wrong password": canaryWrong, "operator's password": canaryOperator,
		"unreadable body": canaryUnreadable,
	}
	customerJourney(t, app, secrets)
	operatorJourney(t, app, secrets)
	app.JobsDone(t)

	logged := app.Log.String()
	if strings.Contains(logged, canaryNote) {
		t.Error("the text of a note was logged")
	}
	stored := dump(t, app)
	if !strings.Contains(stored, canaryNote) || !strings.Contains(logged, "/sign-in") {
		t.Fatal("the dump or the log does not hold what it must")
	}
	for name, secret := range secrets {
		for _, form := range forms(secret) {
			if strings.Contains(logged, form) {
				t.Errorf("the %s was logged: %s", name, around(logged, form))
			}
			if strings.Contains(stored, form) {
				t.Errorf("the %s is in the database: %s", name, around(stored, form))
			}
		}
	}
}

func customerJourney(t *testing.T, app *apptest.App, secrets map[string]string) {
	t.Helper()
	const email = "ann@example.com"
	ann := app.Anonymous(t)
	var session struct {
		AccessToken string `json:"access_token"`
	}
	keep := func(step string, r *apptest.Response) {
		t.Helper()
		r.Status(t, 200).JSON(t, &session)
		secrets["access token of "+step] = session.AccessToken
		for _, c := range r.Cookies {
			secrets["cookie of "+step] = c.Value
		}
		ann.Token = session.AccessToken
	}
	mailed := func(step string) string {
		t.Helper()
		found := linkToken.FindStringSubmatch(app.Mail(t, email).Text)
		if found == nil {
			t.Fatalf("the mail of %s has no link", step)
		}
		secrets["link of "+step] = found[1]
		return found[1]
	}
	ann.Post(t, "/sign-up", fields{"email": email}).Status(t, 202)
	keep("sign-up", ann.Post(t, "/sign-up/complete", fields{"token": mailed("sign-up"), "name": "Ann", "password": canaryPassword}))
	ann.Post(t, "/sign-out", nil).Status(t, 204)
	ann.Post(t, "/sign-in", fields{"email": email, "password": canaryWrong}).Problem(t, 401, "sign_in_failed")
	ann.Post(t, "/sign-in", fields{"email": email, "password": canaryWrong, "unknown": canaryWrong}).Problem(t, 422, "invalid_input")
	ann.Post(t, "/sign-in", []byte(canaryUnreadable)).Status(t, 400)
	keep("sign-in", ann.Post(t, "/sign-in", fields{"email": email, "password": canaryPassword}))
	var tenant struct{ Slug string }
	ann.Post(t, "/tenants", fields{"name": "Acme"}).Status(t, 201).JSON(t, &tenant)
	keep("refresh", ann.Post(t, "/session/refresh", fields{"tenant": tenant.Slug}))
	ann.Post(t, "/notes", fields{"title": "Private", "body": canaryNote}).Status(t, 201)
	ann.Post(t, "/notes", fields{"title": "", "body": canaryNote}).Status(t, 422)
	var made struct{ Secret string }
	ann.Post(t, "/api-keys", fields{"name": "Import", "scopes": []string{"notes:read"}}).Status(t, 201).JSON(t, &made)
	secrets["API key"] = made.Secret
	if told := app.Mail(t, email); !strings.Contains(told.Text, "API key") {
		t.Errorf("after a new key the mail is %q", told.Subject)
	}
	program := app.Anonymous(t)
	program.Token = made.Secret
	program.Get(t, "/notes").Status(t, 200)
	program.Token += "0"
	program.Get(t, "/notes").Problem(t, 401, "api_key_invalid")
	ann.Post(t, "/password/forgot", fields{"email": email}).Status(t, 202)
	link := mailed("reset")
	ann.Post(t, "/password/reset", fields{"token": link, "password": "short"}).Status(t, 422)
	ann.Post(t, "/password/reset", fields{"token": link, "password": canaryPassword2}).Status(t, 204)
	ann.Post(t, "/password/reset", fields{"token": link, "password": canaryPassword2}).Problem(t, 422, "link_invalid")
	keep("second sign-in", ann.Post(t, "/sign-in", fields{"email": email, "password": canaryPassword2}))
	secondFactor(t, ann, secrets)
}

func secondFactor(t *testing.T, ann *apptest.Actor, secrets map[string]string) {
	t.Helper()
	var seed struct{ Secret string }
	ann.Post(t, "/me/totp", nil).Status(t, 200).JSON(t, &seed)
	secrets["seed"] = seed.Secret
	code, err := totp.GenerateCode(seed.Secret, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	var on struct {
		RecoveryCodes []string `json:"recovery_codes"`
	}
	ann.Post(t, "/me/totp/confirm", fields{"code": code}).Status(t, 200).JSON(t, &on)
	for _, code := range on.RecoveryCodes {
		secrets["recovery code "+code] = code
	}
	if len(on.RecoveryCodes) != 10 {
		t.Errorf("%d recovery codes", len(on.RecoveryCodes))
	}
	half := *ann
	half.Token = ""
	half.Post(t, "/sign-in", fields{"email": "ann@example.com", "password": canaryPassword2}).Problem(t, 401, "second_factor_required")
	half.Post(t, "/sign-in/second-factor", fields{"code": on.RecoveryCodes[0]}).Status(t, 200)
}

func operatorJourney(t *testing.T, app *apptest.App, secrets map[string]string) {
	t.Helper()
	const email = "ops@example.com"
	link, err := modules.AddOperator(t.Context(), app.Platform, email)
	if err != nil {
		t.Fatal(err)
	}
	_, token, _ := strings.Cut(link, "#")
	secrets["operator's link"] = token
	ops := app.Anonymous(t)
	ops.Post(t, "/operator/password", fields{"token": token, "password": canaryOperator}).Status(t, 204)
	app.JobsDone(t)
	earlier := len(app.Mailbox.Messages(email))
	var challenge struct{ Challenge string }
	ops.Post(t, "/operator/sign-in", fields{"email": email, "password": canaryOperator}).Status(t, 200).JSON(t, &challenge)
	apptest.Eventually(t, waitForMail, func() bool { return len(app.Mailbox.Messages(email)) > earlier })
	code := sixDigits.FindString(app.Mail(t, email).Text)
	secrets["operator's code"] = code
	r := ops.Post(t, "/operator/sign-in/code", fields{"challenge": challenge.Challenge, "code": code}).Status(t, 200)
	var session struct {
		AccessToken string `json:"access_token"`
	}
	r.JSON(t, &session)
	secrets["operator's access token"] = session.AccessToken
	for _, c := range r.Cookies {
		secrets["operator's cookie"] = c.Value
	}
}

// dump is every row of every table as text.
func dump(t *testing.T, app *apptest.App) string {
	t.Helper()
	tables := column(t, app, `
SELECT oid::regclass::text FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema')`)
	if len(tables) < 20 {
		t.Fatalf("only the tables %v were found", tables)
	}
	var all strings.Builder
	for _, table := range tables {
		for _, row := range column(t, app, "SELECT t::text FROM "+table+" t") {
			all.WriteString(table + " " + row + "\n")
		}
	}
	return all.String()
}

// forms are the ways in which a secret could stand somewhere: as it is, as hexadecimal, in base64, and decoded.
func forms(secret string) []string {
	if len(secret) == 6 { // a code: among so many digits only a word of its own tells
		return []string{" " + secret + " ", `"` + secret + `"`, "," + secret + ",", "=" + secret + " "}
	}
	all := []string{secret, hex.EncodeToString([]byte(secret)), base64.StdEncoding.EncodeToString([]byte(secret))}
	if raw, err := base64.RawURLEncoding.DecodeString(secret); err == nil && len(raw) >= 16 {
		all = append(all, hex.EncodeToString(raw))
	}
	return all
}

func around(text, found string) string {
	i := strings.Index(text, found)
	return text[max(0, i-200):min(len(text), i+len(found)+50)]
}
