package accounts

import (
	"context"
	"errors"
	"time"

	"saaskit/platform/api"
	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/mail"
	"saaskit/platform/onetime"
	"saaskit/platform/session"
)

const (
	kindSignUp = "accounts.sign-up"
	signUpLife = 24 * time.Hour
)

type signUpInput struct {
	Body struct {
		Email string `json:"email" maxLength:"320" example:"ada@example.com" doc:"Where the link is sent"`
	}
}

// signUp mails a link. A known and an unknown address do the same work and get the same answer; only the mail differs.
func (s *service) signUp(ctx context.Context, in *signUpInput) error {
	email, err := mail.Address(in.Body.Email)
	if err != nil {
		return err
	}
	if err := s.Limits.Take(ctx, signUpByAccount, email); err != nil {
		return err
	}
	return s.DB.System(ctx, "start a sign-up", func(tx *db.SystemTx) error {
		known, err := findCredential(tx, email)
		if err != nil {
			return err
		}
		link, err := s.OneTime.IssueTx(ctx, tx, kindSignUp, email, signUpLife, nil)
		if err != nil {
			return err
		}
		message := s.verifyMail(email, link)
		if known.Email != "" {
			message = s.alreadySignedUpMail(email)
		}
		return s.Mail.Send(ctx, tx, message)
	})
}

type completeSignUpInput struct {
	Body struct {
		Token    string `json:"token" minLength:"1" maxLength:"200" doc:"What follows # in the mailed link"`
		Name     string `json:"name" minLength:"1" maxLength:"100" example:"Ada Lovelace"`
		Password string `json:"password" minLength:"1" maxLength:"1024" doc:"At least 15 characters; any character counts"`
	}
}

// completeSignUp makes the account of whoever proved to read the mailbox, and signs them in.
func (s *service) completeSignUp(ctx context.Context, in *completeSignUpInput) (*Session, error) {
	name, err := api.CleanName(in.Body.Name)
	if err != nil {
		return nil, err
	}
	if err := checkPassword(in.Body.Password, name); err != nil {
		return nil, err
	}
	if err := s.Limits.Take(ctx, completeByToken, in.Body.Token); err != nil {
		return nil, err
	}
	// Hashing is slow, so it happens before the transaction. The link decides inside it.
	hash, err := s.Passwords.Hash(ctx, in.Body.Password)
	if err != nil {
		return nil, err
	}
	var user User
	var started session.Started
	err = s.DB.System(ctx, "complete a sign-up", func(tx *db.SystemTx) error {
		email, err := s.OneTime.ConsumeTx(ctx, tx, kindSignUp, in.Body.Token, nil)
		if err != nil {
			return err
		}
		if err := checkPassword(in.Body.Password, name, email); err != nil {
			return err // the rollback leaves the link as it was, for another try
		}
		// An account that came to be since the link was mailed is never touched.
		if user, err = createUserTx(tx, email, name, hash); errors.Is(err, ErrExists) {
			return onetime.ErrLink
		} else if err != nil {
			return err
		}
		ctx := actingAs(ctx, user)
		if err := audit.RecordSecurity(ctx, tx, "user.sign_up", target(user.ID), nil); err != nil {
			return err
		}
		started, err = s.Sessions.StartTx(ctx, tx, session.App, user.ID, session.Proof{Method: "password"})
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.greet(ctx, user, started)
}
