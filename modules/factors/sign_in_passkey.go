package factors

import (
	"context"
	"errors"

	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"

	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/fault"
	"saaskit/platform/secret"
)

// errSignIn is the one answer to a passkey that does not sign in, whatever the reason.
var errSignIn = fault.New(fault.Unauthenticated, "passkey_failed", "This passkey did not sign you in. Try again, or sign in another way.")

// signInOptions gives everybody the same answer but for the challenge: no list of passkeys, so nothing about who has an account.
func (s *service) signInOptions(ctx context.Context, _ *struct{}) (*Options, error) {
	if err := s.usable(); err != nil {
		return nil, err
	}
	assertion, data, err := s.passkeys.BeginDiscoverableLogin()
	if err != nil {
		return nil, err
	}
	return s.begin(ctx, s.signingIn, secret.NewToken(), begun{Data: *data}, assertion.Response)
}

func signIn[S any](s *service, door Door[S]) func(context.Context, *usePasskeyInput) (*S, error) {
	return func(ctx context.Context, in *usePasskeyInput) (*S, error) {
		user, err := s.provePasskey(ctx, in)
		if err != nil {
			return nil, err
		}
		started, err := door.SignIn(ctx, user, proof)
		if err != nil && fault.From(err).Kind == fault.Unauthenticated { // the person is disabled
			return nil, errSignIn.Wrap(err)
		}
		return started, err
	}
}

// provePasskey returns whose passkey answered the challenge of this browser.
func (s *service) provePasskey(ctx context.Context, in *usePasskeyInput) (uuid.UUID, error) {
	if err := s.usable(); err != nil {
		return uuid.Nil, err
	}
	b, err := s.take(ctx, s.signingIn)
	if err != nil {
		return uuid.Nil, refused(err, errSignIn)
	}
	answer, err := in.answer()
	if err != nil {
		return uuid.Nil, errSignIn.Wrap(err)
	}
	user, err := claimed(answer)
	if err != nil {
		return uuid.Nil, errSignIn.Wrap(err)
	}
	var known Passkey
	var found bool
	err = s.DB.System(ctx, "look up a passkey", func(tx *db.SystemTx) (err error) {
		known, found, err = findPasskey(tx, answer.RawID, user)
		return err
	})
	if err != nil {
		return uuid.Nil, err
	}
	if !found {
		return uuid.Nil, s.refuseSignIn(ctx, "", errors.New("nobody has this passkey"))
	}
	owner := holder{Person: Person{ID: user}, passkeys: []Passkey{known}}
	_, verified, err := s.passkeys.ValidatePasskeyLogin(func(_, _ []byte) (webauthn.User, error) { return owner, nil }, b.Data, answer)
	if err != nil {
		return uuid.Nil, s.refuseSignIn(ctx, target(user), err)
	}
	return user, s.used(ctx, known, verified, answer, errSignIn)
}

// refuseSignIn records a sign-in that failed, and why for the log.
func (s *service) refuseSignIn(ctx context.Context, about string, why error) error {
	err := s.DB.System(ctx, "record a failed sign-in", func(tx *db.SystemTx) error {
		return audit.RecordSecurity(ctx, tx, "user.sign_in_failed", about, map[string]any{"method": methodPasskey})
	})
	if err != nil {
		return err
	}
	return errSignIn.Wrap(why)
}
