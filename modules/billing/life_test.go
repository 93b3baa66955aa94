package billing_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76"

	"saaskit/modules/apptest"
	emulator "saaskit/platform/emulator/stripe"
)

var leaving = map[string]any{"reason": "too_expensive", "comment": "We are three people."}

// A cancellation ends what was paid for, with the reason at Stripe; until then it can be taken back. Clicking twice is harmless.
func TestCancelingAndResuming(t *testing.T) {
	t.Parallel()
	s := datedShop(t)
	n := s.Tenant(t)
	for _, path := range []string{"/billing/cancel", "/billing/resume"} {
		var body any
		if path == "/billing/cancel" {
			body = leaving
		}
		n.Owner.Post(t, path, body).Problem(t, 409, "no_subscription")
	}
	s.subscribe(t, n, "business")
	for range 2 {
		var o overview
		n.Owner.Post(t, "/billing/cancel", leaving).Status(t, 200).JSON(t, &o)
		if o.Plan.Key != "business" || o.CancelAt == nil || !o.CancelAt.Equal(*o.PeriodEnd) {
			t.Errorf("canceled: %+v", o)
		}
	}
	at := s.subscription(t, n)
	if d := at.CancellationDetails; !at.CancelAtPeriodEnd || d.Feedback != "too_expensive" || d.Comment != "We are three people." {
		t.Errorf("Stripe has %+v", d)
	}
	for range 2 {
		var o overview
		n.Owner.Post(t, "/billing/resume", nil).Status(t, 200).JSON(t, &o)
		if o.CancelAt != nil {
			t.Errorf("resumed: %+v", o)
		}
	}
	if s.acts(t, n.Owner, "billing.cancel") != 1 || s.acts(t, n.Owner, "billing.resume") != 1 {
		t.Error("each is in the audit log once")
	}
	n.Owner.Post(t, "/billing/cancel", map[string]any{"reason": "unused"}).Status(t, 200)
	s.moveTo(t, look(t, n.Owner).CancelAt.Add(-time.Second))
	if o := look(t, n.Owner); o.Plan.Key != "business" {
		t.Errorf("a second before its end: %+v", o)
	}
	s.moveTo(t, s.now().Add(time.Second))
	if o := look(t, n.Owner); o.Plan.Key != "free" || o.Status != "canceled" || o.CancelAt != nil || o.Amount != 0 {
		t.Errorf("at its end: %+v", o)
	}
	n.Owner.Post(t, "/billing/resume", nil).Problem(t, 409, "no_subscription")
	n.Owner.Post(t, "/billing/cancel", leaving).Problem(t, 409, "no_subscription")
	kept := s.count(t, "SELECT count(*) FROM billing_subscriptions WHERE tenant_id = $1 AND plan = 'business' AND amount = 9900 AND ended_at IS NOT NULL", n.ID)
	if kept != 1 {
		t.Error("what is over is not kept for the figures")
	}
}

// An operator at Stripe set a date for the end: resume takes that back, too.
func TestResumingTakesBackAnyPlannedEnd(t *testing.T) {
	t.Parallel()
	s := sharedShop(t)
	n := s.Tenant(t)
	s.subscribe(t, n, "business")
	must[*stripe.Subscription](t)(s.api.Subscriptions.Update(s.subscriptions(t, n)[0].ID, &stripe.SubscriptionParams{CancelAt: stripe.Int64(time.Now().Add(240 * time.Hour).Unix())}))
	apptest.Eventually(t, 20*time.Second, func() bool { return look(t, n.Owner).CancelAt != nil })
	n.Owner.Post(t, "/billing/resume", nil).Status(t, 200)
	if o := look(t, n.Owner); o.CancelAt != nil || s.subscription(t, n).CancelAt != 0 {
		t.Errorf("got %+v", o)
	}
}

