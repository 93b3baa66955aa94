package stripe_test

import (
	"fmt"
	"testing"
	"time"

	stripego "github.com/stripe/stripe-go/v76"
)

const day = 24 * time.Hour

// shown is what a line says to the customer.
func shown(lines *stripego.InvoiceLineItemList) []string {
	var all []string
	for _, l := range lines.Data {
		all = append(all, fmt.Sprintf("%s: %d, %d to %d, %t", l.Description, l.Amount, l.Period.Start, l.Period.End, l.Proration))
	}
	return all
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s:\n%q\nwant:\n%q", what, got, want)
	}
}

// change is the update of the first item.
func (w *world) change(s *stripego.Subscription, price string, quantity int64, behaviour string) *stripego.SubscriptionParams {
	item := &stripego.SubscriptionItemsParams{ID: stripego.String(s.Items.Data[0].ID), Quantity: stripego.Int64(quantity)}
	if price != "" {
		item.Price = stripego.String(price)
	}
	return &stripego.SubscriptionParams{Items: []*stripego.SubscriptionItemsParams{item}, ProrationBehavior: stripego.String(behaviour)}
}

// preview is the upcoming invoice of the same change.
func (w *world) preview(s *stripego.Subscription, p *stripego.SubscriptionParams) (*stripego.Invoice, error) {
	params := &stripego.InvoiceUpcomingParams{
		Subscription: stripego.String(s.ID), SubscriptionProrationBehavior: p.ProrationBehavior, SubscriptionProrationDate: p.ProrationDate,
	}
	for _, item := range p.Items {
		params.SubscriptionItems = append(params.SubscriptionItems, &stripego.SubscriptionItemsParams{ID: item.ID, Price: item.Price, Quantity: item.Quantity, Deleted: item.Deleted})
	}
	return w.api.Invoices.Upcoming(params)
}

// otherPrice is a price of another product.
func (w *world) otherPrice(amount int64, interval string) *stripego.Price {
	w.t.Helper()
	return must[*stripego.Price](w.t)(w.api.Prices.New(&stripego.PriceParams{
		Currency: stripego.String("usd"), UnitAmount: stripego.Int64(amount), ProductData: nil, Product: stripego.String(w.price.Product.ID),
		Recurring: &stripego.PriceRecurringParams{Interval: stripego.String(interval)},
	}))
}

// Ten days into a month of thirty, two thirds are left: to the second, and rounded to the cent.
func TestProrationsWaitForTheNextInvoice(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "visa")
	s := w.subscribe(w.params(3))
	at := firstOfApril.Add(10*day + time.Second)
	w.advance(at)
	n := len(w.events(0))
	change := w.change(s, "", 5, "create_prorations")
	previewed := must[*stripego.Invoice](t)(w.preview(s, change))
	if n != len(w.events(0)) || w.subscription(s.ID).Items.Data[0].Quantity != 3 {
		t.Fatal("a preview changed something")
	}
	s = w.update(s.ID, change)
	w.wantEvents(n, "invoiceitem.created", "invoiceitem.created", "customer.subscription.updated")
	w.advance(time.Unix(s.CurrentPeriodEnd, 0).Add(time.Hour))
	made := w.invoice(w.subscription(s.ID).LatestInvoice.ID)
	end, next := s.CurrentPeriodEnd, w.subscription(s.ID).CurrentPeriodEnd
	// 3600 × 1727999 / 2592000 = 2399.9986, 6000 × 1727999 / 2592000 = 3999.998
	same(t, "the renewal's lines", shown(made.Lines), []string{
		fmt.Sprintf("Unused time on 3 × Pro after 11 Apr 2031: -2400, %d to %d, true", at.Unix(), end),
		fmt.Sprintf("Remaining time on 5 × Pro after 11 Apr 2031: 4000, %d to %d, true", at.Unix(), end),
		fmt.Sprintf("5 × Pro (at $12.00 / month): 6000, %d to %d, false", end, next),
	})
	same(t, "the preview's lines", shown(previewed.Lines), shown(made.Lines))
	if made.Total != 7600 || previewed.Total != made.Total || previewed.AmountDue != made.AmountPaid || previewed.ID != "" {
		t.Errorf("previewed %d, made %d", previewed.Total, made.Total)
	}
}

func TestProrationsAreInvoicedAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "visa")
	s := w.subscribe(w.params(1))
	better := w.otherPrice(3000, "month")
	w.advance(firstOfApril.Add(20 * day))
	change := w.change(s, better.ID, 2, "always_invoice")
	change.ProrationDate = stripego.Int64(firstOfApril.Add(15 * day).Unix())
	previewed := must[*stripego.Invoice](t)(w.preview(s, change))
	s = w.update(s.ID, change)
	made := w.invoice(s.LatestInvoice.ID)
	same(t, "the preview", shown(previewed.Lines), shown(made.Lines))
	if made.Total != -600+3000 || !made.Paid || made.BillingReason != "subscription_update" || made.Created != firstOfApril.Add(20*day).Unix() {
		t.Errorf("got %+v", made)
	}
	if s.Items.Data[0].Price.ID != better.ID || s.CurrentPeriodEnd != firstOfApril.Add(30*day).Unix() {
		t.Errorf("got %+v", s)
	}
	change.ProrationDate = stripego.Int64(firstOfApril.Add(-day).Unix())
	_, err := w.api.Subscriptions.Update(s.ID, change)
	wantError(t, err, 400, "", "proration_date")
}

func TestNoProrations(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "visa")
	s := w.subscribe(w.params(1))
	w.advance(firstOfApril.Add(20 * day))
	w.update(s.ID, w.change(s, "", 9, "none"))
	w.advance(firstOfApril.Add(30*day + time.Hour))
	if made := w.invoice(w.subscription(s.ID).LatestInvoice.ID); len(made.Lines.Data) != 1 || made.Total != 9*1200 {
		t.Errorf("got %+v", shown(made.Lines))
	}
}

// Fewer seats leave a credit, which pays the next invoices from the customer's balance.
func TestACreditGoesToTheBalance(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "visa")
	s := w.subscribe(w.params(10))
	w.advance(firstOfApril.Add(15 * day))
	s = w.update(s.ID, w.change(s, "", 1, "always_invoice"))
	credit := w.invoice(s.LatestInvoice.ID)
	if credit.Total != -6000+600 || credit.AmountDue != 0 || !credit.Paid || credit.EndingBalance != -5400 {
		t.Fatalf("got %+v", credit)
	}
	w.advance(firstOfApril.Add(30*day + time.Hour))
	next := w.invoice(w.subscription(s.ID).LatestInvoice.ID)
	if next.StartingBalance != -5400 || next.EndingBalance != -4200 || next.AmountDue != 0 || !next.Paid || next.PaymentIntent != nil {
		t.Errorf("got %+v", next)
	}
	if c := must[*stripego.Customer](t)(w.api.Customers.Get(w.customer, nil)); c.Balance != -4200 {
		t.Errorf("the balance is %d", c.Balance)
	}
}

// Another interval begins another period, which is billed at once less what is unused.
func TestAnotherIntervalStartsAnew(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "visa")
	s := w.subscribe(w.params(1))
	yearly := w.otherPrice(12000, "year")
	at := firstOfApril.Add(15 * day)
	w.advance(at)
	change := w.change(s, yearly.ID, 1, "create_prorations")
	previewed := must[*stripego.Invoice](t)(w.preview(s, change))
	s = w.update(s.ID, change)
	made := w.invoice(s.LatestInvoice.ID)
	same(t, "the preview", shown(previewed.Lines), shown(made.Lines))
	if made.Total != 12000-600 || !made.Paid || s.BillingCycleAnchor != at.Unix() || s.CurrentPeriodEnd != at.AddDate(1, 0, 0).Unix() {
		t.Errorf("got %d, %+v", made.Total, s)
	}
}

