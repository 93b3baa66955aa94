package billing_test

import (
	"net/http"
	"sync"
	"testing"

	"github.com/stripe/stripe-go/v76"

	"saaskit/modules/apptest"
	emulator "saaskit/platform/emulator/stripe"
)

func TestATenantHasOneTrial(t *testing.T) {
	t.Parallel()
	s := sharedShop(t)
	n := s.Tenant(t)
	s.subscribe(t, n, "pro")
	s.cancelAll(t, n)
	s.awaitPlan(t, n, "free")
	session := openCheckout(t, n.Owner, "pro")
	if at := must[*stripe.CheckoutSession](t)(s.api.CheckoutSessions.Get(session, nil)); at.AmountTotal != 1200 {
		t.Errorf("the second time costs %d", at.AmountTotal)
	}
	s.pay(t, session)
	s.awaitPlan(t, n, "pro")
	if o := look(t, n.Owner); o.Status != "active" || s.trials(t, n) != 1 {
		t.Errorf("%s, %d trials", o.Status, s.trials(t, n))
	}
}

// The events are late, and the trial was canceled as soon as it had begun: Stripe is asked before another is given.
func TestATrialThatNoEventToldOfIsUsed(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	n := s.Tenant(t)
	s.Stripe.Hold()
	s.pay(t, openCheckout(t, n.Owner, "pro"))
	s.cancelAll(t, n)
	session := openCheckout(t, n.Owner, "pro")
	if at := must[*stripe.CheckoutSession](t)(s.api.CheckoutSessions.Get(session, nil)); at.AmountTotal != 1200 {
		t.Errorf("the second time costs %d", at.AmountTotal)
	}
}

// The trial was of a subscription beside the one that counts now, and nothing told of it.
func TestATrialOfAnotherSubscriptionIsUsed(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	n := s.Tenant(t)
	s.Stripe.Hold()
	s.pay(t, openCheckout(t, n.Owner, "pro"))
	first := s.subscriptions(t, n)[0]
	s.cancelAll(t, n)
	must[*stripe.Subscription](t)(s.api.Subscriptions.New(&stripe.SubscriptionParams{
		Customer: stripe.String(s.customer(t, n)), DefaultPaymentMethod: stripe.String(first.DefaultPaymentMethod.ID),
		Items: []*stripe.SubscriptionItemsParams{{Price: stripe.String(first.Items.Data[0].Price.ID)}},
	}))
	n.Owner.Post(t, "/billing/checkout", choose("pro")).Problem(t, 409, "already_subscribed") // Stripe was asked
	s.cancelAll(t, n)
	if at := must[*stripe.CheckoutSession](t)(s.api.CheckoutSessions.Get(openCheckout(t, n.Owner, "pro"), nil)); at.AmountTotal != 1200 {
		t.Errorf("the third time costs %d", at.AmountTotal)
	}
}

// A plan without a trial does not use it up.
func TestATrialIsThereAfterAPlanWithoutOne(t *testing.T) {
	t.Parallel()
	s := sharedShop(t)
	n := s.Tenant(t)
	s.subscribe(t, n, "business")
	s.cancelAll(t, n)
	s.awaitPlan(t, n, "free")
	s.subscribe(t, n, "pro")
	if s.trials(t, n) != 1 {
		t.Errorf("%d trials", s.trials(t, n))
	}
}

// Sixty-four tabs subscribe, pay and cancel at once, again and again: whatever comes in between, one trial is given.
func TestRace_B5_OneTrial(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	rounds, most := apptest.Rounds(t), 0
	for range rounds {
		n := s.Tenant(t)
		var tabs sync.WaitGroup
		for range 64 {
			tabs.Go(func() {
				answer := n.Owner.Post(t, "/billing/checkout", choose("pro"))
				if answer.StatusCode == http.StatusConflict {
					return // somebody else's subscription, or too many at it
				}
				if s.Stripe.Pay(sessionIn(t, answer.Status(t, 200)), emulator.CardPays) == nil {
					s.cancelAll(t, n)
				}
			})
		}
		tabs.Wait()
		session := openCheckout(t, n.Owner, "pro")
		if at := must[*stripe.CheckoutSession](t)(s.api.CheckoutSessions.Get(session, nil)); at.AmountTotal != 1200 {
			t.Fatalf("afterwards it costs %d", at.AmountTotal)
		}
		if given := s.trials(t, n); given != 1 {
			t.Fatalf("%d trials in %d subscriptions", given, len(s.subscriptions(t, n)))
		}
		most = max(most, len(s.subscriptions(t, n)))
	}
	t.Logf("race: trials: %d rounds, 64 at once: one trial, in up to %d subscriptions one after the other", rounds, most)
}

// cancelAll ends at once what the tenant subscribes to.
func (s *shop) cancelAll(t *testing.T, n *apptest.Tenant) {
	t.Helper()
	for _, sub := range s.subscriptions(t, n) {
		if sub.Status != stripe.SubscriptionStatusCanceled {
			_, _ = s.api.Subscriptions.Cancel(sub.ID, nil) // somebody else may have done so
		}
	}
}

// trials counts the tenant's subscriptions that began with one.
func (s *shop) trials(t *testing.T, n *apptest.Tenant) (count int) {
	t.Helper()
	for _, sub := range s.subscriptions(t, n) {
		if sub.TrialStart != 0 {
			count++
		}
	}
	return count
}
