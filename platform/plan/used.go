package plan

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/db"
)

// MeterUse is what a tenant used of a meter.
type MeterUse struct {
	Key      Key
	Used     int64 // in this month
	Included int64 // of each month, in the price of the plan; 0 where the plan does not charge
	Limit    int64 // the most that a month may have, or Unlimited
	Resets   time.Time
	Days     []DayUse // of UTC, oldest first and without gaps; the last is today
}

// DayUse is what was used on a day.
type DayUse struct {
	Day      time.Time
	Quantity int64
}

// used lists the days of all meters. The application sees the rows of its tenant alone, which is the one that it names.
const used = `
SELECT meter.key, today.day - ago AS day, coalesce(d.quantity, 0) AS quantity, coalesce(m.quantity, 0) AS used, today.resets,
	coalesce((SELECT plan FROM tenant_plans WHERE tenant_id = @tenant), '') AS plan
FROM (
	SELECT cast(utc AS date) AS day, cast(date_trunc('month', utc) AS date) AS month, cast(date_trunc('month', utc) + interval '1 month' AS date) AS resets
	FROM (SELECT now() AT TIME ZONE 'UTC' AS utc) AS clock
) AS today
CROSS JOIN jsonb_array_elements_text(cast(@keys AS jsonb)) AS meter (key)
CROSS JOIN generate_series(0, @days - 1) AS ago
LEFT JOIN usage_days d ON d.tenant_id = @tenant AND d.key = meter.key AND d.day = today.day - ago
LEFT JOIN usage_months m ON m.tenant_id = @tenant AND m.key = meter.key AND m.month = today.month
ORDER BY meter.key, day`

type usedRow struct {
	Key      Key
	Day      time.Time
	Quantity int64
	Used     int64
	Resets   time.Time
	Plan     string
}

// Used tells what the tenant of tx used of each meter, sorted by key, with so many days until today. It is one statement.
func (s *Service) Used(_ context.Context, tx *db.Tx, days int) ([]MeterUse, error) {
	parameters, err := s.usedOf(tx.JobTenant(), days)
	if err != nil {
		return nil, err
	}
	var rows []usedRow
	err = tx.Raw(used, parameters).Scan(&rows).Error
	return s.meterUses(rows, err)
}

// UsedBy is Used for a tenant that the system names.
func (s *Service) UsedBy(_ context.Context, tx *db.SystemTx, tenant uuid.UUID, days int) ([]MeterUse, error) {
	parameters, err := s.usedOf(tenant, days)
	if err != nil {
		return nil, err
	}
	var rows []usedRow
	err = tx.Raw(used, parameters).Scan(&rows).Error
	return s.meterUses(rows, err)
}

func (s *Service) usedOf(tenant uuid.UUID, days int) (map[string]any, error) {
	keys, err := json.Marshal(slices.Collect(maps.Keys(s.meters)))
	if err != nil {
		return nil, fmt.Errorf("read usage: %w", err)
	}
	return map[string]any{"tenant": tenant, "keys": string(keys), "days": days}, nil
}

func (s *Service) meterUses(rows []usedRow, err error) ([]MeterUse, error) {
	if err != nil {
		return nil, fmt.Errorf("read usage: %w", err)
	}
	var all []MeterUse
	for _, row := range rows {
		if len(all) == 0 || all[len(all)-1].Key != row.Key {
			on, known := s.Find(row.Plan)
			if !known {
				on = s.catalogue[0]
			}
			charged, _ := on.Charges(row.Key)
			all = append(all, MeterUse{Key: row.Key, Used: row.Used, Included: charged.Included, Limit: on.Grants[row.Key], Resets: row.Resets.UTC()})
		}
		last := &all[len(all)-1]
		last.Days = append(last.Days, DayUse{Day: row.Day, Quantity: row.Quantity})
	}
	return all, nil
}
