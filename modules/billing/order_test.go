package billing_test

import (
	"math/rand/v2"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76"

	"saaskit/modules/apptest"
	emulator "saaskit/platform/emulator/stripe"
)

// permutations of the indexes below n.
func permutations(n int) [][]int {
	if n == 0 {
		return [][]int{{}}
	}
	var all [][]int
	for _, shorter := range permutations(n - 1) {
		for at := range n {
			all = append(all, slices.Insert(slices.Clone(shorter), at, n-1))
		}
	}
	return all
}

func TestB3_EveryOrderEndsInStripesState(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	s.Stripe.Hold()
	types := []string{"customer.subscription.created", "checkout.session.completed", "customer.subscription.updated", "customer.subscription.deleted"}
	orders := permutations(len(types))
	tenants := make([]*apptest.Tenant, len(orders))
	ended := func(i int) bool { return i%2 == 0 }
	for i, order := range orders {
		n := s.Tenant(t)
		tenants[i] = n
		s.pay(t, openCheckout(t, n.Owner, "pro"))
		sub := s.subscriptions(t, n)[0]
		must[*stripe.Subscription](t)(s.api.Subscriptions.Update(sub.ID, &stripe.SubscriptionParams{CancelAtPeriodEnd: stripe.Bool(true)}))
		if ended(i) {
			must[*stripe.Subscription](t)(s.api.Subscriptions.Cancel(sub.ID, nil))
		}
		for _, k := range order {
			if types[k] == "customer.subscription.deleted" && !ended(i) {
				continue
			}
			for _, status := range s.Stripe.Deliver(t.Context(), s.eventOf(t, n, types[k]), 2) {
				if status != http.StatusOK {
					t.Fatalf("%s was answered %d", types[k], status)
				}
			}
		}
	}
	s.JobsDone(t)
	for i, n := range tenants {
		end := s.subscriptions(t, n)[0].CurrentPeriodEnd
		switch o := look(t, n.Owner); {
		case ended(i) && (o.Plan.Key != "free" || o.Status != "canceled"):
			t.Errorf("in the order %v of an ended subscription: %+v", orders[i], o)
		case !ended(i) && (o.Plan.Key != "pro" || o.CancelAt == nil || o.CancelAt.Unix() != end):
			t.Errorf("in the order %v of a subscription that will end: %+v", orders[i], o)
		}
	}
}

// The same of a renewal that failed, with what was paid before it.
func TestB3_EveryOrderOfPaymentsEndsInStripesState(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	s.Stripe.Hold()
	types := []string{"customer.subscription.created", "invoice.paid", "invoice.payment_failed", "customer.subscription.updated"}
	orders := permutations(len(types))
	tenants := make([]*apptest.Tenant, len(orders))
	unpaid := func(i int) bool { return i%2 == 0 }
	for i, order := range orders {
		n := s.Tenant(t)
		tenants[i] = n
		sub := s.renewalFails(t, n)
		if unpaid(i) {
			if err := s.Stripe.SetStatus(sub, "unpaid"); err != nil {
				t.Fatal(err)
			}
		}
		for _, k := range order {
			for _, status := range s.Stripe.Deliver(t.Context(), s.eventOf(t, n, types[k]), 2) {
				if status != http.StatusOK {
					t.Fatalf("%s was answered %d", types[k], status)
				}
			}
		}
	}
	s.JobsDone(t)
	for i, n := range tenants {
		o, plan, status := look(t, n.Owner), "pro", "past_due"
		if unpaid(i) {
			plan, status = "free", "unpaid"
		}
		if o.Plan.Key != plan || o.Status != status {
			t.Errorf("in the order %v: %+v, expected %s and %s", orders[i], o, plan, status)
		}
	}
}

