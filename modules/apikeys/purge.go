package apikeys

import (
	"context"

	"saaskit/platform/db"
)

// purge is the daily job that deletes keys which stopped to work long ago: until then they can be looked into.
type purge struct{}

// Kind names the job.
func (purge) Kind() string { return "apikeys.purge" }

// purgedAtOnce is how many keys one transaction deletes.
const purgedAtOnce = 1000

func (s *service) purge(ctx context.Context, _ purge) error {
	for deleted := int64(purgedAtOnce); deleted == purgedAtOnce; {
		err := s.DB.System(ctx, "purge old API keys", func(tx *db.SystemTx) error {
			old := tx.Exec(`DELETE FROM api_keys WHERE (tenant_id, id) IN (SELECT tenant_id, id FROM api_keys
				WHERE revoked_at < now() - interval '90 days' OR expires_at < now() - interval '90 days' LIMIT ?)`, purgedAtOnce)
			deleted = old.RowsAffected
			return old.Error
		})
		if err != nil {
			return err
		}
	}
	return nil
}
