package plan

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"saaskit/platform/db"
)

// ReadOnly reports whether the tenant can be read but not changed now, by the database's clock: its payments have failed for too long.
func (s *Service) ReadOnly(_ context.Context, tx *db.SystemTx, tenant uuid.UUID) (bool, error) {
	var is bool
	err := tx.Raw("SELECT EXISTS (SELECT FROM tenant_plans WHERE tenant_id = ? AND read_only_at <= now())", tenant).Scan(&is).Error
	if err != nil {
		return false, fmt.Errorf("ask whether the tenant is read only: %w", err)
	}
	return is, nil
}