// B8: a pause takes the plan at once and gives it back to the second; what falls into it is not charged.
func TestB8_PausingUntilTheSecond(t *testing.T) {
	t.Parallel()
	s := datedShop(t)
	n := s.Tenant(t)
	pause := func(months int) *apptest.Response {
		return n.Owner.Post(t, "/billing/pause", map[string]any{"months": months})
	}
	pause(1).Problem(t, 409, "no_subscription")
	s.subscribe(t, n, "business")
	for _, months := range []int{0, 4} {
		pause(months).Problem(t, 422, "invalid_input")
	}
	until := s.now().AddDate(0, 2, 0)
	for range 2 {
		var o overview
		pause(2).Status(t, 200).JSON(t, &o)
		if o.Status != "paused" || o.Plan.Key != "free" || o.PausedUntil == nil || !o.PausedUntil.Equal(until) {
			t.Errorf("paused: %+v", o)
		}
	}
	s.moveTo(t, until.Add(-time.Second))
	if o := look(t, n.Owner); o.Status != "paused" || o.Plan.Key != "free" {
		t.Errorf("a second before its end: %+v", o)
	}
	for _, invoice := range s.invoices(t, n)[:1] {
		if invoice.Status != stripe.InvoiceStatusVoid {
			t.Errorf("a renewal within the pause is %s", invoice.Status)
		}
	}
	s.moveTo(t, until)
	if o := look(t, n.Owner); o.Status != "active" || o.Plan.Key != "business" || o.PausedUntil != nil {
		t.Errorf("at its end: %+v", o)
	}
	pause(1).Status(t, 200)
	var o overview
	n.Owner.Post(t, "/billing/resume", nil).Status(t, 200).JSON(t, &o)
	if o.Status != "active" || o.Plan.Key != "business" || s.subscription(t, n).PauseCollection != nil {
		t.Errorf("resumed: %+v", o)
	}
	if s.acts(t, n.Owner, "billing.pause") != 2 || s.acts(t, n.Owner, "billing.resume") != 1 {
		t.Error("each is in the audit log once")
	}
}

func TestOnlyWhatIsPaidCanBePaused(t *testing.T) {
	t.Parallel()
	s := sharedShop(t)
	n := s.Tenant(t)
	s.subscribe(t, n, "pro") // a trial
	pause := func() { n.Owner.Post(t, "/billing/pause", map[string]any{"months": 1}).Problem(t, 409, "not_pausable") }
	pause()
	for _, status := range []string{"past_due", "unpaid"} {
		if err := s.Stripe.SetStatus(s.subscriptions(t, n)[0].ID, status); err != nil {
			t.Fatal(err)
		}
		pause()
	}
	if err := s.Stripe.SetStatus(s.subscriptions(t, n)[0].ID, "active"); err != nil {
		t.Fatal(err)
	}
	n.Owner.Post(t, "/billing/cancel", leaving).Status(t, 200)
	pause()
}

// B8: a trial grants its plan until the second of its end, and then what its first payment decides.
func TestB8_TheTrialEndsToTheSecond(t *testing.T) {
	t.Parallel()
	s := datedShop(t)
	pays, fails, leaves := s.Tenant(t), s.Tenant(t), s.Tenant(t)
	all := map[*apptest.Tenant]string{pays: emulator.CardPays, fails: emulator.CardFailsLater, leaves: emulator.CardPays}
	for n, card := range all {
		if o := look(t, n.Owner); !o.TrialAvailable || o.TrialEnd != nil {
			t.Errorf("before: %+v", o)
		}
		if err := s.Stripe.Pay(openCheckout(t, n.Owner, "pro"), card); err != nil {
			t.Fatal(err)
		}
	}
	s.told(t)
	end := s.now().Add(14 * 24 * time.Hour)
	n := pays
	if o := look(t, n.Owner); o.TrialEnd == nil || !o.TrialEnd.Equal(end) || o.TrialAvailable {
		t.Errorf("at its beginning: %+v", o)
	}
	leaves.Owner.Post(t, "/billing/cancel", leaving).Status(t, 200)
	s.moveTo(t, end.Add(-time.Second))
	for n := range all {
		if o := look(t, n.Owner); o.Status != "trialing" || o.Plan.Key != "pro" || o.TrialEnd == nil {
			t.Errorf("a second before its end: %+v", o)
		}
	}
	s.moveTo(t, end)
	if o := look(t, leaves.Owner); o.Status != "canceled" || o.Plan.Key != "free" || o.TrialAvailable {
		t.Errorf("a canceled trial at its end: %+v", o)
	}
	for _, n := range []*apptest.Tenant{pays, fails} {
		if o := look(t, n.Owner); o.Status != "active" || o.Plan.Key != "pro" || o.TrialEnd != nil {
			t.Errorf("at its end: %+v", o)
		}
	}
	s.moveTo(t, end.Add(time.Hour)) // Stripe charges an hour later
	if o := look(t, pays.Owner); o.Status != "active" || o.Plan.Key != "pro" || o.GraceEnd != nil {
		t.Errorf("paid: %+v", o)
	}
	if o := look(t, fails.Owner); o.Status != "past_due" || o.Plan.Key != "pro" || o.GraceEnd == nil || !o.GraceEnd.Equal(end.Add(grace)) || o.ReadOnly {
		t.Errorf("not paid: %+v", o)
	}
}

