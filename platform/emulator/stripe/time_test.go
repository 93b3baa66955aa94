package stripe_test

import (
	"testing"
	"time"

	stripego "github.com/stripe/stripe-go/v76"

	"saaskit/platform/emulator/stripe"
)

func TestTimeRenewsAndEnds(t *testing.T) {
	t.Parallel()
	now := time.Date(2030, 1, 31, 12, 0, 0, 0, time.UTC)
	e, api := start(t, stripe.Options{Now: func() time.Time { return now }})
	s := subscribe(t, e, api)
	if end := time.Unix(s.CurrentPeriodEnd, 0).UTC(); end.Month() != time.February || end.Day() != 28 {
		t.Fatalf("a month after 31 January is %s", end)
	}
	now = time.Date(2030, 3, 1, 0, 0, 0, 0, time.UTC)
	e.Tick()
	s = must[*stripego.Subscription](t)(api.Subscriptions.Get(s.ID, nil))
	if end := time.Unix(s.CurrentPeriodEnd, 0).UTC(); end.Month() != time.March || end.Day() != 31 || s.Status != "active" {
		t.Fatalf("renewed until %s, %s", end, s.Status)
	}
	must[*stripego.Subscription](t)(api.Subscriptions.Update(s.ID, &stripego.SubscriptionParams{CancelAtPeriodEnd: stripego.Bool(true)}))
	now = time.Date(2030, 4, 1, 0, 0, 0, 0, time.UTC)
	e.Tick()
	if s = must[*stripego.Subscription](t)(api.Subscriptions.Get(s.ID, nil)); s.Status != "canceled" {
		t.Fatalf("after the end it is %s", s.Status)
	}
	invoices := 0
	for list := api.Invoices.List(&stripego.InvoiceListParams{Subscription: stripego.String(s.ID)}); list.Next(); {
		if invoices++; list.Invoice().Total != 3600 || !list.Invoice().Paid {
			t.Fatalf("got %+v", list.Invoice())
		}
	}
	if invoices != 2 {
		t.Fatalf("%d invoices, want 2", invoices)
	}
}

// A card that fails later: the renewal leaves an open invoice and a subscription that is past due.
func TestARenewalThatFailsIsPastDue(t *testing.T) {
	t.Parallel()
	now := time.Date(2030, 1, 31, 12, 0, 0, 0, time.UTC)
	e, api := start(t, stripe.Options{Now: func() time.Time { return now }})
	customer := must[*stripego.Customer](t)(api.Customers.New(&stripego.CustomerParams{Email: stripego.String("ann@example.com")}))
	session := openCheckout(t, api, customer.ID, catalogue(t, api).ID, 1)
	if err := e.Pay(session.ID, stripe.CardFailsLater); err != nil {
		t.Fatal(err)
	}
	list := api.Subscriptions.List(&stripego.SubscriptionListParams{Customer: stripego.String(customer.ID)})
	if !list.Next() || list.Subscription().Status != "active" {
		t.Fatalf("after the checkout: %v", list.Err())
	}
	id := list.Subscription().ID
	now = time.Date(2030, 3, 1, 0, 0, 0, 0, time.UTC)
	e.Tick()
	s := must[*stripego.Subscription](t)(api.Subscriptions.Get(id, nil))
	if end := time.Unix(s.CurrentPeriodEnd, 0).UTC(); s.Status != "past_due" || end.Month() != time.March {
		t.Fatalf("%s until %s", s.Status, end)
	}
	open := must[*stripego.Invoice](t)(api.Invoices.Get(s.LatestInvoice.ID, nil))
	if open.Paid || open.Status != "open" || open.AmountRemaining != 1200 || open.AmountPaid != 0 || open.NextPaymentAttempt == 0 {
		t.Errorf("got %+v", open)
	}
	failed := 0
	for _, event := range e.Events(customer.ID) {
		if event.Type == "invoice.payment_failed" {
			failed++
		}
	}
	if failed != 1 {
		t.Errorf("%d invoice.payment_failed", failed)
	}
	if err := e.SetStatus(id, "unpaid"); err != nil {
		t.Fatal(err)
	}
	now = now.AddDate(0, 2, 0)
	e.Tick()
	if s = must[*stripego.Subscription](t)(api.Subscriptions.Get(id, nil)); s.Status != "unpaid" {
		t.Errorf("time made an unpaid subscription %s", s.Status)
	}
	if e.SetStatus(id, "canceled") != nil || e.SetStatus(id, "active") == nil || e.Renew(id) == nil {
		t.Error("a canceled subscription can be changed")
	}
}
