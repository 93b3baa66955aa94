// Package accounts lets people sign up and sign in, and gives them tenants whose members have roles.
package accounts

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
	"saaskit/platform/jobs"
	"saaskit/platform/limit"
	"saaskit/platform/mail"
	"saaskit/platform/onetime"
	"saaskit/platform/password"
	"saaskit/platform/place"
	"saaskit/platform/plan"
	"saaskit/platform/session"
	"saaskit/platform/token"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Deps is what accounts works with.
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
	Places    *place.Places
	Now       func() time.Time
	BaseURL   string // public address of the product; the only source of links in mails, and https in it makes cookies Secure

	// Permissions tells the permissions of all modules, so that a session can list those of its role.
	Permissions func() access.Permissions
	// Summaries tells people what the permissions of all modules are for. Without it the keys must do.
	Summaries func() access.Summaries
	// Plan asks for the key of the plan of the transaction's tenant.
	Plan func(context.Context, *db.Tx) (string, error)
	// SecondFactor asks whether the person has a second factor, besides passkeys. Without it nobody has one.
	SecondFactor func(ctx context.Context, tx *db.SystemTx, user uuid.UUID) (bool, error)
	// VerifyCode spends a code of the person's second factor and tells which kind it was of. It counts no attempts; the caller does.
	VerifyCode func(ctx context.Context, tx *db.SystemTx, user uuid.UUID, code string) (method string, ok bool, err error)
	// Leaving and RoleGoing have other modules take back what they hold for a membership or a role of the transaction's tenant that is about to end.
	Leaving   func(ctx context.Context, tx *db.Tx, user uuid.UUID) error
	RoleGoing func(ctx context.Context, tx *db.Tx, role uuid.UUID) error
	// MembersChanged tells, in the transaction, that somebody joined the tenant or is a member no longer.
	MembersChanged func(ctx context.Context, tx db.Enqueuer, tenant uuid.UUID) error
}

type service struct {
	Deps
	rights    *session.Rights
	cookie    api.SessionCookie
	challenge api.SessionCookie // a sign-in that waits for its second factor
	drawing   chan struct{}     // holds one while a picture is decoded
}

func newService(d Deps) *service {
	d.BaseURL = strings.TrimRight(d.BaseURL, "/")
	if d.SecondFactor == nil {
		d.SecondFactor = func(context.Context, *db.SystemTx, uuid.UUID) (bool, error) { return false, nil }
	}
	if d.Leaving == nil {
		d.Leaving = func(context.Context, *db.Tx, uuid.UUID) error { return nil }
	}
	if d.RoleGoing == nil {
		d.RoleGoing = func(context.Context, *db.Tx, uuid.UUID) error { return nil }
	}
	if d.MembersChanged == nil {
		d.MembersChanged = func(context.Context, db.Enqueuer, uuid.UUID) error { return nil }
	}
	if d.Summaries == nil {
		d.Summaries = func() access.Summaries { return nil }
	}
	s := &service{Deps: d, cookie: api.NewSessionCookie("session", d.BaseURL), challenge: api.NewSessionCookie("challenge", d.BaseURL),
		drawing: make(chan struct{}, 1)}
	s.rights = session.NewRights(s.loadRights, d.Now)
	return s
}

