package invitations

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/onetime"
)

type tokenInput struct {
	Body struct {
		Token string `json:"token" minLength:"1" maxLength:"200" doc:"What follows # in the mailed link"`
	}
}

// Opened is what an invitation says to whoever has its link.
type Opened struct {
	TenantName string    `json:"tenant_name" example:"Acme Ltd"`
	Inviter    string    `json:"inviter" example:"Ada Lovelace" doc:"Empty when an API key sent it"`
	Email      string    `json:"email" example:"ben@example.com" doc:"Whom it is for"`
	RoleName   string    `json:"role_name" example:"member"`
	Registered bool      `json:"registered" doc:"The address has an account: sign in to accept. Without one, accept with a new account."`
	ExpiresAt  time.Time `json:"expires_at"`
}

// open tells what a link is for, and leaves it as it is.
func (s *service) open(ctx context.Context, in *tokenInput) (*Opened, error) {
	return s.look(ctx, in.Body.Token)
}

func (s *service) look(ctx context.Context, token string) (*Opened, error) {
	var out *Opened
	err := s.DB.System(ctx, "look at an invitation", func(tx *db.SystemTx) error {
		p, err := s.findTx(tx, token)
		if err != nil {
			return err
		}
		role, may, err := s.MayGrant(ctx, tx, p.TenantID, p.InvitedBy, p.Role)
		if err != nil || !may {
			return err
		}
		_, registered, err := s.PersonAt(ctx, tx, p.Email)
		if err != nil {
			return err
		}
		out = &Opened{TenantName: p.TenantName, Email: p.Email, RoleName: role, Registered: registered, ExpiresAt: p.ExpiresAt}
		if sender, known, err := s.Person(ctx, tx, p.InvitedBy.ID); err != nil {
			return err
		} else if known {
			out.Inviter = sender.Name
		}
		return nil
	})
	if err == nil && out == nil {
		err = onetime.ErrLink
	}
	return out, err
}

// pending is an invitation whose link works, with its tenant.
type pending struct {
	Invitation
	TenantID   uuid.UUID
	TenantName string
}

const findPending = `
SELECT i.tenant_id, t.name AS tenant_name, i.id, i.email, coalesce(i.role_id::text, i.role) AS role, i.invited_by, i.invited_by_kind,
	i.created_at, i.sent_at, i.expires_at
FROM invitations i JOIN tenants t ON t.id = i.tenant_id
WHERE i.token_hash = ? AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > ? AND t.status = 'active'`

const lockPending = findPending + " FOR UPDATE OF i"

// findTx finds the invitation of a link. Every link that does not work is the same error: unknown, expired, revoked, replaced, used, or of
// a tenant that is suspended.
func (s *service) findTx(tx *db.SystemTx, token string) (pending, error) {
	return onePending(tx.Raw(findPending, hashToken(token), s.Now()))
}

// lockTx is findTx, and has whoever tries the same link at the same time wait, and then find it used.
func (s *service) lockTx(tx *db.SystemTx, token string) (pending, error) {
	return onePending(tx.Raw(lockPending, hashToken(token), s.Now()))
}

func onePending(query *gorm.DB) (pending, error) {
	var found []pending
	if err := query.Scan(&found).Error; err != nil {
		return pending{}, err
	}
	if len(found) != 1 {
		return pending{}, onetime.ErrLink
	}
	return found[0], nil
}

// usableTx locks the invitation and reports whether whoever sent it may still invite to its role. If not, it voids the invitation: nobody grants
// more than they have, also not by a link that waited. The role is locked first, as by whoever deletes it with its invitations.
func (s *service) usableTx(ctx context.Context, tx *db.SystemTx, p pending, token string) (bool, error) {
	_, may, err := s.MayGrant(ctx, tx, p.TenantID, p.InvitedBy, p.Role)
	if err != nil {
		return false, err
	}
	if _, err := s.lockTx(tx, token); err != nil || may {
		return may, err
	}
	if err := tx.Exec("UPDATE invitations SET revoked_at = ? WHERE tenant_id = ? AND id = ?", s.Now(), p.TenantID, p.ID).Error; err != nil {
		return false, err
	}
	return false, audit.RecordFor(ctx, tx, p.TenantID, "invitation.void", target(p.ID), map[string]any{"email": p.Email, "why": "the inviter may not grant the role any more"})
}

// redeemTx makes the person a member and the link worthless. Who is a member already stays what they are; that somebody left once counts no more.
func (s *service) redeemTx(ctx context.Context, tx *db.SystemTx, p pending, person uuid.UUID) error {
	joined, err := s.Join(ctx, tx, p.TenantID, person, p.Role)
	if err != nil {
		return err
	}
	if err := tx.Exec("DELETE FROM former_members WHERE tenant_id = ? AND user_id = ?", p.TenantID, person).Error; err != nil {
		return err
	}
	err = tx.Exec("UPDATE invitations SET accepted_at = ?, accepted_by = ? WHERE tenant_id = ? AND id = ?", s.Now(), person, p.TenantID, p.ID).Error
	if err != nil {
		return err
	}
	return audit.RecordFor(ctx, tx, p.TenantID, "invitation.accept", target(p.ID), map[string]any{"email": p.Email, "joined": joined})
}
