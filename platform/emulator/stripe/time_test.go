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
