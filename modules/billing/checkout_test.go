package billing_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stripe/stripe-go/v76"

	"saaskit/modules/apptest"
	"saaskit/platform/access"
	emulator "saaskit/platform/emulator/stripe"
)

func TestSubscribing(t *testing.T) {
	t.Parallel()
	s := sharedShop(t)
	n := s.Tenant(t)
	n.Actor(t, access.Viewer)
	before := look(t, n.Owner)
	if before.Plan.Key != "free" || before.Status != "active" || before.Seats != 2 || !before.CanManage || !before.Enabled || before.PeriodEnd != nil {
		t.Errorf("before: %+v", before)
	}
	session := openCheckout(t, n.Owner, "pro")
	at := must[*stripe.CheckoutSession](t)(s.api.CheckoutSessions.Get(session, nil))
	if at.AmountTotal != 2*1200 || at.CustomerDetails.Email != n.Owner.Email || !strings.Contains(at.SuccessURL, "/t/"+n.Slug+"/settings/billing") {
		t.Errorf("the checkout: %+v", at)
	}
	if err := s.Stripe.Pay(session, emulator.CardDeclines); err == nil {
		t.Error("a declined card paid")
	}
	s.pay(t, session)
	s.awaitPlan(t, n, "pro")
	after := look(t, n.Owner)
	if after.Status != "active" || after.PeriodEnd == nil || after.CancelAt != nil || after.Plan.Limits[0].Limit != -1 || after.Plan.Limits[1].Limit != 1000 {
		t.Errorf("after: %+v", after)
	}
	n.Owner.Post(t, "/billing/checkout", choose("business")).Problem(t, 409, "already_subscribed")
}

func TestB7_OnlyCatalogueAndSessionCount(t *testing.T) {
	t.Parallel()
	s := sharedShop(t)
	n, other := s.Tenant(t), s.Tenant(t)
	s.subscribe(t, other, "business")
	for field, value := range map[string]any{
		"price": "price_1", "quantity": 0, "amount": 1, "customer": s.customer(t, other), "tenant_id": other.ID, "success_url": "https://evil.example",
		"return_url": "https://evil.example",
	} {
		body := choose("pro")
		body[field] = value
		n.Owner.Post(t, "/billing/checkout", body).Problem(t, 422, "invalid_input")
	}
	for _, plan := range []string{"free", "gold", "price_1"} {
		n.Owner.Post(t, "/billing/checkout", choose(plan)).Problem(t, 422, "plan_not_sold")
	}
	n.Owner.Post(t, "/billing/portal", nil).Problem(t, 409, "no_subscription")
	if made := s.count(t, "SELECT count(*) FROM billing_customers WHERE tenant_id = $1", n.ID); made != 0 {
		t.Error("a refused checkout made a customer")
	}
	session := openCheckout(t, n.Owner, "pro")
	if at := must[*stripe.CheckoutSession](t)(s.api.CheckoutSessions.Get(session, nil)); at.Customer.ID == s.customer(t, other) {
		t.Error("the checkout is another tenant's")
	}
}

func TestB8_TheBrowsersReturnGivesNothing(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	n := s.Tenant(t)
	s.Stripe.Hold()
	session := openCheckout(t, n.Owner, "pro")
	done := "/t/" + n.Slug + "/settings/billing?checkout=done&session_id=" + session
	n.Owner.Do(t, http.MethodGet, done, nil)
	n.Owner.Get(t, "/billing?checkout=done").Problem(t, 422, "invalid_input")
	s.pay(t, session)
	n.Owner.Do(t, http.MethodGet, done, nil)
	if o := look(t, n.Owner); o.Plan.Key != "free" {
		t.Fatalf("before Stripe's word: %+v", o)
	}
	s.Stripe.Release()
	s.awaitPlan(t, n, "pro")
}

// Two owners, two tabs, 64 at once: one customer, one open checkout, one subscription.
func TestRace_B5_ParallelCheckoutsAreOne(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	rounds := apptest.Rounds(t)
	for range rounds {
		raceToSubscribe(t, s)
	}
	t.Logf("race: checkouts: %d rounds, 64 at once: one customer, one checkout, one subscription", rounds)
}

func raceToSubscribe(t *testing.T, s *shop) {
	t.Helper()
	n := s.Tenant(t)
	owners := []*apptest.Actor{n.Owner, n.Actor(t, access.Owner)}
	sessions := make([]string, 64)
	var tabs sync.WaitGroup
	for i := range sessions {
		tabs.Go(func() { sessions[i] = openCheckout(t, owners[i%2], "pro") })
	}
	tabs.Wait()
	for _, id := range sessions {
		if id != sessions[0] {
			t.Fatalf("two checkouts: %s and %s", id, sessions[0])
		}
	}
	if made := s.customers(t, n.Owner.Email, owners[1].Email); made != 1 {
		t.Fatalf("%d customers", made)
	}
	s.pay(t, sessions[0])
	// The webhook may not be here yet: Stripe itself is asked.
	for range 3 {
		n.Owner.Post(t, "/billing/checkout", choose("pro")).Problem(t, 409, "already_subscribed")
	}
	if all := s.subscriptions(t, n); len(all) != 1 {
		t.Fatalf("%d subscriptions", len(all))
	}
}

