package identities

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/fault"
	"saaskit/platform/mail"
	"saaskit/platform/oidc"
	"saaskit/platform/session"
)

var (
	errUnverified = fault.New(fault.Conflict, "provider_email_unverified", "The provider has not verified an e-mail address of yours. Verify it there, then try again.")
	errDisabled   = fault.New(fault.Forbidden, "account_disabled", "This account is disabled.")
)

// whoIs returns the person whose identity this is. Somebody new, with an address that is verified and that nobody has, becomes a person.
// An address never leads to a person who is there already: whoever has an account links the identity from inside.
func (s *service) whoIs(ctx context.Context, f flow, p oidc.Person) (user uuid.UUID, err error) {
	err = s.DB.System(ctx, "sign in with a provider", func(tx *db.SystemTx) error {
		known, found, err := find(tx, p)
		if err != nil {
			return err
		}
		if !found {
			user, err = s.welcome(ctx, tx, f, p)
			return err
		}
		user = known.UserID
		if _, err := s.Hold(ctx, tx, user); errors.Is(err, session.ErrExpired) {
			return errDisabled
		} else if err != nil {
			return err
		}
		return s.used(tx, known.ID, p)
	})
	return user, err
}

// welcome makes an account for somebody who comes for the first time.
func (s *service) welcome(ctx context.Context, tx *db.SystemTx, f flow, p oidc.Person) (uuid.UUID, error) {
	email, err := mail.Address(p.Email)
	if err != nil || !p.Verified {
		return uuid.Nil, errUnverified
	}
	person, err := s.Create(ctx, tx, email, nameFor(p.Name, email))
	if err != nil {
		return uuid.Nil, err
	}
	if err := s.add(tx, person.ID, f.Provider, p); err != nil {
		return uuid.Nil, err
	}
	if err := audit.RecordSecurity(actingAs(ctx, person), tx, "user.link_identity", target(person.ID), map[string]any{"provider": f.Provider}); err != nil {
		return uuid.Nil, err
	}
	return person.ID, s.Mail.Send(ctx, tx, s.welcomeMail(person.Email, s.nameOf(f.Provider)))
}

// nameOf is what people call the provider with the key.
func (s *service) nameOf(key string) string {
	if p, known := s.Providers.Find(key); known {
		return p.Name
	}
	return key
}
