package accounts

import (
	"context"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/db"
	"saaskit/platform/fault"
	"saaskit/platform/session"
	"saaskit/platform/token"
)

var errNotMember = fault.New(fault.Unauthenticated, "not_a_member", "You are not a member of this workspace.")

// loadRights asks the database what the bearer of a verified token may do now: the token only says who and where.
func (s *service) loadRights(ctx context.Context, c token.Claims) (access.Actor, error) {
	actor := access.Actor{Kind: access.User, ID: c.Subject, Session: c.Session, Tenant: c.Tenant}
	ctx = access.With(ctx, actor)
	if c.Tenant == uuid.Nil {
		return s.outsideTenants(ctx, actor)
	}
	var found []struct {
		Role                *access.Role
		Permissions         string
		Status              *string
		SecondFactorMissing bool
		ReadOnly            bool
		ProvedAt            time.Time
		Email               string
	}
	err := s.DB.One(ctx, func(tx *db.Tx) error {
		return tx.Raw(`SELECT role, coalesce(permissions, '') AS permissions, tenant_status AS status,
			coalesce(second_factor_missing, false) AS second_factor_missing, read_only, proved_at, coalesce(email, '') AS email FROM member_rights(?, ?)`, c.Session, c.Subject).Scan(&found).Error
	})
	switch {
	case err != nil:
		return access.Actor{}, err
	case len(found) != 1:
		return access.Actor{}, session.ErrExpired
	case found[0].Role == nil || found[0].Status == nil:
		return access.Actor{}, errNotMember
	}
	actor.Label, actor.Role, actor.Suspended = found[0].Email, *found[0].Role, *found[0].Status != statusActive
	actor.SecondFactorMissing, actor.ReadOnly, actor.ProvedAt = found[0].SecondFactorMissing, found[0].ReadOnly, found[0].ProvedAt
	actor.Permissions = s.may(held{actor.Role, found[0].Permissions})
	return actor, nil
}

// outsideTenants refuses a token without a tenant whose session is over or whose user is disabled.
func (s *service) outsideTenants(ctx context.Context, actor access.Actor) (access.Actor, error) {
	err := s.DB.System(ctx, "check a session outside any tenant", func(tx *db.SystemTx) error {
		live, alive, err := s.Sessions.LiveTx(ctx, tx, session.App, actor.Session, actor.ID)
		if err != nil {
			return err
		}
		actor.ProvedAt = live.ProvedAt
		user, enabled, err := findUser(tx, actor.ID)
		actor.Label = user.Email
		if err == nil && (!alive || !enabled) {
			return session.ErrExpired
		}
		return err
	})
	return actor, err
}

// tellOfReuse mails the owner of a session that ended because two parties used its cookie. A change of address that waits may be the other's.
func (s *service) tellOfReuse(ctx context.Context, tx *db.SystemTx, audience string, subject uuid.UUID) error {
	if audience != session.App {
		return nil
	}
	user, enabled, err := lockAccountTx(tx, subject)
	if err != nil || !enabled {
		return err
	}
	if err := s.cancelEmailChangeTx(ctx, tx, user); err != nil {
		return err
	}
	return s.Mail.Send(ctx, tx, s.reuseMail(user.Email))
}
