package apikeys

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"saaskit/platform/audit"
	"saaskit/platform/db"
)

type revokeInput struct {
	ID uuid.UUID `path:"id" doc:"The key"`
}

// revoke ends a key for good, whoever made it.
func (s *service) revoke(ctx context.Context, in *revokeInput) error {
	return s.DB.Tenant(ctx, func(tx *db.Tx) error {
		var ended []Key
		err := tx.Raw("UPDATE api_keys SET revoked_at = now(), revoked_reason = 'revoked' WHERE id = ? AND revoked_at IS NULL RETURNING id, name, prefix", in.ID).
			Scan(&ended).Error
		if err != nil {
			return err
		}
		if len(ended) != 1 {
			return gorm.ErrRecordNotFound
		}
		return recordRevoked(ctx, tx, ended[0], "revoked")
	})
}

// Leaving revokes the working keys of a member of the transaction's tenant whose membership is about to end, and records it. That all of their
// keys end with the membership is sure without it: a trigger on memberships revokes what is left, which is those that had expired.
func Leaving(ctx context.Context, tx *db.Tx, user uuid.UUID) error {
	var ended []Key
	err := tx.Raw("UPDATE api_keys SET revoked_at = now(), revoked_reason = 'creator_left' WHERE created_by = ? AND "+working+" RETURNING id, name, prefix", user).
		Scan(&ended).Error
	if err != nil {
		return err
	}
	for _, key := range ended {
		if err := recordRevoked(ctx, tx, key, "creator_left"); err != nil {
			return err
		}
	}
	return nil
}

// recordRevoked records the end of a key, and why.
func recordRevoked(ctx context.Context, tx *db.Tx, key Key, reason string) error {
	return audit.Record(ctx, tx, "api_key.revoke", key.target(), map[string]any{"prefix": key.Prefix, "name": key.Name, "reason": reason})
}
