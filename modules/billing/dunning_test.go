package billing_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76"

	"saaskit/modules/apptest"
	"saaskit/platform/access"
	emulator "saaskit/platform/emulator/stripe"
)

const grace = 14 * 24 * time.Hour

// clocked is a tenant's subscription whose time at Stripe is a test clock's.
type clocked struct {
	*shop
	tenant *apptest.Tenant
	clock  string
	id     string
	method string
}

// subscribeAt subscribes the tenant to pro as it was at a moment, without a trial unless told, with a card that may be "".
func (s *shop) subscribeAt(t *testing.T, n *apptest.Tenant, moment time.Time, trialDays int64, card string) *clocked {
	t.Helper()
	clock := must[*stripe.TestHelpersTestClock](t)(s.api.TestHelpersTestClocks.New(&stripe.TestHelpersTestClockParams{FrozenTime: stripe.Int64(moment.Unix())}))
	c := must[*stripe.Customer](t)(s.api.Customers.New(&stripe.CustomerParams{Email: &n.Owner.Email, TestClock: &clock.ID}))
	s.Exec(t, "INSERT INTO billing_customers (tenant_id, name, email, stripe_id) VALUES ($1, $2, $3, $4)", n.ID, n.Name, n.Owner.Email, c.ID)
	out := &clocked{shop: s, tenant: n, clock: clock.ID}
	params := &stripe.SubscriptionParams{Customer: &c.ID, Items: []*stripe.SubscriptionItemsParams{{Price: stripe.String(s.price(t, "pro")), Quantity: stripe.Int64(1)}}}
	if card != "" {
		out.method = s.attach(t, c.ID, card)
		params.DefaultPaymentMethod = &out.method
	}
	if trialDays > 0 {
		params.TrialPeriodDays = &trialDays
	}
	out.id = must[*stripe.Subscription](t)(s.api.Subscriptions.New(params)).ID
	return out
}

// price is the id of the plan's monthly price in dollars.
func (s *shop) price(t *testing.T, plan string) string {
	t.Helper()
	list := s.api.Prices.List(&stripe.PriceListParams{LookupKeys: stripe.StringSlice([]string{plan + "_month_usd"})})
	if !list.Next() {
		t.Fatalf("Stripe has no price of %s", plan)
	}
	return list.Price().ID
}

func (s *shop) attach(t *testing.T, customer, card string) string {
	t.Helper()
	method := must[*stripe.PaymentMethod](t)(s.api.PaymentMethods.New(&stripe.PaymentMethodParams{
		Type: stripe.String("card"),
		Card: &stripe.PaymentMethodCardParams{Number: &card, ExpMonth: stripe.Int64(12), ExpYear: stripe.Int64(2039), CVC: stripe.String("123")},
	}))
	must[*stripe.PaymentMethod](t)(s.api.PaymentMethods.Attach(method.ID, &stripe.PaymentMethodAttachParams{Customer: &customer}))
	return method.ID
}

// advance lets time pass at Stripe.
func (c *clocked) advance(t *testing.T, to time.Time) {
	t.Helper()
	must[*stripe.TestHelpersTestClock](t)(c.api.TestHelpersTestClocks.Advance(c.clock, &stripe.TestHelpersTestClockAdvanceParams{FrozenTime: stripe.Int64(to.Unix())}))
}

// becomes waits until the product knows the status, and has the tenant on the plan that follows from it.
func (c *clocked) becomes(t *testing.T, status, plan string) {
	t.Helper()
	apptest.Eventually(t, 20*time.Second, func() bool {
		o := look(t, c.tenant.Owner)
		return o.Status == status && o.Plan.Key == plan
	})
}

// mails counts the mails to the address whose subject has the words, once all that is due was sent.
func (s *shop) mails(t *testing.T, address, words string) (n int) {
	t.Helper()
	apptest.Eventually(t, 20*time.Second, func() bool { return s.Stripe.Pending() == 0 })
	s.JobsDone(t)
	for _, m := range s.Mailbox.Messages(address) {
		if strings.Contains(m.Subject, words) {
			n++
		}
	}
	return n
}

// threeTimes has each event come three times.
func (s *shop) threeTimes(t *testing.T) {
	t.Helper()
	if err := s.Stripe.SetDelivery(emulator.DeliveryMode{Duplicates: 2, OutOfOrder: true}); err != nil {
		t.Fatal(err)
	}
}

