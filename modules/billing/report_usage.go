package billing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"

	"saaskit/platform/db"
	"saaskit/platform/jobs"
	"saaskit/platform/plan"
)

// reportUsage is the job that tells Stripe's meters what was used on plans that charge for it. What is to be told is first written down, with the
// identifier under which Stripe counts it once, and then sent until Stripe has it.
type reportUsage struct{ jobs.Outside }

// Kind names the job.
func (reportUsage) Kind() string { return "billing.report_usage" }

const (
	reportEvery   = 10 * time.Minute
	daysAtOnce    = 100 // whose rows a transaction locks: use is recorded under the same
	reportsAtOnce = 200 // that are claimed at a time
	sendersAtOnce = 8   // requests to Stripe at a time

	// Stripe takes use of the last 35 days, and knows an identifier again for 24 hours. Both with a margin.
	reportable = "34 days"
	knownAgain = "23 hours"
)

func (s *service) reportUsage(ctx context.Context, _ reportUsage) error {
	if s.stripe == nil {
		return nil
	}
	if err := s.settleReports(ctx); err != nil {
		return err
	}
	for made := daysAtOnce; made == daysAtOnce; {
		var err error
		if made, err = s.makeReports(ctx); err != nil {
			return err
		}
	}
	if err := s.sendReports(ctx); err != nil {
		return err
	}
	return s.tooLate(ctx)
}

// dueDay is a tenant's use of a day that Stripe was not told of, and the report that tells it.
type dueDay struct {
	TenantID   uuid.UUID `json:"tenant_id"`
	Key        plan.Key  `json:"key"`
	Day        string    `json:"day"`
	Quantity   int64     `json:"quantity"`
	Customer   string    `json:"customer"`
	Identifier uuid.UUID `json:"identifier" gorm:"-"`
}

// makeReports writes reports of some days on which more was used than was reported, and returns of how many. Of those that do it at once the
// later waits for the days' rows, and finds them reported. A tenant that never was a customer at Stripe is not reported.
func (s *service) makeReports(ctx context.Context) (int, error) {
	var due []dueDay
	err := s.DB.System(ctx, "write down what of usage to report", func(tx *db.SystemTx) error {
		err := tx.Raw(`
SELECT d.tenant_id, d.key, cast(d.day AS text) AS day, d.billable - d.reported AS quantity, c.stripe_id AS customer
FROM usage_days d JOIN billing_customers c ON c.tenant_id = d.tenant_id
WHERE d.billable > d.reported AND d.day > cast(now() AT TIME ZONE 'UTC' AS date) - cast(? AS interval) AND c.stripe_id IS NOT NULL
ORDER BY d.tenant_id, d.key, d.day LIMIT ? FOR UPDATE OF d`, reportable, daysAtOnce).Scan(&due).Error
		if err != nil || len(due) == 0 {
			return err
		}
		for i := range due {
			due[i].Identifier = db.NewID()
		}
		rows, err := json.Marshal(due)
		if err != nil {
			return fmt.Errorf("write reports of usage: %w", err)
		}
		return tx.Exec(`
WITH due AS (
	SELECT * FROM jsonb_to_recordset(cast(? AS jsonb)) AS r (tenant_id uuid, key text, day date, quantity bigint, customer text, identifier uuid)
), told AS (
	INSERT INTO billing_reports (tenant_id, identifier, customer, key, day, quantity) SELECT tenant_id, identifier, customer, key, day, quantity FROM due
)
UPDATE usage_days d SET reported = d.reported + due.quantity FROM due
WHERE d.tenant_id = due.tenant_id AND d.key = due.key AND d.day = due.day`, string(rows)).Error
	})
	return len(due), err
}

// report is one meter event to send.
type report struct {
	TenantID   uuid.UUID
	Identifier uuid.UUID
	Customer   string
	Key        plan.Key
	Quantity   int64
	CreatedAt  time.Time
	Tries      int64
	Moment     time.Time // within the day, not in the future, and the same at each try
}

// claimReports takes the next reports after one, and notes before they are sent that they may have been.
func (s *service) claimReports(ctx context.Context, after report) (page []report, err error) {
	err = s.DB.System(ctx, "claim reports of usage to send", func(tx *db.SystemTx) error {
		return tx.Raw(`
UPDATE billing_reports r SET tries = r.tries + 1, tried_at = coalesce(r.tried_at, now())
FROM (
	SELECT tenant_id, identifier FROM billing_reports
	WHERE sent_at IS NULL AND (created_at, identifier) > (?, ?) AND (tried_at IS NULL OR tried_at > now() - cast(? AS interval))
		AND day > cast(now() AT TIME ZONE 'UTC' AS date) - cast(? AS interval)
	ORDER BY created_at, identifier LIMIT ? FOR UPDATE
) AS next
WHERE r.tenant_id = next.tenant_id AND r.identifier = next.identifier
RETURNING r.tenant_id, r.identifier, r.customer, r.key, r.quantity, r.created_at, r.tries,
	least(r.created_at, (r.day + interval '1 day - 1 second') AT TIME ZONE 'UTC') AS moment`,
			after.CreatedAt, after.Identifier, knownAgain, reportable, reportsAtOnce).Scan(&page).Error
	})
	slices.SortFunc(page, func(a, b report) int {
		if order := a.CreatedAt.Compare(b.CreatedAt); order != 0 {
			return order
		}
		return strings.Compare(a.Identifier.String(), b.Identifier.String())
	})
	return page, err
}