// The trial stays used: also after the subscription is over, and after one without.
func TestThereIsOneTrial(t *testing.T) {
	t.Parallel()
	s := sharedShop(t)
	n := s.Tenant(t)
	s.subscribe(t, n, "pro")
	must[*stripe.Subscription](t)(s.api.Subscriptions.Cancel(s.subscriptions(t, n)[0].ID, nil))
	s.awaitPlan(t, n, "free")
	if o := look(t, n.Owner); o.TrialAvailable {
		t.Errorf("after it: %+v", o)
	}
	s.subscribe(t, n, "pro")
	if o := look(t, n.Owner); o.Status != "active" || o.TrialEnd != nil || o.TrialAvailable {
		t.Errorf("the second time: %+v", o)
	}
}

// B9: whatever is asked of Stripe while it is down is refused with that, and what Stripe did unheard is not done twice.
func TestB9_NoLifeWithoutStripe(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	n := s.Tenant(t)
	s.subscribe(t, n, "business")
	ask := map[string]func() *apptest.Response{
		"invoices":       func() *apptest.Response { return n.Owner.Get(t, "/billing/invoices") },
		"payment method": func() *apptest.Response { return n.Owner.Get(t, "/billing/payment-method") },
		"preview":        func() *apptest.Response { return n.Owner.Post(t, "/billing/preview", target("pro", "month")) },
		"cancel":         func() *apptest.Response { return n.Owner.Post(t, "/billing/cancel", leaving) },
		"pause":          func() *apptest.Response { return n.Owner.Post(t, "/billing/pause", map[string]any{"months": 1}) },
		"resume":         func() *apptest.Response { return n.Owner.Post(t, "/billing/resume", nil) },
	}
	for _, fault := range []emulator.Fault{{Drop: true}, {Status: http.StatusInternalServerError}, {Status: http.StatusTooManyRequests}, {Status: http.StatusUnauthorized}} {
		s.Stripe.SetFault(func(string, string) emulator.Fault { return fault })
		for what, do := range ask {
			if r := do(); r.StatusCode != http.StatusServiceUnavailable {
				t.Errorf("%s: %d %s", what, r.StatusCode, r.Body)
			}
		}
		if o := look(t, n.Owner); o.Plan.Key != "business" || o.Status != "active" { // from stored state alone
			t.Errorf("got %+v", o)
		}
	}
	for _, step := range []string{"cancel", "resume", "pause", "resume"} {
		s.Stripe.SetFault(func(method, _ string) emulator.Fault {
			if method == http.MethodPost {
				return emulator.Fault{Status: http.StatusInternalServerError, AfterCommit: true}
			}
			return emulator.Fault{}
		})
		ask[step]().Problem(t, 503, "billing_unavailable")
		s.Stripe.SetFault(nil)
		ask[step]().Status(t, 200)
	}
	if o := look(t, n.Owner); o.Status != "active" || o.CancelAt != nil || len(s.invoices(t, n)) != 1 {
		t.Errorf("in the end: %+v", o)
	}
}
