package factors_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"saaskit/modules"
	"saaskit/modules/apptest"
	"saaskit/platform/db"
	"saaskit/platform/emulator/smtp"
)

const password = "vexing otter lamp oboe"

type fields = map[string]any

// person is somebody with a password who is signed in.
type person struct {
	*apptest.Actor
	app *apptest.App
}

func newPerson(t *testing.T, app *apptest.App) *person {
	t.Helper()
	p := &person{Actor: app.Anonymous(t), app: app}
	p.Email, p.Name = db.NewID().String()+"@example.com", "Some Body"
	id, err := modules.Provision(app.Platform).User(t.Context(), p.Email, p.Name, password)
	if err != nil {
		t.Fatal(err)
	}
	p.ID = id
	p.signIn(t)
	return p
}

type session struct {
	AccessToken string `json:"access_token"`
	User        struct{ ID, Email string }
}

// signIn starts a session that has just been proved.
func (p *person) signIn(t *testing.T) {
	t.Helper()
	live, err := modules.Provision(p.app.Platform).Session(t.Context(), p.ID, [16]byte{})
	if err != nil {
		t.Fatal(err)
	}
	p.Session, p.Token = live.Session, live.AccessToken
}

// elsewhere is the person's session in another browser: the same token, none of the cookies.
func (p *person) elsewhere(t *testing.T) *apptest.Actor {
	t.Helper()
	other := p.app.Anonymous(t)
	other.ID, other.Email, other.Token, other.Session = p.ID, p.Email, p.Token, p.Session
	return other
}

// adopt goes on with the session of an answer.
func (p *person) adopt(s *session) { p.Token = s.AccessToken }

// aged makes the session one that was proved too long ago.
func (p *person) aged(t *testing.T) {
	t.Helper()
	p.app.Exec(t, "UPDATE sessions SET proved_at = now() - interval '11 minutes' WHERE subject_id = $1", p.ID)
	apptest.Eventually(t, 5*time.Second, func() bool { return p.Post(t, "/me/totp", nil).StatusCode == http.StatusForbidden })
}

// recorded is how often the security log has the action about the person.
func (p *person) recorded(t *testing.T, action string) int {
	t.Helper()
	return p.app.Count(t, "SELECT count(*) FROM security_log WHERE action = $1 AND target = $2", action, "user:"+p.ID.String())
}

// mailed waits for a mail to the person with the subject.
func (p *person) mailed(t *testing.T, subject string) {
	t.Helper()
	apptest.Eventually(t, 20*time.Second, func() bool {
		return slices.ContainsFunc(p.app.Mailbox.Messages(p.Email), func(m smtp.Message) bool { return m.Subject == subject })
	})
}

// phone is an authenticator app.
type phone struct {
	owner  *person
	secret string
	codes  []string // for recovery
}

// enrol turns an authenticator app on.
func (p *person) enrol(t *testing.T) *phone {
	t.Helper()
	var shown struct{ Secret string }
	p.Post(t, "/me/totp", nil).Status(t, 200).JSON(t, &shown)
	ph := &phone{owner: p, secret: shown.Secret}
	var on struct {
		RecoveryCodes []string `json:"recovery_codes"`
		Session       *session
	}
	p.Post(t, "/me/totp/confirm", fields{"code": ph.code(t, 0)}).Status(t, 200).JSON(t, &on)
	ph.codes = on.RecoveryCodes
	p.adopt(on.Session)
	return ph
}

// code is what the app shows some steps from now.
func (ph *phone) code(t *testing.T, steps int) string {
	t.Helper()
	code, err := totp.GenerateCode(ph.secret, time.Now().Add(time.Duration(steps)*30*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// unused makes the product forget which steps were used, as if time had passed.
func (ph *phone) unused(t *testing.T) {
	t.Helper()
	ph.owner.app.Exec(t, "UPDATE totp_factors SET last_step = 0 WHERE user_id = $1", ph.owner.ID)
}

// steady returns when the time step lasts for some seconds more, so that a test sees one step only.
func steady(t *testing.T) {
	t.Helper()
	apptest.Eventually(t, 20*time.Second, func() bool { return time.Now().Unix()%30 < 18 })
}

// challenged is a new browser in which the person has given the password and not yet the code.
func (p *person) challenged(t *testing.T) *apptest.Actor {
	t.Helper()
	b := p.app.Anonymous(t)
	b.Post(t, "/sign-in", fields{"email": p.Email, "password": password}).Problem(t, 401, "second_factor_required")
	return b
}

// addPasskey makes a passkey on a new device.
func (p *person) addPasskey(t *testing.T) (*device, passkey) {
	t.Helper()
	d := newDevice(t, p.app.Config.BaseURL)
	var made passkey
	p.Post(t, "/me/passkeys", fields{"name": "Phone", "credential": d.create(t, p.creation(t))}).Status(t, 201).JSON(t, &made)
	return d, made
}

type passkey struct {
	ID, Name   string
	Synced     bool
	LastUsedAt *time.Time `json:"last_used_at"`
}

type overview struct {
	TOTP      bool
	TOTPSince *time.Time `json:"totp_since"`
	Left      int        `json:"recovery_codes_left"`
	Passkeys  []passkey
}

func (p *person) factors(t *testing.T) (o overview) {
	t.Helper()
	p.Get(t, "/me/factors").Status(t, 200).JSON(t, &o)
	return o
}

// creation asks for the options of a new passkey.
func (p *person) creation(t *testing.T) (o options) {
	t.Helper()
	p.Post(t, "/me/passkeys/options", nil).Status(t, 200).JSON(t, &o)
	return o
}

// signInOptions asks for the options of a sign-in.
func signInOptions(t *testing.T, b *apptest.Actor) (o options) {
	t.Helper()
	b.Post(t, "/sign-in/passkey/options", nil).Status(t, 200).JSON(t, &o)
	return o
}

// signInWith signs in with the device in a browser.
func signInWith(t *testing.T, b *apptest.Actor, d *device) *apptest.Response {
	t.Helper()
	return b.Post(t, "/sign-in/passkey", fields{"credential": d.sign(t, signInOptions(t, b))})
}

func idOf(t *testing.T, handle string) string {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(handle)
	if err != nil || len(raw) != 16 {
		t.Fatalf("the user handle %q: %v", handle, err)
	}
	return fmt.Sprintf("%x-%x-%x-%x-%x", raw[:4], raw[4:6], raw[6:8], raw[8:10], raw[10:])
}

// atOnce is how many try the same at the same time.
const atOnce = 64
