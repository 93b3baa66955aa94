package accounts

import (
	"context"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/api"
	"saaskit/platform/db"
	"saaskit/platform/jobs"
	"saaskit/platform/plan"
)

// MaxMembers limits how many members a tenant has, its owners among them.
const MaxMembers plan.Key = "members.max"

// Entitlements is what a plan can grant of this module.
var Entitlements = plan.Entitlements{MaxMembers: plan.Limit("Members")}

// joinTx is the one way into a tenant: it takes a seat of the plan, or plan.ErrLimitReached. Nobody joins one that is read only
// (api.ErrReadOnly). A member stays what they are: that is ErrExists, and takes nothing.
func (s *service) joinTx(ctx context.Context, tx *db.SystemTx, tenant, user uuid.UUID, role RoleRef) error {
	var member bool
	err := tx.Raw("SELECT EXISTS (SELECT FROM memberships WHERE tenant_id = ? AND user_id = ?)", tenant, user).Scan(&member).Error
	if err != nil {
		return err
	}
	if member {
		return ErrExists
	}
	if readOnly, err := s.Plans.ReadOnly(ctx, tx, tenant); err != nil {
		return err
	} else if readOnly {
		return api.ErrReadOnly
	}
	if err := s.Plans.ReserveFor(ctx, tx, tenant, MaxMembers, 1); err != nil {
		return err
	}
	made := tx.Exec(`INSERT INTO memberships (tenant_id, user_id, role, role_id) VALUES (?, ?, ?, ?) ON CONFLICT (tenant_id, user_id) DO NOTHING`,
		tenant, user, role.Role, role.column())
	if made.Error != nil {
		return made.Error
	}
	if made.RowsAffected == 1 {
		return s.MembersChanged(ctx, tx, tenant)
	}
	// They joined by another way just now: the caller may go on, so the seat goes back.
	if err := s.Plans.ReleaseFor(ctx, tx, tenant, MaxMembers, 1); err != nil {
		return err
	}
	return ErrExists
}

// tellOfJoined has the owners told when somebody joins as one of them.
func (s *service) tellOfJoined(ctx context.Context, tx *db.SystemTx, tenant, user uuid.UUID, role RoleRef) error {
	if role.Role != access.Owner {
		return nil
	}
	person, _, err := findUser(tx, user)
	if err != nil {
		return err
	}
	return s.Queue.Enqueue(ctx, tx, ownersNotice{Event: ownerAdded, Member: person.Email}, jobs.ForTenant(tenant))
}
