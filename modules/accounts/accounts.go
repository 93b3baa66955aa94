// Package accounts lets people sign up and sign in, and gives them tenants whose members have roles.
package accounts

import (
	"context"
	"embed"
	"strings"
	"time"

	"saaskit/platform/access"
	"saaskit/platform/api"
	"saaskit/platform/app"
	"saaskit/platform/db"
	"saaskit/platform/limit"
	"saaskit/platform/mail"
	"saaskit/platform/onetime"
	"saaskit/platform/password"
	"saaskit/platform/session"
	"saaskit/platform/token"
)

// The permissions of this module.
const (
	TenantRead   access.Permission = "tenant:read"
	MembersRead  access.Permission = "members:read"
	MembersWrite access.Permission = "members:write"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Deps is what accounts works with.
type Deps struct {
	DB        *db.DB
	Tokens    *token.Service
	Sessions  *session.Service
	OneTime   *onetime.Service
	Passwords *password.Hasher
	Limits    *limit.Limiter
	Mail      *mail.Mailer
	Now       func() time.Time
	BaseURL   string // public address of the product; the only source of links in mails, and https in it makes cookies Secure

	// Permissions tells the permissions of all modules, so that a session can list those of its role.
	Permissions func() access.Permissions
	// Plan asks for the key of the plan of the transaction's tenant.
	Plan func(context.Context, *db.Tx) (string, error)
}

type service struct {
	Deps
	rights *session.Rights
	cookie api.SessionCookie
}

func newService(d Deps) *service {
	d.BaseURL = strings.TrimRight(d.BaseURL, "/")
	s := &service{Deps: d, cookie: api.NewSessionCookie("session", d.BaseURL)}
	s.rights = session.NewRights(s.loadRights, d.Now)
	return s
}

// What several operations answer besides the general problems, and what the reader of the API reference should know of others.
var (
	limited     = api.Errors("email_invalid", "rate_limited")
	mailing     = api.Errors("mail_off")
	hashing     = api.Errors("busy")
	newPassword = api.Errors("link_invalid", "password_too_short", "password_too_long", "password_too_common", "rate_limited")
	guarded     = api.Errors("last_owner", "role_above_own")

	aboutSignUp  = api.Describe("Mails a link to the address. The answer is the same whether the address is known or not.")
	aboutForgot  = api.Describe("Mails a link to the address if somebody signed up with it. The answer is the same for every address.")
	aboutReset   = api.Describe("Sets the password and ends every session of the person. It signs nobody in.")
	aboutRefresh = api.Describe("Exchanges the session cookie for a new one and for an access token that works in the workspace with the slug. " +
		"`tenant` is null in the answer when the slug is empty or you are not a member.")
)

// New returns the module.
func New(d Deps) app.Module {
	s := newService(d)
	return app.Module{
		Name:        "accounts",
		Permissions: access.Permissions{TenantRead: access.Viewer, MembersRead: access.Viewer, MembersWrite: access.Admin},
		Migrations:  migrations,
		Actors:      map[string]api.ActorFunc{api.AudienceApp: s.rights.Actor},
		Routes: func(r *api.Router) {
			s.Sessions.OnReuse(s.tellOfReuse) // here, because a manifest may also be made just to be read

			api.Command(r, "sign-up", "Start to sign up", "/sign-up", api.Public(signUpByAddress), s.signUp, api.Status(202), limited, mailing, aboutSignUp)
			api.Action(r, "sign-up-complete", "Complete a sign-up", "/sign-up/complete", api.Public(completeByAddress), s.completeSignUp, newPassword, hashing, api.Errors("name_invalid"))
			api.Action(r, "sign-in", "Sign in", "/sign-in", api.Public(signInByAddress), s.signIn, limited, hashing, api.Errors("sign_in_failed"))
			api.Command(r, "sign-out", "Sign out", "/sign-out", api.Public(signOutByAddress), s.signOut)
			api.Action(r, "session-refresh", "Refresh the session", "/session/refresh", api.Public(refreshByAddress), s.refresh, aboutRefresh, api.Errors("session_expired"))
			api.Command(r, "password-forgot", "Ask for a link to set a new password", "/password/forgot", api.Public(forgotByAddress), s.forgotPassword, api.Status(202), limited, mailing, aboutForgot)
			api.Command(r, "password-reset", "Set a new password", "/password/reset", api.Public(resetByAddress), s.resetPassword, newPassword, hashing, mailing, aboutReset)

			api.Get(r, "me", "Get yourself", "/me", api.SignedIn(), s.me)
			api.Get(r, "tenant-list", "List your workspaces", "/tenants", api.SignedIn(), s.listTenants, api.Errors("invalid_cursor"))
			api.Post(r, "tenant-create", "Create a workspace", "/tenants", api.SignedIn(), s.createTenant, api.Errors("name_invalid", "slug_taken", "rate_limited"))
			api.Get(r, "tenant", "Get the current workspace", "/tenant", api.Needs(TenantRead), s.currentTenant)

			api.Get(r, "member-list", "List members", "/members", api.Needs(MembersRead), s.listMembers, api.Errors("invalid_cursor"))
			api.Patch(r, "member-role", "Change a member's role", "/members/{user_id}", api.Needs(MembersWrite), s.changeRole, guarded)
			api.Delete(r, "member-remove", "Remove a member", "/members/{user_id}", api.Needs(MembersWrite), s.removeMember, guarded)
		},
	}
}
