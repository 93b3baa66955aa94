package billing_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"saaskit/modules/apptest"
	emulator "saaskit/platform/emulator/stripe"
)

// received is an event as operators see it.
type received struct {
	ID          string     `json:"id"`
	Type        string     `json:"type"`
	State       string     `json:"state"`
	Customer    string     `json:"customer"`
	TenantID    string     `json:"tenant_id"`
	TenantName  string     `json:"tenant_name"`
	Attempts    int        `json:"attempts"`
	Error       string     `json:"error"`
	ReceivedAt  time.Time  `json:"received_at"`
	ProcessedAt *time.Time `json:"processed_at"`
}

// received finds the event in the operator's list of those in the state.
func (s *shop) received(t *testing.T, operator *apptest.Actor, state, id string) (found received) {
	t.Helper()
	for _, e := range all[received](t, operator, "/operator/billing/events?state="+state+"&") {
		if e.State != state {
			t.Errorf("%s is %s in the list of %s", e.ID, e.State, state)
		}
		if e.ID == id {
			found = e
		}
	}
	return found
}

// An event that cannot be applied is seen with the reason, holds up nothing else, and is applied when an operator says so.
func TestQ3_APoisonEventIsSeenAndReplayed(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	operator, n := s.Operator(t), s.Tenant(t)
	s.subscribe(t, n, "business")
	s.told(t)
	charge := s.charge(t, n)
	s.Stripe.Hold()
	refund := s.refund(t, charge, 300)
	s.Stripe.SetFault(func(_, path string) emulator.Fault {
		if path == "/v1/refunds" {
			return emulator.Fault{Status: http.StatusBadRequest}
		}
		return emulator.Fault{}
	})
	poison := s.eventAbout(t, "charge.refunded", charge)
	s.deliver(t, poison, 1)
	s.await(t, func() bool { return s.received(t, operator, "pending", poison).Error != "" })
	seen := s.received(t, operator, "pending", poison)
	if seen.Attempts == 0 || !strings.Contains(seen.Error, "Stripe answered 400") || seen.TenantName != n.Name || seen.TenantID != n.ID.String() || seen.ProcessedAt != nil {
		t.Errorf("it is shown as %+v", seen)
	}

	other := s.Tenant(t)
	s.pay(t, openCheckout(t, other.Owner, "business"))
	s.deliver(t, s.eventOf(t, other, "customer.subscription.created"), 1)
	s.awaitPlan(t, other, "business")

	s.Exec(t, "UPDATE river.river_job SET state = 'discarded', finalized_at = now(), attempt = max_attempts WHERE kind = 'billing.apply_event' AND state <> 'completed'")
	s.Stripe.SetFault(nil)
	var now received
	operator.Post(t, "/operator/billing/events/"+poison+"/replay", nil).Status(t, 200).JSON(t, &now)
	if now.State != "pending" || now.Attempts < seen.Attempts || now.ID != poison {
		t.Errorf("the replay answered %+v", now)
	}
	s.await(t, func() bool { return s.received(t, operator, "applied", poison).ID == poison })
	if after := s.received(t, operator, "applied", poison); after.Error != "" || after.Attempts <= seen.Attempts || after.ProcessedAt == nil {
		t.Errorf("after the replay %+v", after)
	}
	if s.incidentsOf(t, operator, n)[refund.ID].Amount != 300 {
		t.Error("the refund is not known")
	}
	for _, log := range []string{"audit_log", "security_log"} {
		if s.count(t, "SELECT count(*) FROM "+log+" WHERE action = 'billing.replay_event' AND target = $1 AND actor_kind = 'operator' AND actor_label <> ''", "event:"+poison) != 1 {
			t.Errorf("the replay is not in %s", log)
		}
	}
}

// While Stripe is gone, what operators see of it is short and holds no secret.
func TestQ3_TheReasonHoldsNoSecret(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	operator, n := s.Operator(t), s.Tenant(t)
	s.Stripe.Hold()
	s.pay(t, openCheckout(t, n.Owner, "business"))
	s.Stripe.SetFault(func(_, _ string) emulator.Fault { return emulator.Fault{Drop: true} })
	event := s.eventOf(t, n, "customer.subscription.created")
	s.deliver(t, event, 1)
	s.await(t, func() bool { return s.received(t, operator, "pending", event).Error != "" })
	if seen := s.received(t, operator, "pending", event); strings.Contains(seen.Error, s.Stripe.SecretKey) || len(seen.Error) > 500 || !strings.Contains(seen.Error, "billing_unavailable") {
		t.Errorf("it is shown as %+v", seen)
	}
	s.Stripe.SetFault(nil)
	s.await(t, func() bool { return s.received(t, operator, "applied", event).ID == event })
	if after := s.received(t, operator, "applied", event); after.Error != "" || after.Attempts < 2 || look(t, n.Owner).Plan.Key != "business" {
		t.Errorf("when Stripe is back it is shown as %+v", after)
	}
}

