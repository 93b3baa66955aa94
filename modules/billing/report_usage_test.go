package billing_test

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76"

	"saaskit/modules/apptest"
	"saaskit/platform/db"
	emulator "saaskit/platform/emulator/stripe"
	"saaskit/platform/plan"
)

// apiCalls is a meter that the price list charges for.
const apiCalls plan.Key = "api.calls"

// reporting is the job that reports usage, as its period puts it in.
type reporting struct{}

func (reporting) Kind() string { return "billing.report_usage" }

// use records API calls of the tenant.
func (s *shop) use(t *testing.T, n *apptest.Tenant, calls int64) {
	t.Helper()
	ctx := n.Context(t)
	err := s.DB.Tenant(ctx, func(tx *db.Tx) error { return s.Plans.Record(ctx, tx, apiCalls, calls, "") })
	if err != nil {
		t.Error(err)
	}
}

// meteredAt is what Stripe's meter of API calls counted for the tenant around today.
func (s *shop) meteredAt(t *testing.T, n *apptest.Tenant) (sum int64) {
	t.Helper()
	today := time.Now().UTC().Truncate(24 * time.Hour)
	meters := s.api.BillingMeters.List(&stripe.BillingMeterListParams{})
	for meters.Next() {
		if meters.BillingMeter().EventName != "api_calls" {
			continue
		}
		list := s.api.BillingMeterEventSummaries.List(&stripe.BillingMeterEventSummaryListParams{
			ID: stripe.String(meters.BillingMeter().ID), Customer: stripe.String(s.customer(t, n)),
			StartTime: stripe.Int64(today.AddDate(0, 0, -40).Unix()), EndTime: stripe.Int64(today.AddDate(0, 0, 2).Unix()),
		})
		for list.Next() {
			sum += int64(list.BillingMeterEventSummary().AggregatedValue)
		}
		if err := list.Err(); err != nil {
			t.Fatal(err)
		}
	}
	if err := meters.Err(); err != nil {
		t.Fatal(err)
	}
	return sum
}

func (s *shop) enqueueReporting(t *testing.T) {
	t.Helper()
	err := s.DB.System(t.Context(), "report in a test", func(tx *db.SystemTx) error { return s.Queue.Enqueue(t.Context(), tx, reporting{}) })
	if err != nil {
		t.Fatal(err)
	}
}

// reportAll has the job run until Stripe is known to have everything.
func (s *shop) reportAll(t *testing.T) {
	t.Helper()
	apptest.Eventually(t, 30*time.Second, func() bool {
		s.exec(t, "DELETE FROM river.river_job WHERE kind = 'billing.report_usage' AND state = 'retryable'")
		s.enqueueReporting(t)
		apptest.Eventually(t, 30*time.Second, func() bool {
			return s.count(t, "SELECT count(*) FROM river.river_job WHERE kind = 'billing.report_usage' AND state IN ('available', 'running', 'pending')") == 0
		})
		return s.count(t, "SELECT (SELECT count(*) FROM usage_days WHERE billable > reported) + (SELECT count(*) FROM billing_reports WHERE sent_at IS NULL)") == 0
	})
}

func (s *shop) billable(t *testing.T, n *apptest.Tenant) int64 {
	t.Helper()
	return int64(s.count(t, "SELECT coalesce(sum(billable), 0) FROM usage_days WHERE tenant_id = $1", n.ID))
}

