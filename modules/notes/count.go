package notes

import (
	"context"

	"github.com/google/uuid"

	"saaskit/platform/db"
)

// count says how many notes count against the plan, for the recount of MaxNotes.
func count(_ context.Context, tx *db.Tx) (n int64, err error) {
	err = tx.Model(&Note{}).Where("deleted_at IS NULL").Count(&n).Error
	return n, err
}

// CountByTenant tells how many notes each of the tenants has, for the operators. A tenant without any is missing.
func CountByTenant(_ context.Context, tx *db.SystemTx, tenants []uuid.UUID) (map[uuid.UUID]int64, error) {
	var rows []struct {
		TenantID uuid.UUID
		Notes    int64
	}
	err := tx.Model(&Note{}).Select("tenant_id, count(*) AS notes").
		Where("tenant_id IN ? AND deleted_at IS NULL", tenants).Group("tenant_id").Scan(&rows).Error
	counts := map[uuid.UUID]int64{}
	for _, r := range rows {
		counts[r.TenantID] = r.Notes
	}
	return counts, err
}
