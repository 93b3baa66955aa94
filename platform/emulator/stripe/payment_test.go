package stripe_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	stripego "github.com/stripe/stripe-go/v76"

	"saaskit/platform/emulator/stripe"
)

func TestPaymentMethodsOfACustomer(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	attach := &stripego.PaymentMethodAttachParams{Customer: stripego.String(w.customer)}
	made := must[*stripego.PaymentMethod](t)(w.api.PaymentMethods.New(&stripego.PaymentMethodParams{
		Type: stripego.String("card"), BillingDetails: &stripego.PaymentMethodBillingDetailsParams{Name: stripego.String("Ann")},
		Card: &stripego.PaymentMethodCardParams{
			Number: stripego.String("5555555555554444"), ExpMonth: stripego.Int64(8), ExpYear: stripego.Int64(2040), CVC: stripego.String("123"),
		},
	}))
	if made.Card.Brand != "mastercard" || made.Card.Last4 != "4444" || made.Card.ExpYear != 2040 || made.Customer != nil || made.BillingDetails.Name != "Ann" {
		t.Fatalf("got %+v", made.Card)
	}
	if _, err := w.api.PaymentMethods.Attach(made.ID, attach); err != nil {
		t.Fatal(err)
	}
	_, err := w.api.PaymentMethods.Attach("pm_card_chargeDeclined", attach)
	wantError(t, err, 402, stripego.ErrorCodeCardDeclined, "")
	w.setCard("visa")
	s := w.subscribe(w.params(1))
	var listed []string
	for list := w.api.Customers.ListPaymentMethods(&stripego.CustomerListPaymentMethodsParams{Customer: stripego.String(w.customer)}); list.Next(); {
		listed = append(listed, list.PaymentMethod().Card.Last4)
	}
	if !slices.Equal(listed, []string{"4242", "4444"}) {
		t.Errorf("the customer's cards are %v", listed)
	}
	if s = w.update(s.ID, &stripego.SubscriptionParams{DefaultPaymentMethod: stripego.String(made.ID)}); s.DefaultPaymentMethod.ID != made.ID {
		t.Errorf("got %+v", s.DefaultPaymentMethod)
	}
	if gone := must[*stripego.PaymentMethod](t)(w.api.PaymentMethods.Detach(made.ID, nil)); gone.Customer != nil {
		t.Errorf("got %+v", gone)
	}
	if s = w.subscription(s.ID); s.DefaultPaymentMethod != nil {
		t.Error("a detached card is still a subscription's")
	}
	_, err = w.api.Subscriptions.Update(s.ID, &stripego.SubscriptionParams{DefaultPaymentMethod: stripego.String(made.ID)})
	wantError(t, err, 400, "", "default_payment_method")
	if !slices.Contains(w.events(0), "payment_method.attached") {
		t.Error("no event of an attached card")
	}
}

// A card that asks for authentication cannot be charged while its holder is away.
func TestAuthenticationIsRequiredOffSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "visa")
	s := w.subscribe(w.params(1))
	w.setCard("authenticationRequiredOnSetup")
	w.advance(time.Unix(s.CurrentPeriodEnd, 0).Add(time.Hour))
	params := &stripego.InvoiceParams{}
	params.AddExpand("payment_intent")
	open := must[*stripego.Invoice](t)(w.api.Invoices.Get(w.subscription(s.ID).LatestInvoice.ID, params))
	if e := open.PaymentIntent.LastPaymentError; open.Paid || e == nil || e.Code != stripego.ErrorCodeAuthenticationRequired {
		t.Fatalf("got %+v", open.PaymentIntent)
	}
	types := w.events(0)
	if !slices.Contains(types, "invoice.payment_action_required") || !slices.Contains(types, "invoice.payment_failed") || w.subscription(s.ID).Status != "past_due" {
		t.Errorf("%s after %v", w.subscription(s.ID).Status, types)
	}

	// The customer pays by the link of the invoice, where the bank can ask.
	if shown := submit(t, open.HostedInvoiceURL, "number", stripe.CardAuthenticates); shown.status != 303 || w.subscription(s.ID).Status != "active" {
		t.Errorf("by the invoice's page: %d, %s", shown.status, w.subscription(s.ID).Status)
	}

	present := w.subscribe(w.params(1))
	open = must[*stripego.Invoice](t)(w.api.Invoices.Get(present.LatestInvoice.ID, params))
	if present.Status != "incomplete" || open.PaymentIntent.Status != stripego.PaymentIntentStatusRequiresAction {
		t.Errorf("with the customer there: %s, %s", present.Status, open.PaymentIntent.Status)
	}
}