// B9: while use is recorded, two workers report it to a Stripe that loses requests and answers, fails before and after it counted, and repeats a
// failure that it gave once. In the end its sum is what is billable.
func TestB9_UsageIsReportedExactlyOnce(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	s.Replica(t)
	tenants := []*apptest.Tenant{s.Tenant(t), s.Tenant(t), s.Tenant(t)}
	for _, n := range tenants {
		s.use(t, n, 5) // on the free plan, which does not charge
		s.subscribe(t, n, "pro")
	}
	var asked atomic.Int64
	faults := []emulator.Fault{
		{Status: http.StatusInternalServerError, AfterCommit: true}, {}, {Drop: true, AfterCommit: true}, {Status: http.StatusInternalServerError},
		{Drop: true}, {Status: http.StatusTooManyRequests}, {},
	}
	s.Stripe.SetFault(func(method, path string) emulator.Fault {
		if method == http.MethodPost && path == "/v1/billing/meter_events" {
			return faults[asked.Add(1)%int64(len(faults))]
		}
		return emulator.Fault{}
	})
	for range 6 {
		var using sync.WaitGroup
		for _, n := range tenants {
			for i := range 8 {
				using.Go(func() { s.use(t, n, int64(i+1)) })
			}
		}
		s.enqueueReporting(t)
		s.enqueueReporting(t)
		using.Wait()
		apptest.Eventually(t, 30*time.Second, func() bool {
			return s.count(t, "SELECT count(*) FROM river.river_job WHERE kind = 'billing.report_usage' AND state IN ('available', 'running', 'pending')") == 0
		})
	}
	failed := s.count(t, "SELECT count(*) FROM river.river_job WHERE kind = 'billing.report_usage' AND errors IS NOT NULL")
	s.Stripe.SetFault(nil)
	s.reportAll(t)
	for _, n := range tenants {
		if at, here := s.meteredAt(t, n), s.billable(t, n); at != here || here != 6*36 {
			t.Errorf("Stripe has %d, %d are billable", at, here)
		}
	}
	if failed == 0 || s.count(t, "SELECT count(*) FROM billing_reports WHERE tries > 1") == 0 {
		t.Errorf("%d jobs failed: nothing was tried twice", failed)
	}

	// A worker that was killed between the request and the note of it sends again what Stripe has.
	s.exec(t, "UPDATE billing_reports SET sent_at = NULL")
	s.reportAll(t)
	for _, n := range tenants {
		if at := s.meteredAt(t, n); at != 6*36 {
			t.Errorf("Stripe has %d after all was sent again", at)
		}
	}
}

// B9: Stripe knows an identifier for a day. A report without an answer for longer is compared with Stripe's sum: what arrived is not sent again, and
// what did not is.
func TestB9_AnOldReportIsComparedBeforeItIsSentAgain(t *testing.T) {
	t.Parallel()
	var ahead atomic.Int64
	s := ownShop(t, apptest.WithClock(func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }))
	n := s.Tenant(t)
	s.subscribe(t, n, "pro")
	fault := func(f emulator.Fault) {
		s.Stripe.SetFault(func(_, path string) emulator.Fault {
			if strings.HasPrefix(path, "/v1/billing/meter_events") {
				return f
			}
			return emulator.Fault{}
		})
	}
	tried := func(calls int64, f emulator.Fault) {
		t.Helper()
		fault(f)
		s.use(t, n, calls)
		before := s.count(t, "SELECT count(*) FROM billing_reports WHERE tried_at IS NOT NULL")
		s.enqueueReporting(t)
		apptest.Eventually(t, 30*time.Second, func() bool {
			return s.count(t, "SELECT count(*) FROM billing_reports WHERE tried_at IS NOT NULL") > before &&
				s.count(t, "SELECT count(*) FROM river.river_job WHERE kind = 'billing.report_usage' AND state IN ('available', 'running', 'pending')") == 0
		})
		s.exec(t, "DELETE FROM river.river_job WHERE kind = 'billing.report_usage' AND state = 'retryable'")
	}
	tried(100, emulator.Fault{})
	tried(20, emulator.Fault{Status: http.StatusInternalServerError, AfterCommit: true})
	tried(3, emulator.Fault{Drop: true})
	if at := s.meteredAt(t, n); at != 120 || s.count(t, "SELECT count(*) FROM billing_reports WHERE sent_at IS NULL") != 2 {
		t.Fatalf("Stripe has %d", at)
	}
	s.Stripe.SetFault(nil)
	s.exec(t, "UPDATE billing_reports SET tried_at = tried_at - interval '26 hours', sent_at = sent_at - interval '26 hours'")
	ahead.Store(int64(26 * time.Hour)) // Stripe has forgotten the identifiers
	s.reportAll(t)
	if at, here := s.meteredAt(t, n), s.billable(t, n); at != 123 || here != 123 {
		t.Errorf("Stripe has %d, %d are billable", at, here)
	}
	if known := s.count(t, "SELECT sum(quantity) FROM billing_reports WHERE sent_at IS NOT NULL"); known != 123 {
		t.Errorf("reports of %d", known)
	}
}

