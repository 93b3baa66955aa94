package accounts

import (
	"context"

	"github.com/google/uuid"

	"saaskit/platform/db"
)

// RoleTx finds a role of a tenant by its key, and whether there is one. The lock keeps the role as it is until the transaction has used it.
func (d *Door) RoleTx(_ context.Context, tx *db.SystemTx, tenant uuid.UUID, key string) (RoleIn, bool, error) {
	return d.s.findRole(tx.Table("roles").Where("tenant_id = ?", tenant), key)
}

// RoleNames returns the names of the roles that the transaction's tenant made, by their keys.
func RoleNames(_ context.Context, tx *db.Tx) (map[string]string, error) {
	var rows []struct{ ID, Name string }
	if err := tx.Table("roles").Select("id, name").Scan(&rows).Error; err != nil {
		return nil, err
	}
	names := make(map[string]string, len(rows))
	for _, r := range rows {
		names[r.ID] = r.Name
	}
	return names, nil
}

// MembersAt returns which of the addresses are those of members of the transaction's tenant.
func MembersAt(_ context.Context, tx *db.Tx, emails []string) ([]string, error) {
	var found []string
	err := membersQuery(tx).Select("u.email").Where("u.email IN ?", emails).Scan(&found).Error
	return found, err
}

// SetFirstPasswordTx gives a person who was just created a password. One who has a password keeps it: that is ErrExists.
func (d *Door) SetFirstPasswordTx(_ context.Context, tx *db.SystemTx, user uuid.UUID, hash string) error {
	set := tx.Exec("INSERT INTO user_credentials (user_id, password_hash) VALUES (?, ?) ON CONFLICT DO NOTHING", user, hash)
	if set.Error == nil && set.RowsAffected == 0 {
		return ErrExists
	}
	return set.Error
}
