package accounts

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/db"
	"saaskit/platform/fault"
	"saaskit/platform/limit"
	"saaskit/platform/session"
)

// takeGuess counts a try at an account from any address. When strangers have used the rate up, its owner still gets in from an address where
// they signed in before: there only the narrow rate counts.
func (s *service) takeGuess(ctx context.Context, email string, known credential) error {
	limited := s.Limits.Take(ctx, signInByAccount, email+" "+known.ChangedAt.UTC().Format(time.RFC3339Nano))
	if !errors.Is(limited, limit.ErrLimited) {
		return limited
	}
	familiar := false
	err := s.DB.System(ctx, "look for an address of a person", func(tx *db.SystemTx) (err error) {
		familiar, err = s.Sessions.FamiliarTx(ctx, tx, session.App, known.ID, access.OriginFrom(ctx).IP)
		return err
	})
	if err != nil || familiar {
		return err
	}
	return limited
}

// takeProof counts a try of a person, whose password or session somebody has, to prove who they are. The first time in a day that the tries come
// too fast, the person is told.
func (s *service) takeProof(ctx context.Context, person uuid.UUID) error {
	key := person.String()
	limited := s.Limits.Take(ctx, secondFactorByUser, key)
	if limited == nil {
		limited = s.Limits.Take(ctx, secondFactorByDay, key)
	}
	if !errors.Is(limited, limit.ErrLimited) {
		return limited
	}
	switch told := s.Limits.Take(ctx, guessedMailByUser, key); {
	case errors.Is(told, limit.ErrLimited):
		return limited
	case told != nil:
		return told
	}
	err := s.DB.System(ctx, "tell a person of wrong answers", func(tx *db.SystemTx) error {
		user, enabled, err := findUser(tx, person)
		if err != nil || !enabled {
			return err
		}
		return s.Mail.Send(ctx, tx, s.guessedMail(user.Email))
	})
	if err != nil && fault.From(err).Code != "mail_off" {
		return err
	}
	return limited
}
