package billing_test

import (
	"testing"
	"time"

	"saaskit/modules/apptest"
)

func (s *shop) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	if _, err := s.Admin.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatal(err)
	}
}

// B9: an event whose job was tried for the last time while Stripe's key was missing or broken is applied when it works again.
func TestB9_AnEventIsAppliedAfterItsJobWasDiscarded(t *testing.T) {
	t.Parallel()
	s := ownShop(t, apptest.WithoutJobs())
	n := s.Tenant(t)
	s.Stripe.Hold()
	s.pay(t, openCheckout(t, n.Owner, "pro"))
	for _, status := range s.Stripe.Deliver(t.Context(), s.eventOf(t, n, "customer.subscription.created"), 1) {
		if status != 200 {
			t.Fatalf("answered %d", status)
		}
	}
	s.exec(t, "UPDATE river.river_job SET state = 'discarded', finalized_at = now(), attempt = max_attempts WHERE kind = 'billing.apply_event'")
	pending := func() int { return s.count(t, "SELECT count(*) FROM stripe_events WHERE state = 'pending'") }
	work := func() int {
		return s.count(t, "SELECT count(*) FROM river.river_job WHERE kind = 'billing.apply_event'")
	}

	replica := s.Replica(t)
	replica.RunJob(t, "billing.resume_events")
	if pending() != 1 || work() != 1 {
		t.Fatalf("%d events wait with %d jobs: one that came just now was put in again", pending(), work())
	}
	s.exec(t, "UPDATE stripe_events SET received_at = now() - interval '11 minutes'")
	replica.RunJob(t, "billing.resume_events")
	if o := look(t, n.Owner); pending() != 0 || o.Plan.Key != "pro" || work() != 2 {
		t.Fatalf("%d events wait with %d jobs; %+v", pending(), work(), o)
	}
}

// Without a key the events wait, and no job is put in that could only fail.
func TestB9_EventsWaitWhileBillingIsOff(t *testing.T) {
	t.Parallel()
	a := apptest.New(t)
	s := &shop{App: a}
	s.exec(t, "INSERT INTO stripe_events (id, type, customer, state, created_at, received_at) VALUES ('evt_1', 'invoice.paid', 'cus_1', 'pending', now(), now() - interval '6 hours')")
	a.RunJob(t, "billing.resume_events")
	if jobs := s.count(t, "SELECT count(*) FROM river.river_job WHERE kind = 'billing.apply_event'"); jobs != 0 {
		t.Errorf("%d jobs", jobs)
	}
	if s.count(t, "SELECT count(*) FROM stripe_events WHERE state = 'pending'") != 1 {
		t.Error("the event does not wait any more")
	}
}

// An event whose job is still tried gets no second one, however often and however many wait.
func TestB9_ResumingAddsNoSecondJob(t *testing.T) {
	t.Parallel()
	s := ownShop(t, apptest.WithoutJobs())
	n := s.Tenant(t)
	s.Stripe.Hold()
	s.pay(t, openCheckout(t, n.Owner, "pro"))
	s.Stripe.Deliver(t.Context(), s.eventOf(t, n, "customer.subscription.created"), 1)
	s.exec(t, "UPDATE stripe_events SET received_at = now() - interval '1 hour'")
	s.exec(t, "UPDATE river.river_job SET state = 'retryable', scheduled_at = now() + interval '1 hour' WHERE kind = 'billing.apply_event'")
	s.exec(t, `INSERT INTO stripe_events (id, type, customer, state, created_at, received_at)
		SELECT 'evt_' || i, 'invoice.paid', 'cus_gone', 'pending', now(), now() - interval '1 hour' FROM generate_series(1, 1200) AS i`)
	s.Replica(t).RunJob(t, "billing.resume_events")
	if jobs := s.count(t, "SELECT count(*) FROM river.river_job WHERE kind = 'billing.apply_event' AND args ->> 'customer' = $1", s.customer(t, n)); jobs != 1 {
		t.Errorf("%d jobs of the event that waits for its next attempt", jobs)
	}
	if left := s.count(t, "SELECT count(*) FROM stripe_events WHERE customer = 'cus_gone' AND state = 'pending'"); left != 0 {
		t.Errorf("%d of 1200 events still wait", left)
	}
}

func TestOldEventsAreDeleted(t *testing.T) {
	t.Parallel()
	s := &shop{App: apptest.New(t)}
	s.exec(t, `INSERT INTO stripe_events (id, type, customer, state, created_at, received_at)
		SELECT state || days || '-' || i, 'invoice.paid', 'cus_1', state, now(), now() - make_interval(days => days)
		FROM unnest(ARRAY['pending', 'applied', 'ignored']) AS state, unnest(ARRAY[89, 91]) AS days, generate_series(1, 400) AS i`)
	s.RunJob(t, "billing.purge_events")
	apptest.Eventually(t, 20*time.Second, func() bool { return s.count(t, "SELECT count(*) FROM stripe_events") == 4*400 })
	if n := s.count(t, "SELECT count(*) FROM stripe_events WHERE state <> 'pending' AND received_at < now() - interval '90 days'"); n != 0 {
		t.Errorf("%d old events are left", n)
	}
}
