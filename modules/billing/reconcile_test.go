package billing_test

import (
	"bytes"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76"

	"saaskit/modules"
	"saaskit/modules/apptest"
	emulator "saaskit/platform/emulator/stripe"
)

// outage is a shop whose endpoint was down while things happened at Stripe, to each tenant another.
type outage struct {
	dated
	created, upgraded, canceled, ending, refunded, disputed, deleted, untouched *apptest.Tenant

	refund, dispute string
}

// endpointDown lets it happen, and loses every event of it.
func endpointDown(t *testing.T) *outage {
	t.Helper()
	o := &outage{dated: datedShop(t)}
	for _, n := range []**apptest.Tenant{&o.upgraded, &o.canceled, &o.ending, &o.refunded, &o.deleted, &o.untouched} {
		*n = o.Tenant(t)
		o.subscribe(t, *n, "business")
	}
	o.created, o.disputed = o.Tenant(t), o.Tenant(t)
	o.told(t)
	if err := o.Stripe.SetDelivery(emulator.DeliveryMode{LosePercent: 100}); err != nil {
		t.Fatal(err)
	}
	o.set(o.now().Add(time.Hour))
	o.pay(t, openCheckout(t, o.created.Owner, "pro"))
	if err := o.Stripe.Pay(openCheckout(t, o.disputed.Owner, "business"), emulator.CardDisputes); err != nil {
		t.Fatal(err)
	}
	o.dispute = o.disputeOf(t, o.charge(t, o.disputed)).ID
	sub := o.subscription(t, o.upgraded)
	must[*stripe.Subscription](t)(o.api.Subscriptions.Update(sub.ID, &stripe.SubscriptionParams{
		Items: []*stripe.SubscriptionItemsParams{{ID: &sub.Items.Data[0].ID, Price: stripe.String(o.price(t, "pro"))}},
	}))
	must[*stripe.Subscription](t)(o.api.Subscriptions.Cancel(o.subscription(t, o.canceled).ID, nil))
	must[*stripe.Subscription](t)(o.api.Subscriptions.Update(o.subscription(t, o.ending).ID, &stripe.SubscriptionParams{CancelAtPeriodEnd: stripe.Bool(true)}))
	o.refund = o.shop.refund(t, o.charge(t, o.refunded), 700).ID
	must[*stripe.Customer](t)(o.api.Customers.Del(o.customer(t, o.deleted), nil))
	apptest.Eventually(t, 20*time.Second, func() bool { return o.Stripe.Pending() == 0 }) // each was lost
	if err := o.Stripe.SetDelivery(emulator.DeliveryMode{}); err != nil {
		t.Fatal(err)
	}
	o.JobsDone(t)
	if b := look(t, o.canceled.Owner); b.Plan.Key != "business" || look(t, o.created.Owner).Plan.Key != "free" {
		t.Fatalf("not every event was lost: %+v", b)
	}
	return o
}

// subscriptionsAreRight compares what each tenant is on with what happened at Stripe.
func (o *outage) subscriptionsAreRight(t *testing.T) {
	t.Helper()
	for n, want := range map[*apptest.Tenant][2]string{
		o.created: {"pro", "trialing"}, o.upgraded: {"pro", "active"}, o.canceled: {"free", "canceled"}, o.ending: {"business", "active"},
		o.refunded: {"business", "active"}, o.disputed: {"business", "active"}, o.deleted: {"free", "canceled"}, o.untouched: {"business", "active"},
	} {
		if b := look(t, n.Owner); b.Plan.Key != want[0] || b.Status != want[1] || (b.CancelAt != nil) != (n == o.ending) {
			t.Errorf("expected %v: %+v", want, b)
		}
	}
}

func (o *outage) incidentsAreRight(t *testing.T) {
	t.Helper()
	operator := o.Operator(t)
	if found := o.incidentsOf(t, operator, o.refunded); len(found) != 1 || found[o.refund].Amount != 700 {
		t.Errorf("refunds: %+v", found)
	}
	if found := o.incidentsOf(t, operator, o.disputed); len(found) != 1 || found[o.dispute].Status != "needs_response" {
		t.Errorf("disputes: %+v", found)
	}
}

