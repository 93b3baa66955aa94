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

// preview is what a client knows of what a change costs.
type preview struct {
	Currency string `json:"currency"`
	Lines    []struct {
		Description string `json:"description"`
		Amount      int64  `json:"amount"`
	} `json:"lines"`
	Tax           int64     `json:"tax"`
	DueNow        int64     `json:"due_now"`
	Credit        int64     `json:"credit"`
	Renewal       int64     `json:"renewal"`
	RenewsAt      time.Time `json:"renews_at"`
	ProrationDate int64     `json:"proration_date"`
}

func target(plan, interval string) map[string]any {
	return map[string]any{"plan": plan, "interval": interval}
}

func reckon(t *testing.T, a *apptest.Actor, plan, interval string) (p preview) {
	t.Helper()
	a.Post(t, "/billing/preview", target(plan, interval)).Status(t, 200).JSON(t, &p)
	return p
}

func agree(p preview, plan, interval string) map[string]any {
	return map[string]any{"plan": plan, "interval": interval, "proration_date": p.ProrationDate}
}

// change previews and agrees.
func change(t *testing.T, a *apptest.Actor, plan, interval string) *apptest.Response {
	t.Helper()
	return a.Post(t, "/billing/change", agree(reckon(t, a, plan, interval), plan, interval))
}

// part is what of an amount is left of a period, to the cent.
func part(amount int64, s *stripe.Subscription, at time.Time) int64 {
	left, whole := s.CurrentPeriodEnd-at.Unix(), s.CurrentPeriodEnd-s.CurrentPeriodStart
	return (2*amount*left + whole) / (2 * whole)
}

// Ten days into a period: what the preview shows is what the change charges or credits, to the cent, also when it is agreed to later.
func TestAChangeCostsWhatThePreviewSaid(t *testing.T) { //nolint:tparallel // they share the calendar
	t.Parallel()
	s := datedShop(t)
	for _, c := range []struct {
		plan, interval string
		price          int64 // of a period
		restarts       bool  // a period begins with the change
	}{
		{"business", "year", 99000, true},
		{"pro", "month", 2 * 1200, false},
		{"pro", "year", 2 * 12000, true},
	} {
		t.Run(c.plan+" by the "+c.interval, func(t *testing.T) { //nolint:paralleltest // they share the calendar
			n := s.Tenant(t)
			n.Actor(t, access.Viewer)
			s.subscribe(t, n, "business")
			before := s.subscription(t, n)
			at := s.now().Add(10 * 24 * time.Hour)
			s.moveTo(t, at)
			p := reckon(t, n.Owner, c.plan, c.interval)
			unused := part(9900, before, at)
			charged, renews := part(c.price, before, at), before.CurrentPeriodEnd
			if c.restarts {
				charged = c.price
			}
			total := charged - unused
			if p.Currency != "usd" || p.DueNow != max(0, total) || p.Credit != max(0, -total) || p.Renewal != c.price || p.ProrationDate != at.Unix() || p.Tax != 0 {
				t.Errorf("%d charged, %d unused: %+v", charged, unused, p)
			}
			if len(p.Lines) != 2 || p.Lines[0].Amount != -unused || p.Lines[1].Amount != charged || !strings.HasPrefix(p.Lines[0].Description, "Unused time on Business") {
				t.Errorf("the lines: %+v", p.Lines)
			}
			s.set(at.Add(40 * time.Minute))
			var o overview
			n.Owner.Post(t, "/billing/change", agree(p, c.plan, c.interval)).Status(t, 200).JSON(t, &o)
			after := s.subscription(t, n)
			made := after.LatestInvoice
			if made.Total != total || made.AmountPaid != p.DueNow || made.BillingReason != "subscription_update" || made.EndingBalance != -p.Credit {
				t.Errorf("the invoice: total %d, paid %d, balance %d", made.Total, made.AmountPaid, made.EndingBalance)
			}
			if c.restarts {
				renews = after.CurrentPeriodEnd
			}
			if o.Plan.Key != c.plan || o.Interval != c.interval || o.Amount != c.price || o.PeriodEnd.Unix() != renews {
				t.Errorf("got %+v", o)
			}
			if off := renews - p.RenewsAt.Unix(); off < 0 || off > 3600 {
				t.Errorf("renews at %d, the preview said %s", renews, p.RenewsAt)
			}
			s.consistsOf(t, after, c.plan, c.interval)
			if acts := s.acts(t, n.Owner, "billing.change"); acts != 1 {
				t.Errorf("%d entries of it", acts)
			}
		})
	}
}

