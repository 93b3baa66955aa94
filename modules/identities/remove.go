package identities

import (
	"context"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/fault"
)

var errLast = fault.New(fault.Conflict, "last_sign_in_method", "This is the last way in that you have. Set a password or add another one first.")

type removeInput struct {
	ID uuid.UUID `path:"id"`
}

// remove takes an identity away, unless the person could then not sign in any more.
func (s *service) remove(ctx context.Context, in *removeInput) error {
	actor := access.From(ctx)
	if err := s.Limits.Take(ctx, changeByPerson, actor.ID.String()); err != nil {
		return err
	}
	return s.DB.System(ctx, "remove an identity", func(tx *db.SystemTx) error {
		// The person is held: two removals at once come one after the other, and the second sees what the first left.
		person, err := s.HoldActor(ctx, tx, actor)
		if err != nil {
			return err
		}
		var all []Identity
		if err := tx.Where("user_id = ?", actor.ID).Find(&all).Error; err != nil {
			return err
		}
		provider := ""
		for _, i := range all {
			if i.ID == in.ID {
				provider = i.Provider
			}
		}
		if provider == "" {
			return errNotFound
		}
		if len(all) == 1 {
			if other, err := s.OtherWayIn(ctx, tx, actor.ID); err != nil {
				return err
			} else if !other {
				return errLast
			}
		}
		if err := tx.Exec("DELETE FROM identities WHERE id = ? AND user_id = ?", in.ID, actor.ID).Error; err != nil {
			return err
		}
		if err := audit.RecordSecurity(ctx, tx, "user.unlink_identity", target(actor.ID), map[string]any{"provider": provider}); err != nil {
			return err
		}
		return s.Mail.Send(ctx, tx, s.removedMail(person.Email, s.nameOf(provider)))
	})
}
