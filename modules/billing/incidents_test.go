package billing_test

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76"

	"saaskit/modules/apptest"
	emulator "saaskit/platform/emulator/stripe"
)

// incident is a refund or a dispute as operators see it.
type incident struct {
	ID         string    `json:"id"`
	Kind       string    `json:"kind"`
	TenantID   string    `json:"tenant_id"`
	TenantName string    `json:"tenant_name"`
	Amount     int64     `json:"amount"`
	Currency   string    `json:"currency"`
	Status     string    `json:"status"`
	Reason     string    `json:"reason"`
	CreatedAt  time.Time `json:"created_at"`
}

// page is a list of an operator's, with the cursor of what follows.
type page[T any] struct {
	Items      []T    `json:"items"`
	NextCursor string `json:"next_cursor"`
}

// all reads a list of an operator's to its end, by pages of two.
func all[T any](t *testing.T, operator *apptest.Actor, path string) (items []T) {
	t.Helper()
	for cursor := ""; ; {
		var p page[T]
		operator.Get(t, path+"limit=2&cursor="+cursor).Status(t, 200).JSON(t, &p)
		if items = append(items, p.Items...); p.NextCursor == "" {
			return items
		}
		cursor = p.NextCursor
	}
}

// incidentsOf are the tenant's, by their ids.
func (s *shop) incidentsOf(t *testing.T, operator *apptest.Actor, n *apptest.Tenant) map[string]incident {
	t.Helper()
	found := map[string]incident{}
	for _, i := range all[incident](t, operator, "/operator/billing/incidents?") {
		if i.TenantID == n.ID.String() {
			found[i.ID] = i
		}
	}
	return found
}

// charge is the id of the last one of the tenant.
func (s *shop) charge(t *testing.T, n *apptest.Tenant) string {
	t.Helper()
	list := s.api.Charges.List(&stripe.ChargeListParams{Customer: stripe.String(s.customer(t, n))})
	if !list.Next() {
		t.Fatalf("the tenant was never charged: %v", list.Err())
	}
	return list.Charge().ID
}

func (s *shop) refund(t *testing.T, charge string, amount int64) *stripe.Refund {
	t.Helper()
	return must[*stripe.Refund](t)(s.api.Refunds.New(&stripe.RefundParams{
		Charge: stripe.String(charge), Amount: stripe.Int64(amount), Reason: stripe.String("requested_by_customer"),
	}))
}

func (s *shop) disputeOf(t *testing.T, charge string) *stripe.Dispute {
	t.Helper()
	list := s.api.Disputes.List(&stripe.DisputeListParams{Charge: stripe.String(charge)})
	if !list.Next() {
		t.Fatalf("the charge is not disputed: %v", list.Err())
	}
	return list.Dispute()
}

// eventAbout is the newest event of the type about the object.
func (s *shop) eventAbout(t *testing.T, eventType, object string) (id string) {
	t.Helper()
	list := s.api.Events.List(&stripe.EventListParams{Type: stripe.String(eventType)})
	for list.Next() {
		if list.Event().Data.Object["id"] == object {
			return list.Event().ID
		}
	}
	t.Fatalf("Stripe has no %s about %s: %v", eventType, object, list.Err())
	return ""
}

func (s *shop) deliver(t *testing.T, event string, times int) {
	t.Helper()
	for _, status := range s.Stripe.Deliver(t.Context(), event, times) {
		if status != http.StatusOK {
			t.Fatalf("%s was answered %d", event, status)
		}
	}
}

// Refunds that succeed and fail, in any order and more than once, beside what is told of the subscription.
func TestB3_EveryOrderOfRefundsEndsInStripesState(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	operator := s.Operator(t)
	s.Stripe.Hold()
	orders := permutations(4)
	tenants, refunds := make([]*apptest.Tenant, len(orders)), make([][2]string, len(orders))
	for i, order := range orders {
		n := s.Tenant(t)
		tenants[i] = n
		s.pay(t, openCheckout(t, n.Owner, "business"))
		charge := s.charge(t, n)
		refunds[i] = [2]string{s.refund(t, charge, 1000).ID, s.refund(t, charge, 500).ID}
		if err := s.Stripe.FailRefund(refunds[i][0]); err != nil {
			t.Fatal(err)
		}
		events := []string{
			s.eventOf(t, n, "customer.subscription.created"), s.eventOf(t, n, "invoice.paid"),
			s.eventAbout(t, "charge.refunded", charge), s.eventAbout(t, "charge.refund.updated", refunds[i][0]),
		}
		for _, k := range order {
			s.deliver(t, events[k], 2)
		}
	}
	s.JobsDone(t)
	for i, n := range tenants {
		found := s.incidentsOf(t, operator, n)
		failed, given := found[refunds[i][0]], found[refunds[i][1]]
		if len(found) != 2 || failed.Status != "failed" || given.Status != "succeeded" || given.Amount != 500 || given.Currency != "usd" || given.Kind != "refund" ||
			given.Reason != "requested_by_customer" || given.TenantName != n.Name {
			t.Errorf("in the order %v: %+v", orders[i], found)
		}
		if o := look(t, n.Owner); o.Plan.Key != "business" || o.Status != "active" {
			t.Errorf("in the order %v: %+v", orders[i], o)
		}
	}
	if n := s.count(t, "SELECT count(*) FROM stripe_events WHERE state <> 'applied'"); n != 0 {
		t.Errorf("%d events were not applied", n)
	}
}

