package accounts

import (
	"context"
	"time"

	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/mail"
	"saaskit/platform/session"
)

const (
	kindReset = "accounts.reset"
	resetLife = time.Hour
)

type forgotPasswordInput struct {
	Body struct {
		Email string `json:"email" maxLength:"320" example:"ada@example.com" doc:"Where the link is sent"`
	}
}

// forgotPassword mails a link. Like signUp it does the same work for every address.
func (s *service) forgotPassword(ctx context.Context, in *forgotPasswordInput) error {
	email, err := mail.Address(in.Body.Email)
	if err != nil {
		return err
	}
	if err := s.Limits.Take(ctx, forgotByAccount, email); err != nil {
		return err
	}
	return s.DB.System(ctx, "start a password reset", func(tx *db.SystemTx) error {
		known, err := findCredential(tx, email)
		if err != nil {
			return err
		}
		resettable := known.Email != "" && known.DisabledAt == nil
		subject := known.ID.String()
		if !resettable {
			subject = email // nobody gets this token; it is made so that the work is the same
		}
		link, err := s.OneTime.IssueTx(ctx, tx, kindReset, subject, resetLife, mailed{known.Email, known.ChangedAt})
		if err != nil {
			return err
		}
		message := s.resetMail(email, link)
		if !resettable {
			message = s.noAccountMail(email)
		}
		return s.Mail.Send(ctx, tx, message)
	})
}

type resetPasswordInput struct {
	Body struct {
		Token    string `json:"token" minLength:"1" maxLength:"200" doc:"What follows # in the mailed link"`
		Password string `json:"password" minLength:"1" maxLength:"1024" doc:"At least 15 characters; any character counts"`
	}
}

// resetPassword sets a new password, ends every session of the user and tells them by mail. It signs nobody in.
func (s *service) resetPassword(ctx context.Context, in *resetPasswordInput) error {
	if err := checkPassword(in.Body.Password); err != nil {
		return err
	}
	if err := s.Limits.Take(ctx, resetByToken, in.Body.Token); err != nil {
		return err
	}
	hash, err := s.Passwords.Hash(ctx, in.Body.Password)
	if err != nil {
		return err
	}
	return s.DB.System(ctx, "reset a password", func(tx *db.SystemTx) error {
		var link mailed
		user, err := s.holdByLinkTx(ctx, tx, kindReset, in.Body.Token, &link)
		if err != nil {
			return err
		}
		if err := checkPassword(in.Body.Password, user.Name, user.Email); err != nil {
			return err
		}
		// The credential goes first: its row lock orders a sign-in with the old password before or after all that follows.
		if err := s.replacePasswordTx(ctx, tx, user.ID, hash); err != nil {
			return err
		}
		if err := s.Sessions.EndAllTx(ctx, tx, session.App, user.ID); err != nil {
			return err
		}
		if err := audit.RecordSecurity(actingAs(ctx, user.User), tx, "user.reset_password", target(user.ID), nil); err != nil {
			return err
		}
		return s.Mail.Send(ctx, tx, s.passwordChangedMail(user.Email))
	})
}
