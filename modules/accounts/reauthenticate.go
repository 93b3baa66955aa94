package accounts

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/fault"
	"saaskit/platform/session"
)

type reauthenticateInput struct {
	Body struct {
		Password string `json:"password,omitempty" maxLength:"1024" doc:"Of a person without a second factor"`
		Code     string `json:"code,omitempty" maxLength:"40" example:"123456" doc:"Of a person with a second factor: from the authenticator app, or a recovery code"`
	}
}

var errReauthentication = fault.New(fault.Invalid, "reauthentication_failed", "That is not right. Try again.")

// reauthenticate proves again who the actor is. The session goes on under a new cookie and a new access token; the old ones are worthless.
func (s *service) reauthenticate(ctx context.Context, in *reauthenticateInput) (*Session, error) {
	actor := access.From(ctx)
	if err := s.takeProof(ctx, actor.ID); err != nil {
		return nil, err
	}
	proved, err := s.proveAnew(ctx, actor.ID, in)
	if errors.Is(err, errReauthentication) {
		return nil, s.refuse(ctx, "user.reauthentication_failed", actor.ID, err)
	}
	return proved, err
}

// proveAnew takes the code of a person with a second factor, and the password of others.
func (s *service) proveAnew(ctx context.Context, person uuid.UUID, in *reauthenticateInput) (*Session, error) {
	var known credential
	has := false
	err := s.DB.System(ctx, "look up a credential", func(tx *db.SystemTx) (err error) {
		if known, err = credentialOf(tx, person); err != nil {
			return err
		}
		has, err = s.SecondFactor(ctx, tx, person)
		return err
	})
	if err != nil {
		return nil, err
	}
	if has {
		return s.proveAgain(ctx, session.Proof{SecondFactor: true}, func(tx *db.SystemTx) (string, error) {
			method, ok, err := s.VerifyCode(ctx, tx, person, in.Body.Code)
			if err == nil && !ok {
				err = errReauthentication
			}
			return method, err
		})
	}
	ok, err := s.proves(ctx, &known, in.Body.Password)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, errReauthentication
	}
	return s.proveAgain(ctx, session.Proof{Method: "password"}, nil)
}

// proveAgain replaces the actor's session by one that has just been proved. check, which may be nil, confirms the proof in the same transaction.
func (s *service) proveAgain(ctx context.Context, proof session.Proof, check func(*db.SystemTx) (method string, err error)) (*Session, error) {
	actor := access.From(ctx)
	var user User
	var started session.Started
	slug := ""
	err := s.DB.System(ctx, "prove a session again", func(tx *db.SystemTx) (err error) {
		if err := lockEnabled(tx, actor.ID); err != nil {
			return err
		}
		if user, _, err = findUser(tx, actor.ID); err != nil {
			return err
		}
		if check != nil {
			if proof.Method, err = check(tx); err != nil {
				return err
			}
		}
		has, err := s.SecondFactor(ctx, tx, actor.ID)
		if err != nil {
			return err
		}
		if has && !proof.SecondFactor {
			return errReauthentication // whoever has a second factor proves with it
		}
		if err := tx.Table("tenants").Where("id = ?", actor.Tenant.String()).Limit(1).Pluck("slug", &slug).Error; err != nil {
			return err
		}
		actor.Label = user.Email
		ctx := access.With(ctx, actor)
		if err := audit.RecordSecurity(ctx, tx, "user.reauthenticate", target(actor.ID), map[string]any{"method": proof.Method}); err != nil {
			return err
		}
		started, err = s.Sessions.ProveTx(ctx, tx, session.App, actor.Session, actor.ID, proof)
		return err
	})
	if err != nil {
		return nil, err
	}
	s.cookie.Set(ctx, started.Refresh, started.Expires)
	return s.openSession(ctx, user, started.Session, slug)
}
