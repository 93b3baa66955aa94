package apikeys

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/db"
)

// NewAsk returns how other modules ask what a key of a tenant may do now, for what the key began and somebody else completes. A key that does not
// work any more may do nothing.
func NewAsk(d Deps) func(ctx context.Context, tx *db.SystemTx, tenant, key uuid.UUID) (access.Set, error) {
	s := &service{Deps: d}
	return func(ctx context.Context, tx *db.SystemTx, tenant, key uuid.UUID) (access.Set, error) {
		var found []keyRow
		err := tx.Raw(`
SELECT k.id, k.tenant_id, k.created_by, array_to_string(k.scopes, ' ') AS scopes, k.created_at, t.status, t.require_second_factor
FROM api_keys k JOIN tenants t ON t.id = k.tenant_id
WHERE k.tenant_id = ? AND k.id = ? AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())`, tenant, key).Scan(&found).Error
		if err != nil || len(found) != 1 {
			return access.Set{}, err
		}
		b, err := s.bearerTx(ctx, tx, found[0])
		if errors.Is(err, errKey) || b.actor.Suspended || b.actor.SecondFactorMissing {
			return access.Set{}, nil
		}
		return b.actor.Permissions, err
	}
}