// renewalFails subscribes with a card that fails when the next period is charged, and returns the subscription, which is past due then.
func (s *shop) renewalFails(t *testing.T, n *apptest.Tenant) (subscription string) {
	t.Helper()
	if err := s.Stripe.Pay(openCheckout(t, n.Owner, "pro"), emulator.CardFailsLater); err != nil {
		t.Fatal(err)
	}
	subscription = s.subscriptions(t, n)[0].ID
	if err := s.Stripe.Renew(subscription); err != nil {
		t.Fatal(err)
	}
	return subscription
}

// An answer of Stripe's that is late, and older than one that was kept since, changes nothing.
func TestB3_ALateAnswerDoesNotReplaceANewerOne(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	n := s.Tenant(t)
	s.Stripe.Hold()
	s.pay(t, openCheckout(t, n.Owner, "pro"))
	late := make(chan struct{})
	var asked, answered atomic.Int32
	s.Stripe.SetFault(func(method, path string) emulator.Fault {
		if method != http.MethodGet || path != "/v1/subscriptions" {
			return emulator.Fault{}
		}
		if asked.Add(1) == 1 {
			return emulator.Fault{Hold: late}
		}
		answered.Add(1)
		return emulator.Fault{}
	})
	s.Stripe.Deliver(t.Context(), s.eventOf(t, n, "customer.subscription.created"), 1)
	apptest.Eventually(t, 10*time.Second, func() bool { return asked.Load() == 1 })
	sub := s.eventObject(t, s.eventOf(t, n, "customer.subscription.created"))
	must[*stripe.Subscription](t)(s.api.Subscriptions.Cancel(sub, nil))
	s.Stripe.Deliver(t.Context(), s.eventOf(t, n, "customer.subscription.deleted"), 1)
	apptest.Eventually(t, 10*time.Second, func() bool {
		return s.count(t, "SELECT count(*) FROM stripe_events WHERE type = 'customer.subscription.deleted' AND state = 'applied'") == 1
	})
	close(late)
	s.JobsDone(t)
	if o := look(t, n.Owner); o.Plan.Key != "free" || o.Status != "canceled" {
		t.Fatalf("the late answer won: %+v", o)
	}
}

func (s *shop) eventObject(t *testing.T, id string) string {
	t.Helper()
	return must[*stripe.Event](t)(s.api.Events.Get(id, nil)).Data.Object["id"].(string)
}

// Changes and deliveries run into each other, with duplicates and in any order.
func TestB3_AStormOfChangesConverges(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	s.Stripe.Hold()
	tenants := make([]*apptest.Tenant, 6)
	for i := range tenants {
		tenants[i] = s.Tenant(t)
		s.pay(t, openCheckout(t, tenants[i].Owner, "pro"))
	}
	random := rand.New(rand.NewPCG(1, 2))
	for _, n := range tenants {
		sub := s.subscriptions(t, n)[0].ID
		for step := range 8 {
			must[*stripe.Subscription](t)(s.api.Subscriptions.Update(sub, &stripe.SubscriptionParams{CancelAtPeriodEnd: stripe.Bool(step%2 == 0)}))
			events := s.Stripe.Events(s.customer(t, n))
			s.Stripe.Deliver(t.Context(), events[random.IntN(len(events))].ID, 1+random.IntN(3))
		}
		if random.IntN(2) == 0 {
			must[*stripe.Subscription](t)(s.api.Subscriptions.Cancel(sub, nil))
		}
	}
	s.Stripe.Release()
	apptest.Eventually(t, 30*time.Second, func() bool { return s.Stripe.Pending() == 0 })
	s.JobsDone(t)
	for _, n := range tenants {
		at, o := s.subscriptions(t, n)[0], look(t, n.Owner)
		if string(at.Status) != o.Status || (at.Status == "trialing" && (o.CancelAt != nil) != at.CancelAtPeriodEnd) || (o.Plan.Key == "pro") != (at.Status == "trialing") {
			t.Errorf("Stripe: %s, ends %v; we: %+v", at.Status, at.CancelAtPeriodEnd, o)
		}
	}
}