func (s *shop) reconcile(t *testing.T) string {
	t.Helper()
	var out bytes.Buffer
	if err := modules.ReconcileBilling(t.Context(), s.Platform, &out); err != nil {
		t.Fatal(err)
	}
	s.JobsDone(t)
	return out.String()
}

// repairs are the acts of the audit log that tell of one.
func (s *shop) repairs(t *testing.T) int {
	t.Helper()
	return s.count(t, "SELECT count(*) FROM audit_log WHERE action IN ('billing.repaired', 'billing.seats_repaired')") +
		s.count(t, "SELECT count(*) FROM security_log WHERE action = 'billing.events_recovered'")
}

func TestB4_TheCommandRepairsWhatTheOutageLeft(t *testing.T) {
	t.Parallel()
	o := endpointDown(t)
	first := o.reconcile(t)
	t.Log(first)
	o.subscriptionsAreRight(t)
	o.incidentsAreRight(t)
	if strings.Contains(first, "taken in now: 0.") || !strings.Contains(first, "Tenants repaired: ") || strings.Contains(first, "Tenants repaired: 0") {
		t.Errorf("the first run says:\n%s", first)
	}
	before := o.repairs(t)
	second := o.reconcile(t)
	if !strings.Contains(second, "taken in now: 0.") || !strings.Contains(second, "Tenants repaired: 0, seats repaired: 0, tenants with two live subscriptions: 0.") ||
		o.repairs(t) != before {
		t.Errorf("the second run says:\n%s", second)
	}
}

// The events alone bring everything back.
func TestB4_LostEventsAreTakenIn(t *testing.T) {
	t.Parallel()
	o := endpointDown(t)
	o.RunJob(t, "billing.catch_up_events")
	if o.repairs(t) != 0 {
		t.Error("an event that may be on its way was taken for lost")
	}
	o.set(o.now().Add(time.Hour))
	o.RunJob(t, "billing.catch_up_events")
	o.subscriptionsAreRight(t)
	o.incidentsAreRight(t)
	if n := o.count(t, "SELECT count(*) FROM stripe_events WHERE state = 'pending'"); n != 0 {
		t.Errorf("%d events wait", n)
	}
	before := o.repairs(t)
	o.RunJob(t, "billing.catch_up_events")
	if o.repairs(t) != before || before == 0 {
		t.Errorf("%d repairs, then %d", before, o.repairs(t))
	}
}

// The comparison alone does too, when Stripe has forgotten the events.
func TestB4_SubscriptionsAreCompared(t *testing.T) {
	t.Parallel()
	o := endpointDown(t)
	o.RunJob(t, "billing.sweep_subscriptions")
	o.subscriptionsAreRight(t)
	before := o.repairs(t)
	if before != 6 {
		t.Errorf("%d tenants were repaired", before)
	}
	apptest.Eventually(t, 30*time.Second, func() bool { // seats are looked at some seconds after a change, and Stripe is asked for that
		return o.count(t, "SELECT count(*) FROM river.river_job WHERE kind = 'billing.sync_seats' AND finalized_at IS NULL") == 0
	})
	var asked atomic.Int32
	o.Stripe.SetFault(func(_, _ string) emulator.Fault {
		asked.Add(1)
		return emulator.Fault{}
	})
	o.RunJob(t, "billing.sweep_subscriptions")
	if o.repairs(t) != before || asked.Load() != 1 {
		t.Errorf("the second time %d were repaired with %d questions", o.repairs(t)-before, asked.Load())
	}
}

