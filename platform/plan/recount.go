package plan

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"

	"saaskit/platform/access"
	"saaskit/platform/db"
)

// Counters say for each limit how many units a tenant truly uses.
type Counters map[Key]func(ctx context.Context, tx *db.Tx) (int64, error)

// Recount compares what is counted with what is there, in the tenant of ctx, and corrects and logs each difference. There should be none:
// a difference means that some use case forgot a Reserve or a Release. It writes nothing where there is none.
func Recount(ctx context.Context, d *db.DB, log *slog.Logger, counters Counters) error {
	for _, key := range slices.Sorted(maps.Keys(counters)) {
		if err := recount(ctx, d, log, key, counters[key]); err != nil {
			return fmt.Errorf("recount %s: %w", key, err)
		}
	}
	return nil
}

func recount(ctx context.Context, d *db.DB, log *slog.Logger, key Key, count func(context.Context, *db.Tx) (int64, error)) error {
	return d.Tenant(ctx, func(tx *db.Tx) error {
		counted, found, err := lockUsage(tx, key)
		if err != nil {
			return err
		}
		there, err := count(ctx, tx)
		if err != nil || there == counted {
			return err
		}
		if !found {
			// Without a row there was nothing to lock, and the first Reserve may have come since: make the row, or wait for theirs, and count again.
			if err := tx.Exec("INSERT INTO plan_usage (key, used) VALUES (?, 0) ON CONFLICT DO NOTHING", string(key)).Error; err != nil {
				return err
			}
			if counted, _, err = lockUsage(tx, key); err != nil {
				return err
			}
			if there, err = count(ctx, tx); err != nil || there == counted {
				return err
			}
		}
		log.WarnContext(ctx, "usage drifted and was corrected",
			"tenant", access.From(ctx).Tenant, "key", string(key), "counted", counted, "there", there)
		return tx.Exec("UPDATE plan_usage SET used = ? WHERE key = ?", there, string(key)).Error
	})
}

// lockUsage reads what is counted. Locking the row holds back every Reserve, and lets a count see all that were committed before.
func lockUsage(tx *db.Tx, key Key) (used int64, found bool, err error) {
	row := tx.Raw("SELECT used FROM plan_usage WHERE key = ? FOR UPDATE", string(key)).Scan(&used)
	return used, row.RowsAffected == 1, row.Error
}
