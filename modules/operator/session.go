package operator

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/api"
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
	next, err := s.Sessions.Refresh(ctx, session.Operator, api.Cookie(ctx, s.cookieName()))
	if err != nil {
		return nil, s.signedOut(ctx, err)
	}
	s.setCookie(ctx, next.Refresh, next.Expires) // before anything can fail: the old token is spent
	var who Operator
	err = s.DB.System(ctx, "refresh an operator's session", func(tx *db.SystemTx) (err error) {
		who, err = findEnabled(tx, next.Subject)
		return err
	})
	if err != nil {
		return nil, s.signedOut(ctx, err)
	}
	return s.open(ctx, who, next.Session)
}

// signedOut clears the cookie when it is worth nothing any more, and keeps it when the failure is ours.
func (s *service) signedOut(ctx context.Context, err error) error {
	if errors.Is(err, session.ErrExpired) {
		s.clearCookie(ctx)
	}
	return err
}

// signOut ends the session of the cookie. It succeeds without one too: there is nothing left to end.
func (s *service) signOut(ctx context.Context, _ *struct{}) error {
	if current := api.Cookie(ctx, s.cookieName()); current != "" {
		if err := s.Sessions.EndByRefresh(ctx, session.Operator, current); err != nil {
			return err
		}
	}
	s.clearCookie(ctx)
	return nil
}

func (s *service) open(ctx context.Context, who Operator, id uuid.UUID) (*Session, error) {
	raw, expires, err := s.Tokens.Issue(ctx, token.Claims{Subject: who.ID, Session: id, Audience: session.Operator})
	if err != nil {
		return nil, err
	}
	return &Session{AccessToken: raw, ExpiresAt: expires, Operator: who}, nil
}

func (s *service) secure() bool { return strings.HasPrefix(s.BaseURL, "https://") }

// cookieName has the __Host- prefix wherever browsers accept it, so that no sibling domain can plant the cookie.
func (s *service) cookieName() string {
	if s.secure() {
		return "__Host-operator"
	}
	return "operator"
}

func (s *service) setCookie(ctx context.Context, value string, expires time.Time) {
	api.SetCookie(ctx, &http.Cookie{ //nolint:gosec // G124: Secure is off only where the product itself is on plain http
		Name: s.cookieName(), Value: value, Path: "/", Expires: expires,
		Secure: s.secure(), HttpOnly: true, SameSite: http.SameSiteStrictMode,
	})
}

func (s *service) clearCookie(ctx context.Context) {
	api.SetCookie(ctx, &http.Cookie{ //nolint:gosec // G124: Secure is off only where the product itself is on plain http
		Name: s.cookieName(), Path: "/", MaxAge: -1,
		Secure: s.secure(), HttpOnly: true, SameSite: http.SameSiteStrictMode,
	})
}
