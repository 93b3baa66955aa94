// Package operator is the back office: the people who run the product sign in apart from its customers, find a tenant, and suspend or restore it.
package operator

import (
	"context"
	"embed"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"saaskit/platform/access"
	"saaskit/platform/api"
	"saaskit/platform/app"
	"saaskit/platform/db"
	"saaskit/platform/jobs"
	"saaskit/platform/limit"
	"saaskit/platform/mail"
	"saaskit/platform/onetime"
	"saaskit/platform/password"
	"saaskit/platform/plan"
	"saaskit/platform/secret"
	"saaskit/platform/session"
	"saaskit/platform/token"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Deps is what the back office works with. What it shows of other modules it asks them, always in a transaction across tenants.
type Deps struct {
	DB        *db.DB
	Tokens    *token.Service
	Sessions  *session.Service
	Changes   *session.Changes
	OneTime   *onetime.Service
	Passwords *password.Hasher
	Limits    *limit.Limiter
	Plans     *plan.Service
	Mail      *mail.Mailer
	Queue     *jobs.Queue
	Secret    secret.Root // seals the codes that wait for a job
	Now       func() time.Time
	BaseURL   string // public address of the product; the only source of links, and https in it makes cookies Secure

	// OwnedBy asks for the tenants that have an owner whose address matches the ILIKE pattern, as a subquery of ids.
	OwnedBy func(tx *db.SystemTx, pattern string) *gorm.DB
	// Members asks for the first members of a tenant, owners first, at most limit.
	Members func(ctx context.Context, tx *db.SystemTx, tenant uuid.UUID, limit int) ([]Member, error)
	// OwnerEmails asks for the addresses that hear of what happens to a tenant.
	OwnerEmails func(ctx context.Context, tx *db.SystemTx, tenant uuid.UUID) ([]string, error)
	// UserEmail asks for a person's address; somebody unknown is a fault.NotFound.
	UserEmail func(ctx context.Context, tx *db.SystemTx, user uuid.UUID) (string, error)
	// SignOutEverywhere ends every session of a person, and voids the links and the sign-ins of theirs that wait to be completed.
	SignOutEverywhere func(ctx context.Context, tx *db.SystemTx, user uuid.UUID) error
	// RemoveFactors takes every second factor and passkey from a person.
	RemoveFactors func(ctx context.Context, tx *db.SystemTx, user uuid.UUID) error
	// CountMembers and CountNotes ask how many each of the tenants has. A tenant without any may be missing.
	CountMembers func(ctx context.Context, tx *db.SystemTx, tenants []uuid.UUID) (map[uuid.UUID]int64, error)
	CountNotes   func(ctx context.Context, tx *db.SystemTx, tenants []uuid.UUID) (map[uuid.UUID]int64, error)
}

type service struct {
	Deps
	rights *session.Rights
	cookie api.SessionCookie
}

// Rates by client address. Those of signing in by account are in sign_in.go.
var (
	signInByAddress   = limit.Rate{Name: "operator.sign-in.address", Count: 30, Per: 10 * time.Minute}
	codeByAddress     = limit.Rate{Name: "operator.code.address", Count: 60, Per: 10 * time.Minute}
	refreshByAddress  = limit.Rate{Name: "operator.refresh.address", Count: 300, Per: time.Minute}
	signOutByAddress  = limit.Rate{Name: "operator.sign-out.address", Count: 60, Per: 10 * time.Minute}
	passwordByAddress = limit.Rate{Name: "operator.password.address", Count: 30, Per: 10 * time.Minute}
)

// Rates by operator, by the token of a link and by tenant. A tenant's owners get a mail with each change.
var (
	refreshByOperator = limit.Rate{Name: "operator.refresh", Count: 60, Per: time.Minute}
	passwordByToken   = limit.Rate{Name: "operator.password", Count: 20, Per: time.Hour}
	changesByOperator = limit.Rate{Name: "operator.change", Count: 60, Per: time.Hour}
	changesByTenant   = limit.Rate{Name: "operator.change.tenant", Count: 10, Per: time.Hour}
)

func newService(d Deps) *service {
	d.BaseURL = strings.TrimRight(d.BaseURL, "/")
	s := &service{Deps: d, cookie: api.NewSessionCookie("operator", d.BaseURL)}
	s.rights = session.NewRights(s.loadRights, d.Now)
	return s
}

// changing is what suspending and restoring answer besides the general problems.
var changing = api.Errors("reason_required", "rate_limited", "mail_off")

// New returns the module.
func New(d Deps) app.Module {
	s := newService(d)
	return app.Module{
		Name:       "operator",
		Migrations: migrations,
		Actors:     map[string]api.ActorFunc{api.AudienceOperator: s.rights.Actor},
		Routes: func(r *api.Router) {
			s.Changes.OnChange(s.rights.Forget) // here, because a manifest may also be made just to be read

			api.Action(r, "sign-in", "Start an operator's sign-in", "/operator/sign-in", api.Public(signInByAddress), s.signIn, api.Errors("email_invalid", "rate_limited", "busy"))
			api.Action(r, "sign-in-code", "Complete an operator's sign-in", "/operator/sign-in/code", api.Public(codeByAddress), s.signInCode, api.Errors("code_invalid"))
			api.Action(r, "refresh", "Refresh an operator's session", "/operator/session/refresh", api.Public(refreshByAddress), s.refresh, api.Errors("session_expired"))
			api.Command(r, "sign-out", "Sign an operator out", "/operator/sign-out", api.Public(signOutByAddress), s.signOut)
			api.Command(r, "set-password", "Set an operator's password", "/operator/password", api.Public(passwordByAddress), s.setPassword,
				api.Errors("link_invalid", "password_too_short", "password_too_long", "password_too_common", "rate_limited", "busy", "mail_off"))

			api.Get(r, "me", "Get yourself as an operator", "/operator/me", api.Operator(), s.me)
			api.Get(r, "tenants", "List and search tenants", "/operator/tenants", api.Operator(), s.listTenants, api.Errors("invalid_cursor"))
			api.Get(r, "tenant", "Get a tenant", "/operator/tenants/{id}", api.Operator(), s.getTenant, api.Errors("not_found"))
			api.Action(r, "suspend", "Suspend a tenant", "/operator/tenants/{id}/suspend", api.Operator(), s.suspend, changing, api.Errors("already_suspended"))
			api.Action(r, "restore", "Restore a tenant", "/operator/tenants/{id}/restore", api.Operator(), s.restore, changing, api.Errors("not_suspended"))
			api.Command(r, "end-sessions", "Sign a person out everywhere", "/operator/users/{id}/end-sessions", api.Operator(), s.endSessions, changing,
				api.Describe("Voids the links and the sign-ins of theirs that wait to be completed, such as a change of address, too."))
			api.Get(r, "audit", "List what was done in tenants", "/operator/audit", api.Operator(), s.listAudit, api.Errors("invalid_cursor"))
		},
		Jobs: func(r *jobs.Registry) { jobs.HandleSystem(r, s.sendCode) },
	}
}

// loadRights reads whether the session is alive and the operator may still work.
func (s *service) loadRights(ctx context.Context, c token.Claims) (access.Actor, error) {
	actor := access.Actor{Kind: access.Operator, ID: c.Subject, Session: c.Session}
	err := s.DB.System(ctx, "check an operator's session", func(tx *db.SystemTx) error {
		_, alive, err := s.Sessions.LiveTx(ctx, tx, session.Operator, c.Session, c.Subject)
		if err != nil {
			return err
		}
		if !alive {
			return session.ErrExpired
		}
		o, err := findEnabled(tx, c.Subject)
		actor.Label = o.Email
		return err
	})
	if err != nil {
		return access.Actor{}, err
	}
	return actor, nil
}
