package token

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
)

// genuine is what a token with a good signature says, and until when to believe it.
type genuine struct {
	Claims
	expires time.Time
	key     *key
}

func (g genuine) isFor(audiences []string) bool { return slices.Contains(audiences, g.Audience) }

var errHeader = errors.New("not a header of ours")

// parse is the only place that reads a token. The header must be, byte for byte, one that we write for a live key, so nothing in it
// (alg, kid, jku, jwk, x5u, crit, a name given twice) is ever acted upon.
func (s *Service) parse(set *keyset, raw string) (genuine, error) {
	if strings.ContainsAny(raw, "\r\n") { // the decoder of base64 would skip them
		return genuine{}, ErrInvalid.Wrap(errHeader)
	}
	header, _, _ := strings.Cut(raw, ".")
	key, known := set.byHeader[header]
	if !known {
		return genuine{}, ErrInvalid.Wrap(errHeader)
	}
	var claims wireClaims
	_, err := jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodEdDSA.Alg()}), jwt.WithStrictDecoding(),
		jwt.WithExpirationRequired(), jwt.WithNotBeforeRequired(), jwt.WithIssuedAt(),
		jwt.WithIssuer(s.issuer), jwt.WithLeeway(skew), jwt.WithTimeFunc(s.now),
	).ParseWithClaims(raw, &claims, func(t *jwt.Token) (any, error) {
		if t.Header["typ"] != typ || t.Header["kid"] != key.kid {
			return nil, errHeader
		}
		return key.public, nil
	})
	if onlyExpired(err) {
		return genuine{}, ErrExpired.Wrap(err)
	}
	if err != nil {
		return genuine{}, ErrInvalid.Wrap(err)
	}
	got, err := claims.read()
	if err != nil {
		return genuine{}, ErrInvalid.Wrap(err)
	}
	got.key = key
	return got, nil
}

// onlyExpired reports whether the signature is good and nothing but the time is wrong.
func onlyExpired(err error) bool {
	return errors.Is(err, jwt.ErrTokenExpired) && !slices.ContainsFunc([]error{
		jwt.ErrTokenSignatureInvalid, jwt.ErrTokenInvalidIssuer, jwt.ErrTokenUsedBeforeIssued,
		jwt.ErrTokenNotValidYet, jwt.ErrTokenRequiredClaimMissing,
	}, func(other error) bool { return errors.Is(err, other) })
}

func (c *wireClaims) read() (genuine, error) {
	var g genuine
	if len(c.Audience) != 1 || c.Audience[0] == "" {
		return g, errors.New("not exactly one audience")
	}
	if c.Session == uuid.Nil {
		return g, errors.New("no session")
	}
	if c.IssuedAt == nil || c.ExpiresAt.Sub(c.IssuedAt.Time) > Life {
		return g, errors.New("lives too long")
	}
	if err := g.Subject.UnmarshalText([]byte(c.Subject)); err != nil {
		return g, fmt.Errorf("subject: %w", err)
	}
	g.Session, g.Audience, g.expires = c.Session, c.Audience[0], c.ExpiresAt.Time
	if c.Tenant != nil {
		g.Tenant = *c.Tenant
	}
	return g, nil
}