func TestItemsComeAndGo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "visa")
	s := w.subscribe(w.params(1))
	extra := w.otherPrice(600, "month")
	w.advance(firstOfApril.Add(15 * day))
	s = w.update(s.ID, &stripego.SubscriptionParams{Items: []*stripego.SubscriptionItemsParams{{Price: stripego.String(extra.ID), Quantity: stripego.Int64(2)}}})
	if len(s.Items.Data) != 2 {
		t.Fatalf("%d items", len(s.Items.Data))
	}
	s = w.update(s.ID, &stripego.SubscriptionParams{Items: []*stripego.SubscriptionItemsParams{{ID: stripego.String(s.Items.Data[0].ID), Deleted: stripego.Bool(true)}}})
	var pending []int64
	for list := w.api.InvoiceItems.List(&stripego.InvoiceItemListParams{Customer: stripego.String(w.customer), Pending: stripego.Bool(true)}); list.Next(); {
		pending = append(pending, list.InvoiceItem().Amount)
	}
	if fmt.Sprint(pending) != "[-600 600]" || len(s.Items.Data) != 1 || s.Items.Data[0].Price.ID != extra.ID {
		t.Errorf("pending %d, %+v", pending, s.Items.Data)
	}
	added := must[*stripego.SubscriptionItem](t)(w.api.SubscriptionItems.New(&stripego.SubscriptionItemParams{
		Subscription: stripego.String(s.ID), Price: stripego.String(w.price.ID), Quantity: stripego.Int64(1), ProrationBehavior: stripego.String("none"),
	}))
	added = must[*stripego.SubscriptionItem](t)(w.api.SubscriptionItems.Update(added.ID, &stripego.SubscriptionItemParams{Quantity: stripego.Int64(7), ProrationBehavior: stripego.String("none")}))
	if got := must[*stripego.SubscriptionItem](t)(w.api.SubscriptionItems.Get(added.ID, nil)); got.Quantity != 7 || got.Price.ID != w.price.ID {
		t.Errorf("got %+v", got)
	}
	must[*stripego.SubscriptionItem](t)(w.api.SubscriptionItems.Del(added.ID, &stripego.SubscriptionItemParams{ProrationBehavior: stripego.String("none")}))
	if list := w.api.SubscriptionItems.List(&stripego.SubscriptionItemListParams{Subscription: stripego.String(s.ID)}); !list.Next() || list.Next() {
		t.Error("the items are not as before")
	}
	last := &stripego.SubscriptionParams{Items: []*stripego.SubscriptionItemsParams{{ID: stripego.String(s.Items.Data[0].ID), Deleted: stripego.Bool(true)}}}
	_, err := w.api.Subscriptions.Update(s.ID, last)
	wantError(t, err, 400, "", "items")
	yearly := w.otherPrice(600, "year")
	_, err = w.api.Subscriptions.Update(s.ID, &stripego.SubscriptionParams{Items: []*stripego.SubscriptionItemsParams{{Price: stripego.String(yearly.ID)}}})
	wantError(t, err, 400, "", "items")
}

// A failed payment of an update leaves the change and a subscription that is past due, or nothing, as the caller says.
func TestAnUpdateThatCannotBePaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "visa")
	s := w.subscribe(w.params(1))
	w.setCard("chargeCustomerFail")
	w.advance(firstOfApril.Add(15 * day))
	change := w.change(s, "", 4, "always_invoice")
	change.PaymentBehavior = stripego.String("error_if_incomplete")
	_, err := w.api.Subscriptions.Update(s.ID, change)
	wantError(t, err, 402, stripego.ErrorCodeCardDeclined, "")
	if got := w.subscription(s.ID); got.Items.Data[0].Quantity != 1 || got.Status != "active" {
		t.Fatalf("a refused update changed %+v", got)
	}
	change.PaymentBehavior = nil
	if w.update(s.ID, change); w.subscription(s.ID).Status != "past_due" {
		t.Errorf("got %s", w.subscription(s.ID).Status)
	}
}
