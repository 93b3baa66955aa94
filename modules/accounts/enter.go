package accounts

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/fault"
	"saaskit/platform/onetime"
	"saaskit/platform/session"
)

const (
	kindChallenge = "accounts.second-factor"
	challengeLife = 10 * time.Minute
)

// ErrSecondFactor answers a sign-in whose first factor was right: the browser now has a challenge, and the second factor completes it.
var ErrSecondFactor = fault.New(fault.Unauthenticated, "second_factor_required", "Enter the code of your second factor.")

var (
	errCode      = fault.New(fault.Invalid, "code_invalid", "This code is wrong or was already used.")
	errChallenge = fault.New(fault.Unauthenticated, "challenge_expired", "This sign-in took too long. Start again.")
)

// enter signs in a person who has proved who they are. It is the one way to a session: whoever is disabled is refused, and a person with a
// second factor gets a challenge instead, unless the proof has one. check, which may be nil, confirms in the same transaction that the proof still holds.
func (s *service) enter(ctx context.Context, user User, proof session.Proof, check func(*db.SystemTx) error) (*Session, error) {
	ctx = actingAs(ctx, user)
	var started session.Started
	challenge := ""
	err := s.DB.System(ctx, "start a session", func(tx *db.SystemTx) (err error) {
		if err := lockEnabled(tx, user.ID); err != nil {
			return err
		}
		if check != nil {
			if err := check(tx); err != nil {
				return err
			}
		}
		if !proof.SecondFactor {
			has, err := s.SecondFactor(ctx, tx, user.ID)
			if err != nil {
				return err
			}
			if has {
				challenge, err = s.OneTime.IssueTx(ctx, tx, kindChallenge, user.ID.String(), challengeLife, proof)
				return err
			}
		}
		if err := audit.RecordSecurity(ctx, tx, "user.sign_in", target(user.ID), map[string]any{"method": proof.Method}); err != nil {
			return err
		}
		started, err = s.Sessions.StartTx(ctx, tx, session.App, user.ID, proof)
		return err
	})
	if err != nil {
		return nil, err
	}
	if challenge != "" {
		s.challenge.Set(ctx, challenge, s.Now().Add(challengeLife))
		return nil, ErrSecondFactor
	}
	return s.greet(ctx, user, started)
}

// lockEnabled refuses a person who is disabled, and keeps them from being so until the transaction ends.
func lockEnabled(tx *db.SystemTx, user uuid.UUID) error {
	var enabled []User
	err := tx.Select("id").Where("id = ? AND disabled_at IS NULL", user).Clauses(clause.Locking{Strength: "SHARE"}).Find(&enabled).Error
	if err == nil && len(enabled) != 1 {
		err = errSignIn
	}
	return err
}

type secondFactorInput struct {
	Body struct {
		Code string `json:"code" minLength:"1" maxLength:"40" example:"123456" doc:"Code of the authenticator app, or a recovery code"`
	}
}

// secondFactor completes a sign-in that was challenged. Wrong codes are counted for the person, whatever the number of sign-ins they come from;
// the challenge itself lasts until it is used, replaced or over.
func (s *service) secondFactor(ctx context.Context, in *secondFactorInput) (*Session, error) {
	token := s.challenge.Get(ctx)
	person, err := s.peekChallenge(ctx, token)
	if err != nil {
		return nil, err
	}
	if err := s.takeProof(ctx, person); err != nil {
		return nil, err
	}
	var user User
	var started session.Started
	err = s.DB.System(ctx, "complete a sign-in", func(tx *db.SystemTx) error {
		var proof session.Proof
		// The person goes first, as wherever a challenge is made or voided.
		if err := lockEnabled(tx, person); err != nil {
			return err
		}
		if _, err := s.OneTime.ConsumeTx(ctx, tx, kindChallenge, token, &proof); err != nil {
			return challengeFault(err)
		}
		if user, _, err = findUser(tx, person); err != nil {
			return err
		}
		ctx := actingAs(ctx, user)
		method, ok, err := s.VerifyCode(ctx, tx, person, in.Body.Code)
		if err != nil {
			return err
		}
		if !ok {
			return errCode
		}
		detail := map[string]any{"method": proof.Method, "second_factor": method}
		if err := audit.RecordSecurity(ctx, tx, "user.sign_in", target(person), detail); err != nil {
			return err
		}
		proof.SecondFactor = true
		started, err = s.Sessions.StartTx(ctx, tx, session.App, person, proof)
		return err
	})
	if errors.Is(err, errCode) {
		return nil, s.refuse(ctx, "user.second_factor_failed", person, err)
	}
	if err != nil {
		return nil, err
	}
	s.challenge.Clear(ctx)
	return s.greet(actingAs(ctx, user), user, started)
}

// peekChallenge returns whom the challenge is for, and leaves it as it is.
func (s *service) peekChallenge(ctx context.Context, token string) (person uuid.UUID, err error) {
	err = s.DB.System(ctx, "look at a challenge", func(tx *db.SystemTx) error {
		subject, err := s.OneTime.SubjectTx(ctx, tx, kindChallenge, token)
		if err != nil {
			return challengeFault(err)
		}
		person, err = uuid.Parse(subject)
		return err
	})
	return person, err
}

// challengeFault names a challenge that is not live by what it means for a sign-in.
func challengeFault(err error) error {
	if errors.Is(err, onetime.ErrLink) {
		return errChallenge
	}
	return err
}

// refuse records a wrong answer, outside what was rolled back for it, and returns why it is refused.
func (s *service) refuse(ctx context.Context, action string, person uuid.UUID, why error) error {
	err := s.DB.System(ctx, "record a wrong answer", func(tx *db.SystemTx) error {
		return audit.RecordSecurity(ctx, tx, action, target(person), nil)
	})
	if err != nil {
		return err
	}
	return why
}
