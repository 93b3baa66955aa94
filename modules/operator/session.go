package operator

import (
	"context"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/db"
	"saaskit/platform/session"
	"saaskit/platform/token"
)

// Session is what an operator's browser works with: an access token that it keeps in memory, and who it is.
type Session struct {
	AccessToken string    `json:"access_token" doc:"Bearer token for the operator operations; keep it in memory only"`
	ExpiresAt   time.Time `json:"expires_at" doc:"When the access token stops to work"`
	Operator    Operator  `json:"operator"`
}

// refresh rotates the cookie and answers with a new access token.
func (s *service) refresh(ctx context.Context, _ *struct{}) (*Session, error) {
	next, err := s.Sessions.Refresh(ctx, session.Operator, s.cookie.Get(ctx))
	if err != nil {
		return nil, err
	}
	s.cookie.Set(ctx, next.Refresh, next.Expires) // before anything can fail: the old token is spent
	if err := s.Limits.Take(ctx, refreshByOperator, next.Subject.String()); err != nil {
		return nil, err
	}
	var who Operator
	err = s.DB.System(ctx, "refresh an operator's session", func(tx *db.SystemTx) (err error) {
		who, err = findEnabled(tx, next.Subject)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.open(ctx, who, next.Session)
}

// signOut ends the session of the cookie. It succeeds without one too: there is nothing left to end.
func (s *service) signOut(ctx context.Context, _ *struct{}) error {
	if current := s.cookie.Get(ctx); current != "" {
		if err := s.Sessions.EndByRefresh(ctx, session.Operator, current); err != nil {
			return err
		}
	}
	s.cookie.Clear(ctx)
	return nil
}

func (s *service) open(ctx context.Context, who Operator, id uuid.UUID) (*Session, error) {
	raw, expires, err := s.Tokens.Issue(ctx, token.Claims{Subject: who.ID, Session: id, Audience: session.Operator})
	if err != nil {
		return nil, err
	}
	return &Session{AccessToken: raw, ExpiresAt: expires, Operator: who}, nil
}
