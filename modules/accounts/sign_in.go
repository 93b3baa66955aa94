package accounts

import (
	"context"

	"gorm.io/gorm/clause"

	"saaskit/platform/access"
	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/fault"
	"saaskit/platform/mail"
	"saaskit/platform/session"
)

var errSignIn = fault.New(fault.Unauthenticated, "sign_in_failed", "The e-mail address or the password is wrong.")

type signInInput struct {
	Body struct {
		Email    string `json:"email" maxLength:"320" example:"ada@example.com"`
		Password string `json:"password" minLength:"1" maxLength:"1024"`
	}
}

// signIn answers every failure alike and after the same work: one look-up, one password computation, one row in the security log.
func (s *service) signIn(ctx context.Context, in *signInInput) (*Session, error) {
	email, err := mail.Address(in.Body.Email)
	if err != nil {
		return nil, err
	}
	if err := s.Limits.Take(ctx, signInByPair, pairKey(access.OriginFrom(ctx).IP, email)); err != nil {
		return nil, err
	}
	var known credential
	err = s.DB.System(ctx, "look up a sign-in", func(tx *db.SystemTx) (err error) {
		known, err = findCredential(tx, email)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := s.takeGuess(ctx, email, known); err != nil {
		return nil, err
	}
	ok, err := s.proves(ctx, &known, in.Body.Password)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, s.refuseSignIn(ctx, known.User)
	}
	return s.startSignedIn(ctx, known)
}

// proves reports whether the password is the credential's, with one computation whether there is a credential or not.
// A hash made with older parameters is replaced.
func (s *service) proves(ctx context.Context, c *credential, given string) (bool, error) {
	if c.PasswordHash == "" || c.DisabledAt != nil {
		return false, s.Passwords.Burn(ctx, given)
	}
	ok, outdated, err := s.Passwords.Verify(ctx, c.PasswordHash, given)
	if err != nil || !ok || !outdated {
		return ok, err
	}
	hash, err := s.Passwords.Hash(ctx, given)
	if err != nil {
		return false, err
	}
	err = s.DB.System(ctx, "renew a password hash", func(tx *db.SystemTx) error {
		renewed := tx.Table("user_credentials").Where("user_id = ? AND password_hash = ?", c.ID, c.PasswordHash).
			Update("password_hash", hash)
		if renewed.RowsAffected == 1 {
			c.PasswordHash = hash
		}
		return renewed.Error
	})
	return err == nil, err
}

func (s *service) refuseSignIn(ctx context.Context, u User) error {
	about := ""
	if u.Email != "" {
		about = target(u.ID)
	}
	err := s.DB.System(ctx, "record a failed sign-in", func(tx *db.SystemTx) error {
		return audit.RecordSecurity(ctx, tx, "user.sign_in_failed", about, nil)
	})
	if err != nil {
		return err
	}
	return errSignIn
}

// startSignedIn starts a session for a proved credential, or asks for the second factor of a person who has one.
func (s *service) startSignedIn(ctx context.Context, c credential) (*Session, error) {
	return s.enter(ctx, c.User, session.Proof{Method: "password"}, func(tx *db.SystemTx) error {
		// The lock orders this against a reset: either the reset is first and the old password counts no more,
		// or it comes after and ends this session with the others.
		var still []credential
		err := tx.Table("user_credentials AS c").Select("c.user_id AS id").Where("c.user_id = ? AND c.password_hash = ?", c.ID, c.PasswordHash).
			Clauses(clause.Locking{Strength: "SHARE"}).Scan(&still).Error
		if err == nil && len(still) != 1 {
			err = errSignIn
		}
		return err
	})
}

// signOut ends the session of the cookie. It succeeds without one too: there is nothing left to end.
func (s *service) signOut(ctx context.Context, _ *struct{}) error {
	if current := s.cookie.Get(ctx); current != "" {
		if err := s.Sessions.EndByRefresh(ctx, session.App, current); err != nil {
			return err
		}
	}
	s.cookie.Clear(ctx)
	return nil
}