// What was about nobody when it came is matched when it is replayed.
func TestAReplayMatchesAnew(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	operator, n := s.Operator(t), s.Tenant(t)
	s.Stripe.Hold()
	s.pay(t, openCheckout(t, n.Owner, "business"))
	customer := s.customer(t, n)
	s.Exec(t, "UPDATE billing_customers SET stripe_id = NULL WHERE tenant_id = $1", n.ID)
	event, created := "", ""
	for _, e := range s.Stripe.Events(customer) {
		switch e.Type {
		case "customer.subscription.created":
			event = e.ID
		case "customer.created":
			created = e.ID
		}
	}
	s.deliver(t, event, 1)
	if s.received(t, operator, "ignored", event).TenantName != "" {
		t.Error("it is somebody's")
	}
	s.Exec(t, "UPDATE billing_customers SET stripe_id = $2 WHERE tenant_id = $1", n.ID, customer)
	operator.Post(t, "/operator/billing/events/"+event+"/replay", nil).Status(t, 200)
	s.awaitPlan(t, n, "business")
	if s.received(t, operator, "applied", event).TenantName != n.Name {
		t.Error("it is nobody's")
	}

	operator.Post(t, "/operator/billing/events/evt_nothing/replay", nil).Problem(t, 404, "not_found")
	payload, secret := s.event(t, created)
	send(t, s, payload, signed(secret, s.Now(), payload)...).Status(t, 200)
	operator.Post(t, "/operator/billing/events/"+created+"/replay", nil).Problem(t, 409, "not_replayable")
	n.Owner.Post(t, "/operator/billing/events/"+event+"/replay", nil).Status(t, 401)
	if bytes.Contains(operator.Get(t, "/operator/billing/events?state=ignored").Status(t, 200).Body, []byte(event)) {
		t.Error("a filter lets others through")
	}
}

func TestOperatorsListSubscriptions(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	operator := s.Operator(t)
	tenants := map[string]*apptest.Tenant{}
	for range 5 {
		n := s.Tenant(t)
		s.subscribe(t, n, "business")
		tenants[n.ID.String()] = n
	}
	s.told(t)
	type listed struct {
		TenantID  string    `json:"tenant_id"`
		Slug      string    `json:"slug"`
		Name      string    `json:"name"`
		Plan      string    `json:"plan"`
		Status    string    `json:"status"`
		Amount    int64     `json:"amount"`
		ReadOnly  bool      `json:"read_only"`
		StripeURL string    `json:"stripe_url"`
		UpdatedAt time.Time `json:"updated_at"`
	}
	found := all[listed](t, operator, "/operator/billing/subscriptions?")
	if len(found) != len(tenants) {
		t.Fatalf("%d of %d subscriptions: %+v", len(found), len(tenants), found)
	}
	for i, f := range found {
		n := tenants[f.TenantID]
		if n == nil || f.Name != n.Name || f.Slug != n.Slug || f.Plan != "business" || f.Status != "active" || f.Amount != 9900 || f.ReadOnly || !strings.HasPrefix(f.StripeURL, "http") {
			t.Errorf("%+v", f)
		}
		if i > 0 && f.UpdatedAt.After(found[i-1].UpdatedAt) {
			t.Errorf("%s is behind %s", f.UpdatedAt, found[i-1].UpdatedAt)
		}
	}
	s.cancelAll(t, tenants[found[0].TenantID])
	s.awaitPlan(t, tenants[found[0].TenantID], "free")
	if over := all[listed](t, operator, "/operator/billing/subscriptions?status=canceled&"); len(over) != 1 || over[0].TenantID != found[0].TenantID {
		t.Errorf("canceled: %+v", over)
	}
	operator.Get(t, "/operator/billing/subscriptions?cursor=x").Problem(t, 422, "invalid_cursor")
}

type revenue struct {
	Currencies []struct {
		Currency      string `json:"currency"`
		MRR           int64  `json:"mrr"`
		Subscriptions int64  `json:"subscriptions"`
	} `json:"currencies"`
	Active   int64 `json:"active"`
	Trialing int64 `json:"trialing"`
	PastDue  int64 `json:"past_due"`
	Paused   int64 `json:"paused"`
	Churn    ratio `json:"churn"`
	Trials   ratio `json:"trials"`
}

type ratio struct {
	Part  int64 `json:"part"`
	Whole int64 `json:"whole"`
}

func (s *shop) revenue(t *testing.T) (r revenue) {
	t.Helper()
	s.Operator(t).Get(t, "/operator/billing/revenue").Status(t, 200).JSON(t, &r)
	return r
}

