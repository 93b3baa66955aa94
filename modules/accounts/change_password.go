package accounts

import (
	"context"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/app"
	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/password"
	"saaskit/platform/session"
)

// checkPassword refuses a new password that is weak, or made of what others know: the product's name and what is given of the person.
func checkPassword(pass string, about ...string) error {
	return password.Check(pass, append(about, app.Brand)...)
}

// replacePasswordTx sets the password of a person who is locked, and voids a sign-in that waits for its second factor.
func (s *service) replacePasswordTx(ctx context.Context, tx *db.SystemTx, user uuid.UUID, hash string) error {
	if err := setPasswordTx(tx, user, hash); err != nil {
		return err
	}
	return s.OneTime.VoidTx(ctx, tx, kindChallenge, user.String())
}

type changePasswordInput struct {
	Body struct {
		Password string `json:"password" minLength:"1" maxLength:"1024" doc:"At least 15 characters; any character counts"`
	}
}

// changePassword sets the password of the person who acts, or gives them their first one, and ends their other sessions. Links that were
// mailed before are worthless afterwards.
func (s *service) changePassword(ctx context.Context, in *changePasswordInput) error {
	if err := checkPassword(in.Body.Password); err != nil {
		return err
	}
	actor := access.From(ctx)
	if err := s.Limits.Take(ctx, changeByAccount, actor.ID.String()); err != nil {
		return err
	}
	// Hashing is slow, so it happens before the transaction.
	hash, err := s.Passwords.Hash(ctx, in.Body.Password)
	if err != nil {
		return err
	}
	return s.DB.System(ctx, "change a password", func(tx *db.SystemTx) error {
		own, err := s.holdOwnTx(ctx, tx)
		if err != nil {
			return err
		}
		if err := checkPassword(in.Body.Password, own.Name, own.Email); err != nil {
			return err
		}
		// The credential goes first: its row lock orders a sign-in with the old password before or after all that follows.
		if err := s.replacePasswordTx(ctx, tx, own.ID, hash); err != nil {
			return err
		}
		if _, err := s.Sessions.EndOthersTx(ctx, tx, session.App, own.ID, actor.Session); err != nil {
			return err
		}
		action, message := "user.set_password", s.passwordSetMail(own.Email)
		if own.HasPassword {
			action, message = "user.change_password", s.ownPasswordChangedMail(own.Email)
		}
		if err := audit.RecordSecurity(ctx, tx, action, target(own.ID), nil); err != nil {
			return err
		}
		return s.Mail.Send(ctx, tx, message)
	})
}
