package accounts

import (
	"context"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/db"
)

// Standing is what somebody may do in a tenant now. The zero Standing is that of somebody who is no member, or disabled.
type Standing struct {
	Permissions access.Set
	Owner       bool
	Since       time.Time // when they became a member
}

// Standing tells what the person may do in the tenant now, for what acts in their name without a session.
func (d *Door) Standing(_ context.Context, tx *db.SystemTx, tenant, user uuid.UUID) (Standing, error) {
	var found []struct {
		Held  held `gorm:"embedded"`
		Since time.Time
	}
	err := tx.Table("memberships AS m").Select(roleColumns+", m.created_at AS since").Joins(joinRoles).
		Joins("JOIN users u ON u.id = m.user_id AND u.disabled_at IS NULL").
		Where("m.tenant_id = ? AND m.user_id = ?", tenant, user).Scan(&found).Error
	if err != nil || len(found) != 1 {
		return Standing{}, err
	}
	return Standing{Permissions: d.s.may(found[0].Held), Owner: found[0].Held.BuiltIn == access.Owner, Since: found[0].Since}, nil
}

// People returns who of the persons is a member of the transaction's tenant, by id.
func People(_ context.Context, tx *db.Tx, users []uuid.UUID) (map[uuid.UUID]User, error) {
	var found []User
	err := tx.Table("users AS u").Select("u.id, u.name, u.email").Where("u.id IN ?", users).Scan(&found).Error
	people := map[uuid.UUID]User{}
	for _, u := range found {
		people[u.ID] = u
	}
	return people, err
}