// Trials that become paid, that are canceled, and whose payment fails, and what is paid and ends, through the months.
func TestRevenueThroughTheMonths(t *testing.T) {
	t.Parallel()
	d := datedShop(t)
	start := d.now()
	if r := d.revenue(t); len(r.Currencies) != 0 || r.Churn != (ratio{}) || r.Trials != (ratio{}) {
		t.Errorf("of nothing there is %+v", r)
	}
	trial := make([]*apptest.Tenant, 3) // one pays, one gives up during the trial, one has a card that fails
	for i, card := range []string{emulator.CardPays, emulator.CardPays, emulator.CardFailsLater} {
		trial[i] = d.Tenant(t)
		if err := d.Stripe.Pay(openCheckout(t, trial[i].Owner, "pro"), card); err != nil {
			t.Fatal(err)
		}
	}
	year, month := d.Tenant(t), d.Tenant(t)
	d.pay(t, sessionIn(t, year.Owner.Post(t, "/billing/checkout", with(choose("business"), "interval", "year")).Status(t, 200)))
	d.subscribe(t, month, "business")
	d.told(t)
	if r := d.revenue(t); r.Trialing != 3 || r.Active != 2 || r.Trials.Whole != 0 || fmt.Sprint(r.Currencies) != "[{usd 18150 2}]" {
		t.Errorf("at the beginning: %+v", r)
	}
	d.cancelAll(t, trial[1])
	d.moveTo(t, start.Add(15*24*time.Hour))
	if r := d.revenue(t); r.Trials != (ratio{1, 3}) || r.Trialing != 0 || r.Active != 3 || r.PastDue != 1 || fmt.Sprint(r.Currencies) != "[{usd 20550 4}]" {
		t.Errorf("after the trials: %+v", r)
	}
	d.moveTo(t, start.Add(31*24*time.Hour))
	if r := d.revenue(t); r.Churn != (ratio{0, 2}) {
		t.Errorf("before anybody left: %+v", r)
	}
	d.cancelAll(t, month)
	d.told(t)
	d.subscribe(t, month, "business") // comes back: the one that ended is counted all the same
	d.told(t)
	if r := d.revenue(t); r.Churn != (ratio{1, 2}) || r.Active != 3 {
		t.Errorf("after one left: %+v", r)
	}
}

// A year is a twelfth a month, and the sum is rounded, half up.
func TestRevenueIsRoundedAtTheSum(t *testing.T) {
	t.Parallel()
	s := ownShop(t, apptest.WithoutJobs())
	for _, row := range []struct {
		status, interval, currency string
		amount                     int64
	}{
		{"active", "year", "usd", 1}, {"active", "year", "usd", 2}, {"past_due", "year", "usd", 3}, // 6 of 12 is a half: 1
		{"active", "year", "eur", 2}, {"active", "year", "eur", 3}, // 5 of 12: 0
		{"active", "month", "gbp", 500}, {"trialing", "month", "gbp", 500}, {"paused", "month", "gbp", 500}, {"unpaid", "month", "gbp", 500}, {"canceled", "month", "gbp", 500},
	} {
		s.Exec(t, "INSERT INTO billing_subscriptions (tenant_id, stripe_id, status, plan, interval, currency, amount, quantity) VALUES ($1, 'sub_x', $2, 'pro', $3, $4, $5, 1)",
			s.Tenant(t).ID, row.status, row.interval, row.currency, row.amount)
	}
	if r := s.revenue(t); fmt.Sprint(r.Currencies) != "[{gbp 500 1} {usd 1 3} {eur 0 2}]" || r.Paused != 1 || r.Trialing != 1 || r.Active != 5 || r.PastDue != 1 {
		t.Errorf("%+v", r)
	}
}

// However many there are, the pages of operators are a few statements, and each finds its rows by an index.
func TestOperatorsListsScale(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	operator := s.Operator(t)
	s.Exec(t, `INSERT INTO stripe_events (id, type, customer, state, created_at, received_at)
		SELECT 'evt_' || i, 'invoice.paid', 'cus_' || i, CASE WHEN i % 1000 = 0 THEN 'ignored' ELSE 'applied' END, now(), now() - make_interval(secs => i) FROM generate_series(1, 20000) AS i`)
	s.Exec(t, "ANALYZE stripe_events")
	for _, query := range []string{
		"SELECT id FROM stripe_events WHERE state = 'ignored' ORDER BY received_at DESC, id DESC LIMIT 21",
		"SELECT id FROM stripe_events ORDER BY received_at DESC, id DESC LIMIT 21",
		"SELECT id FROM stripe_events WHERE state = 'pending' AND attempts < 500 AND (received_at, id) > (now() - interval '1 day', '') ORDER BY received_at, id LIMIT 500",
	} {
		if plan := s.explain(t, query); strings.Contains(plan, "Seq Scan") || strings.Contains(plan, "Sort") {
			t.Errorf("%s:\n%s", query, plan)
		}
	}
	if found := all[received](t, operator, "/operator/billing/events?state=ignored&"); len(found) != 20 {
		t.Errorf("%d of 20", len(found))
	}
}

func (s *shop) explain(t *testing.T, query string) string {
	t.Helper()
	rows, err := s.Admin.QueryContext(t.Context(), "EXPLAIN "+query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var plan strings.Builder
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		plan.WriteString(line + "\n")
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return plan.String()
}
