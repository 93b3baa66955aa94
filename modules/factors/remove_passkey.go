package factors

import (
	"context"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/fault"
)

var errLastMethod = fault.New(fault.Conflict, "last_sign_in_method", "This is your only way to sign in. Set a password or add another passkey first.")

type removePasskeyInput struct {
	ID uuid.UUID `path:"id"`
}

// removePasskey takes a passkey away. The last way to sign in stays, whatever is removed at the same time: the person is held until the end.
func (s *service) removePasskey(ctx context.Context, in *removePasskeyInput) error {
	user := access.From(ctx).ID
	if err := s.Limits.Take(ctx, changesByPerson, user.String()); err != nil {
		return err
	}
	return s.DB.System(ctx, "remove a passkey", func(tx *db.SystemTx) error {
		person, err := s.hold(ctx, tx)
		if err != nil {
			return err
		}
		var removed Passkey
		found := tx.Raw("DELETE FROM passkeys WHERE id = ? AND user_id = ? RETURNING id, name", in.ID, user).Scan(&removed)
		if found.Error != nil {
			return found.Error
		}
		if found.RowsAffected == 0 {
			return errNotFound
		}
		if err := s.keepsAWayIn(ctx, tx, user); err != nil {
			return err
		}
		if err := s.oneFactorLeft(ctx, tx, user); err != nil {
			return err
		}
		detail := map[string]any{"passkey": in.ID, "name": removed.Name}
		if err := audit.RecordSecurity(ctx, tx, "user.remove_passkey", target(user), detail); err != nil {
			return err
		}
		return s.Mail.Send(ctx, tx, s.passkeyRemovedMail(person.Email))
	})
}

func (s *service) keepsAWayIn(ctx context.Context, tx *db.SystemTx, user uuid.UUID) error {
	another, err := HasPasskey(ctx, tx, user)
	if err != nil || another {
		return err
	}
	other, err := s.OtherWayIn(ctx, tx, user)
	if err == nil && !other {
		return errLastMethod
	}
	return err
}