// consistsOf fails unless the subscription has the prices of the plan and of its meter, and no other.
func (s *shop) consistsOf(t *testing.T, sub *stripe.Subscription, plan, interval string) {
	t.Helper()
	got := map[string]bool{}
	for _, item := range sub.Items.Data {
		got[item.Price.LookupKey] = true
	}
	if len(sub.Items.Data) != 2 || !got[plan+"_"+interval+"_usd"] || !got[plan+"_api_calls_"+interval+"_usd"] {
		t.Errorf("it consists of %v", got)
	}
}

func TestADeclinedCardChangesNothing(t *testing.T) {
	t.Parallel()
	s := datedShop(t)
	n := s.Tenant(t)
	if err := s.Stripe.Pay(openCheckout(t, n.Owner, "business"), emulator.CardFailsLater); err != nil {
		t.Fatal(err)
	}
	s.awaitPlan(t, n, "business")
	before, invoices := s.subscription(t, n), len(s.invoices(t, n))
	refusal := change(t, n.Owner, "business", "year").Problem(t, 409, "payment_failed")
	if !strings.HasPrefix(refusal.Detail, "Your card was declined.") {
		t.Errorf("it says %q", refusal.Detail)
	}
	after := s.subscription(t, n)
	if o := look(t, n.Owner); o.Interval != "month" || o.Status != "active" || len(s.invoices(t, n)) != invoices || after.Items.Data[0].Price.ID != before.Items.Data[0].Price.ID {
		t.Errorf("it changed something: %+v", o)
	}
	card := s.attach(t, s.customer(t, n), emulator.CardPays)
	must[*stripe.Subscription](t)(s.api.Subscriptions.Update(after.ID, &stripe.SubscriptionParams{DefaultPaymentMethod: &card}))
	s.set(s.now().Add(time.Second))
	change(t, n.Owner, "business", "year").Status(t, 200)
	change(t, n.Owner, "pro", "year").Status(t, 200) // at once: its preview is of after the first
}

// During a trial the plan changes without a charge, and the trial goes on.
func TestAChangeDuringTheTrialIsFree(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	n := s.Tenant(t)
	s.subscribe(t, n, "pro")
	before := look(t, n.Owner)
	p := reckon(t, n.Owner, "business", "year")
	if p.DueNow != 0 || len(p.Lines) != 0 || p.Renewal != 99000 || !p.RenewsAt.Equal(*before.TrialEnd) {
		t.Errorf("got %+v", p)
	}
	n.Owner.Post(t, "/billing/change", agree(p, "business", "year")).Status(t, 200)
	o := look(t, n.Owner)
	if o.Plan.Key != "business" || o.Status != "trialing" || !o.TrialEnd.Equal(*before.TrialEnd) || s.subscription(t, n).LatestInvoice.AmountDue != 0 {
		t.Errorf("got %+v", o)
	}
}

// A smaller plan takes nothing away.
func TestADowngradeBelowWhatIsUsedDeletesNothing(t *testing.T) {
	t.Parallel()
	s := sharedShop(t)
	n := s.Tenant(t)
	s.subscribe(t, n, "business")
	s.Exec(t, "INSERT INTO plan_usage (tenant_id, key, used) VALUES ($1, 'notes.max', 1000)", n.ID)
	change(t, n.Owner, "pro", "month").Status(t, 200)
	n.Owner.Post(t, "/notes", map[string]any{"title": "One too many"}).Problem(t, 402, "limit_reached")
	n.Owner.Get(t, "/notes").Status(t, 200)
}

