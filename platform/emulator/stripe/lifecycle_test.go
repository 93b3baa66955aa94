package stripe_test

import (
	"slices"
	"testing"
	"time"

	stripego "github.com/stripe/stripe-go/v76"
)

func TestATrialEndsInAPaidPeriod(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "visa")
	p := w.params(1)
	p.TrialPeriodDays = stripego.Int64(14)
	s := w.subscribe(p)
	end := firstOfApril.Add(14 * day)
	if s.Status != "trialing" || s.TrialEnd != end.Unix() || s.CurrentPeriodEnd != end.Unix() || s.TrialStart != firstOfApril.Unix() {
		t.Fatalf("got %+v", s)
	}
	if first := w.invoice(s.LatestInvoice.ID); first.Total != 0 || !first.Paid || first.Lines.Data[0].Description != "Trial period for Pro" {
		t.Fatalf("got %+v", first)
	}
	n := len(w.events(0))
	w.advance(end.Add(-3 * day))
	w.wantEvents(n, "customer.subscription.trial_will_end")
	w.advance(end.Add(time.Hour))
	s = w.subscription(s.ID)
	if paid := w.invoice(s.LatestInvoice.ID); s.Status != "active" || paid.AmountPaid != 1200 || s.BillingCycleAnchor != end.Unix() {
		t.Fatalf("%s, paid %d", s.Status, paid.AmountPaid)
	}
	w.wantEvents(n+1, "invoice.created", "customer.subscription.updated", "payment_intent.created", "invoice.finalized",
		"charge.succeeded", "payment_intent.succeeded", "invoice.paid", "invoice.payment_succeeded")
}

func TestATrialWithoutACard(t *testing.T) {
	t.Parallel()
	for missing, want := range map[string]stripego.SubscriptionStatus{"cancel": "canceled", "pause": "paused", "create_invoice": "past_due"} {
		t.Run(missing, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "")
			p := w.params(1)
			p.TrialEnd = stripego.Int64(firstOfApril.Add(2 * day).Unix())
			p.TrialSettings = &stripego.SubscriptionTrialSettingsParams{EndBehavior: &stripego.SubscriptionTrialSettingsEndBehaviorParams{MissingPaymentMethod: stripego.String(missing)}}
			s := w.subscribe(p)
			w.advance(firstOfApril.Add(2*day + time.Hour))
			if s = w.subscription(s.ID); s.Status != want {
				t.Fatalf("it is %s", s.Status)
			}
			if !slices.Contains(w.events(0), "customer.subscription.trial_will_end") {
				t.Error("a trial of two days ended without a word")
			}
			if missing != "pause" {
				return
			}
			w.setCard("visa")
			w.advance(firstOfApril.Add(5 * day))
			s = must[*stripego.Subscription](t)(w.api.Subscriptions.Resume(s.ID, nil))
			if s.Status != "active" || s.CurrentPeriodStart != firstOfApril.Add(5*day).Unix() || !slices.Contains(w.events(0), "customer.subscription.resumed") {
				t.Errorf("resumed: %+v", s)
			}
			_, err := w.api.Subscriptions.Resume(s.ID, nil)
			wantError(t, err, 400, "", "")
		})
	}
}

func TestATrialEndsNowOrLater(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "visa")
	p := w.params(1)
	p.TrialPeriodDays = stripego.Int64(14)
	s := w.subscribe(p)
	later := firstOfApril.Add(20 * day).Unix()
	if s = w.update(s.ID, &stripego.SubscriptionParams{TrialEnd: stripego.Int64(later)}); s.TrialEnd != later || s.CurrentPeriodEnd != later {
		t.Fatalf("got %+v", s)
	}
	w.advance(firstOfApril.Add(10 * day))
	s = w.update(s.ID, &stripego.SubscriptionParams{TrialEndNow: stripego.Bool(true)})
	if paid := w.invoice(s.LatestInvoice.ID); s.Status != "active" || paid.AmountPaid != 1200 || s.CurrentPeriodStart != firstOfApril.Add(10*day).Unix() {
		t.Errorf("%s, paid %d", s.Status, paid.AmountPaid)
	}
}