// A dispute names no customer. Whoever it is about is found out by the job.
func TestB3_EveryOrderOfADisputeEndsInStripesState(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	operator := s.Operator(t)
	s.Stripe.Hold()
	types := []string{"charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed"}
	orders := permutations(len(types))
	tenants := make([]*apptest.Tenant, len(orders))
	for i, order := range orders {
		n := s.Tenant(t)
		tenants[i] = n
		if err := s.Stripe.Pay(openCheckout(t, n.Owner, "business"), emulator.CardDisputes); err != nil {
			t.Fatal(err)
		}
		dispute := s.disputeOf(t, s.charge(t, n)).ID
		if i%2 == 0 {
			s.deliver(t, s.eventAbout(t, "charge.dispute.created", dispute), 1)
			apptest.Eventually(t, 20*time.Second, func() bool { return s.incidentsOf(t, operator, n)[dispute].Status == "needs_response" })
		}
		if err := s.Stripe.SettleDispute(dispute, "lost"); err != nil {
			t.Fatal(err)
		}
		for _, k := range order {
			s.deliver(t, s.eventAbout(t, types[k], dispute), 2)
		}
	}
	s.JobsDone(t)
	for i, n := range tenants {
		for _, found := range s.incidentsOf(t, operator, n) {
			if found.Kind != "dispute" || found.Status != "lost" || found.Amount != 9900 || found.Reason != "fraudulent" {
				t.Errorf("in the order %v: %+v", orders[i], found)
			}
		}
		if kept := s.count(t, "SELECT count(*) FROM billing_incidents WHERE tenant_id = $1", n.ID); kept != 1 {
			t.Errorf("in the order %v: %d incidents", orders[i], kept)
		}
		if named := s.count(t, "SELECT count(*) FROM stripe_events WHERE customer = $1 AND type LIKE 'charge.dispute.%' AND state = 'applied'", s.customer(t, n)); named != 3 {
			t.Errorf("in the order %v: %d of 3 events are the customer's", orders[i], named)
		}
	}
}

// An answer about a charge that comes late, and is older than one that was kept since, changes nothing.
func TestB3_ALateAnswerAboutADisputeDoesNotReplaceANewerOne(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	operator, n := s.Operator(t), s.Tenant(t)
	s.Stripe.Hold()
	if err := s.Stripe.Pay(openCheckout(t, n.Owner, "business"), emulator.CardDisputes); err != nil {
		t.Fatal(err)
	}
	dispute := s.disputeOf(t, s.charge(t, n)).ID
	late, asked := make(chan struct{}), make(chan struct{}, 16)
	var held atomic.Bool
	s.Stripe.SetFault(func(_, path string) emulator.Fault {
		if path != "/v1/disputes" || held.Swap(true) {
			return emulator.Fault{}
		}
		asked <- struct{}{}
		return emulator.Fault{Hold: late}
	})
	s.deliver(t, s.eventAbout(t, "charge.dispute.created", dispute), 1)
	<-asked
	if err := s.Stripe.SettleDispute(dispute, "won"); err != nil {
		t.Fatal(err)
	}
	s.deliver(t, s.eventAbout(t, "charge.dispute.closed", dispute), 1)
	apptest.Eventually(t, 20*time.Second, func() bool { return s.incidentsOf(t, operator, n)[dispute].Status == "won" })
	close(late)
	s.JobsDone(t)
	if now := s.incidentsOf(t, operator, n)[dispute]; now.Status != "won" {
		t.Errorf("the late answer won: %+v", now)
	}
}