// What several operations answer besides the general problems, and what the reader of the API reference should know of others.
var (
	limited     = api.Errors("email_invalid", "rate_limited")
	mailing     = api.Errors("mail_off")
	hashing     = api.Errors("busy")
	newPassword = api.Errors("link_invalid", "password_too_short", "password_too_long", "password_too_common", "rate_limited")
	ownPassword = api.Errors("password_too_short", "password_too_long", "password_too_common", "rate_limited")
	guarded     = api.Errors("last_owner", "role_above_own", "role_unknown")
	waiting     = api.Errors("too_many_waiting")
	writingRole = api.Errors("name_invalid", "role_name_taken", "permission_unknown", "role_above_own")

	aboutSignUp   = api.Describe("Mails a link to the address. The answer is the same whether the address is known or not.")
	aboutForgot   = api.Describe("Mails a link to the address if somebody signed up with it. The answer is the same for every address.")
	aboutSignIn   = api.Describe("A person with a second factor gets the problem `second_factor_required` and a cookie with which to give the code to `/sign-in/second-factor`.")
	aboutReset    = api.Describe("Sets the password and ends every session of the person. It signs nobody in.")
	aboutPassword = api.Describe("Ends your other sessions and makes mailed links worthless.")
	aboutEmail    = api.Describe("Mails a link to the new address and a notice to the present one. Nothing changes until the link is opened. The answer is the same whether somebody has the new address or not.")
	aboutConfirm  = api.Describe("Changes the address, and ends every session but that of the browser in which it is confirmed. It signs nobody in.")
	aboutSessions = api.Describe("At most the 100 that were used last. A session ends 7 days after its last use and 30 days after sign-in, whichever comes first.")
	aboutEnd      = api.Describe("A change of address that is not confirmed yet is cancelled with it.")
	aboutChanges  = api.Describe("Answers as soon as the workspace, your role or its plan is no longer as in `since`, and with a problem as soon as you may not be here any more. " +
		"Without a change it answers after some seconds with the version that you know; then ask again. An API key is answered at once.")
	aboutSlug = api.Describe("The workspace keeps the addresses that it had: they lead to it, and no other workspace ever gets them. " +
		"It can have 10 in all, with the present one; to go back to one of them is always possible.")
	aboutLogo           = api.Describe("Takes a PNG or JPEG of at most 700 KB, 4096 pixels a side and 4 million pixels, or 2 million as a JPEG. It is kept as a PNG of 128 by 128 pixels.")
	aboutSecondFactor   = api.Describe("With it, sessions and API keys without a second factor are refused within a second, with `second_factor_required_here`. Your own session must have one. All owners are told by mail.")
	aboutTransfer       = api.Describe("The member becomes owner and you become admin. All owners are told by mail.")
	aboutMember         = api.Describe("To make somebody owner needs a recent proof of who you are, as handing the ownership over does; all owners are told by mail. No API key can do it.")
	aboutRoles          = api.Describe("The built-in roles, highest first, then those that the workspace made, by name; and all permissions that a role can have.")
	aboutReauthenticate = api.Describe("Some operations need a recent proof (`x-recent`). The session goes on under a new cookie and access token; the old ones stop to work.")
	aboutRefresh        = api.Describe("Exchanges the session cookie for a new one and for an access token that works in the workspace with the slug. " +
		"`tenant` is null in the answer when the slug is empty or you are not a member.")
)

