package plan

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/db"
)

// SetTx puts a tenant on a plan. Status is the subscription's, in Stripe's words ("active", "past_due", ...): what a plan grants
// does not depend on it. The caller moves a tenant whose subscription ended to the default plan. From readOnlyAt on the tenant can be
// read but not changed; nil is never.
func (s *Service) SetTx(ctx context.Context, tx *db.SystemTx, tenant uuid.UUID, plan, status string, readOnlyAt *time.Time) error {
	if _, known := s.Find(plan); !known {
		return fmt.Errorf("set plan: no plan %q in the catalogue", plan)
	}
	err := tx.Exec(`
INSERT INTO tenant_plans (tenant_id, plan, status, read_only_at) VALUES (?, ?, ?, ?)
ON CONFLICT (tenant_id) DO UPDATE SET plan = excluded.plan, status = excluded.status, read_only_at = excluded.read_only_at, updated_at = now()`,
		tenant, plan, status, readOnlyAt).Error
	if err != nil {
		return fmt.Errorf("set plan: %w", err)
	}
	return nil
}

// granted finds the tenant's plan and what it grants of a key. A tenant without a plan, or on one that the catalogue no longer has,
// is on the default plan. The application sees one row of tenant_plans, its tenant's own; the system sees all and names the tenant.
const (
	granted       = grantedSelect + `tenant_plans` + grantedWhere
	grantedFor    = grantedSelect + `(SELECT plan FROM tenant_plans WHERE tenant_id = @tenant) AS theirs` + grantedWhere
	grantedSelect = `
WITH granted AS MATERIALIZED (
	SELECT plan, cast(cast(@grants AS jsonb) ->> plan AS bigint) AS n
	FROM (SELECT coalesce((SELECT plan FROM `
	grantedWhere = ` WHERE cast(@grants AS jsonb) -> plan IS NOT NULL), @default) AS plan) AS own
)`
)

// reserve counts and checks in one statement: the row of plan_usage is locked by the upsert, and the limit stands inside its
// condition, so that no two transactions can both take the last unit. The system's form is the same for a tenant that it names.
const (
	reserveTake = granted + `, taken AS (
	INSERT INTO plan_usage AS u (key, used) SELECT cast(@key AS text), cast(@n AS bigint)` + reserveRest
	reserveTakeFor = grantedFor + `, taken AS (
	INSERT INTO plan_usage AS u (tenant_id, key, used) SELECT cast(@tenant AS uuid), cast(@key AS text), cast(@n AS bigint)` + reserveRest
	reserveRest = ` FROM granted WHERE n < 0 OR n >= @n
	ON CONFLICT (tenant_id, key) DO UPDATE SET used = u.used + excluded.used
	WHERE (SELECT n < 0 OR n >= u.used + excluded.used FROM granted)
	RETURNING key
)
SELECT plan, n, EXISTS (SELECT FROM taken) AS ok, coalesce((SELECT used FROM plan_usage WHERE `
	reserve    = reserveTake + `key = @key), 0) AS used FROM granted`
	reserveFor = reserveTakeFor + `tenant_id = @tenant AND key = @key), 0) AS used FROM granted`
)

const (
	check     = granted + checkRest
	checkFor  = grantedFor + checkRest
	checkRest = ` SELECT plan, n, n <> 0 AS ok FROM granted`
)

// answer is what the statements say of the tenant: its plan, what that grants, and how much was used before.
type answer struct {
	Plan string
	N    int64
	Used int64
	OK   bool
}

// Reserve takes n units of a limit for the tenant of tx, in one statement that also holds under concurrency. It returns
// ErrLimitReached when the plan does not allow that many; tx is then still good, and nothing was taken.
func (s *Service) Reserve(ctx context.Context, tx *db.Tx, key Key, n int64) error {
	if err := s.countable(key, n); err != nil {
		return err
	}
	var a answer
	if err := tx.Raw(reserve, s.parameters(key, n)).Scan(&a).Error; err != nil {
		return fmt.Errorf("reserve %s: %w", key, err)
	}
	return s.reserved(a, key, n)
}

// ReserveFor is Reserve for a tenant that the system names: for a work that begins before anybody is in the tenant.
func (s *Service) ReserveFor(ctx context.Context, tx *db.SystemTx, tenant uuid.UUID, key Key, n int64) error {
	if err := s.countable(key, n); err != nil {
		return err
	}
	parameters := s.parameters(key, n)
	parameters["tenant"] = tenant
	var a answer
	if err := tx.Raw(reserveFor, parameters).Scan(&a).Error; err != nil {
		return fmt.Errorf("reserve %s: %w", key, err)
	}
	return s.reserved(a, key, n)
}

