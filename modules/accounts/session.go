package accounts

import (
	"context"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/session"
	"saaskit/platform/token"
)

// Session is what a browser works with: an access token that it keeps in memory, and who and where it is.
type Session struct {
	AccessToken string         `json:"access_token" doc:"Bearer token for the API; keep it in memory only"`
	ExpiresAt   time.Time      `json:"expires_at" doc:"When the access token stops to work"`
	User        User           `json:"user"`
	Tenants     []TenantRef    `json:"tenants" doc:"The first 100 workspaces of the person, by name; the list operation has them all"`
	Tenant      *SessionTenant `json:"tenant" doc:"The workspace that the access token works in, or null"`
}

const sessionTenants = 100

// SessionTenant is the tenant of a session; in the API document it may be null.
type SessionTenant struct {
	_ struct{} `nullable:"true"`
	CurrentTenant
}

type refreshInput struct {
	Body struct {
		Tenant string `json:"tenant" maxLength:"100" example:"acme" doc:"Slug of the workspace to work in; empty for none"`
	}
}

// refresh rotates the session's cookie and answers with an access token for the chosen tenant. A tenant that the person is no
// member of is not chosen: the answer then has no tenant, and the token opens none.
func (s *service) refresh(ctx context.Context, in *refreshInput) (*Session, error) {
	next, err := s.Sessions.Refresh(ctx, session.App, s.cookie.Get(ctx))
	if err != nil {
		return nil, err
	}
	s.cookie.Set(ctx, next.Refresh, next.Expires)
	if err := s.Limits.Take(ctx, refreshByAccount, next.Subject.String()); err != nil {
		return nil, err
	}
	var user User
	var enabled bool
	err = s.DB.System(ctx, "refresh a session", func(tx *db.SystemTx) (err error) {
		user, enabled, err = findUser(tx, next.Subject)
		return err
	})
	if err != nil {
		return nil, err
	}
	if !enabled {
		return nil, session.ErrExpired
	}
	return s.openSession(actingAs(ctx, user), user, next.Session, in.Body.Tenant)
}

// greet hands the browser a session that was just started, and ends the one it had, whoever's it was.
func (s *service) greet(ctx context.Context, user User, started session.Started) (*Session, error) {
	if old := s.cookie.Get(ctx); old != "" {
		if err := s.Sessions.EndByRefresh(ctx, session.App, old); err != nil {
			return nil, err
		}
	}
	s.cookie.Set(ctx, started.Refresh, started.Expires)
	return s.openSession(ctx, user, started.Session, "")
}

// openSession makes the answer for a live session of the user, in the tenant that has or had the slug if they are a member of it.
func (s *service) openSession(ctx context.Context, user User, id uuid.UUID, slug string) (*Session, error) {
	out := &Session{User: user, Tenants: []TenantRef{}}
	var chosen TenantRef
	err := s.DB.System(ctx, "list the tenants of a session", func(tx *db.SystemTx) (err error) {
		if err := tenantsOf(tx, user.ID).Order("t.name, t.id").Limit(sessionTenants).Scan(&out.Tenants).Error; err != nil {
			return err
		}
		if slug == "" {
			return nil
		}
		if err := tenantsOf(tx, user.ID).Where("t.id = (SELECT s.tenant_id FROM tenant_slugs s WHERE s.slug = ?)", slug).Limit(1).Scan(&chosen).Error; err != nil {
			return err
		}
		if chosen.Slug == "" {
			return audit.RecordSecurity(ctx, tx, "tenant.refuse", target(user.ID), nil)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if chosen.Slug != "" {
		inside := access.With(ctx, access.Actor{
			Kind: access.User, ID: user.ID, Session: id, Tenant: chosen.ID, Role: chosen.Held.BuiltIn, Permissions: s.may(chosen.Held),
		})
		current, err := s.currentTenant(inside, nil)
		if err != nil {
			return nil, err
		}
		out.Tenant = &SessionTenant{CurrentTenant: *current}
	}
	claims := token.Claims{Subject: user.ID, Session: id, Tenant: chosen.ID, Audience: session.App}
	out.AccessToken, out.ExpiresAt, err = s.Tokens.Issue(ctx, claims)
	return out, err
}