// New returns the module.
func New(d Deps) app.Module {
	s := newService(d)
	return app.Module{
		Name:         "accounts",
		Permissions:  permissions,
		Summaries:    summaries,
		Entitlements: Entitlements,
		Counters:     plan.Counters{MaxMembers: Seats},
		Migrations:   migrations,
		Actors:       map[string]api.ActorFunc{api.AudienceApp: s.rights.Actor},
		Routes: func(r *api.Router) {
			// Here, because a manifest may also be made just to be read.
			s.Sessions.OnReuse(s.tellOfReuse)
			s.Changes.OnChange(s.rights.Forget)

			api.Command(r, "sign-up", "Start to sign up", "/sign-up", api.Public(signUpByAddress), s.signUp, api.Status(202), limited, mailing, aboutSignUp)
			api.Action(r, "sign-up-complete", "Complete a sign-up", "/sign-up/complete", api.Public(completeByAddress), s.completeSignUp, newPassword, hashing, api.Errors("name_invalid"))
			api.Action(r, "sign-in", "Sign in", "/sign-in", api.Public(signInByAddress), s.signIn, limited, hashing, api.Errors("sign_in_failed", "second_factor_required"), aboutSignIn)
			api.Action(r, "sign-in-second-factor", "Complete a sign-in with a second factor", "/sign-in/second-factor", api.Public(secondFactorByAddress), s.secondFactor,
				api.Errors("code_invalid", "challenge_expired", "sign_in_failed", "rate_limited"))
			api.Command(r, "sign-out", "Sign out", "/sign-out", api.Public(signOutByAddress), s.signOut)
			api.Action(r, "session-refresh", "Refresh the session", "/session/refresh", api.Public(refreshByAddress), s.refresh, aboutRefresh, api.Errors("session_expired"))
			api.Action(r, "session-reauthenticate", "Confirm that it is you", "/session/reauthenticate", api.SignedIn(), s.reauthenticate, hashing,
				api.Errors("reauthentication_failed", "rate_limited", "sign_in_failed"), aboutReauthenticate)
			api.Command(r, "password-forgot", "Ask for a link to set a new password", "/password/forgot", api.Public(forgotByAddress), s.forgotPassword, api.Status(202), limited, mailing, aboutForgot)
			api.Command(r, "password-reset", "Set a new password", "/password/reset", api.Public(resetByAddress), s.resetPassword, newPassword, hashing, mailing, aboutReset)

			api.Get(r, "me", "Get yourself", "/me", api.SignedIn(), s.me)
			api.Patch(r, "me-update", "Change your name", "/me", api.SignedIn(), s.updateMe, api.Errors("name_invalid"))
			api.Command(r, "me-password", "Set or change your password", "/me/password", api.SignedIn().Recent(), s.changePassword, ownPassword, hashing, mailing, aboutPassword)
			api.Command(r, "me-email", "Ask to change your e-mail address", "/me/email", api.SignedIn().Recent(), s.changeEmail, api.Status(202), limited, mailing, api.Errors("email_unchanged"), aboutEmail)
			api.Delete(r, "me-email-cancel", "Cancel the change of your e-mail address", "/me/email", api.SignedIn(), s.cancelEmailChange)
			api.Command(r, "email-confirm", "Confirm a new e-mail address", "/email/confirm", api.Public(confirmByAddress), s.confirmEmail, mailing, api.Errors("link_invalid", "rate_limited"), aboutConfirm)
			api.Get(r, "session-list", "List your sessions", "/me/sessions", api.SignedIn(), s.listSessions, aboutSessions)
			api.Delete(r, "session-end", "End a session", "/me/sessions/{id}", api.SignedIn(), s.endSession, aboutEnd)
			api.Command(r, "session-end-others", "End your other sessions", "/me/sessions/end-others", api.SignedIn(), s.endOtherSessions, aboutEnd)
			api.Get(r, "me-activity", "List what happened to your account", "/me/activity", api.SignedIn(), s.listActivity, api.Errors("invalid_cursor"))

			api.Get(r, "tenant-list", "List your workspaces", "/tenants", api.SignedIn(), s.listTenants, api.Errors("invalid_cursor"))
			api.Post(r, "tenant-create", "Create a workspace", "/tenants", api.SignedIn(), s.createTenant, api.Errors("name_invalid", "slug_taken", "rate_limited"))
			api.Get(r, "tenant", "Get the current workspace", "/tenant", api.Needs(TenantRead), s.currentTenant)
			api.Patch(r, "tenant-update", "Rename the current workspace", "/tenant", api.Needs(TenantWrite), s.changeTenant, api.Errors("name_invalid", "slug_taken", "too_many_slugs", "rate_limited"), aboutSlug)
			api.Get(r, "tenant-changes", "Wait for a change of the current workspace", "/tenant/changes", api.Needs(TenantRead), s.tenantChanges, waiting, aboutChanges)
			api.Action(r, "tenant-second-factor", "Require a second factor", "/tenant/second-factor", api.Needs(TenantSecurity).Recent(), s.requireSecondFactor, api.Errors("role_above_own", "rate_limited"), aboutSecondFactor)
			api.Action(r, "tenant-logo", "Set the workspace's logo", "/tenant/logo", api.Needs(TenantWrite), s.setLogo, api.Errors("image_invalid", "image_too_large", "rate_limited"), aboutLogo)
			api.Delete(r, "tenant-logo-remove", "Remove the workspace's logo", "/tenant/logo", api.Needs(TenantWrite), s.removeLogo)
			api.Command(r, "tenant-leave", "Leave the current workspace", "/tenant/leave", api.Needs(TenantRead).WhileReadOnly(), s.leave, api.Errors("last_owner", "user_required", "not_found"))
			api.Command(r, "tenant-transfer", "Hand the ownership over", "/tenant/transfer", api.Needs(TenantSecurity).Recent(), s.transfer,
				api.Errors("not_found", "role_above_own", "transfer_to_self", "member_disabled", "rate_limited"), aboutTransfer)

			api.Get(r, "member-list", "List members", "/members", api.Needs(MembersRead), s.listMembers, api.Errors("invalid_cursor"))
			api.Patch(r, "member-role", "Change a member's role", "/members/{user_id}", api.Needs(MembersWrite), s.changeRole, guarded,
				api.Errors("rate_limited", "user_required", "reauthentication_required"), aboutMember)
			api.Delete(r, "member-remove", "Remove a member", "/members/{user_id}", api.Needs(MembersWrite).WhileReadOnly(), s.removeMember, guarded)

			api.Get(r, "role-list", "List roles and permissions", "/roles", api.Needs(MembersRead), s.listRoles, aboutRoles)
			api.Post(r, "role-create", "Make a role", "/roles", api.Needs(RolesWrite), s.createRole, writingRole, api.Errors("too_many_roles"))
			api.Patch(r, "role-update", "Change a role", "/roles/{id}", api.Needs(RolesWrite), s.updateRole, writingRole, api.Errors("own_role", "version_conflict"))
			api.Delete(r, "role-delete", "Delete a role", "/roles/{id}", api.Needs(RolesWrite), s.deleteRole, api.Errors("role_in_use", "role_above_own"))
		},
		Jobs: func(r *jobs.Registry) { jobs.Handle(r, s.tellOwners) },
	}
}
