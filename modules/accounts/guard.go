package accounts

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"saaskit/platform/access"
	"saaskit/platform/api"
	"saaskit/platform/db"
	"saaskit/platform/fault"
)

var (
	errNoMember  = fault.New(fault.NotFound, "not_found", "There is no such member.")
	errLastOwner = fault.New(fault.Conflict, "last_owner", "A workspace needs an owner. Make someone else owner first.")
	errNoRole    = fault.New(fault.Invalid, "role_unknown", "There is no such role.")
	errAboveOwn  = fault.New(fault.Forbidden, "role_above_own", "Your role does not reach that far.")
)

// Rows are locked in one order everywhere, so that no two changes wait for each other: roles, memberships by user, the tenant. The tenant comes
// last because an entry in its log needs it too, as does every row that refers to it.

// acting is who acts, as the locked rows show them: somebody who was just demoted no longer acts by the old role.
type acting struct {
	may    access.Set
	owner  bool
	roleID uuid.UUID // of a custom role
	email  string    // "" for an API key
}

// pair is who acts and on whom.
type pair struct {
	actor  acting
	member Member
	owners int // who can sign in
	active bool
}

// ownersAfter says how many owners can sign in once the member has the role; "" is none.
func (p pair) ownersAfter(to access.Role) int {
	n := p.owners
	if p.active && p.member.Held.BuiltIn == access.Owner {
		n--
	}
	if p.active && to == access.Owner {
		n++
	}
	return n
}

// guardTx decides whether the actor may move the member to another role; the zero role is none.
func (s *service) guardTx(ctx context.Context, tx *db.Tx, member uuid.UUID, to RoleIn) (pair, error) {
	p, err := s.lockTx(ctx, tx, member)
	if err != nil {
		return pair{}, err
	}
	from := RoleIn{RoleRef: RoleRef{Role: p.member.Held.BuiltIn}, Permissions: s.may(p.member.Held)}
	switch {
	case !p.actor.may.Has(MembersWrite) || !p.actor.mayGive(from) || !p.actor.mayGive(to):
		return pair{}, errAboveOwn
	case from.Role == access.Owner && p.ownersAfter(to.Role) == 0:
		return pair{}, errLastOwner
	}
	return p, nil
}

// lockTx locks every owner, the member and the actor, and returns them as the locks show them: two changes at once go one after the other,
// so the last owner stays.
func (s *service) lockTx(ctx context.Context, tx *db.Tx, member uuid.UUID) (pair, error) {
	actor := access.From(ctx)
	locked, err := lockMembers(tx.Table("memberships").Where("(role = ? OR user_id IN ?)", access.Owner, []uuid.UUID{member, actor.ID}), "UPDATE")
	if err != nil {
		return pair{}, err
	}
	var rows []struct {
		Member
		Disabled bool
	}
	err = membersQuery(tx).Select(memberColumns+", u.disabled_at IS NOT NULL AS disabled").Where("m.user_id IN ?", locked).Scan(&rows).Error
	if err != nil {
		return pair{}, err
	}
	var p pair
	if actor.Kind == access.APIKey {
		p.actor.may = actor.Permissions
	}
	for _, row := range rows {
		if row.UserID == actor.ID && actor.Kind == access.User {
			p.actor = s.standing(row.Member)
		}
		if row.UserID == member {
			p.member, p.active = row.Member, !row.Disabled
		}
		if row.Held.BuiltIn == access.Owner && !row.Disabled {
			p.owners++
		}
	}
	if p.member.Held.BuiltIn == "" {
		return pair{}, errNoMember
	}
	return p, nil
}

// actingTx returns what the actor may do now, and keeps it so until the transaction ends.
func (s *service) actingTx(ctx context.Context, tx *db.Tx) (acting, error) {
	actor := access.From(ctx)
	if actor.Kind != access.User {
		return acting{may: actor.Permissions}, nil
	}
	locked, err := lockMembers(tx.Table("memberships").Where("user_id = ?", actor.ID), "SHARE")
	if err != nil {
		return acting{}, err
	}
	var rows []Member
	err = membersQuery(tx).Where("m.user_id IN ?", locked).Scan(&rows).Error
	if err != nil || len(rows) != 1 {
		return acting{}, err
	}
	return s.standing(rows[0]), nil
}

// lockMembers locks memberships and returns whose they are. What they hold is for a second statement to read: one that had to wait for a lock
// shows the membership as it has become, beside the role that it had before. Who is not among them is not locked and must not count.
func lockMembers(memberships *gorm.DB, strength string) ([]uuid.UUID, error) {
	var users []uuid.UUID
	err := memberships.Order("user_id").Clauses(clause.Locking{Strength: strength}).Pluck("user_id", &users).Error
	return users, err
}

func (s *service) standing(m Member) acting {
	a := acting{may: s.may(m.Held), owner: m.Held.BuiltIn == access.Owner, email: m.Email}
	if m.Held.BuiltIn == access.Custom {
		a.roleID, _ = uuid.Parse(m.Role)
	}
	return a
}

// grantableTx finds the role that the key names, and its name, for an actor whose own permissions cover it. Only an owner makes owners, after a
// recent proof.
func (s *service) grantableTx(ctx context.Context, tx *db.Tx, key string) (RoleRef, string, error) {
	wanted, err := s.roleTx(tx, key)
	if err != nil {
		return RoleRef{}, "", err
	}
	actor, err := s.actingTx(ctx, tx)
	if err == nil && !actor.mayGive(wanted) {
		err = errAboveOwn
	}
	if err == nil && wanted.Role == access.Owner {
		err = api.NeedRecent(access.From(ctx), s.Now())
	}
	if err != nil {
		return RoleRef{}, "", err
	}
	return wanted.RoleRef, wanted.Name, nil
}

// mayGive reports whether the actor may give the role to somebody.
func (a acting) mayGive(r RoleIn) bool {
	return a.may.Covers(r.Permissions) && (r.Role != access.Owner || a.owner)
}

// roleTx finds the role of the transaction's tenant that the key names.
func (s *service) roleTx(tx *db.Tx, key string) (RoleIn, error) {
	found, known, err := s.findRole(tx.Table("roles"), key)
	if err == nil && !known {
		err = errNoRole
	}
	return found, err
}