// Use of a tenant that is no customer waits, and that of a customer whom Stripe does not have holds nobody up. Use lies on its day.
func TestUsageOfOthersIsReported(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	none, gone, good := s.Tenant(t), s.Tenant(t), s.Tenant(t)
	for _, n := range []*apptest.Tenant{gone, good} {
		s.subscribe(t, n, "business")
	}
	none.SetPlan(t, "business")
	customer := s.customer(t, gone)
	s.exec(t, "UPDATE billing_customers SET stripe_id = 'cus_gone' WHERE tenant_id = $1", gone.ID)
	for _, n := range []*apptest.Tenant{none, gone, good} {
		s.use(t, n, 7)
	}
	s.exec(t, `INSERT INTO usage_days (tenant_id, key, day, quantity, billable) SELECT $1, 'api.calls', (now() AT TIME ZONE 'UTC')::date - ago, 1000 * ago, 1000 * ago
		FROM unnest(ARRAY[1, 33, 35]) AS ago`, good.ID)
	s.RunJob(t, "billing.report_usage")
	if at := s.meteredAt(t, good); at != 7+1000+33000 {
		t.Errorf("Stripe has %d", at)
	}
	early := s.count(t, `SELECT count(*) FROM billing_reports WHERE tenant_id = $1 AND sent_at IS NOT NULL`, good.ID)
	if early != 3 || s.count(t, "SELECT count(*) FROM billing_reports WHERE tenant_id = $1", none.ID) != 0 {
		t.Errorf("%d reports", early)
	}
	if s.count(t, "SELECT count(*) FROM billing_reports WHERE tenant_id = $1 AND sent_at IS NULL", gone.ID) != 1 || !strings.Contains(s.Log.String(), "Stripe refuses a report of usage") {
		t.Error("a refused report is not told of, or is lost")
	}
	s.exec(t, "UPDATE billing_customers SET stripe_id = $1 WHERE tenant_id = $2", customer, gone.ID)
}

func TestOldReportsAreDeleted(t *testing.T) {
	t.Parallel()
	s := &shop{App: apptest.New(t)}
	n := s.Tenant(t)
	s.exec(t, `INSERT INTO billing_reports (tenant_id, identifier, customer, key, day, quantity, created_at, sent_at)
		SELECT $1, gen_random_uuid(), 'cus_1', 'api.calls', now(), 1, now() - age * interval '1 day', now() FROM unnest(ARRAY[89, 91]) AS age, generate_series(1, 600)`, n.ID)
	s.RunJob(t, "billing.purge_reports")
	if left := s.count(t, "SELECT count(*) FROM billing_reports"); left != 600 {
		t.Errorf("%d are left", left)
	}
}

var errStop = errors.New("stop")

// What the database refuses to commit was not used: a report follows what is stored.
func TestUseThatIsRolledBackIsNotReported(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	n := s.Tenant(t)
	s.subscribe(t, n, "pro")
	ctx := n.Context(t)
	err := s.DB.Tenant(ctx, func(tx *db.Tx) error {
		return errors.Join(s.Plans.Record(ctx, tx, apiCalls, 9, "key"), errStop)
	})
	if !errors.Is(err, errStop) {
		t.Fatal(err)
	}
	s.use(t, n, 4)
	s.RunJob(t, "billing.report_usage")
	if at := s.meteredAt(t, n); at != 4 {
		t.Errorf("Stripe has %d", at)
	}
}
