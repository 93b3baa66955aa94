package stripe_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	stripego "github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/client"

	"saaskit/platform/emulator/stripe"
)

// world is an account with one customer on a test clock, who has a card.
type world struct {
	t        *testing.T
	e        *stripe.Emulator
	api      *client.API
	clock    string
	customer string
	price    *stripego.Price
}

var firstOfApril = time.Date(2031, 4, 1, 0, 0, 0, 0, time.UTC) // a month of 30 days

func newWorld(t *testing.T, testCard string) *world {
	t.Helper()
	e, api := start(t, stripe.Options{})
	w := &world{t: t, e: e, api: api, price: catalogue(t, api)}
	w.clock = must[*stripego.TestHelpersTestClock](t)(api.TestHelpersTestClocks.New(&stripego.TestHelpersTestClockParams{
		FrozenTime: stripego.Int64(firstOfApril.Unix()), Name: stripego.String("test"),
	})).ID
	w.customer = must[*stripego.Customer](t)(api.Customers.New(&stripego.CustomerParams{
		Email: stripego.String("ann@example.com"), Name: stripego.String("Ann"), TestClock: stripego.String(w.clock),
	})).ID
	if testCard != "" {
		w.setCard(testCard)
	}
	return w
}

// setCard attaches the card of a test token and makes it the customer's default.
func (w *world) setCard(testCard string) {
	w.t.Helper()
	method := must[*stripego.PaymentMethod](w.t)(w.api.PaymentMethods.Attach("pm_card_"+testCard, &stripego.PaymentMethodAttachParams{
		Customer: stripego.String(w.customer),
	}))
	must[*stripego.Customer](w.t)(w.api.Customers.Update(w.customer, &stripego.CustomerParams{
		InvoiceSettings: &stripego.CustomerInvoiceSettingsParams{DefaultPaymentMethod: stripego.String(method.ID)},
	}))
}

// params are those of a subscription to the price.
func (w *world) params(quantity int64) *stripego.SubscriptionParams {
	return &stripego.SubscriptionParams{
		Customer: stripego.String(w.customer),
		Items:    []*stripego.SubscriptionItemsParams{{Price: stripego.String(w.price.ID), Quantity: stripego.Int64(quantity)}},
	}
}

func (w *world) subscribe(p *stripego.SubscriptionParams) *stripego.Subscription {
	w.t.Helper()
	return must[*stripego.Subscription](w.t)(w.api.Subscriptions.New(p))
}

func (w *world) subscription(id string) *stripego.Subscription {
	w.t.Helper()
	return must[*stripego.Subscription](w.t)(w.api.Subscriptions.Get(id, nil))
}

func (w *world) update(id string, p *stripego.SubscriptionParams) *stripego.Subscription {
	w.t.Helper()
	return must[*stripego.Subscription](w.t)(w.api.Subscriptions.Update(id, p))
}

func (w *world) invoice(id string) *stripego.Invoice {
	w.t.Helper()
	return must[*stripego.Invoice](w.t)(w.api.Invoices.Get(id, nil))
}

// advance moves the clock to the time, and waits for nothing: the emulator is there when it answers.
func (w *world) advance(to time.Time) {
	w.t.Helper()
	moved := must[*stripego.TestHelpersTestClock](w.t)(w.api.TestHelpersTestClocks.Advance(w.clock, &stripego.TestHelpersTestClockAdvanceParams{
		FrozenTime: stripego.Int64(to.Unix()),
	}))
	if moved.Status != stripego.TestHelpersTestClockStatusAdvancing || moved.FrozenTime != to.Unix() {
		w.t.Fatalf("got %+v", moved)
	}
	if now := must[*stripego.TestHelpersTestClock](w.t)(w.api.TestHelpersTestClocks.Get(w.clock, nil)); now.Status != stripego.TestHelpersTestClockStatusReady {
		w.t.Fatalf("got %+v", now)
	}
}

