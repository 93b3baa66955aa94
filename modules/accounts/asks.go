package accounts

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"saaskit/platform/access"
	"saaskit/platform/db"
)

// Seats counts the members of the transaction's tenant: what a plan per seat charges for.
func Seats(_ context.Context, tx *db.Tx) (int64, error) {
	var n int64
	err := tx.Table("memberships").Count(&n).Error
	return n, err
}

// OwnerEmail is the address of the transaction's tenant: that of its longest-standing owner.
func OwnerEmail(_ context.Context, tx *db.Tx) (string, error) {
	var owner Member
	err := membersQuery(tx).Where("m.role = ?", access.Owner).Order("m.created_at, m.user_id").Limit(1).Take(&owner).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return "", errors.New("the tenant has no owner")
	}
	return owner.Email, err
}

// OwnerEmails lists the addresses of all owners of a tenant who can sign in, for notices.
func OwnerEmails(_ context.Context, tx *db.SystemTx, tenant uuid.UUID) ([]string, error) {
	return ownerEmails(tx.Table("memberships AS m").Where("m.tenant_id = ?", tenant))
}

// ownerEmails lists the addresses of the owners among the memberships (m) who can sign in, the longest-standing first.
func ownerEmails(memberships *gorm.DB) ([]string, error) {
	var emails []string
	err := memberships.Joins("JOIN users u ON u.id = m.user_id").Where("m.role = ? AND u.disabled_at IS NULL", access.Owner).
		Order("m.created_at, m.user_id").Pluck("u.email", &emails).Error
	return emails, err
}
