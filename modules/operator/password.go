package operator

import (
	"context"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/app"
	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/onetime"
	"saaskit/platform/password"
	"saaskit/platform/session"
)

const (
	kindPassword = "operator.password"
	passwordLife = 24 * time.Hour
)

type setPasswordInput struct {
	Body struct {
		Token    string `json:"token" minLength:"1" maxLength:"200" doc:"What follows # in the link"`
		Password string `json:"password" minLength:"1" maxLength:"1024" doc:"At least 15 characters; any character counts"`
	}
}

// setPassword sets the password of the operator whose link it is, ends their sessions and tells them by mail. It signs nobody in.
func (s *service) setPassword(ctx context.Context, in *setPasswordInput) error {
	if err := password.Check(in.Body.Password); err != nil {
		return err
	}
	if err := s.Limits.Take(ctx, passwordByToken, in.Body.Token); err != nil {
		return err
	}
	hash, err := s.Passwords.Hash(ctx, in.Body.Password)
	if err != nil {
		return err
	}
	return s.DB.System(ctx, "set an operator's password", func(tx *db.SystemTx) error {
		subject, err := s.OneTime.ConsumeTx(ctx, tx, kindPassword, in.Body.Token, nil)
		if err != nil {
			return err
		}
		id, err := uuid.Parse(subject)
		if err != nil {
			return onetime.ErrLink
		}
		who, err := findEnabled(tx, id)
		if err != nil {
			return onetime.ErrLink.Wrap(err)
		}
		if err := password.Check(in.Body.Password, who.Name, who.Email, app.Brand); err != nil {
			return err
		}
		// The password goes first: its row lock orders a sign-in with the old one before or after all that follows.
		if err := tx.Table("operators").Where("id = ?", id).Update("password_hash", hash).Error; err != nil {
			return err
		}
		if err := s.shutOut(ctx, tx, id); err != nil {
			return err
		}
		if err := audit.RecordSecurity(as(ctx, who), tx, "operator.set_password", target(id), nil); err != nil {
			return err
		}
		return s.Mail.Send(ctx, tx, passwordSetMail(who.Email))
	})
}

// shutOut ends what the operator has started before: sessions, and a sign-in that waits for its code.
func (s *service) shutOut(ctx context.Context, tx *db.SystemTx, id uuid.UUID) error {
	if err := s.OneTime.VoidTx(ctx, tx, kindCode, id.String()); err != nil {
		return err
	}
	return s.Sessions.EndAllTx(ctx, tx, session.Operator, id)
}