func TestTheCheckoutPageAsksToAuthenticate(t *testing.T) {
	t.Parallel()
	e, api := start(t, stripe.Options{})
	customer := must[*stripego.Customer](t)(api.Customers.New(&stripego.CustomerParams{Email: stripego.String("ann@example.com")}))
	session := openCheckout(t, api, customer.ID, catalogue(t, api).ID, 1)
	form := card("4000 0025 0000 3155")
	if shown := submit(t, session.URL, form...); !strings.Contains(shown.text, "Complete authentication") || !strings.Contains(shown.text, `name="number" value="4000 0025 0000 3155"`) {
		t.Fatalf("the page: %s", shown.text)
	}
	if again := must[*stripego.CheckoutSession](t)(api.CheckoutSessions.Get(session.ID, nil)); again.Status != "open" {
		t.Fatalf("before the authentication it is %s", again.Status)
	}
	if shown := submit(t, session.URL, append(form, "authentication", "fail")...); !strings.Contains(shown.text, "unable to authenticate") {
		t.Errorf("a failed step: %s", shown.text)
	}
	if shown := submit(t, session.URL, append(form, "authentication", "complete")...); shown.header.Get("Location") == "" {
		t.Errorf("a completed step: %d", shown.status)
	}
	list := api.Subscriptions.List(&stripego.SubscriptionListParams{Customer: stripego.String(customer.ID)})
	if !list.Next() || list.Subscription().Status != "active" {
		t.Error("there is no active subscription")
	}
	other := openCheckout(t, api, customer.ID, list.Subscription().Items.Data[0].Price.ID, 1)
	if err := e.Pay(other.ID, stripe.CardAuthenticates); err != nil {
		t.Error(err)
	}
}

func TestInvoices(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "chargeCustomerFail")
	s := w.subscribe(w.params(1))
	unpaid := w.invoice(s.LatestInvoice.ID)
	if shown := open(t, unpaid.HostedInvoiceURL); !strings.Contains(shown.text, "$12.00") || !strings.Contains(shown.text, unpaid.Number) || !strings.Contains(shown.text, "open") {
		t.Errorf("the page: %s", shown.text)
	}
	pdf := open(t, unpaid.InvoicePDF)
	if pdf.header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(pdf.text, "%PDF-1.4") || !strings.Contains(pdf.text, unpaid.Number) {
		t.Errorf("the PDF: %s", pdf.text)
	}
	if wrong := open(t, strings.TrimSuffix(unpaid.HostedInvoiceURL, "a")+"b"); wrong.status != 404 {
		t.Errorf("a guessed link: %d", wrong.status)
	}
	if shown := submit(t, unpaid.HostedInvoiceURL, "number", "4000000000000002"); shown.status != 402 || !strings.Contains(shown.text, "Your card was declined.") {
		t.Errorf("a declined card on the page: %d", shown.status)
	}
	void := must[*stripego.Invoice](t)(w.api.Invoices.VoidInvoice(unpaid.ID, nil))
	if void.Status != "void" || void.StatusTransitions.VoidedAt == 0 {
		t.Errorf("got %+v", void)
	}
	_, err := w.api.Invoices.VoidInvoice(unpaid.ID, nil)
	wantError(t, err, 400, "", "")
	_, err = w.api.Invoices.Pay(unpaid.ID, nil)
	wantError(t, err, 400, "", "")

	s = w.subscribe(w.params(1))
	paid := must[*stripego.Invoice](t)(w.api.Invoices.Pay(s.LatestInvoice.ID, &stripego.InvoicePayParams{PaidOutOfBand: stripego.Bool(true)}))
	if !paid.Paid || !paid.PaidOutOfBand || w.subscription(s.ID).Status != "active" {
		t.Errorf("paid elsewhere: %+v", paid)
	}
	w.advance(time.Unix(s.CurrentPeriodEnd, 0))
	draft := w.subscription(s.ID).LatestInvoice.ID
	if final := must[*stripego.Invoice](t)(w.api.Invoices.FinalizeInvoice(draft, &stripego.InvoiceFinalizeInvoiceParams{AutoAdvance: stripego.Bool(false)})); final.Status != "open" || final.Number == "" {
		t.Errorf("got %+v", final)
	}
	_, err = w.api.Invoices.FinalizeInvoice(draft, nil)
	wantError(t, err, 400, "invoice_not_editable", "")
}

func TestTaxAndBalance(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "visa")
	must[*stripego.Customer](t)(w.api.Customers.Update(w.customer, &stripego.CustomerParams{Balance: stripego.Int64(-440)}))
	p := w.params(1)
	p.AutomaticTax = &stripego.SubscriptionAutomaticTaxParams{Enabled: stripego.Bool(true)}
	s := w.subscribe(p)
	first := w.invoice(s.LatestInvoice.ID)
	if first.Subtotal != 1200 || first.Tax != 1200*stripe.TaxPercent/100 || first.Total != 1440 || first.TotalExcludingTax != 1200 || first.AutomaticTax.Status != "complete" {
		t.Fatalf("got %+v", first)
	}
	if first.StartingBalance != -440 || first.EndingBalance != 0 || first.AmountDue != 1000 || first.AmountPaid != 1000 {
		t.Errorf("got %+v", first)
	}
	if tax := first.Lines.Data[0].TaxAmounts; len(tax) != 1 || tax[0].Amount != 240 || tax[0].Inclusive {
		t.Errorf("got %+v", tax)
	}
	must[*stripego.Customer](t)(w.api.Customers.Update(w.customer, &stripego.CustomerParams{TaxExempt: stripego.String("reverse")}))
	if next := must[*stripego.Invoice](t)(w.preview(s, &stripego.SubscriptionParams{})); next.Tax != 0 || next.Total != 1200 {
		t.Errorf("a reversed tax: %+v", next)
	}
}