func TestWhatCannotBeChangedSaysWhy(t *testing.T) {
	t.Parallel()
	s := sharedShop(t)
	n := s.Tenant(t)
	ask := func(plan, interval string) *apptest.Response {
		return n.Owner.Post(t, "/billing/preview", target(plan, interval))
	}
	agreed := func(at time.Time) map[string]any {
		return agree(preview{ProrationDate: at.Unix()}, "business", "year")
	}
	ask("business", "year").Problem(t, 409, "no_subscription")
	n.Owner.Post(t, "/billing/change", agreed(s.Now())).Problem(t, 409, "no_subscription")
	s.subscribe(t, n, "business")
	for _, plan := range []string{"free", "gold", "price_1"} {
		ask(plan, "month").Problem(t, 422, "plan_not_sold")
	}
	ask("business", "month").Problem(t, 409, "same_plan")
	n.Owner.Post(t, "/billing/change", agree(preview{ProrationDate: s.Now().Unix()}, "business", "month")).Problem(t, 409, "same_plan")
	n.Owner.Post(t, "/billing/change", agreed(s.Now().Add(-time.Hour-2*time.Second))).Problem(t, 409, "preview_expired")
	n.Owner.Post(t, "/billing/change", agreed(s.Now().Add(2*time.Minute))).Problem(t, 409, "preview_expired")
	n.Owner.Post(t, "/billing/change", agree(preview{ProrationDate: 1 << 62}, "business", "year")).Problem(t, 409, "preview_expired")
	n.Owner.Post(t, "/billing/change", agreed(s.Now().Add(-time.Minute))).Problem(t, 409, "preview_expired") // before the period
	p := reckon(t, n.Owner, "business", "year")
	for _, status := range []string{"past_due", "unpaid", "paused"} {
		if err := s.Stripe.SetStatus(s.subscriptions(t, n)[0].ID, status); err != nil {
			t.Fatal(err)
		}
		ask("business", "year").Problem(t, 409, "not_changeable")
		n.Owner.Post(t, "/billing/change", agree(p, "business", "year")).Problem(t, 409, "not_changeable")
	}
	if err := s.Stripe.SetStatus(s.subscriptions(t, n)[0].ID, "active"); err != nil {
		t.Fatal(err)
	}
	n.Owner.Post(t, "/billing/cancel", leaving).Status(t, 200)
	if problem := ask("pro", "year").Problem(t, 409, "not_changeable"); !strings.Contains(problem.Detail, "canceled") {
		t.Errorf("it says %q", problem.Detail)
	}
}

// B7: what a client sends beside plan, interval and moment is refused, and nobody's plan but one's own is changed.
func TestB7_AChangeIsOfTheOwnSubscriptionOnly(t *testing.T) {
	t.Parallel()
	s := sharedShop(t)
	n, other := s.Tenant(t), s.Tenant(t)
	s.subscribe(t, n, "business")
	s.subscribe(t, other, "business")
	theirs := s.subscription(t, other)
	for field, value := range map[string]any{
		"subscription": theirs.ID, "customer": s.customer(t, other), "tenant_id": other.ID, "price": theirs.Items.Data[0].Price.ID, "quantity": 0,
		"amount": 1, "currency": "eur", "proration_behavior": "none",
	} {
		body := agree(preview{ProrationDate: s.Now().Unix()}, "pro", "month")
		body[field] = value
		n.Owner.Post(t, "/billing/change", body).Problem(t, 422, "invalid_input")
	}
	change(t, n.Owner, "pro", "month").Status(t, 200)
	if o := look(t, other.Owner); o.Plan.Key != "business" || s.subscription(t, other).Items.Data[0].Price.ID != theirs.Items.Data[0].Price.ID {
		t.Errorf("the other tenant's plan changed: %+v", o)
	}
}
