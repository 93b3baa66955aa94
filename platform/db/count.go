package db

import (
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"
)

// CountByTenant counts the rows of a query of the system role for each of the tenants. A tenant without any is missing from the answer.
func CountByTenant(query *gorm.DB, tenants []uuid.UUID) (map[uuid.UUID]int64, error) {
	var rows []struct {
		TenantID uuid.UUID
		N        int64
	}
	err := query.Select("tenant_id, count(*) AS n").Where("tenant_id IN ?", tenants).Group("tenant_id").Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("count by tenant: %w", err)
	}
	counts := make(map[uuid.UUID]int64, len(rows))
	for _, row := range rows {
		counts[row.TenantID] = row.N
	}
	return counts, nil
}
