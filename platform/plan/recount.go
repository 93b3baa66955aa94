package plan

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/db"
)

// Counters say for each limit how many units a tenant truly uses.
type Counters map[Key]func(ctx context.Context, tx *db.Tx) (int64, error)

// Recount compares what is counted with what is there, in every tenant, and corrects and logs each difference. There should be none:
// a difference means that some use case forgot a Reserve or a Release.
func Recount(ctx context.Context, d *db.DB, log *slog.Logger, counters Counters) error {
	var tenants []uuid.UUID
	err := d.System(ctx, "list tenants to recount their usage", func(tx *db.SystemTx) error {
		return tx.Raw("SELECT id FROM tenants ORDER BY id").Scan(&tenants).Error
	})
	if err != nil {
		return fmt.Errorf("list tenants: %w", err)
	}
	for _, tenant := range tenants {
		in := access.With(ctx, access.Actor{Kind: access.Job, Tenant: tenant})
		for _, key := range slices.Sorted(maps.Keys(counters)) {
			if err := recount(in, d, log, key, counters[key]); err != nil {
				return fmt.Errorf("recount %s of tenant %s: %w", key, tenant, err)
			}
		}
	}
	return nil
}

func recount(ctx context.Context, d *db.DB, log *slog.Logger, key Key, count func(context.Context, *db.Tx) (int64, error)) error {
	return d.Tenant(ctx, func(tx *db.Tx) error {
		// Locking the row first holds back every Reserve, and lets the count see all that were committed before.
		var counted int64
		err := tx.Raw(`
INSERT INTO plan_usage AS u (key, used) VALUES (?, 0)
ON CONFLICT (tenant_id, key) DO UPDATE SET used = u.used RETURNING used`, string(key)).Scan(&counted).Error
		if err != nil {
			return err
		}
		there, err := count(ctx, tx)
		if err != nil || there == counted {
			return err
		}
		log.WarnContext(ctx, "usage drifted and was corrected",
			"tenant", access.From(ctx).Tenant, "key", string(key), "counted", counted, "there", there)
		return tx.Exec("UPDATE plan_usage SET used = ? WHERE key = ?", there, string(key)).Error
	})
}
