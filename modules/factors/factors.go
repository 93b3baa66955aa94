// Package factors is what people prove themselves with besides a password: an authenticator app with recovery codes, and passkeys.
package factors

import (
	"context"
	"embed"
	"net/url"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/api"
	"saaskit/platform/app"
	"saaskit/platform/db"
	"saaskit/platform/fault"
	"saaskit/platform/limit"
	"saaskit/platform/mail"
	"saaskit/platform/onetime"
	"saaskit/platform/secret"
	"saaskit/platform/session"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Deps is what the module works with.
type Deps struct {
	DB       *db.DB
	Sessions *session.Service
	OneTime  *onetime.Service
	Limits   *limit.Limiter
	Mail     *mail.Mailer
	Secret   secret.Root // seals the seeds of authenticator apps and keys the hashes of recovery codes
	Now      func() time.Time
	BaseURL  string // public address of the product; the only source of the origin and the domain that passkeys are bound to

	// Person asks for the name and the address of an enabled person.
	Person func(ctx context.Context, tx *db.SystemTx, id uuid.UUID) (Person, error)
	// Hold is Person for an actor who changes how they sign in: until the transaction ends, every other Hold of the person waits. An actor whose
	// session has ended by then is session.ErrExpired.
	Hold func(ctx context.Context, tx *db.SystemTx, actor access.Actor) (Person, error)
	// OtherWayIn asks whether a person can sign in without any passkey.
	OtherWayIn func(ctx context.Context, tx *db.SystemTx, id uuid.UUID) (bool, error)
}

// Person is somebody as this module needs to know them.
type Person struct {
	ID          uuid.UUID
	Email, Name string
}

// Door is how a proof becomes a session; S is what a browser is answered with.
type Door[S any] struct {
	SignIn         func(ctx context.Context, user uuid.UUID, p session.Proof) (*S, error)
	Reauthenticate func(ctx context.Context, p session.Proof) (*S, error)
}

type service struct {
	Deps
	passkeys *webauthn.WebAuthn // nil when the address of the product cannot have passkeys
	whyNone  error              // why it is nil

	adding, signingIn, confirming ceremony
}

func newService(d Deps) *service {
	d.BaseURL = strings.TrimRight(d.BaseURL, "/")
	s := &service{Deps: d}
	s.passkeys, s.whyNone = relyingParty(d.BaseURL)
	s.adding = newCeremony("add", d.BaseURL)
	s.signingIn = newCeremony("sign-in", d.BaseURL)
	s.confirming = newCeremony("confirm", d.BaseURL)
	return s
}

// Rates by client address. They are wide enough for an office behind one address: each visit of the sign-in page asks for options.
var (
	optionsByAddress = limit.Rate{Name: "factors.passkey-options.address", Count: 300, Per: 10 * time.Minute}
	signInByAddress  = limit.Rate{Name: "factors.passkey.address", Count: 120, Per: 10 * time.Minute}
)

// Rates by person. Most changes send a mail.
var (
	codesByPerson   = limit.Rate{Name: "factors.code", Count: 10, Per: 10 * time.Minute}
	confirmByPerson = limit.Rate{Name: "factors.confirm", Count: 30, Per: 10 * time.Minute}
	changesByPerson = limit.Rate{Name: "factors.change", Count: 60, Per: time.Hour}
)

// What several operations answer besides the general problems.
var (
	changing = api.Errors("rate_limited", "mail_off")
	passkey  = api.Errors("passkeys_off")

	aboutSignInOptions = api.Describe("Begins a sign-in with a passkey: hand `options` to the browser. The answer is the same for everybody, because the " +
		"browser knows which passkeys it has. The challenge works once, for five minutes, in the browser that asked for it.")
	aboutConfirm = api.Describe("Turns the authenticator app on with its first code and answers with ten recovery codes, which are shown this once. " +
		"The session goes on as one that has proved a second factor: it has a new access token and a new cookie.")
)

var errNotFound = fault.New(fault.NotFound, "not_found", "There is no such passkey.")

// New returns the module.
func New[S any](d Deps, door Door[S]) app.Module {
	s := newService(d)
	return app.Module{
		Name:       "factors",
		Migrations: migrations,
		Report:     s.report,
		Routes: func(r *api.Router) {
			api.Get(r, "list", "List your second factor and your passkeys", "/me/factors", api.SignedIn(), s.list)
			api.Action(r, "totp-start", "Start to add an authenticator app", "/me/totp", api.SignedIn().Recent(), s.startTOTP, api.Errors("totp_on", "rate_limited"))
			api.Action(r, "totp-confirm", "Turn the authenticator app on", "/me/totp/confirm", api.SignedIn(), confirmTOTP(s, door), changing, aboutConfirm,
				api.Errors("code_wrong", "totp_not_started", "sign_in_failed"))
			api.Delete(r, "totp-remove", "Turn the authenticator app off", "/me/totp", api.SignedIn().Recent(), s.removeTOTP, changing, api.Errors("totp_off"))
			api.Action(r, "recovery-codes", "Make new recovery codes", "/me/recovery-codes", api.SignedIn().Recent(), s.renewRecoveryCodes, changing, api.Errors("totp_off"))

			api.Action(r, "passkey-options", "Start to add a passkey", "/me/passkeys/options", api.SignedIn().Recent(), s.addOptions, passkey, api.Errors("rate_limited"))
			api.Post(r, "passkey-add", "Add a passkey", "/me/passkeys", api.SignedIn(), s.addPasskey, passkey, changing,
				api.Errors("passkey_refused", "too_many_passkeys", "name_invalid"))
			api.Patch(r, "passkey-rename", "Rename a passkey", "/me/passkeys/{id}", api.SignedIn(), s.renamePasskey, api.Errors("name_invalid"))
			api.Delete(r, "passkey-remove", "Remove a passkey", "/me/passkeys/{id}", api.SignedIn().Recent(), s.removePasskey, changing, api.Errors("last_sign_in_method"))

			api.Action(r, "sign-in-options", "Start to sign in with a passkey", "/sign-in/passkey/options", api.Public(optionsByAddress), s.signInOptions, passkey, aboutSignInOptions)
			api.Action(r, "sign-in", "Sign in with a passkey", "/sign-in/passkey", api.Public(signInByAddress), signIn(s, door), passkey, api.Errors("passkey_failed"))
			api.Action(r, "reauthenticate-options", "Start to confirm with a passkey that it is you", "/session/reauthenticate/passkey/options", api.SignedIn(), s.confirmOptions,
				passkey, api.Errors("rate_limited", "no_passkey"))
			api.Action(r, "reauthenticate", "Confirm with a passkey that it is you", "/session/reauthenticate/passkey", api.SignedIn(), reauthenticate(s, door),
				passkey, api.Errors("rate_limited", "reauthentication_failed", "sign_in_failed"))
		},
	}
}

// report is a line of the start-up report.
func (s *service) report(context.Context) []app.Line {
	if s.passkeys == nil {
		return []app.Line{{Name: "passkeys", Detail: "off: " + s.whyNone.Error()}}
	}
	return []app.Line{{Name: "passkeys", On: true, Detail: "for " + s.passkeys.Config.RPID}}
}

// hold holds the person who acts.
func (s *service) hold(ctx context.Context, tx *db.SystemTx) (Person, error) {
	return s.Hold(ctx, tx, access.From(ctx))
}

// oneFactorLeft follows the end of a way to prove oneself, for a person who is held: without any second factor no session has proved one.
func (s *service) oneFactorLeft(ctx context.Context, tx *db.SystemTx, user uuid.UUID) error {
	for _, has := range []func(context.Context, *db.SystemTx, uuid.UUID) (bool, error){SecondFactor, HasPasskey} {
		if left, err := has(ctx, tx, user); err != nil || left {
			return err
		}
	}
	return s.Sessions.ForgetSecondFactorTx(ctx, tx, session.App, user)
}

// target names a person in the record.
func target(user uuid.UUID) string { return "user:" + user.String() }

// originOf returns the origin and the host of the base URL.
func originOf(baseURL string) (origin, host string, err error) {
	u, err := url.Parse(baseURL)
	if err != nil {
		return "", "", err
	}
	return u.Scheme + "://" + u.Host, u.Hostname(), nil
}