// sendReports sends what Stripe is not known to have. One that Stripe refuses is logged and stays; it does not hold up the others.
func (s *service) sendReports(ctx context.Context) error {
	last := report{}
	for {
		page, err := s.claimReports(ctx, last)
		if err != nil || len(page) == 0 {
			return err
		}
		last = page[len(page)-1]
		for some := range slices.Chunk(page, sendersAtOnce) {
			errs := make([]error, len(some))
			var sending sync.WaitGroup
			for i, r := range some {
				sending.Go(func() { errs[i] = s.sendReport(ctx, r) })
			}
			sending.Wait()
			if err := s.sent(ctx, some, errs); err != nil {
				return err
			}
		}
	}
}

func (s *service) sendReport(ctx context.Context, r report) error {
	params := &stripe.BillingMeterEventParams{
		EventName: stripe.String(meterName(r.Key)), Identifier: stripe.String(r.Identifier.String()), Timestamp: stripe.Int64(r.Moment.Unix()),
		Payload: map[string]string{"stripe_customer_id": r.Customer, "value": strconv.FormatInt(r.Quantity, 10)},
	}
	params.Context = ctx
	// Stripe repeats a failure for a day under the same key: it is the identifier that makes the tries one.
	params.SetIdempotencyKey(fmt.Sprintf("usage-%s-%d", r.Identifier, r.Tries))
	_, err := s.stripe.BillingMeterEvents.New(params)
	if counted(err) {
		return nil
	}
	return err
}

// counted reports whether Stripe refused because it has an event with the identifier.
func counted(err error) bool {
	e, answered := errors.AsType[*stripe.Error](err)
	return answered && (e.Code == "duplicate_meter_event" || strings.Contains(e.Msg, "already exists with identifier"))
}

// sent notes which reports Stripe has. The error is that of one which is to be tried again.
func (s *service) sent(ctx context.Context, some []report, errs []error) error {
	var have []uuid.UUID
	var again error
	for i, err := range errs {
		switch {
		case err == nil:
			have = append(have, some[i].Identifier)
		case refused(err):
			s.Log.ErrorContext(ctx, "Stripe refuses a report of usage, which is not billed", "tenant", some[i].TenantID, "customer", some[i].Customer,
				"key", some[i].Key, "quantity", some[i].Quantity, "identifier", some[i].Identifier, "error", err)
		default:
			again = asFault("report usage", err)
		}
	}
	if len(have) == 0 {
		return again
	}
	err := s.DB.System(ctx, "note which reports of usage Stripe has", func(tx *db.SystemTx) error {
		return tx.Exec("UPDATE billing_reports SET sent_at = now() WHERE identifier IN ? AND sent_at IS NULL", have).Error
	})
	return errors.Join(err, again)
}

// tooLate logs what Stripe does not take any more, on the day on which it becomes so.
func (s *service) tooLate(ctx context.Context) error {
	var lost []struct {
		TenantID uuid.UUID
		Key      plan.Key
		Quantity int64
	}
	err := s.DB.System(ctx, "look for usage that is too old to be reported", func(tx *db.SystemTx) error {
		return tx.Raw(`
SELECT tenant_id, key, sum(quantity) AS quantity FROM (
	SELECT d.tenant_id, d.key, d.day, d.billable - d.reported AS quantity FROM usage_days d JOIN billing_customers c ON c.tenant_id = d.tenant_id
	WHERE d.billable > d.reported AND c.stripe_id IS NOT NULL
	UNION ALL SELECT tenant_id, key, day, quantity FROM billing_reports WHERE sent_at IS NULL
) AS unsent
WHERE day = cast(cast(now() AT TIME ZONE 'UTC' AS date) - cast(? AS interval) AS date) GROUP BY tenant_id, key`, reportable).Scan(&lost).Error
	})
	for _, l := range lost {
		s.Log.ErrorContext(ctx, "usage was not reported to Stripe in time, and is not billed", "tenant", l.TenantID, "key", l.Key, "quantity", l.Quantity)
	}
	return err
}
