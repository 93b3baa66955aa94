package invitations

import (
	"context"

	"github.com/google/uuid"

	"saaskit/platform/audit"
	"saaskit/platform/db"
)

type revokeInput struct {
	ID uuid.UUID `path:"id"`
}

// revoke ends an invitation: its link stops to work.
func (s *service) revoke(ctx context.Context, in *revokeInput) error {
	return s.DB.Tenant(ctx, func(tx *db.Tx) error {
		var emails []string
		err := tx.Raw("UPDATE invitations SET revoked_at = ? WHERE id = ? AND "+live+" RETURNING email", s.Now(), in.ID).Scan(&emails).Error
		if err != nil {
			return err
		}
		if len(emails) != 1 {
			return errNotFound
		}
		return audit.Record(ctx, tx, "invitation.revoke", target(in.ID), map[string]any{"email": emails[0]})
	})
}