// Three hundred subscriptions and events are three pages of each, and a run that breaks off after the first goes on where it was.
func TestB4_ARunThatBreaksOffLosesNothing(t *testing.T) {
	t.Parallel()
	d := datedShop(t)
	n := d.Tenant(t)
	d.subscribe(t, n, "business")
	d.told(t)
	d.Stripe.Hold()
	sub := d.subscription(t, n).ID
	for i := range 250 {
		must[*stripe.Subscription](t)(d.api.Subscriptions.Update(sub, &stripe.SubscriptionParams{CancelAtPeriodEnd: stripe.Bool(i%2 == 0)}))
	}
	must[*stripe.Subscription](t)(d.api.Subscriptions.Cancel(sub, nil))
	var lists atomic.Int32
	d.Stripe.SetFault(func(_, path string) emulator.Fault {
		if path != "/v1/events" {
			return emulator.Fault{}
		}
		if lists.Add(1) == 2 {
			return emulator.Fault{Status: 400}
		}
		return emulator.Fault{}
	})
	var out bytes.Buffer
	if err := modules.ReconcileBilling(t.Context(), d.Platform, &out); err == nil {
		t.Fatalf("it did not break off:\n%s", out.String())
	}
	kept := d.count(t, "SELECT count(*) FROM stripe_events WHERE type LIKE 'customer.subscription.%'")
	if kept < 90 || kept > 105 {
		t.Errorf("%d events after the first page", kept)
	}
	d.reconcile(t)
	if kept := d.count(t, "SELECT count(*) FROM stripe_events WHERE type LIKE 'customer.subscription.%'"); kept != 252 {
		t.Errorf("%d of 252 events", kept)
	}
	if b := look(t, n.Owner); b.Plan.Key != "free" {
		t.Errorf("%+v", b)
	}
}

// Somebody made a second subscription by hand: nobody is charged twice without a person being told.
func TestB4_TwoLiveSubscriptionsAreTold(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	n := s.Tenant(t)
	s.subscribe(t, n, "business")
	s.told(t)
	customer := s.customer(t, n)
	must[*stripe.Subscription](t)(s.api.Subscriptions.New(&stripe.SubscriptionParams{
		Customer: &customer, DefaultPaymentMethod: stripe.String(s.attach(t, customer, emulator.CardPays)),
		Items: []*stripe.SubscriptionItemsParams{{Price: stripe.String(s.price(t, "pro")), Quantity: stripe.Int64(1)}},
	}))
	s.told(t)
	said := s.reconcile(t)
	if !strings.Contains(said, "tenants with two live subscriptions: 1.") ||
		s.count(t, "SELECT count(*) FROM audit_log WHERE tenant_id = $1 AND action = 'billing.two_subscriptions'", n.ID) != 1 {
		t.Errorf("it says:\n%s", said)
	}
}

// The quantity at Stripe was changed by hand, and no event told of it.
func TestB4_SeatsFollowTheMembersAgain(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	n := s.Tenant(t)
	s.subscribe(t, n, "pro")
	s.told(t)
	s.Stripe.Hold()
	item := s.subscription(t, n).Items.Data[0].ID
	must[*stripe.SubscriptionItem](t)(s.api.SubscriptionItems.Update(item, &stripe.SubscriptionItemParams{Quantity: stripe.Int64(7)}))
	said := s.reconcile(t)
	if s.quantity(t, n) != 1 || look(t, n.Owner).PaidSeats != 1 || !strings.Contains(said, "seats repaired: 1") {
		t.Errorf("%d seats at Stripe, %d here:\n%s", s.quantity(t, n), look(t, n.Owner).PaidSeats, said)
	}
}

// With the key of another account, nobody loses a plan.
func TestB4_AnotherAccountEndsNothing(t *testing.T) {
	t.Parallel()
	s := ownShop(t, apptest.WithoutJobs())
	tenants := make([]*apptest.Tenant, 11)
	for i := range tenants {
		tenants[i] = s.Tenant(t)
		s.Exec(t, "INSERT INTO billing_customers (tenant_id, name, email, stripe_id) VALUES ($1, 'x', 'x@example.com', $2)", tenants[i].ID, "cus_elsewhere"+tenants[i].ID.String())
		s.Exec(t, `INSERT INTO billing_subscriptions (tenant_id, stripe_id, status, plan, updated_at) VALUES ($1, $2, 'active', 'business', now() - interval '1 hour')`,
			tenants[i].ID, "sub_elsewhere"+tenants[i].ID.String())
	}
	var out bytes.Buffer
	if err := modules.ReconcileBilling(t.Context(), s.Platform, &out); err == nil || !strings.Contains(err.Error(), "another account") {
		t.Errorf("%v, %s", err, out.String())
	}
	if kept := s.count(t, "SELECT count(*) FROM billing_subscriptions WHERE status = 'active'"); kept != len(tenants) {
		t.Errorf("%d of %d subscriptions are left", kept, len(tenants))
	}
}