// countable refuses what cannot be reserved or released: a mistake in the program.
func (s *Service) countable(key Key, n int64) error {
	if s.entitlements[key].Kind != LimitKind || n < 1 {
		return fmt.Errorf("count %d of %q: not a limit, or not a number to count", n, key)
	}
	return nil
}

func (s *Service) reserved(a answer, key Key, n int64) error {
	if a.OK {
		return nil
	}
	return s.refuse(key, a.Plan, &a.Used, n)
}

// Release gives back n units that were reserved. Giving back more than is used leaves zero.
func (s *Service) Release(ctx context.Context, tx *db.Tx, key Key, n int64) error {
	if err := s.countable(key, n); err != nil {
		return err
	}
	if err := tx.Exec("UPDATE plan_usage SET used = greatest(used - ?, 0) WHERE key = ?", n, string(key)).Error; err != nil {
		return fmt.Errorf("release %s: %w", key, err)
	}
	return nil
}

// ReleaseFor is Release for a tenant that the system names.
func (s *Service) ReleaseFor(ctx context.Context, tx *db.SystemTx, tenant uuid.UUID, key Key, n int64) error {
	if err := s.countable(key, n); err != nil {
		return err
	}
	err := tx.Exec("UPDATE plan_usage SET used = greatest(used - ?, 0) WHERE tenant_id = ? AND key = ?", n, tenant, string(key)).Error
	if err != nil {
		return fmt.Errorf("release %s: %w", key, err)
	}
	return nil
}

// Check returns ErrLimitReached unless the plan of the tenant of tx has the feature.
func (s *Service) Check(_ context.Context, tx *db.Tx, key Key) error {
	var a answer
	err := tx.Raw(check, s.parameters(key, 1)).Scan(&a).Error
	return s.checked(a, key, err)
}

// CheckFor is Check for a tenant that the system names.
func (s *Service) CheckFor(_ context.Context, tx *db.SystemTx, tenant uuid.UUID, key Key) error {
	parameters := s.parameters(key, 1)
	parameters["tenant"] = tenant
	var a answer
	err := tx.Raw(checkFor, parameters).Scan(&a).Error
	return s.checked(a, key, err)
}

func (s *Service) checked(a answer, key Key, err error) error {
	switch {
	case s.entitlements[key].Kind != FeatureKind:
		return fmt.Errorf("check %q: not a feature", key)
	case err != nil:
		return fmt.Errorf("check %s: %w", key, err)
	case !a.OK:
		return s.refuse(key, a.Plan, nil, 1)
	}
	return nil
}

// parameters are what the statements above take.
func (s *Service) parameters(key Key, n int64) map[string]any {
	return map[string]any{"grants": s.grants[key], "default": s.catalogue[0].Key, "key": string(key), "n": n}
}

// Usage is how much of one limit is used. Limit may be Unlimited.
type Usage struct {
	Key   Key    `json:"key"`
	Label string `json:"label"`
	Used  int64  `json:"used"`
	Limit int64  `json:"limit"`
}

// Current is the plan that a tenant is on. Status is "active" on the default plan.
type Current struct {
	Plan   Plan
	Status string
	Usage  []Usage
}

// Current returns the plan of the tenant of tx and what is used of each limit, sorted by key.
func (s *Service) Current(ctx context.Context, tx *db.Tx) (Current, error) {
	c := Current{Plan: s.catalogue[0], Status: "active"}
	var own []struct{ Plan, Status string }
	if err := tx.Raw("SELECT plan, status FROM tenant_plans").Scan(&own).Error; err != nil {
		return c, fmt.Errorf("read the plan: %w", err)
	}
	if len(own) == 1 {
		if plan, known := s.Find(own[0].Plan); known {
			c.Plan, c.Status = plan, own[0].Status
		}
	}
	var rows []struct {
		Key  Key
		Used int64
	}
	if err := tx.Raw("SELECT key, used FROM plan_usage").Scan(&rows).Error; err != nil {
		return c, fmt.Errorf("read usage: %w", err)
	}
	used := map[Key]int64{}
	for _, r := range rows {
		used[r.Key] = r.Used
	}
	for _, key := range slices.Sorted(maps.Keys(s.entitlements)) {
		if e := s.entitlements[key]; e.Kind == LimitKind {
			c.Usage = append(c.Usage, Usage{Key: key, Label: e.Label, Used: used[key], Limit: c.Plan.Grants[key]})
		}
	}
	return c, nil
}