// B8: from the first failed payment to the end of the grace and its lifting, with every event three times.
func TestB8_AFailedPaymentHasItsGrace(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	s.threeTimes(t)
	n := s.Tenant(t)
	second := n.Actor(t, access.Owner)
	// The trial ended, and the first payment failed, so that the grace is over in a moment.
	end := time.Now().Add(4 * time.Second).Truncate(time.Second)
	began := end.Add(-grace)
	c := s.subscribeAt(t, n, began.Add(-10*24*time.Hour), 10, emulator.CardFailsLater)
	c.advance(t, began.Add(2*time.Hour))
	c.becomes(t, "past_due", "pro")
	var at time.Time
	if err := s.Admin.QueryRow("SELECT read_only_at FROM tenant_plans WHERE tenant_id = $1", n.ID).Scan(&at); err != nil {
		t.Fatal(err)
	}
	if !at.Equal(end) {
		t.Errorf("the grace ends at %s, expected %s", at, end)
	}
	write := func() int { return n.Owner.Post(t, "/notes", map[string]any{"title": "x"}).StatusCode }
	over := func() bool {
		return s.Count(t, "SELECT count(*) FROM tenant_plans WHERE tenant_id = $1 AND read_only_at <= clock_timestamp()", n.ID) == 1
	}
	if status := write(); status != 201 && !over() {
		t.Fatalf("before the end of the grace: %d", status)
	}
	apptest.Eventually(t, 10*time.Second, over)
	apptest.Eventually(t, time.Second, func() bool { return write() == 403 })
	for range 3 {
		s.RunJob(t, "billing.sweep_notices")
	}
	notes := s.Count(t, "SELECT count(*) FROM notes WHERE tenant_id = $1", n.ID)
	for _, owner := range []*apptest.Actor{n.Owner, second} {
		if failed, now := s.mails(t, owner.Email, "failed"), s.mails(t, owner.Email, "read only"); failed > 1 || now != 1 {
			t.Errorf("%d mails of the failed payment, %d of the end of the grace", failed, now)
		}
	}
	sub := must[*stripe.Subscription](t)(s.api.Subscriptions.Get(c.id, nil))
	good := s.attach(t, sub.Customer.ID, emulator.CardPays)
	must[*stripe.Invoice](t)(s.api.Invoices.Pay(sub.LatestInvoice.ID, &stripe.InvoicePayParams{PaymentMethod: &good}))
	c.becomes(t, "active", "pro")
	apptest.Eventually(t, time.Second, func() bool { return write() == 201 })
	if now := s.Count(t, "SELECT count(*) FROM notes WHERE tenant_id = $1", n.ID); now != notes+1 {
		t.Errorf("%d notes of %d are left", now-1, notes)
	}
	n.Owner.Get(t, "/billing").Status(t, 200)
}

// B8: each owner is told of a failed payment once, however often it is tried and its events come, and once of the end.
func TestB8_MailsComeOnceForEachCause(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	s.threeTimes(t)
	n := s.Tenant(t)
	second := n.Actor(t, access.Owner)
	n.Owner.Post(t, "/notes", map[string]any{"title": "stays"}).Status(t, 201)
	began := time.Now().Add(-5 * 24 * time.Hour).Truncate(time.Second)
	c := s.subscribeAt(t, n, began.Add(-10*24*time.Hour), 10, emulator.CardFailsLater)
	once := func(what string, want map[string]int) {
		t.Helper()
		for _, owner := range []*apptest.Actor{n.Owner, second} {
			for words, count := range want {
				if got := s.mails(t, owner.Email, words); got != count {
					t.Errorf("%s: %d mails of %q, expected %d", what, got, words, count)
				}
			}
		}
	}
	c.advance(t, began.Add(2*time.Hour))
	c.becomes(t, "past_due", "pro")
	once("after the first failure", map[string]int{"failed": 1, "read only": 0, "ended": 0})
	text := s.Mailbox.Messages(n.Owner.Email)[0].Text
	for _, part := range []string{n.Slug, began.Add(grace).UTC().Format("2 January 2006"), "/t/" + n.Slug + "/settings/billing", "Nothing is deleted"} {
		if !strings.Contains(text, part) {
			t.Errorf("the mail lacks %q: %s", part, text)
		}
	}
	c.advance(t, began.Add(4*24*time.Hour))
	s.RunJob(t, "billing.sweep_notices")
	once("after the second failure", map[string]int{"failed": 1, "read only": 0, "ended": 0})
	c.advance(t, began.Add(20*24*time.Hour))
	c.becomes(t, "canceled", "free")
	once("after the end", map[string]int{"failed": 1, "read only": 0, "ended": 1})
	if kept := s.Count(t, "SELECT count(*) FROM tenant_plans WHERE tenant_id = $1 AND read_only_at IS NULL", n.ID); kept != 1 {
		t.Error("who has no subscription any more is read only")
	}
	n.Owner.Post(t, "/notes", map[string]any{"title": "goes on"}).Status(t, 201)
	if notes := s.Count(t, "SELECT count(*) FROM notes WHERE tenant_id = $1", n.ID); notes != 2 {
		t.Errorf("%d notes", notes)
	}
}