func TestTheFirstPaymentDecides(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "chargeCustomerFail")
	p := w.params(1)
	p.PaymentBehavior = stripego.String("error_if_incomplete")
	_, err := w.api.Subscriptions.New(p)
	wantError(t, err, 402, stripego.ErrorCodeCardDeclined, "")
	s := w.subscribe(w.params(1))
	if open := w.invoice(s.LatestInvoice.ID); s.Status != "incomplete" || open.Status != "open" || open.NextPaymentAttempt != 0 {
		t.Fatalf("%s, invoice %s", s.Status, open.Status)
	}
	_, err = w.api.Subscriptions.Update(s.ID, w.change(s, "", 2, "none"))
	wantError(t, err, 400, "", "items")
	lost := w.subscribe(w.params(1))
	w.setCard("visa")
	must[*stripego.Invoice](t)(w.api.Invoices.Pay(s.LatestInvoice.ID, nil))
	if s = w.subscription(s.ID); s.Status != "active" {
		t.Errorf("after the payment it is %s", s.Status)
	}
	w.advance(firstOfApril.Add(23 * time.Hour))
	if lost = w.subscription(lost.ID); lost.Status != "incomplete_expired" || w.invoice(lost.LatestInvoice.ID).Status != "void" {
		t.Errorf("after 23 hours it is %s", lost.Status)
	}
	empty := newWorld(t, "")
	_, err = empty.api.Subscriptions.New(empty.params(1))
	wantError(t, err, 400, stripego.ErrorCodeResourceMissing, "")
}

func TestPausedCollection(t *testing.T) {
	t.Parallel()
	for behaviour, want := range map[string]stripego.InvoiceStatus{"keep_as_draft": "draft", "mark_uncollectible": "uncollectible", "void": "void"} {
		t.Run(behaviour, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "visa")
			s := w.subscribe(w.params(1))
			resumes := firstOfApril.Add(45 * day)
			s = w.update(s.ID, &stripego.SubscriptionParams{PauseCollection: &stripego.SubscriptionPauseCollectionParams{
				Behavior: stripego.String(behaviour), ResumesAt: stripego.Int64(resumes.Unix()),
			}})
			w.advance(firstOfApril.Add(40 * day))
			if s = w.subscription(s.ID); s.Status != "active" || w.invoice(s.LatestInvoice.ID).Status != want {
				t.Errorf("%s, invoice %s", s.Status, w.invoice(s.LatestInvoice.ID).Status)
			}
			w.advance(resumes.Add(30 * day))
			if s = w.subscription(s.ID); s.PauseCollection != nil || !w.invoice(s.LatestInvoice.ID).Paid {
				t.Errorf("after the pause: %+v", s.PauseCollection)
			}
		})
	}
}

func TestCancellations(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "visa")
	s := w.subscribe(w.params(1))
	details := &stripego.SubscriptionCancellationDetailsParams{Comment: stripego.String("too dear"), Feedback: stripego.String("too_expensive")}
	s = w.update(s.ID, &stripego.SubscriptionParams{CancelAtPeriodEnd: stripego.Bool(true), CancellationDetails: details})
	if s.CancelAt != s.CurrentPeriodEnd || s.CancellationDetails.Comment != "too dear" || s.CancellationDetails.Feedback != "too_expensive" || s.CancellationDetails.Reason != "cancellation_requested" {
		t.Fatalf("got %+v", s.CancellationDetails)
	}
	_, err := w.preview(s, &stripego.SubscriptionParams{})
	wantError(t, err, 404, stripego.ErrorCodeInvoiceUpcomingNone, "")
	n := len(w.events(0))
	w.advance(time.Unix(s.CurrentPeriodEnd, 0))
	w.wantEvents(n, "customer.subscription.deleted")
	if s = w.subscription(s.ID); s.Status != "canceled" || s.EndedAt != s.CurrentPeriodEnd {
		t.Errorf("got %+v", s)
	}

	// What waits for an invoice when the plan ends is still paid.
	more := w.subscribe(w.params(1))
	more = w.update(more.ID, w.change(more, "", 3, "create_prorations"))
	more = w.update(more.ID, &stripego.SubscriptionParams{CancelAtPeriodEnd: stripego.Bool(true)})
	previewed := must[*stripego.Invoice](t)(w.preview(more, &stripego.SubscriptionParams{}))
	w.advance(time.Unix(more.CurrentPeriodEnd, 0).Add(time.Hour))
	more = w.subscription(more.ID)
	if last := w.invoice(more.LatestInvoice.ID); more.Status != "canceled" || last.AmountPaid != 2400 || previewed.Total != last.Total {
		t.Errorf("%s with a last invoice of %d, previewed %d", more.Status, last.AmountPaid, previewed.Total)
	}

	now := w.subscribe(w.params(1))
	w.advance(time.Unix(now.CurrentPeriodStart, 0).AddDate(0, 0, 15))
	now = must[*stripego.Subscription](t)(w.api.Subscriptions.Cancel(now.ID, &stripego.SubscriptionCancelParams{
		Prorate: stripego.Bool(true), InvoiceNow: stripego.Bool(true),
	}))
	if credit := w.invoice(now.LatestInvoice.ID); credit.Total != -600 || now.Status != "canceled" {
		t.Errorf("canceled at once with a credit of %d", credit.Total)
	}
}

