package invitations

import (
	"context"

	"github.com/google/uuid"

	"saaskit/platform/audit"
	"saaskit/platform/db"
)

// Leaving voids the invitation that waits for the address of a member of the transaction's tenant whose membership is about to end: a link of
// before is no way back.
func Leaving(ctx context.Context, tx *db.Tx, user uuid.UUID) error {
	var voided []voidedInvitation
	err := tx.Raw("UPDATE invitations SET revoked_at = now() WHERE email = (SELECT u.email FROM users u WHERE u.id = ?) AND "+live+" RETURNING id, email", user).
		Scan(&voided).Error
	if err != nil {
		return err
	}
	return recordVoided(ctx, tx, voided, "the membership ended")
}

// RoleGoing voids the invitations to a role of the transaction's tenant that is about to be deleted. Those that are over stay, without the role.
func RoleGoing(ctx context.Context, tx *db.Tx, role uuid.UUID) error {
	var voided []voidedInvitation
	err := tx.Raw("UPDATE invitations SET revoked_at = now() WHERE role_id = ? AND "+live+" RETURNING id, email", role).Scan(&voided).Error
	if err != nil {
		return err
	}
	return recordVoided(ctx, tx, voided, "the role was deleted")
}

type voidedInvitation struct {
	ID    uuid.UUID
	Email string
}

func recordVoided(ctx context.Context, tx *db.Tx, voided []voidedInvitation, why string) error {
	for _, v := range voided {
		if err := audit.Record(ctx, tx, "invitation.void", target(v.ID), map[string]any{"email": v.Email, "why": why}); err != nil {
			return err
		}
	}
	return nil
}
