package identities

import (
	"context"

	"saaskit/platform/access"
	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/fault"
	"saaskit/platform/oidc"
	"saaskit/platform/session"
)

var (
	errTaken = fault.New(fault.Conflict, "identity_taken", "Somebody else has linked this identity to their account.")
	errProof = fault.New(fault.Invalid, "reauthentication_failed", "This is not an identity of yours. Choose another one, or confirm another way.")
)

// link adds the identity to the account of the one who began the flow, if that is still the session that this browser is in.
func (s *service) link(ctx context.Context, f flow, p oidc.Person) error {
	if err := s.Limits.Take(ctx, changeByPerson, f.User.String()); err != nil {
		return err
	}
	return s.DB.System(ctx, "link an identity", func(tx *db.SystemTx) error {
		person, err := s.beginner(ctx, tx, f)
		if err != nil {
			return err
		}
		known, found, err := find(tx, p)
		switch {
		case err != nil:
			return err
		case !p.Verified:
			return errUnverified
		case found && known.UserID != f.User:
			return errTaken
		case found:
			return s.used(tx, known.ID, p)
		}
		if err := s.add(tx, f.User, f.Provider, p); err != nil {
			return err
		}
		actor := access.From(actingIn(ctx, f))
		actor.Label = person.Email
		ctx := access.With(ctx, actor)
		if err := audit.RecordSecurity(ctx, tx, "user.link_identity", target(f.User), map[string]any{"provider": f.Provider}); err != nil {
			return err
		}
		return s.Mail.Send(ctx, tx, s.linkedMail(person.Email, s.nameOf(f.Provider)))
	})
}

// confirm accepts the identity as a proof of the one who began the flow. It is not enough for somebody with a second factor.
func (s *service) confirm(ctx context.Context, f flow, p oidc.Person) error {
	return s.DB.System(ctx, "confirm with an identity", func(tx *db.SystemTx) error {
		if _, err := s.beginner(ctx, tx, f); err != nil {
			return err
		}
		known, found, err := find(tx, p)
		if err != nil {
			return err
		}
		if has, err := s.SecondFactor(ctx, tx, f.User); err != nil {
			return err
		} else if has {
			return errCode
		}
		if !found || known.UserID != f.User {
			return errProof
		}
		return s.used(tx, known.ID, p)
	})
}

// beginner is the person who began the flow. Their session must be alive and the one that this browser is in: whoever else sits here now, the
// flow is not theirs.
func (s *service) beginner(ctx context.Context, tx *db.SystemTx, f flow) (Person, error) {
	person, err := s.HoldActor(ctx, tx, access.From(actingIn(ctx, f)))
	if err != nil {
		return Person{}, err
	}
	here, err := s.Sessions.HolderTx(ctx, tx, session.App, s.session.Get(ctx))
	if err != nil {
		return Person{}, err
	}
	if here != f.Session {
		return Person{}, errFlow
	}
	return person, nil
}