func TestRefunds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "visa")
	s := w.subscribe(w.params(1))
	intent := w.invoice(s.LatestInvoice.ID).PaymentIntent.ID
	n := len(w.events(0))
	part := must[*stripego.Refund](t)(w.api.Refunds.New(&stripego.RefundParams{
		PaymentIntent: stripego.String(intent), Amount: stripego.Int64(200), Reason: stripego.String("requested_by_customer"),
	}))
	if part.Amount != 200 || part.Status != "succeeded" || part.Reason != "requested_by_customer" {
		t.Fatalf("got %+v", part)
	}
	w.wantEvents(n, "charge.refunded")
	_, err := w.api.Refunds.New(&stripego.RefundParams{Charge: stripego.String(part.Charge.ID), Amount: stripego.Int64(1001)})
	wantError(t, err, 400, "", "amount")
	rest := must[*stripego.Refund](t)(w.api.Refunds.New(&stripego.RefundParams{Charge: stripego.String(part.Charge.ID)}))
	charge := must[*stripego.Charge](t)(w.api.Charges.Get(part.Charge.ID, nil))
	if rest.Amount != 1000 || !charge.Refunded || charge.AmountRefunded != 1200 {
		t.Errorf("got %+v", charge)
	}
	_, err = w.api.Refunds.New(&stripego.RefundParams{Charge: stripego.String(charge.ID)})
	wantError(t, err, 400, stripego.ErrorCodeChargeAlreadyRefunded, "")
	if list := w.api.Refunds.List(&stripego.RefundListParams{Charge: stripego.String(charge.ID)}); !list.Next() || list.Refund().ID != rest.ID {
		t.Error("the refund is not listed")
	}
}

func TestDisputes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "createDispute")
	s := w.subscribe(w.params(1))
	paid := w.invoice(s.LatestInvoice.ID)
	list := w.api.Disputes.List(&stripego.DisputeListParams{Charge: stripego.String(paid.Charge.ID)})
	if !list.Next() || list.Dispute().Amount != 1200 || list.Dispute().Reason != "fraudulent" || list.Dispute().Status != "needs_response" {
		t.Fatalf("got %+v, %v", list.Dispute(), list.Err())
	}
	if events := w.api.Events.List(&stripego.EventListParams{Type: stripego.String("charge.dispute.created")}); !events.Next() || !paid.Paid || s.Status != "active" {
		t.Error("the dispute is not told, or it undid the payment")
	}
	_, err := w.api.Refunds.New(&stripego.RefundParams{Charge: stripego.String(paid.Charge.ID)})
	wantError(t, err, 400, stripego.ErrorCode("charge_disputed"), "")
}

// What banks do later: they decide about a dispute, and refuse a refund.
func TestBanksDecideLater(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "createDispute")
	disputed := w.invoice(w.subscribe(w.params(1)).LatestInvoice.ID).Charge.ID
	list := w.api.Disputes.List(&stripego.DisputeListParams{Charge: stripego.String(disputed)})
	if !list.Next() {
		t.Fatal(list.Err())
	}
	if err := w.e.SettleDispute(list.Dispute().ID, "lost"); err != nil {
		t.Fatal(err)
	}
	if d := must[*stripego.Dispute](t)(w.api.Disputes.Get(list.Dispute().ID, nil)); d.Status != "lost" || !w.told("charge.dispute.closed") || !w.told("charge.dispute.updated") {
		t.Errorf("the dispute is %s", d.Status)
	}
	w = newWorld(t, "visa")
	paid := w.invoice(w.subscribe(w.params(1)).LatestInvoice.ID).Charge.ID
	refund := must[*stripego.Refund](t)(w.api.Refunds.New(&stripego.RefundParams{Charge: stripego.String(paid)}))
	if err := w.e.FailRefund(refund.ID); err != nil {
		t.Fatal(err)
	}
	charge := must[*stripego.Charge](t)(w.api.Charges.Get(paid, nil))
	if r := must[*stripego.Refund](t)(w.api.Refunds.Get(refund.ID, nil)); r.Status != "failed" || charge.AmountRefunded != 0 || charge.Refunded || !w.told("charge.refund.updated") {
		t.Errorf("the refund is %s, %d are refunded", r.Status, charge.AmountRefunded)
	}
	if err := w.e.FailRefund("re_none"); err == nil {
		t.Error("a refund that there is not failed")
	}
}

// told reports whether there was an event of the type.
func (w *world) told(eventType string) bool {
	return slices.ContainsFunc(w.e.Events(""), func(e stripe.Event) bool { return e.Type == eventType })
}
