// Package identities signs people in with Google, GitHub and other providers, and links what they are there to their account.
//
// An identity is an issuer and its subject, never an address: an address that a provider vouches for makes a new account when nobody has it,
// and nothing else. Somebody who has an account links a provider to it from inside.
package identities

import (
	"context"
	"embed"
	"strings"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/api"
	"saaskit/platform/app"
	"saaskit/platform/db"
	"saaskit/platform/fault"
	"saaskit/platform/limit"
	"saaskit/platform/mail"
	"saaskit/platform/oidc"
	"saaskit/platform/onetime"
	"saaskit/platform/session"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Deps is what the module works with.
type Deps struct {
	DB        *db.DB
	Sessions  *session.Service
	OneTime   *onetime.Service
	Limits    *limit.Limiter
	Mail      *mail.Mailer
	Providers *oidc.Providers
	Now       func() time.Time
	BaseURL   string // public address of the product; the only source of links in mails, and https in it makes cookies Secure

	// Hold asks for a person and holds them as they are until the transaction ends, so that two changes of how one person signs in come one
	// after the other. Who is disabled is session.ErrExpired.
	Hold func(ctx context.Context, tx *db.SystemTx, id uuid.UUID) (Person, error)
	// HoldActor is Hold for an actor who changes how they sign in. An actor whose session has ended by then is session.ErrExpired too.
	HoldActor func(ctx context.Context, tx *db.SystemTx, actor access.Actor) (Person, error)
	// Create adds a person whose address is proved; ErrAccountExists when somebody has it.
	Create func(ctx context.Context, tx *db.SystemTx, email, name string) (Person, error)
	// OtherWayIn asks whether a person can sign in without any provider.
	OtherWayIn func(ctx context.Context, tx *db.SystemTx, id uuid.UUID) (bool, error)
	// SecondFactor asks whether a person has a second factor.
	SecondFactor func(ctx context.Context, tx *db.SystemTx, id uuid.UUID) (bool, error)
}

// Person is somebody as this module needs to know them.
type Person struct {
	ID    uuid.UUID
	Email string
}

// Door is how a proof becomes a session; S is what a browser is answered with.
type Door[S any] struct {
	SignIn         func(ctx context.Context, user uuid.UUID, p session.Proof) (*S, error)
	Reauthenticate func(ctx context.Context, p session.Proof) (*S, error)
}

type service struct {
	Deps
	flow    api.SessionCookie // binds a way to a provider to the browser that began it
	session api.SessionCookie // the one of accounts, only read
}

// Rates by client address. They are wide enough for an office behind one address.
var (
	listByAddress     = limit.Rate{Name: "identities.providers.address", Count: 600, Per: 10 * time.Minute}
	startByAddress    = limit.Rate{Name: "identities.start.address", Count: 120, Per: 10 * time.Minute}
	callbackByAddress = limit.Rate{Name: "identities.callback.address", Count: 120, Per: 10 * time.Minute}
)

// Rates by person. A change sends a mail.
var (
	startByPerson  = limit.Rate{Name: "identities.start", Count: 30, Per: 10 * time.Minute}
	changeByPerson = limit.Rate{Name: "identities.change", Count: 30, Per: time.Hour}
)

var (
	// ErrAccountExists says that somebody has the address with which somebody came from a provider.
	ErrAccountExists = fault.New(fault.Conflict, "account_exists", "Somebody has an account with this address. Sign in as you did before, then link the provider in your profile settings.")

	errNoProvider = fault.New(fault.NotFound, "provider_unknown", "There is no such provider.")
	errNotFound   = fault.New(fault.NotFound, "not_found", "There is no such identity.")
)

// What several operations answer besides the general problems, and what the reader of the API reference should know of others.
var (
	asking = api.Errors("provider_unknown", "provider_unavailable", "rate_limited")

	aboutStart = api.Describe("Answers with the address at the provider to send the browser to. The provider sends it back to the page `/sign-in/callback`, " +
		"which posts what it was given. That works once, for ten minutes, in the browser that asked.")
	aboutCallback = api.Describe("Completes what was begun at a provider: signing in, linking or confirming. Somebody who comes for the first time with an address " +
		"that the provider has verified and that nobody has gets an account. `session` is absent after linking.")
)

// New returns the module.
func New[S any](d Deps, door Door[S]) app.Module {
	s := newService(d)
	return app.Module{
		Name:       "identities",
		Migrations: migrations,
		Report:     s.report,
		Routes: func(r *api.Router) {
			api.Get(r, "providers", "List the providers to sign in with", "/sign-in/providers", api.Public(listByAddress), s.listProviders)
			api.Action(r, "sign-in", "Start to sign in with a provider", "/sign-in/providers/{key}", api.Public(startByAddress), s.startSignIn, asking, aboutStart)
			api.Action(r, "callback", "Complete what was begun at a provider", "/sign-in/callback", api.Public(callbackByAddress), callback(s, door), aboutCallback,
				api.Errors("flow_invalid", "provider_denied", "provider_answer_invalid", "provider_unavailable", "provider_email_unverified", "account_exists",
					"account_disabled", "sign_in_failed", "second_factor_required", "identity_taken", "reauthentication_failed", "code_required", "session_expired",
					"rate_limited", "mail_off"))

			api.Get(r, "list", "List your identities at providers", "/me/identities", api.SignedIn(), s.list)
			api.Action(r, "link", "Start to link a provider", "/me/identities/{key}", api.SignedIn().Recent(), s.startLink, asking, aboutStart)
			api.Delete(r, "remove", "Remove an identity", "/me/identities/{id}", api.SignedIn().Recent(), s.remove, api.Errors("last_sign_in_method", "rate_limited", "mail_off"))
			api.Action(r, "reauthenticate", "Start to confirm at a provider that it is you", "/session/reauthenticate/{key}", api.SignedIn(), s.startReauthenticate,
				asking, aboutStart, api.Errors("code_required"))
		},
	}
}

func newService(d Deps) *service {
	d.BaseURL = strings.TrimRight(d.BaseURL, "/")
	return &service{Deps: d, flow: api.NewSessionCookie("provider-flow", d.BaseURL), session: api.NewSessionCookie("session", d.BaseURL)}
}

// report is a line of the start-up report.
func (s *service) report(context.Context) []app.Line {
	all := s.Providers.All()
	names := make([]string, 0, len(all))
	for _, p := range all {
		names = append(names, p.Name)
	}
	if len(names) == 0 {
		return []app.Line{{Name: "sign-in providers", Detail: "none is set up: see GOOGLE_CLIENT_ID, GITHUB_CLIENT_ID and OIDC_ISSUER"}}
	}
	return []app.Line{{Name: "sign-in providers", On: true, Detail: strings.Join(names, ", ")}}
}

// target names a person in the record.
func target(user uuid.UUID) string { return "user:" + user.String() }
