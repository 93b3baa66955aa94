package accounts

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"saaskit/platform/access"
	"saaskit/platform/db"
)

// OwnedBy is the subquery of the ids of tenants that have an owner whose address matches the ILIKE pattern.
func OwnedBy(tx *db.SystemTx, pattern string) *gorm.DB {
	return tx.Table("memberships AS m").Select("m.tenant_id").Joins("JOIN users u ON u.id = m.user_id").
		Where("m.role = ? AND u.email ILIKE ?", access.Owner, pattern)
}

// MembersOf lists the first members of a tenant, at most limit: owners first, then who joined first.
func MembersOf(_ context.Context, tx *db.SystemTx, tenant uuid.UUID, limit int) ([]Member, error) {
	var members []Member
	err := tx.Table("memberships AS m").Select(memberColumns).
		Joins("JOIN users u ON u.id = m.user_id").Joins(joinRoles).Where("m.tenant_id = ?", tenant).
		Order(clause.OrderBy{Expression: clause.Expr{SQL: "m.role <> 'owner', m.created_at, m.user_id"}}).Limit(limit).Scan(&members).Error
	return members, err
}

// UserEmail is the address of a person, disabled or not.
func UserEmail(_ context.Context, tx *db.SystemTx, user uuid.UUID) (string, error) {
	var u User
	err := tx.Select("email").Where("id = ?", user).Take(&u).Error
	return u.Email, err
}

// CountMembers says how many members each of the tenants has.
func CountMembers(_ context.Context, tx *db.SystemTx, tenants []uuid.UUID) (map[uuid.UUID]int64, error) {
	return db.CountByTenant(tx.Table("memberships"), tenants)
}