// events are the types of what happened to the customer since the first n.
func (w *world) events(since int) []string {
	var types []string
	for _, e := range w.e.Events(w.customer)[since:] {
		types = append(types, e.Type)
	}
	return types
}

func (w *world) wantEvents(since int, want ...string) {
	w.t.Helper()
	if got := w.events(since); !slices.Equal(got, want) {
		w.t.Errorf("events:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestAClockDrivesARenewal(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "visa")
	s := w.subscribe(w.params(2))
	if s.Created != firstOfApril.Unix() || s.TestClock.ID != w.clock || s.Status != stripego.SubscriptionStatusActive {
		t.Fatalf("got %+v", s)
	}
	n := len(w.events(0))
	end := time.Unix(s.CurrentPeriodEnd, 0)
	w.advance(end.Add(-7 * 24 * time.Hour))
	w.wantEvents(n, "invoice.upcoming")
	w.advance(end)
	s = w.subscription(s.ID)
	draft := w.invoice(s.LatestInvoice.ID)
	if s.CurrentPeriodStart != end.Unix() || draft.Status != stripego.InvoiceStatusDraft || draft.NextPaymentAttempt != end.Add(time.Hour).Unix() {
		t.Fatalf("at the period's end: %+v, invoice %s", s, draft.Status)
	}
	w.advance(end.Add(time.Hour))
	w.wantEvents(n, "invoice.upcoming", "invoice.created", "customer.subscription.updated",
		"payment_intent.created", "invoice.finalized", "charge.succeeded", "payment_intent.succeeded", "invoice.paid", "invoice.payment_succeeded")
	paid := w.invoice(draft.ID)
	if paid.Status != "paid" || paid.AmountPaid != 2400 || paid.BillingReason != "subscription_cycle" || paid.AttemptCount != 1 || paid.Created != end.Unix() {
		t.Errorf("got %+v", paid)
	}
	if paid.PeriodStart != firstOfApril.Unix() || paid.Lines.Data[0].Period.Start != end.Unix() {
		t.Errorf("an invoice looks back at %d, its lines ahead from %d", paid.PeriodStart, paid.Lines.Data[0].Period.Start)
	}
	w.advance(end.AddDate(0, 3, 0))
	if s = w.subscription(s.ID); s.CurrentPeriodStart != end.AddDate(0, 3, 0).Unix() {
		t.Errorf("three months later the period begins %s", time.Unix(s.CurrentPeriodStart, 0).UTC())
	}
}

func TestTestClocks(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "visa")
	s := w.subscribe(w.params(1))
	w.e.Tick() // the emulator's own time does not move them
	if got := w.subscription(s.ID); got.CurrentPeriodEnd != s.CurrentPeriodEnd {
		t.Error("the emulator's clock renewed a subscription of a test clock")
	}
	_, err := w.api.TestHelpersTestClocks.Advance(w.clock, &stripego.TestHelpersTestClockAdvanceParams{FrozenTime: stripego.Int64(firstOfApril.Unix())})
	wantError(t, err, 400, "", "frozen_time")
	if list := w.api.TestHelpersTestClocks.List(&stripego.TestHelpersTestClockListParams{}); !list.Next() || list.TestHelpersTestClock().Name != "test" {
		t.Error("the clock is not listed")
	}
	if gone := must[*stripego.TestHelpersTestClock](t)(w.api.TestHelpersTestClocks.Del(w.clock, nil)); !gone.Deleted {
		t.Error("not deleted")
	}
	if c := must[*stripego.Customer](t)(w.api.Customers.Get(w.customer, nil)); !c.Deleted {
		t.Error("the clock's customer outlives it")
	}
	if got := w.subscription(s.ID); got.Status != stripego.SubscriptionStatusCanceled {
		t.Errorf("the clock's subscription is %s", got.Status)
	}
}

func TestRetriesEndAsConfigured(t *testing.T) {
	t.Parallel()
	for _, after := range []string{"canceled", "unpaid", "past_due"} {
		t.Run(after, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "visa")
			if err := w.e.AfterRetries(after); err != nil {
				t.Fatal(err)
			}
			s := w.subscribe(w.params(1))
			w.setCard("chargeCustomerFail")
			n := len(w.events(0))
			first := time.Unix(s.CurrentPeriodEnd, 0).Add(time.Hour)
			w.advance(first)
			failure := []string{"charge.failed", "payment_intent.payment_failed", "invoice.payment_failed"}
			w.wantEvents(n, append(append([]string{"invoice.upcoming", "invoice.created", "customer.subscription.updated", "payment_intent.created", "invoice.finalized"}, failure...), "customer.subscription.updated")...)
			invoice := w.invoice(w.subscription(s.ID).LatestInvoice.ID)
			for i, days := range []int{3, 5, 7} {
				next := first.AddDate(0, 0, days)
				if invoice.NextPaymentAttempt != next.Unix() || invoice.AttemptCount != int64(i+1) || w.subscription(s.ID).Status != "past_due" {
					t.Fatalf("after %d failures: next %d, %d attempts", i+1, invoice.NextPaymentAttempt, invoice.AttemptCount)
				}
				n, first = len(w.events(0)), next
				w.advance(next)
				invoice = w.invoice(invoice.ID)
			}
			last := map[string][]string{"canceled": {"customer.subscription.deleted"}, "unpaid": {"customer.subscription.updated"}}[after]
			w.wantEvents(n, append(failure, last...)...)
			s = w.subscription(s.ID)
			if string(s.Status) != after || invoice.NextPaymentAttempt != 0 || invoice.Status != "open" {
				t.Errorf("%s, invoice %s", s.Status, invoice.Status)
			}
			if after == "canceled" && s.CancellationDetails.Reason != "payment_failed" {
				t.Errorf("got %+v", s.CancellationDetails)
			}
		})
	}
	if e, _ := start(t, stripe.Options{}); e.AfterRetries("active") == nil {
		t.Error("a subscription cannot become active by failing")
	}
}