// B8: a later invoice does not begin the grace anew.
func TestB8_TheGraceCountsFromTheFirstUnpaidInvoice(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	if err := s.Stripe.AfterRetries("past_due"); err != nil {
		t.Fatal(err)
	}
	n := s.Tenant(t)
	began := time.Now().Add(-40 * 24 * time.Hour).Truncate(time.Second)
	c := s.subscribeAt(t, n, began.Add(-10*24*time.Hour), 10, emulator.CardFailsLater)
	c.advance(t, began.Add(39*24*time.Hour))
	c.becomes(t, "past_due", "pro")
	s.mails(t, n.Owner.Email, "")
	if open := s.Count(t, "SELECT count(*) FROM tenant_plans WHERE tenant_id = $1 AND read_only_at = $2", n.ID, began.Add(grace)); open != 1 {
		t.Error("the grace does not count from the first invoice")
	}
	n.Owner.Post(t, "/notes", map[string]any{"title": "x"}).Problem(t, 403, "workspace_read_only")
	s.RunJob(t, "billing.sweep_notices")
	if failed, now := s.mails(t, n.Owner.Email, "failed"), s.mails(t, n.Owner.Email, "read only"); failed > 1 || now != 1 {
		t.Errorf("%d mails of failed payments, %d of the end of the grace", failed, now)
	}
}

// Where the bank wants the holder of the card, the mail leads to the page at which they can do it.
func TestAuthenticationIsAskedForOnce(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	s.threeTimes(t)
	n := s.Tenant(t)
	began := time.Now().Add(-24 * time.Hour).Truncate(time.Second)
	c := s.subscribeAt(t, n, began.Add(-10*24*time.Hour), 10, emulator.CardAuthenticates)
	c.advance(t, began.Add(2*time.Hour))
	c.becomes(t, "past_due", "pro")
	if asked, failed := s.mails(t, n.Owner.Email, "Confirm a payment"), s.mails(t, n.Owner.Email, "failed"); asked != 1 || failed != 0 {
		t.Fatalf("%d mails ask for authentication, %d tell of a failure", asked, failed)
	}
	invoice := must[*stripe.Subscription](t)(s.api.Subscriptions.Get(c.id, nil)).LatestInvoice.ID
	page := must[*stripe.Invoice](t)(s.api.Invoices.Get(invoice, nil)).HostedInvoiceURL
	if text := s.Mailbox.Messages(n.Owner.Email)[0].Text; page == "" || !strings.Contains(text, page) {
		t.Errorf("the mail does not lead to %q: %s", page, text)
	}
}

// The owners are told once that a trial ends, from what is stored: no event of it has to come. What happens then depends on the card.
func TestTheEndOfATrialIsToldOnce(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	day := 24 * time.Hour
	paid, without, later := s.Tenant(t), s.Tenant(t), s.Tenant(t)
	s.subscribeAt(t, paid, time.Now().Add(-12*day), 14, emulator.CardPays).becomes(t, "trialing", "pro")
	s.subscribeAt(t, without, time.Now().Add(-12*day), 14, "").becomes(t, "trialing", "pro")
	s.subscribeAt(t, later, time.Now().Add(-10*day), 14, emulator.CardPays).becomes(t, "trialing", "pro")
	if err := s.Stripe.SetDelivery(emulator.DeliveryMode{LosePercent: 100}); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		s.RunJob(t, "billing.sweep_notices")
	}
	for n, words := range map[*apptest.Tenant]string{paid: "is charged", without: "There is no card"} {
		if told := s.mails(t, n.Owner.Email, "trial"); told != 1 {
			t.Fatalf("%d mails", told)
		}
		if text := s.Mailbox.Messages(n.Owner.Email)[0].Text; !strings.Contains(text, words) {
			t.Errorf("the mail lacks %q: %s", words, text)
		}
	}
	if told := s.mails(t, later.Owner.Email, "trial"); told != 0 {
		t.Errorf("%d mails four days before", told)
	}
}
