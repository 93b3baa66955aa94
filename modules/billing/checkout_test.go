package billing_test

import (
	"net/http"
	"slices"
	"strconv"
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
	if at.AmountTotal != 0 || at.CustomerDetails.Email != n.Owner.Email || !strings.Contains(at.SuccessURL, "/t/"+n.Slug+"/settings/billing") {
		t.Errorf("the checkout: %+v", at)
	}
	if !at.AllowPromotionCodes || at.BillingAddressCollection != "required" || at.AutomaticTax.Enabled || at.TaxIDCollection.Enabled {
		t.Errorf("the checkout asks otherwise: %+v", at)
	}
	if sold := s.lines(t, session); !slices.Equal(sold, []string{"2 pro_month_usd", "pro_api_calls_month_usd"}) {
		t.Errorf("it sells %q", sold)
	}
	if err := s.Stripe.Pay(session, emulator.CardDeclines); err == nil {
		t.Error("a declined card paid")
	}
	s.pay(t, session)
	s.awaitPlan(t, n, "pro")
	after := look(t, n.Owner)
	if after.Status != "trialing" || after.PeriodEnd == nil || after.CancelAt != nil || grant(after, "members.max") != -1 || grant(after, "notes.max") != 1000 {
		t.Errorf("after: %+v", after)
	}
	sub := s.subscriptions(t, n)[0]
	if days := (sub.TrialEnd - sub.TrialStart) / 86400; days != 14 || len(sub.Items.Data) != 2 || sub.Items.Data[0].Quantity != 2 {
		t.Errorf("the subscription: %+v", sub)
	}
	if at := must[*stripe.Customer](t)(s.api.Customers.Get(s.customer(t, n), nil)); at.Address == nil || at.Address.Country == "" || at.Name != n.Name {
		t.Errorf("the customer's address is not kept: %+v", at)
	}
	n.Owner.Post(t, "/billing/checkout", choose("business")).Problem(t, 409, "already_subscribed")
}

// lines are what a checkout sells: quantity and lookup key, or the key alone of what is metered.
func (s *shop) lines(t *testing.T, session string) (sold []string) {
	t.Helper()
	list := s.api.CheckoutSessions.ListLineItems(&stripe.CheckoutSessionListLineItemsParams{Session: stripe.String(session)})
	for list.Next() {
		item := list.LineItem()
		line := item.Price.LookupKey
		if item.Price.Recurring.UsageType != stripe.PriceRecurringUsageTypeMetered {
			line = strconv.FormatInt(item.Quantity, 10) + " " + line
		}
		sold = append(sold, line)
	}
	if err := list.Err(); err != nil {
		t.Fatal(err)
	}
	return sold
}

func TestCheckoutByIntervalAndCurrency(t *testing.T) {
	t.Parallel()
	s := sharedShop(t)
	n := s.Tenant(t)
	body := with(with(choose("business"), "interval", "year"), "currency", "eur")
	session := sessionIn(t, n.Owner.Post(t, "/billing/checkout", body).Status(t, 200))
	at := must[*stripe.CheckoutSession](t)(s.api.CheckoutSessions.Get(session, nil))
	if sold := s.lines(t, session); !slices.Equal(sold, []string{"1 business_year_eur", "business_api_calls_year_eur"}) || at.Currency != "eur" || at.AmountTotal != 89000 {
		t.Errorf("it sells %q for %d %s", sold, at.AmountTotal, at.Currency)
	}
	if again := sessionIn(t, n.Owner.Post(t, "/billing/checkout", body).Status(t, 200)); again != session {
		t.Errorf("the same choice opened another checkout")
	}
	monthly := sessionIn(t, n.Owner.Post(t, "/billing/checkout", with(body, "interval", "month")).Status(t, 200))
	if err := s.Stripe.Pay(session, emulator.CardPays); monthly == session || err == nil {
		t.Errorf("the checkout of another choice is open still")
	}
	s.pay(t, monthly)
	s.awaitPlan(t, n, "business")
	must[*stripe.Subscription](t)(s.api.Subscriptions.Cancel(s.subscriptions(t, n)[0].ID, nil))
	s.awaitPlan(t, n, "free")
	n.Owner.Post(t, "/billing/checkout", choose("business")).Problem(t, 409, "currency_fixed")
	sessionIn(t, n.Owner.Post(t, "/billing/checkout", body).Status(t, 200))
}

func TestCheckoutWithTax(t *testing.T) {
	t.Parallel()
	s := ownShop(t, apptest.WithEnv("STRIPE_TAX", "true"))
	n := s.Tenant(t)
	session := openCheckout(t, n.Owner, "business")
	at := must[*stripe.CheckoutSession](t)(s.api.CheckoutSessions.Get(session, nil))
	if !at.AutomaticTax.Enabled || !at.TaxIDCollection.Enabled {
		t.Errorf("the checkout: %+v", at)
	}
	s.pay(t, session)
	s.awaitPlan(t, n, "business")
	if sub := s.subscriptions(t, n)[0]; !sub.AutomaticTax.Enabled {
		t.Errorf("the subscription: %+v", sub)
	}
}

func TestB7_OnlyCatalogueAndSessionCount(t *testing.T) {
	t.Parallel()
	s := sharedShop(t)
	n, other := s.Tenant(t), s.Tenant(t)
	s.subscribe(t, other, "business")
	for field, value := range map[string]any{
		"price": "price_1", "quantity": 0, "amount": 1, "customer": s.customer(t, other), "tenant_id": other.ID, "success_url": "https://evil.example",
		"return_url": "https://evil.example", "trial_days": 365, "trial_end": 4102444800, "coupon": "free", "promotion_code": "promo_1",
		"discounts": []string{"free"}, "line_items": []string{"price_1"}, "tax": false, "lookup_key": "pro_month_usd",
	} {
		n.Owner.Post(t, "/billing/checkout", with(choose("pro"), field, value)).Problem(t, 422, "invalid_input")
	}
	for field, values := range map[string][]any{"interval": {"week", "Month", "", 1}, "currency": {"USD", "dollar", "", "us", "us\n"}, "plan": {"", 1}} {
		for _, value := range values {
			n.Owner.Post(t, "/billing/checkout", with(choose("pro"), field, value)).Problem(t, 422, "invalid_input")
		}
	}
	n.Owner.Post(t, "/billing/checkout", with(choose("pro"), "currency", "gbp")).Problem(t, 422, "plan_not_sold")
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
	n.Owner.Post(t, "/billing/portal", map[string]any{"customer": s.customer(t, other)}).Problem(t, 422, "invalid_input")
	n.Owner.Post(t, "/billing/portal", map[string]any{"configuration": "bpc_1"}).Problem(t, 422, "invalid_input")
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
