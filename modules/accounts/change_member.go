package accounts

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"saaskit/platform/access"
	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/fault"
)

var (
	errNoMember  = fault.New(fault.NotFound, "not_found", "There is no such member.")
	errLastOwner = fault.New(fault.Conflict, "last_owner", "A workspace needs an owner. Make someone else owner first.")
	errAboveOwn  = fault.New(fault.Forbidden, "role_above_own", "Your role does not reach that far.")
)

type changeRoleInput struct {
	UserID uuid.UUID `path:"user_id"`
	Body   struct {
		Role access.Role `json:"role" enum:"owner,admin,member,viewer" doc:"At most your own role"`
	}
}

// changeRole gives a member another role: nobody touches a member above themselves or grants a role above their own.
func (s *service) changeRole(ctx context.Context, in *changeRoleInput) (*Member, error) {
	var out Member
	err := s.DB.Tenant(ctx, func(tx *db.Tx) error {
		pair, err := guardTx(ctx, tx, in.UserID, in.Body.Role)
		if err != nil {
			return err
		}
		if err := pair.record(ctx, tx, "member.change_role", map[string]any{"from": pair.member.Role, "to": in.Body.Role}); err != nil {
			return err
		}
		if err := tx.Table("memberships").Where("user_id = ?", in.UserID).Update("role", in.Body.Role).Error; err != nil {
			return err
		}
		out = pair.member
		out.Role = in.Body.Role
		return nil
	})
	return &out, err
}

type removeMemberInput struct {
	UserID uuid.UUID `path:"user_id"`
}

// removeMember ends a membership. What the person may still do elsewhere is untouched.
func (s *service) removeMember(ctx context.Context, in *removeMemberInput) error {
	return s.DB.Tenant(ctx, func(tx *db.Tx) error {
		pair, err := guardTx(ctx, tx, in.UserID, "")
		if err != nil {
			return err
		}
		if err := tx.Exec("DELETE FROM memberships WHERE user_id = ?", in.UserID).Error; err != nil {
			return err
		}
		return pair.record(ctx, tx, "member.remove", map[string]any{"role": pair.member.Role})
	})
}

// pair is who acts and on whom, as the locked rows show them.
type pair struct{ actor, member Member }

func (p pair) record(ctx context.Context, tx *db.Tx, action string, detail map[string]any) error {
	detail["email"] = p.member.Email
	return audit.Record(audit.WithLabel(ctx, p.actor.Email), tx, action, target(p.member.UserID), detail)
}

// guardTx decides whether the actor may move the member to another role ("" for none).
// It locks every owner, the member and the actor, always in the same order, and decides by what the locks show: two changes
// at once go one after the other, so the last owner stays, and an actor who was just demoted no longer acts by the old role.
func guardTx(ctx context.Context, tx *db.Tx, member uuid.UUID, to access.Role) (pair, error) {
	actor := access.From(ctx).ID
	var rows []Member
	err := membersQuery(tx).Where("(m.role = ? OR m.user_id IN ?)", access.Owner, []uuid.UUID{member, actor}).Order("m.user_id").
		Clauses(clause.Locking{Strength: "UPDATE", Table: clause.Table{Name: "m"}}).Scan(&rows).Error
	if err != nil {
		return pair{}, err
	}
	var p pair
	owners := 0
	for _, row := range rows {
		if row.UserID == actor {
			p.actor = row
		}
		if row.UserID == member {
			p.member = row
		}
		if row.Role == access.Owner {
			owners++
		}
	}
	own, from := p.actor.Role, p.member.Role
	switch {
	case from == "":
		return pair{}, errNoMember
	case !own.AtLeast(access.Admin) || !own.AtLeast(from) || (to != "" && !own.AtLeast(to)):
		return pair{}, errAboveOwn
	case from == access.Owner && to != access.Owner && owners == 1:
		return pair{}, errLastOwner
	}
	return p, nil
}