// Tabs that disagree about the plan close each other's checkout; whatever is paid, there is one subscription.
func TestB5_TabsThatDisagree(t *testing.T) {
	t.Parallel()
	s := sharedShop(t)
	n := s.Tenant(t)
	plans := []string{"pro", "business"}
	var mu sync.Mutex
	sessions := map[string]bool{}
	var tabs sync.WaitGroup
	for i := range 16 {
		tabs.Go(func() {
			answer := n.Owner.Post(t, "/billing/checkout", choose(plans[i%2]))
			if answer.StatusCode == http.StatusConflict {
				answer.Problem(t, 409, "checkout_busy")
				return
			}
			id := sessionIn(t, answer.Status(t, 200))
			mu.Lock()
			defer mu.Unlock()
			sessions[id] = true
		})
	}
	tabs.Wait()
	last := openCheckout(t, n.Owner, "business")
	sessions[last] = true
	paid := 0
	for id := range sessions {
		if s.Stripe.Pay(id, emulator.CardPays) == nil {
			paid++
		}
	}
	if all := s.subscriptions(t, n); paid != 1 || len(all) != 1 {
		t.Fatalf("%d of %d checkouts were paid, %d subscriptions", paid, len(sessions), len(all))
	}
	s.awaitPlan(t, n, "business")
}

// Stripe did it, but the answer was lost: the repeated request has the same effect, not another.
func TestB9_LostAnswersAreNotRepeatedEffects(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	n := s.Tenant(t)
	var mu sync.Mutex
	lost := map[string]bool{}
	s.Stripe.SetFault(func(method, path string) emulator.Fault {
		mu.Lock()
		defer mu.Unlock()
		if method == http.MethodGet || lost[path] {
			return emulator.Fault{}
		}
		lost[path] = true
		return emulator.Fault{Drop: true, AfterCommit: true}
	})
	session := openCheckout(t, n.Owner, "pro")
	if !lost["/v1/customers"] || !lost["/v1/checkout/sessions"] {
		t.Fatalf("nothing was lost: %v", lost)
	}
	if again := openCheckout(t, n.Owner, "pro"); again != session || s.countEvents("customer.created") != 1 {
		t.Fatalf("%s, then %s; %d customers", session, again, s.countEvents("customer.created"))
	}
	open := 0
	for list := s.api.CheckoutSessions.List(&stripe.CheckoutSessionListParams{Customer: stripe.String(s.customer(t, n))}); list.Next(); {
		open++
	}
	if open != 1 {
		t.Fatalf("%d checkouts at Stripe", open)
	}
}

func TestB9_StripeDownIsSaidAndHarmsNothingElse(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	n := s.Tenant(t)
	s.subscribe(t, n, "pro")
	fresh := s.Tenant(t)
	for _, fault := range []emulator.Fault{{Drop: true}, {Status: http.StatusInternalServerError}, {Status: http.StatusTooManyRequests}, {Status: http.StatusUnauthorized}} {
		s.Stripe.SetFault(func(string, string) emulator.Fault { return fault })
		fresh.Owner.Post(t, "/billing/checkout", choose("pro")).Problem(t, 503, "billing_unavailable")
		n.Owner.Post(t, "/billing/portal", nil).Problem(t, 503, "billing_unavailable")
	}
	if o := look(t, n.Owner); o.Plan.Key != "pro" {
		t.Errorf("with Stripe down: %+v", o)
	}
	n.Owner.Post(t, "/notes", map[string]any{"title": "still works"}).Status(t, 201)
	s.Stripe.SetFault(nil)
	s.subscribe(t, fresh, "pro")
}

func TestASubscriptionThatEndedCanBeFollowedByAnother(t *testing.T) {
	t.Parallel()
	s := sharedShop(t)
	n := s.Tenant(t)
	s.subscribe(t, n, "pro")
	must[*stripe.Subscription](t)(s.api.Subscriptions.Cancel(s.subscriptions(t, n)[0].ID, nil))
	s.awaitPlan(t, n, "free")
	if o := look(t, n.Owner); o.Status != "canceled" || o.PeriodEnd != nil {
		t.Errorf("after the end: %+v", o)
	}
	s.subscribe(t, n, "business")
}

// The customer was deleted at Stripe, or the key is of another account now: a new customer is made, once.
func TestACustomerThatStripeLostIsReplaced(t *testing.T) {
	t.Parallel()
	s := sharedShop(t)
	n := s.Tenant(t)
	s.subscribe(t, n, "pro")
	old := s.customer(t, n)
	must[*stripe.Customer](t)(s.api.Customers.Del(old, nil))
	s.awaitPlan(t, n, "free")
	s.subscribe(t, n, "pro")
	if s.customer(t, n) == old {
		t.Error("the lost customer is still ours")
	}
	must[*stripe.Customer](t)(s.api.Customers.Del(s.customer(t, n), nil))
	n.Owner.Post(t, "/billing/portal", nil).Problem(t, 409, "no_subscription")
}

// customers counts those at Stripe whose receipts go to one of the addresses.
func (s *shop) customers(t *testing.T, emails ...string) (n int) {
	t.Helper()
	for _, email := range emails {
		list := s.api.Customers.List(&stripe.CustomerListParams{Email: stripe.String(email)})
		for list.Next() {
			n++
		}
		if err := list.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

func (s *shop) countEvents(eventType string) (n int) {
	for _, e := range s.Stripe.Events("") {
		if e.Type == eventType {
			n++
		}
	}
	return n
}