// What an event says of before is what a GET said of it.
func TestPreviousAttributes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "visa")
	s := w.subscribe(w.params(1))
	w.update(s.ID, w.change(s, "", 2, "none"))
	list := w.api.Events.List(&stripego.EventListParams{Type: stripego.String("customer.subscription.updated")})
	if !list.Next() {
		t.Fatal(list.Err())
	}
	before := list.Event().Data.PreviousAttributes
	if list.Event().Created != firstOfApril.Unix() || before["items"] == nil || before["status"] != nil {
		t.Errorf("got %v", before)
	}
}

func TestANewAnchorAndAPlannedEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "visa")
	s := w.subscribe(w.params(1))
	at := firstOfApril.Add(15 * day)
	w.advance(at)
	s = w.update(s.ID, &stripego.SubscriptionParams{BillingCycleAnchorNow: stripego.Bool(true)})
	if made := w.invoice(s.LatestInvoice.ID); s.BillingCycleAnchor != at.Unix() || s.CurrentPeriodEnd != at.AddDate(0, 1, 0).Unix() || made.Total != 1200-600 {
		t.Fatalf("a new anchor: %d, %+v", made.Total, s)
	}
	end := at.Add(10 * day)
	if s = w.update(s.ID, &stripego.SubscriptionParams{CancelAt: stripego.Int64(end.Unix())}); s.CancelAt != end.Unix() || s.CancelAtPeriodEnd {
		t.Fatalf("got %+v", s)
	}
	w.advance(end)
	if s = w.subscription(s.ID); s.Status != "canceled" || s.EndedAt != end.Unix() {
		t.Errorf("at its planned end it is %s", s.Status)
	}
	_, err := w.api.Subscriptions.Update(s.ID, &stripego.SubscriptionParams{CancelAtPeriodEnd: stripego.Bool(true)})
	wantError(t, err, 400, "", "cancel_at_period_end")
}

// A paused subscription that is resumed with its old anchor is billed for the period that runs.
func TestAResumedSubscriptionCanKeepItsAnchor(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	p := w.params(1)
	p.TrialPeriodDays = stripego.Int64(1)
	p.TrialSettings = &stripego.SubscriptionTrialSettingsParams{EndBehavior: &stripego.SubscriptionTrialSettingsEndBehaviorParams{MissingPaymentMethod: stripego.String("pause")}}
	s := w.subscribe(p)
	w.advance(firstOfApril.Add(10 * day))
	w.setCard("chargeCustomerFail")
	s = must[*stripego.Subscription](t)(w.api.Subscriptions.Resume(s.ID, &stripego.SubscriptionResumeParams{BillingCycleAnchor: stripego.String("unchanged")}))
	if s.Status != "paused" || s.CurrentPeriodStart != firstOfApril.Add(day).Unix() || w.invoice(s.LatestInvoice.ID).Status != "open" {
		t.Fatalf("a resume that was not paid: %+v", s)
	}
	w.setCard("visa")
	must[*stripego.Invoice](t)(w.api.Invoices.Pay(s.LatestInvoice.ID, nil))
	if s = w.subscription(s.ID); s.Status != "active" {
		t.Errorf("after the payment it is %s", s.Status)
	}
}
