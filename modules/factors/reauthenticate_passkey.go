package factors

import (
	"context"

	"saaskit/platform/access"
	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/fault"
)

var (
	errNoPasskey = fault.New(fault.Conflict, "no_passkey", "You have no passkey.")
	errConfirm   = fault.New(fault.Invalid, "reauthentication_failed", "This passkey did not confirm that it is you. Try again, or confirm another way.")
)

// confirmOptions asks for one of the person's own passkeys.
func (s *service) confirmOptions(ctx context.Context, _ *struct{}) (*Options, error) {
	if err := s.usable(); err != nil {
		return nil, err
	}
	actor := access.From(ctx)
	if err := s.Limits.Take(ctx, confirmByPerson, actor.ID.String()); err != nil {
		return nil, err
	}
	who, err := s.holder(ctx, actor.ID)
	if err != nil {
		return nil, err
	}
	if len(who.passkeys) == 0 {
		return nil, errNoPasskey
	}
	assertion, data, err := s.passkeys.BeginLogin(who)
	if err != nil {
		return nil, err
	}
	return s.begin(ctx, s.confirming, actor.Session.String(), begun{Data: *data, Session: actor.Session}, assertion.Response)
}

func reauthenticate[S any](s *service, door Door[S]) func(context.Context, *usePasskeyInput) (*S, error) {
	return func(ctx context.Context, in *usePasskeyInput) (*S, error) {
		if err := s.confirmPasskey(ctx, in); err != nil {
			return nil, err
		}
		return door.Reauthenticate(ctx, proof)
	}
}

func (s *service) confirmPasskey(ctx context.Context, in *usePasskeyInput) error {
	if err := s.usable(); err != nil {
		return err
	}
	actor := access.From(ctx)
	if err := s.Limits.Take(ctx, confirmByPerson, actor.ID.String()); err != nil {
		return err
	}
	data, err := s.takeOf(ctx, s.confirming, actor.Session)
	if err != nil {
		return refused(err, errConfirm)
	}
	answer, err := in.answer()
	if err != nil {
		return errConfirm.Wrap(err)
	}
	var known Passkey
	var found bool
	err = s.DB.System(ctx, "look up a passkey of a person", func(tx *db.SystemTx) (err error) {
		known, found, err = findPasskey(tx, answer.RawID, actor.ID)
		return err
	})
	if err != nil {
		return err
	}
	if !found {
		return s.refuseConfirm(ctx, errNotFound)
	}
	// What the options allowed was the person's own passkeys; that it is still one of them was just looked up.
	data.AllowedCredentialIDs = nil
	verified, err := s.passkeys.ValidateLogin(holder{Person: Person{ID: actor.ID}, passkeys: []Passkey{known}}, data, answer)
	if err != nil {
		return s.refuseConfirm(ctx, err)
	}
	return s.used(ctx, known, verified, answer, errConfirm)
}

// refuseConfirm records that somebody in the session could not show who they are.
func (s *service) refuseConfirm(ctx context.Context, why error) error {
	err := s.DB.System(ctx, "record a failed confirmation", func(tx *db.SystemTx) error {
		return audit.RecordSecurity(ctx, tx, "user.reauthentication_failed", target(access.From(ctx).ID), map[string]any{"method": methodPasskey})
	})
	if err != nil {
		return err
	}
	return errConfirm.Wrap(why)
}
