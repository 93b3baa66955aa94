package invitations

import (
	"context"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/audit"
	"saaskit/platform/db"
)

type resendInput struct {
	ID uuid.UUID `path:"id"`
}

// resend mails a new link, which voids the older one. The sender answers for the role from now on, so it must be one that they may grant.
func (s *service) resend(ctx context.Context, in *resendInput) error {
	var i Invitation
	err := s.DB.Tenant(ctx, func(tx *db.Tx) (err error) {
		i, _, err = s.grantableInvitationTx(ctx, tx, in.ID)
		return err
	})
	if err != nil {
		return err
	}
	if err := s.takeMails(ctx, 1); err != nil {
		return err
	}
	if err := s.Limits.Take(ctx, mailsByRecipient, i.Email); err != nil {
		return err
	}
	return s.DB.Tenant(ctx, func(tx *db.Tx) error {
		i, role, err := s.grantableInvitationTx(ctx, tx, in.ID)
		if err != nil {
			return err
		}
		sender, err := s.senderTx(ctx, tx)
		if err != nil {
			return err
		}
		now := s.Now().UTC().Truncate(time.Microsecond)
		i.InvitedBy, i.SentAt, i.ExpiresAt = inviterOf(access.From(ctx)), now, now.Add(life)
		token, hash := newToken()
		sent := tx.Exec("UPDATE invitations SET invited_by = ?, invited_by_kind = ?, token_hash = ?, sent_at = ?, expires_at = ? WHERE id = ? AND "+live,
			i.InvitedBy.ID, i.InvitedBy.Kind, hash, i.SentAt, i.ExpiresAt, i.ID)
		if sent.Error != nil {
			return sent.Error
		}
		if sent.RowsAffected == 0 {
			return errNotFound
		}
		if err := audit.Record(ctx, tx, "invitation.resend", target(i.ID), map[string]any{"email": i.Email, "role": role.Name}); err != nil {
			return err
		}
		return s.Mail.Send(ctx, tx, s.invitationMail(i, sender, token))
	})
}

// grantableInvitationTx finds a live invitation whose role the actor may grant.
func (s *service) grantableInvitationTx(ctx context.Context, tx *db.Tx, id uuid.UUID) (Invitation, Role, error) {
	var found []Invitation
	if err := waiting(tx).Where("id = ?", id).Scan(&found).Error; err != nil {
		return Invitation{}, Role{}, err
	}
	if len(found) != 1 {
		return Invitation{}, Role{}, errNotFound
	}
	role, err := s.Grantable(ctx, tx, found[0].Role)
	return found[0], role, err
}
