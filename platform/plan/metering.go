package plan

import (
	"context"
	"encoding/json"
	"fmt"

	"saaskit/platform/db"
)

// maxIdempotencyKey is the length that the database takes, in characters.
const maxIdempotencyKey = 200

// Crossing is that the use of a month has come to a threshold: 80 or 100 percent of what the plan includes, if it charges for more, or else of
// the most that it allows.
type Crossing struct {
	Key     Key
	Plan    string
	Percent int
	Used    int64
	Of      int64
}

// OnCrossing has fn told, in the transaction that records the use, when a tenant crosses a threshold: once for each month, threshold and number of
// units that it is of. It is set when the program is put together, before anything is recorded.
func (s *Service) OnCrossing(fn func(ctx context.Context, tx *db.Tx, c Crossing) error) {
	s.crossed = fn
}

// meterGrant is what a plan says of a meter, in the form in which record_usage takes it.
type meterGrant struct {
	Most     int64  `json:"most"`
	Included *int64 `json:"included"` // nil where the plan does not charge
}

func meterGrants(c Catalogue, e Entitlements) (map[Key]string, error) {
	all := map[Key]string{}
	for key := range e {
		if e[key].Kind != MeterKind {
			continue
		}
		byPlan := map[string]meterGrant{}
		for _, p := range c {
			grant := meterGrant{Most: p.Grants[key]}
			if m, charges := p.Charges(key); charges {
				grant.Included = &m.Included
			}
			byPlan[p.Key] = grant
		}
		text, err := json.Marshal(byPlan)
		if err != nil {
			return nil, fmt.Errorf("plan catalogue: %w", err)
		}
		all[key] = string(text)
	}
	return all, nil
}

// Charges returns what the plan charges for the use of the meter, and whether it does.
func (p Plan) Charges(key Key) (Metered, bool) {
	for _, m := range p.Metered {
		if m.Key == key {
			return m, true
		}
	}
	return Metered{}, false
}

const record = "SELECT plan, used, most, ok, crossed, of_units FROM record_usage(@key, @n, @once, @grants, @default)"

// Record counts n uses of the meter in tx, for its tenant, in the month and day (of UTC) of the database's clock. The same idempotency key, of
// the tenant and meter, counts once within 40 days, and its repetition is no error; with "" the transaction itself is what makes it once. It
// returns ErrLimitReached when the month would pass what the plan allows; tx is then still good, and nothing was counted.
//
// It is one statement, which locks the month of the tenant and meter until tx ends: call it late in a transaction that does more.
func (s *Service) Record(ctx context.Context, tx *db.Tx, key Key, n int64, idempotencyKey string) error {
	grants, is := s.meters[key]
	if !is || n < 1 || len(idempotencyKey) > maxIdempotencyKey {
		return fmt.Errorf("record %d of %q: not a meter, not a number to count, or too long an idempotency key", n, key)
	}
	var now struct {
		Plan    string
		Used    int64
		OK      bool
		Crossed int
		OfUnits int64
	}
	err := tx.Raw(record, map[string]any{
		"key": string(key), "n": n, "once": idempotencyKey, "grants": grants, "default": s.catalogue[0].Key,
	}).Scan(&now).Error
	if err != nil {
		return fmt.Errorf("record %s: %w", key, err)
	}
	if !now.OK {
		return s.refuse(key, now.Plan, &now.Used, n)
	}
	if now.Crossed == 0 || s.crossed == nil {
		return nil
	}
	return s.crossed(ctx, tx, Crossing{Key: key, Plan: now.Plan, Percent: now.Crossed, Used: now.Used, Of: now.OfUnits})
}

// usageEventsAtOnce is how many idempotency keys one transaction forgets.
const usageEventsAtOnce = 5000

// PurgeUsageEventsTx forgets some of the idempotency keys under which use was recorded more than 40 days ago, and reports whether there may be more.
func PurgeUsageEventsTx(tx *db.SystemTx) (more bool, err error) {
	old := tx.Exec(`
DELETE FROM usage_events WHERE (tenant_id, key, idempotency_key) IN (
	SELECT tenant_id, key, idempotency_key FROM usage_events WHERE recorded_at < now() - interval '40 days' LIMIT ?)`, usageEventsAtOnce)
	if old.Error != nil {
		return false, fmt.Errorf("purge usage events: %w", old.Error)
	}
	return old.RowsAffected == usageEventsAtOnce, nil
}