// A customer who puts in a good card is charged with the next retry, or by hand, and the subscription goes on.
func TestAPaidRetryGoesOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "visa")
	s := w.subscribe(w.params(1))
	w.setCard("chargeCustomerFail")
	w.advance(time.Unix(s.CurrentPeriodEnd, 0).Add(time.Hour))
	latest := w.subscription(s.ID).LatestInvoice.ID
	_, err := w.api.Invoices.Pay(latest, nil)
	wantError(t, err, 402, stripego.ErrorCodeCardDeclined, "")
	w.setCard("visa")
	w.advance(time.Unix(s.CurrentPeriodEnd, 0).Add(4 * 24 * time.Hour))
	if got := w.subscription(s.ID); got.Status != stripego.SubscriptionStatusActive {
		t.Errorf("after a paid retry it is %s", got.Status)
	}
	if paid := w.invoice(latest); !paid.Paid || paid.AttemptCount != 2 {
		t.Errorf("got %+v", paid)
	}
}

// An unpaid subscription's invoices stay drafts; paying the latest brings it back.
func TestUnpaidInvoicesStayDrafts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "visa")
	if err := w.e.AfterRetries("unpaid"); err != nil {
		t.Fatal(err)
	}
	s := w.subscribe(w.params(1))
	w.setCard("chargeCustomerFail")
	w.advance(time.Unix(s.CurrentPeriodEnd, 0).AddDate(0, 1, 1))
	s = w.subscription(s.ID)
	if draft := w.invoice(s.LatestInvoice.ID); s.Status != "unpaid" || draft.Status != "draft" || draft.AutoAdvance {
		t.Fatalf("%s, invoice %s", s.Status, draft.Status)
	}
	w.setCard("visa")
	must[*stripego.Invoice](t)(w.api.Invoices.Pay(s.LatestInvoice.ID, nil))
	if s = w.subscription(s.ID); s.Status != "active" {
		t.Errorf("after it was paid it is %s", s.Status)
	}
}
