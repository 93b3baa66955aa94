package accounts

import (
	"context"

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
		return actor, s.checkSession(ctx, c)
	}
	var found []struct {
		Role   *access.Role
		Status *string
	}
	err := s.DB.One(ctx, func(tx *db.Tx) error {
		return tx.Raw("SELECT role, tenant_status AS status FROM member_rights(?, ?)", c.Session, c.Subject).Scan(&found).Error
	})
	switch {
	case err != nil:
		return access.Actor{}, err
	case len(found) != 1:
		return access.Actor{}, session.ErrExpired
	case found[0].Role == nil || found[0].Status == nil:
		return access.Actor{}, errNotMember
	}
	actor.Role, actor.Suspended = *found[0].Role, *found[0].Status != statusActive
	return actor, nil
}

// checkSession refuses a token without a tenant whose session is over or whose user is disabled.
func (s *service) checkSession(ctx context.Context, c token.Claims) error {
	return s.DB.System(ctx, "check a session outside any tenant", func(tx *db.SystemTx) error {
		alive, err := s.Sessions.AliveTx(ctx, tx, session.App, c.Session, c.Subject)
		if err != nil {
			return err
		}
		_, enabled, err := findUser(tx, c.Subject)
		if err == nil && (!alive || !enabled) {
			return session.ErrExpired
		}
		return err
	})
}

// tellOfReuse mails the owner of a session that ended because two parties used its cookie.
func (s *service) tellOfReuse(ctx context.Context, tx *db.SystemTx, audience string, subject uuid.UUID) error {
	if audience != session.App {
		return nil
	}
	user, enabled, err := findUser(tx, subject)
	if err != nil || !enabled {
		return err
	}
	return s.Mail.Send(ctx, tx, s.reuseMail(user.Email))
}
