// Package token issues and verifies the access tokens of the product: short-lived JWTs signed with Ed25519 by keys that rotate.
package token

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"saaskit/platform/db"
	"saaskit/platform/fault"
	"saaskit/platform/secret"
)

// Life is how long an access token is good for.
const Life = 5 * time.Minute

const (
	typ = "at+jwt" // RFC 9068
	// maxLength bounds a token in bytes; ours take about 500.
	maxLength = 2048
	// skew is how far the clocks of two replicas may differ. It loosens issued-at and not-before, never the expiry.
	skew = 30 * time.Second
)

// The answers to a token that does not work.
var (
	ErrInvalid = fault.New(fault.Unauthenticated, "invalid_token", "Sign in to do this.")
	ErrExpired = fault.New(fault.Unauthenticated, "token_expired", "Your access token has expired. Refresh the session.")
)

// Claims say for whom a token was issued. Audience is "app" or "operator"; Tenant is zero outside any tenant.
type Claims struct {
	Subject, Session, Tenant uuid.UUID
	Audience                 string
}

// wireClaims is the payload as it is written.
type wireClaims struct {
	jwt.RegisteredClaims
	Session uuid.UUID  `json:"sid"`
	Tenant  *uuid.UUID `json:"tid,omitempty"`
}

// Service issues and verifies tokens. Every replica shares the keys through the database.
type Service struct {
	issuer string
	now    func() time.Time
	keys   *keyring
}

// New returns a service whose tokens name issuer, the base URL of the product.
func New(d *db.DB, root secret.Root, issuer string, now func() time.Time) *Service {
	return &Service{issuer: issuer, now: now, keys: &keyring{db: d, root: root, now: now, log: slog.Default()}}
}

// Issue signs a token for c that lives for Life and returns when it ends.
func (s *Service) Issue(ctx context.Context, c Claims) (raw string, expires time.Time, err error) {
	if c.Subject == uuid.Nil || c.Session == uuid.Nil || c.Audience == "" {
		return "", time.Time{}, errors.New("issue a token: subject, session and audience are needed")
	}
	set, err := s.keys.current(ctx)
	if err != nil {
		return "", time.Time{}, err
	}
	now := s.now().Truncate(time.Second) // the wire has whole seconds
	expires = now.Add(Life)
	claims := wireClaims{Session: c.Session, RegisteredClaims: jwt.RegisteredClaims{
		Issuer: s.issuer, Subject: c.Subject.String(), Audience: jwt.ClaimStrings{c.Audience}, ID: uuid.NewString(),
		IssuedAt: jwt.NewNumericDate(now), NotBefore: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(expires),
	}}
	if c.Tenant != uuid.Nil {
		claims.Tenant = &c.Tenant
	}
	key, err := set.signer(s.now())
	if err != nil {
		return "", time.Time{}, err
	}
	unsigned := jwt.NewWithClaims(jwt.SigningMethodEdDSA, claims)
	unsigned.Header["typ"], unsigned.Header["kid"] = typ, key.kid
	raw, err = unsigned.SignedString(key.private)
	if err != nil {
		return "", time.Time{}, fmt.Errorf("sign a token: %w", err)
	}
	return raw, expires, nil
}

// Verify returns the claims of a token that this product issued for one of the audiences and that has not expired. The fault is Unauthenticated:
// token_expired for a genuine token past its end, invalid_token for everything else, a forged and expired one included.
func (s *Service) Verify(ctx context.Context, raw string, audiences ...string) (Claims, error) {
	if len(raw) > maxLength {
		return Claims{}, ErrInvalid
	}
	set, err := s.keys.current(ctx)
	if err != nil {
		return Claims{}, err
	}
	digest := digestOf(raw)
	got, known := set.seen.get(digest)
	if !known {
		if got, err = s.parse(set, raw); err != nil {
			return Claims{}, err
		}
	}
	now := s.now()
	switch {
	case got.key.retired(now) || !got.isFor(audiences):
		return Claims{}, ErrInvalid
	case !now.Before(got.expires):
		return Claims{}, ErrExpired
	case !known:
		set.seen.put(digest, got)
	}
	return got.Claims, nil
}
