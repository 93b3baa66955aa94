package billing

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"

	"saaskit/platform/db"
	"saaskit/platform/jobs"
	"saaskit/platform/plan"
)

// forgotten is after how long Stripe does not know an identifier again. It is later than knownAgain: nobody sends such a report any more.
const forgotten = "25 hours"

// staleDay is a tenant's day with reports that were sent, were not acknowledged, and can be sent no more: Stripe could count them twice.
type staleDay struct {
	TenantID uuid.UUID
	Customer string
	Key      plan.Key
	Day      string
	Begins   time.Time
	Quantity int64 // of those reports
	Reports  int64
	Known    int64 // of the reports that Stripe is known to have
}

// A day is left alone while Stripe may still add to it, or a report of it may still be acknowledged.
const staleDays = `
SELECT r.tenant_id, r.customer, r.key, cast(r.day AS text) AS day, r.day AT TIME ZONE 'UTC' AS begins,
	sum(r.quantity) FILTER (WHERE r.sent_at IS NULL) AS quantity, count(*) FILTER (WHERE r.sent_at IS NULL) AS reports,
	coalesce(sum(r.quantity) FILTER (WHERE r.sent_at IS NOT NULL), 0) AS known
FROM billing_reports r
JOIN (
	SELECT DISTINCT tenant_id, customer, key, day FROM billing_reports
	WHERE sent_at IS NULL AND tried_at < now() - cast(@forgotten AS interval) AND day > cast(now() AT TIME ZONE 'UTC' AS date) - cast(@reportable AS interval)
) AS stale USING (tenant_id, customer, key, day)
WHERE r.tried_at IS NOT NULL
GROUP BY r.tenant_id, r.customer, r.key, r.day
HAVING bool_and(coalesce(r.sent_at < now() - interval '1 hour', r.tried_at < now() - cast(@forgotten AS interval)))
ORDER BY r.tenant_id, r.key, r.day, r.customer LIMIT 200`

// settleReports finds out by Stripe's own sums which reports arrived of those that were tried and not acknowledged for longer than Stripe knows
// their identifiers. What did not arrive is reported anew.
func (s *service) settleReports(ctx context.Context) error {
	var stale []staleDay
	err := s.DB.System(ctx, "find reports of usage without an answer", func(tx *db.SystemTx) error {
		return tx.Raw(staleDays, map[string]any{"forgotten": forgotten, "reportable": reportable}).Scan(&stale).Error
	})
	if err != nil || len(stale) == 0 {
		return err
	}
	meters, err := s.meterIDs(ctx)
	if err != nil {
		return asFault("list meters", err)
	}
	for _, d := range stale {
		there, err := s.sumAtStripe(ctx, meters[meterName(d.Key)], d)
		if refused(err) {
			s.Log.ErrorContext(ctx, "Stripe does not tell what it counted, so a report of usage waits", "tenant", d.TenantID, "customer", d.Customer, "key", d.Key, "day", d.Day, "error", err)
			continue
		}
		if err != nil {
			return asFault("compare usage", err)
		}
		if err := s.settleDay(ctx, d, min(max(there-d.Known, 0), d.Quantity)); err != nil {
			return err
		}
	}
	return nil
}

// meterIDs are the ids of the active meters at Stripe, by the names of their events.
func (s *service) meterIDs(ctx context.Context) (map[string]string, error) {
	params := &stripe.BillingMeterListParams{Status: stripe.String("active")}
	params.Context, params.Limit = ctx, stripe.Int64(100)
	ids := map[string]string{}
	list := s.stripe.BillingMeters.List(params)
	for list.Next() {
		ids[list.BillingMeter().EventName] = list.BillingMeter().ID
	}
	return ids, list.Err()
}

// sumAtStripe is what the meter counted for the customer on the day.
func (s *service) sumAtStripe(ctx context.Context, meter string, d staleDay) (int64, error) {
	if meter == "" {
		return 0, errNotSynced
	}
	params := &stripe.BillingMeterEventSummaryListParams{
		ID: stripe.String(meter), Customer: stripe.String(d.Customer),
		StartTime: stripe.Int64(d.Begins.Unix()), EndTime: stripe.Int64(d.Begins.AddDate(0, 0, 1).Unix()),
	}
	params.Context, params.Limit = ctx, stripe.Int64(100)
	sum := 0.0
	list := s.stripe.BillingMeterEventSummaries.List(params)
	for list.Next() {
		sum += list.BillingMeterEventSummary().AggregatedValue
	}
	return int64(math.Round(sum)), list.Err()
}

// errSettled ends the transaction of a worker that came second.
var errSettled = errors.New("another worker has settled the day")

// settleDay puts one report of what arrived in the place of those that were doubtful, and has the rest reported anew.
func (s *service) settleDay(ctx context.Context, d staleDay, arrived int64) error {
	err := s.DB.System(ctx, "settle reports of usage", func(tx *db.SystemTx) error {
		if err := tx.Exec("SELECT FROM usage_days WHERE tenant_id = ? AND key = ? AND day = ? FOR UPDATE", d.TenantID, d.Key, d.Day).Error; err != nil {
			return err
		}
		gone := tx.Exec(`DELETE FROM billing_reports WHERE tenant_id = ? AND customer = ? AND key = ? AND day = ?
			AND sent_at IS NULL AND tried_at < now() - cast(? AS interval)`, d.TenantID, d.Customer, d.Key, d.Day, forgotten)
		if gone.Error != nil {
			return gone.Error
		}
		if gone.RowsAffected != d.Reports {
			return errSettled
		}
		if arrived > 0 {
			err := tx.Exec(`INSERT INTO billing_reports (tenant_id, identifier, customer, key, day, quantity, tried_at, sent_at)
				VALUES (?, ?, ?, ?, ?, ?, now(), now())`, d.TenantID, db.NewID(), d.Customer, d.Key, d.Day, arrived).Error
			if err != nil {
				return err
			}
		}
		return tx.Exec("UPDATE usage_days SET reported = reported - ? WHERE tenant_id = ? AND key = ? AND day = ?", d.Quantity-arrived, d.TenantID, d.Key, d.Day).Error
	})
	if errors.Is(err, errSettled) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("settle reports of usage: %w", err)
	}
	s.Log.WarnContext(ctx, "reports of usage without an answer were compared with Stripe", "tenant", d.TenantID, "key", d.Key, "day", d.Day,
		"sent", d.Quantity, "arrived", arrived)
	return nil
}

// purgeReports is the daily job that deletes reports that nothing is compared with any more.
type purgeReports struct{}

// Kind names the job.
func (purgeReports) Kind() string { return "billing.purge_reports" }

func (s *service) purgeReports(ctx context.Context, _ purgeReports) error {
	for deleted := int64(eventsAtOnce); deleted == eventsAtOnce; {
		err := s.DB.System(ctx, "delete old reports of usage", func(tx *db.SystemTx) error {
			old := tx.Exec(`
DELETE FROM billing_reports WHERE (tenant_id, identifier) IN (
	SELECT tenant_id, identifier FROM billing_reports WHERE created_at < now() - interval '90 days' LIMIT ?)`, eventsAtOnce)
			deleted = old.RowsAffected
			return old.Error
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// usageJobs registers the work on usage.
func (s *service) usageJobs(r *jobs.Registry) {
	s.Plans.OnCrossing(s.usageCrossed)
	jobs.Handle(r, s.sendUsageNotice)
	jobs.HandleSystem(r, s.reportUsage)
	jobs.HandleSystem(r, s.purgeReports)
	jobs.Every(r, reportEvery, reportUsage{})
	jobs.Every(r, 24*time.Hour, purgeReports{})
}
