// Package invitations lets people into tenants: by a mailed invitation, or because their address is at a domain that the tenant has proved to own.
package invitations

import (
	"context"
	"embed"
	"net"
	"strings"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/api"
	"saaskit/platform/app"
	"saaskit/platform/db"
	"saaskit/platform/jobs"
	"saaskit/platform/limit"
	"saaskit/platform/mail"
	"saaskit/platform/password"
	"saaskit/platform/plan"
	"saaskit/platform/session"
)

// The permissions.
const (
	Read         access.Permission = "invitations:read"
	Write        access.Permission = "invitations:write"
	DomainsRead  access.Permission = "domains:read"
	DomainsWrite access.Permission = "domains:write"
)

// JoinByDomain lets people join by the domain of their address.
const JoinByDomain plan.Key = "domains"

// Entitlements is what a plan can grant of this module.
var Entitlements = plan.Entitlements{JoinByDomain: plan.Feature("Join by e-mail domain")}

//go:embed migrations/*.sql
var migrations embed.FS

// Deps is what the module uses.
type Deps struct {
	DB        *db.DB
	Limits    *limit.Limiter
	Mail      *mail.Mailer
	Queue     *jobs.Queue
	Passwords *password.Hasher
	Plans     *plan.Service
	Now       func() time.Time
	BaseURL   string // the only source of links in mails
	DNSServer string // host:port of the name server to ask; "" for the system's

	// Grantable finds the role that the key names, if the actor may grant it.
	Grantable func(ctx context.Context, tx *db.Tx, key string) (Role, error)
	// RoleNames tells the names of the roles that the transaction's tenant made, by key.
	RoleNames func(context.Context, *db.Tx) (map[string]string, error)
	// Names tells the names of those of the people who are members of the transaction's tenant.
	Names func(ctx context.Context, tx *db.Tx, people []uuid.UUID) (map[uuid.UUID]string, error)
	// Members tells which of the addresses are those of members of the transaction's tenant.
	Members func(ctx context.Context, tx *db.Tx, emails []string) ([]string, error)
	// MayGrant tells the name of a role of a tenant, and whether somebody may still invite to it: false too when the role is gone.
	MayGrant func(ctx context.Context, tx *db.SystemTx, tenant uuid.UUID, by Inviter, role string) (name string, may bool, err error)
	// Person finds the enabled person with the id; PersonAt whoever has the address, enabled or not.
	Person   func(ctx context.Context, tx *db.SystemTx, user uuid.UUID) (Person, bool, error)
	PersonAt func(ctx context.Context, tx *db.SystemTx, email string) (Person, bool, error)
	// SignUp makes the account of somebody whose address is proved. An address that is taken is an error, and changes nothing.
	SignUp func(ctx context.Context, tx *db.SystemTx, email, name, passwordHash string) (uuid.UUID, error)
	// Join adds a person to a tenant within the seats of its plan. joined is false for somebody who is a member already; they stay what they are.
	Join func(ctx context.Context, tx *db.SystemTx, tenant, user uuid.UUID, role string) (joined bool, err error)
	// OwnerEmails lists the addresses of a tenant's owners.
	OwnerEmails func(ctx context.Context, tx *db.SystemTx, tenant uuid.UUID) ([]string, error)
}

// Entrance is how the module hands people on: what they get is the owner's of sessions and memberships to say.
type Entrance[Session, Tenant any] struct {
	// SignIn starts a session for a person who has proved who they are.
	SignIn func(ctx context.Context, user uuid.UUID, proof session.Proof) (*Session, error)
	// TenantOf returns a tenant as one of its members sees it.
	TenantOf func(ctx context.Context, tx *db.SystemTx, tenant, user uuid.UUID) (Tenant, error)
}

// Role is a role as the API names it, and its name for people.
type Role struct{ Key, Name string }

// Person is somebody with an account.
type Person struct {
	ID          uuid.UUID
	Email, Name string
}

type service struct {
	Deps
	resolver *net.Resolver
}

type entrance[Session, Tenant any] struct {
	*service
	Entrance[Session, Tenant]
}

var (
	mailing  = api.Errors("mail_off", "rate_limited")
	roles    = api.Errors("role_unknown", "role_above_own", "user_required", "reauthentication_required")
	link     = api.Errors("link_invalid")
	entering = api.Errors("link_invalid", "limit_reached", "rate_limited", api.ErrReadOnly.Code)

	aboutCreate = api.Describe("Mails an invitation to each address. An address that is not a plain one, belongs to a member or has an invitation already is skipped, " +
		"and the others are invited all the same. Whether somebody has an account is not told. Who invites an owner has proved recently who they are.")
	aboutResend    = api.Describe("Mails a new link that works for 7 days, in your name. The link before it stops to work.")
	aboutOpen      = api.Describe("Tells whoever has the link what it is for. It changes nothing.")
	aboutAccept    = api.Describe("Accepts an invitation as the person who is signed in. It must be for their address.")
	aboutAcceptNew = api.Describe("Makes an account for the address of the invitation, joins and signs in. Somebody who has an account signs in and accepts instead.")
	aboutVerify    = api.Describe("Looks for the TXT record. From then on it is looked for every day: while it is gone nobody joins by the domain, and after 3 days in a row the proof is lost.")
	aboutJoinable  = api.Describe("Lists the workspaces that you may join without an invitation, because your address is at a domain of theirs. One that you left, or that removed you, has to invite you.")
)

