package invitations

import (
	"context"
	"time"

	"saaskit/platform/db"
)

// keep is how long an invitation that nobody can accept any more is kept. The audit log has it for longer.
const keep = 90 * 24 * time.Hour

// purgeAtOnce is how many invitations one transaction deletes.
const purgeAtOnce = 1000

// purge is the daily job that forgets old invitations: they are addresses of people, who may never have come.
type purge struct{}

// Kind names the job.
func (purge) Kind() string { return "invitations.purge" }

func (s *service) purge(ctx context.Context, _ purge) error {
	for deleted := int64(purgeAtOnce); deleted == purgeAtOnce; {
		err := s.DB.System(ctx, "forget old invitations", func(tx *db.SystemTx) error {
			old := tx.Exec("DELETE FROM invitations WHERE (tenant_id, id) IN (SELECT tenant_id, id FROM invitations WHERE expires_at < ? LIMIT ?)",
				s.Now().Add(-keep), purgeAtOnce)
			deleted = old.RowsAffected
			return old.Error
		})
		if err != nil {
			return err
		}
	}
	return nil
}
