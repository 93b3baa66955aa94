package accounts

import (
	"context"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/api"
	"saaskit/platform/audit"
	"saaskit/platform/db"
)

type changeRoleInput struct {
	UserID uuid.UUID `path:"user_id"`
	Body   struct {
		Role string `json:"role" minLength:"1" maxLength:"40" example:"admin" doc:"owner, admin, member, viewer, or the id of a role of the workspace; at most your own permissions"`
	}
}

// changeRole gives a member another role: nobody touches a member above themselves or grants a role above their own. Who makes an owner has
// proved just now who they are, as for a transfer.
func (s *service) changeRole(ctx context.Context, in *changeRoleInput) (*Member, error) {
	if in.Body.Role == string(access.Owner) {
		if err := api.NeedRecent(access.From(ctx), s.Now()); err != nil {
			return nil, err
		}
		if err := s.limitNotices(ctx); err != nil {
			return nil, err
		}
	}
	var out Member
	err := s.DB.Tenant(ctx, func(tx *db.Tx) error {
		to, err := s.roleTx(tx, in.Body.Role)
		if err != nil {
			return err
		}
		pair, err := s.guardTx(ctx, tx, in.UserID, to)
		if err != nil {
			return err
		}
		if err := setRoleTx(tx, in.UserID, to.RoleRef); err != nil {
			return err
		}
		out = pair.member
		out.Role, out.RoleName = to.Key(), to.Name
		if err := pair.record(ctx, tx, "member.change_role", map[string]any{"from": pair.member.RoleName, "to": to.Name}); err != nil {
			return err
		}
		return s.tellOfOwners(ctx, tx, pair, to.Role)
	})
	return &out, err
}

// setRoleTx gives a member another role. What may be given is not its to judge.
func setRoleTx(tx *db.Tx, user uuid.UUID, to RoleRef) error {
	set := tx.Table("memberships").Where("user_id = ?", user).Updates(map[string]any{"role": to.Role, "role_id": to.column()})
	if set.Error == nil && set.RowsAffected != 1 {
		return errNoMember
	}
	return set.Error
}

type removeMemberInput struct {
	UserID uuid.UUID `path:"user_id"`
}

// removeMember ends a membership. What the person may still do elsewhere is untouched.
func (s *service) removeMember(ctx context.Context, in *removeMemberInput) error {
	return s.DB.Tenant(ctx, func(tx *db.Tx) error {
		pair, err := s.guardTx(ctx, tx, in.UserID, RoleIn{})
		if err != nil {
			return err
		}
		if err := s.endMembershipTx(ctx, tx, in.UserID); err != nil {
			return err
		}
		if err := pair.record(ctx, tx, "member.remove", map[string]any{"role": pair.member.RoleName}); err != nil {
			return err
		}
		return s.tellOfOwners(ctx, tx, pair, "")
	})
}

// leave ends the membership of the actor, who needs nobody's leave for it. The last owner stays.
func (s *service) leave(ctx context.Context, _ *struct{}) error {
	actor := access.From(ctx)
	if actor.Kind != access.User {
		return api.ErrNotUser
	}
	return s.DB.Tenant(ctx, func(tx *db.Tx) error {
		pair, err := s.lockTx(ctx, tx, actor.ID)
		if err != nil {
			return err
		}
		if pair.member.Held.BuiltIn == access.Owner && pair.ownersAfter("") == 0 {
			return errLastOwner
		}
		if err := s.endMembershipTx(ctx, tx, actor.ID); err != nil {
			return err
		}
		if err := pair.record(ctx, tx, "member.leave", map[string]any{"role": pair.member.RoleName}); err != nil {
			return err
		}
		return s.tellOfOwners(ctx, tx, pair, "")
	})
}

// endMembershipTx is the one way out of a tenant. It gives the seat back.
func (s *service) endMembershipTx(ctx context.Context, tx *db.Tx, user uuid.UUID) error {
	if err := s.Leaving(ctx, tx, user); err != nil {
		return err
	}
	ended := tx.Exec("DELETE FROM memberships WHERE user_id = ?", user)
	if ended.Error != nil {
		return ended.Error
	}
	if ended.RowsAffected != 1 {
		return errNoMember
	}
	if err := s.Plans.Release(ctx, tx, MaxMembers, 1); err != nil {
		return err
	}
	return s.MembersChanged(ctx, tx, tx.JobTenant())
}

// tellOfOwners has the owners told when the member becomes one or is one no longer.
func (s *service) tellOfOwners(ctx context.Context, tx *db.Tx, p pair, to access.Role) error {
	n := ownersNotice{Event: ownerAdded, By: p.actor.email, Member: p.member.Email}
	switch was := p.member.Held.BuiltIn == access.Owner; {
	case was == (to == access.Owner):
		return nil
	case was:
		n.Event, n.Also = ownerGone, p.member.Email
	}
	return s.Queue.Enqueue(ctx, tx, n)
}

// record writes what became of the member into the tenant's log.
func (p pair) record(ctx context.Context, tx *db.Tx, action string, detail map[string]any) error {
	detail["email"] = p.member.Email
	return audit.Record(ctx, tx, action, target(p.member.UserID), detail)
}