// New returns the module. Session and Tenant are what its last steps answer with.
func New[Session, Tenant any](d Deps, e Entrance[Session, Tenant]) app.Module {
	d.BaseURL = strings.TrimRight(d.BaseURL, "/")
	s := &service{Deps: d, resolver: newResolver(d.DNSServer)}
	in := &entrance[Session, Tenant]{s, e}
	return app.Module{
		Name:         "invitations",
		Entitlements: Entitlements,
		Permissions: access.Permissions{
			Read: access.Admin, Write: access.Admin, DomainsRead: access.Admin, DomainsWrite: access.Owner,
		},
		Summaries: access.Summaries{
			Read: "See invitations", Write: "Invite people", DomainsRead: "See domains", DomainsWrite: "Add and prove domains, and let their people join",
		},
		Migrations: migrations,
		Routes: func(r *api.Router) {
			api.Get(r, "list", "List invitations", "/invitations", api.Needs(Read), s.list, api.Errors("invalid_cursor"))
			api.Post(r, "create", "Invite people", "/invitations", api.Needs(Write), s.create, mailing, roles, api.Errors("too_many_invitations"), aboutCreate)
			api.Command(r, "resend", "Send an invitation again", "/invitations/{id}/resend", api.Needs(Write), s.resend, mailing, roles, aboutResend)
			api.Delete(r, "revoke", "Revoke an invitation", "/invitations/{id}", api.Needs(Write), s.revoke)
			api.Action(r, "open", "Look at an invitation", "/invitations/open", api.Public(openByAddress), s.open, link, aboutOpen)
			api.Action(r, "accept", "Accept an invitation", "/invitations/accept", api.SignedIn(), in.accept, entering, api.Errors("invitation_not_yours"), aboutAccept)
			api.Action(r, "accept-new", "Accept an invitation with a new account", "/invitations/accept-new", api.Public(acceptByAddress), in.acceptNew, entering,
				api.Errors("account_exists", "name_invalid", "password_too_short", "password_too_long", "password_too_common", "busy"), aboutAcceptNew)
			in.domainRoutes(r)
		},
		Jobs: func(r *jobs.Registry) {
			jobs.HandleSystem(r, s.recheckAll)
			jobs.Handle(r, s.recheck)
			jobs.HandleSystem(r, s.purge)
			jobs.Every(r, 24*time.Hour, recheckAll{})
			jobs.Every(r, 24*time.Hour, purge{})
		},
		Report: s.report,
	}
}

func (e *entrance[Session, Tenant]) domainRoutes(r *api.Router) {
	api.Get(r, "domain-list", "List domains", "/domains", api.Needs(DomainsRead), e.listDomains)
	api.Post(r, "domain-create", "Claim a domain", "/domains", api.Needs(DomainsWrite), e.createDomain,
		api.Errors("domain_invalid", "domain_public", "domain_exists", "too_many_domains", "limit_reached"))
	api.Action(r, "domain-verify", "Prove a domain", "/domains/{id}/verify", api.Needs(DomainsWrite), e.verifyDomain,
		api.Errors("record_not_found", "dns_unavailable", "domain_taken", "rate_limited"), aboutVerify)
	api.Patch(r, "domain-update", "Change how people of a domain join", "/domains/{id}", api.Needs(DomainsWrite), e.updateDomain, api.Errors("domain_unproven", "limit_reached"))
	api.Delete(r, "domain-delete", "Give a domain up", "/domains/{id}", api.Needs(DomainsWrite), e.deleteDomain)

	api.Get(r, "joinable", "List workspaces that you may join", "/me/joinable", api.SignedIn(), e.joinable, aboutJoinable)
	api.Action(r, "join", "Join a workspace of your domain", "/me/joinable/{tenant_id}/join", api.SignedIn(), e.join,
		api.Errors("limit_reached", "rate_limited", "already_member", api.ErrReadOnly.Code))
}

func (s *service) report(context.Context) []app.Line {
	line := app.Line{Name: "domains", On: true, Detail: "proofs are asked of the system's name server"}
	if s.DNSServer != "" {
		line.Detail = "proofs are asked of the name server " + s.DNSServer
	}
	return []app.Line{line}
}
