package operator

import (
	"context"
	"crypto/sha256"
	"time"

	"saaskit/platform/access"
	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/limit"
	"saaskit/platform/mail"
)

const (
	kindCode = "operator.sign-in"
	codeLife = 10 * time.Minute

	// decoy begins the subject of a code that is mailed to nobody and starts no session. It is no id.
	decoy = "decoy:"
)

// proof goes with a code: which password was proved for it.
type proof struct {
	Digest []byte `json:"digest"`
}

// digest names the account's password without being of use to anybody who reads it.
func (a account) digest() []byte {
	sum := sha256.Sum256([]byte(a.PasswordHash))
	return sum[:]
}

// The narrow rate is for one address at one account, so that a stranger who uses it up shuts out nobody but himself; the wide one bounds
// guesses from many addresses.
var (
	signInByPair    = limit.Rate{Name: "operator.sign-in.pair", Count: 10, Per: 10 * time.Minute}
	signInByAccount = limit.Rate{Name: "operator.sign-in", Count: 100, Per: time.Hour}
)

type signInInput struct {
	Body struct {
		Email    string `json:"email" maxLength:"320" example:"ops@example.com"`
		Password string `json:"password" minLength:"1" maxLength:"1024"`
	}
}

// Challenge names a sign-in that waits for its code.
type Challenge struct {
	Challenge string `json:"challenge" doc:"Goes with the mailed code to the next step"`
}

// signIn checks the password and mails a code. A wrong password or address gets a challenge too, after the same work: one look-up, one
// password computation, one code, one job and one row in the security log. Whoever asks learns only from the mailbox whether the password was right.
func (s *service) signIn(ctx context.Context, in *signInInput) (*Challenge, error) {
	email, err := mail.Address(in.Body.Email)
	if err != nil {
		return nil, err
	}
	if err := s.Limits.Take(ctx, signInByPair, limit.Address(access.OriginFrom(ctx).IP)+" "+email); err != nil {
		return nil, err
	}
	if err := s.Limits.Take(ctx, signInByAccount, email); err != nil {
		return nil, err
	}
	var known account
	err = s.DB.System(ctx, "look up an operator's sign-in", func(tx *db.SystemTx) (err error) {
		known, err = findByEmail(tx, email)
		return err
	})
	if err != nil {
		return nil, err
	}
	right, err := s.proves(ctx, &known, in.Body.Password)
	if err != nil {
		return nil, err
	}
	subject, action, to := decoy+email, "operator.sign_in_failed", ""
	if right {
		subject, action, to = known.ID.String(), "operator.sign_in_started", known.Email
	}
	var out Challenge
	err = s.DB.System(ctx, "answer an operator's sign-in", func(tx *db.SystemTx) error {
		if err := audit.RecordSecurity(ctx, tx, action, known.target(), map[string]any{"step": "password"}); err != nil {
			return err
		}
		challenge, code, err := s.OneTime.IssueCodeTx(ctx, tx, kindCode, subject, codeLife, proof{Digest: known.digest()})
		if err != nil {
			return err
		}
		out.Challenge = challenge
		return s.mailCodeTx(ctx, tx, to, code)
	})
	return &out, err
}

// target is empty for an address that belongs to nobody: the log keeps no guesses.
func (a account) target() string {
	if a.Email == "" {
		return ""
	}
	return target(a.ID)
}

// proves reports whether the password is the operator's, with one computation whether there is an operator or not. A hash made with
// older parameters is replaced.
func (s *service) proves(ctx context.Context, a *account, given string) (bool, error) {
	if !a.canSignIn() {
		return false, s.Passwords.Burn(ctx, given)
	}
	ok, outdated, err := s.Passwords.Verify(ctx, a.PasswordHash, given)
	if err != nil || !ok || !outdated {
		return ok, err
	}
	hash, err := s.Passwords.Hash(ctx, given)
	if err != nil {
		return false, err
	}
	err = s.DB.System(ctx, "renew an operator's password hash", func(tx *db.SystemTx) error {
		renewed := tx.Table("operators").Where("id = ? AND password_hash = ?", a.ID, a.PasswordHash).Update("password_hash", hash)
		if renewed.RowsAffected == 1 {
			a.PasswordHash = hash
		}
		return renewed.Error
	})
	return err == nil, err
}
