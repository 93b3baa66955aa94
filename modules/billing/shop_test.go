package billing_test

import (
	"bytes"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/client"

	"saaskit/modules/apptest"
	"saaskit/modules/billing"
	emulator "saaskit/platform/emulator/stripe"
)

// shop is a running product, and a client of our own of its Stripe.
type shop struct {
	*apptest.App
	api *client.API
}

func newShop(t *testing.T, a *apptest.App) *shop {
	t.Helper()
	backend := stripe.GetBackendWithConfig(stripe.APIBackend, &stripe.BackendConfig{
		URL: stripe.String(a.Stripe.URL()), LeveledLogger: &stripe.LeveledLogger{Level: stripe.LevelNull},
	})
	return &shop{App: a, api: client.New(a.Stripe.SecretKey, &stripe.Backends{API: backend, Connect: backend, Uploads: backend})}
}

// sharedShop serves every test that neither holds webhooks nor breaks Stripe.
func sharedShop(t *testing.T) *shop {
	t.Helper()
	return newShop(t, apptest.Shared(t))
}

// ownShop is for a test that plays with Stripe itself.
func ownShop(t *testing.T, options ...apptest.Option) *shop {
	t.Helper()
	return newShop(t, apptest.New(t, append(options, apptest.WithStripe())...))
}

func deps(a *apptest.App) billing.Deps {
	return billing.Deps{
		DB: a.DB, Plans: a.Plans, Queue: a.Queue, Secret: a.Secret, Log: a.Platform.Log, Now: a.Now, BaseURL: a.Config.BaseURL,
		Stripe: billing.Config{SecretKey: a.Config.StripeSecretKey, APIURL: a.Config.StripeAPIURL, WebhookURL: a.Config.StripeWebhookURL},
	}
}

func runSync(t *testing.T, a *apptest.App) string {
	t.Helper()
	var out bytes.Buffer
	if err := billing.Sync(t.Context(), deps(a), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// overview is what a client knows of its billing.
type overview struct {
	Plan struct {
		Key    string `json:"key"`
		Limits []struct {
			Key   string `json:"key"`
			Limit int64  `json:"limit"`
		} `json:"limits"`
	} `json:"plan"`
	Status         string     `json:"status"`
	Interval       string     `json:"interval"`
	Currency       string     `json:"currency"`
	Amount         int64      `json:"amount"`
	Seats          int64      `json:"seats"`
	PaidSeats      int64      `json:"paid_seats"`
	TrialEnd       *time.Time `json:"trial_end"`
	CancelAt       *time.Time `json:"cancel_at"`
	PausedUntil    *time.Time `json:"paused_until"`
	PeriodEnd      *time.Time `json:"period_end"`
	GraceEnd       *time.Time `json:"grace_end"`
	ReadOnly       bool       `json:"read_only"`
	TrialAvailable bool       `json:"trial_available"`
	CanManage      bool       `json:"can_manage"`
	Enabled        bool       `json:"enabled"`
}

func look(t *testing.T, a *apptest.Actor) (o overview) {
	t.Helper()
	a.Get(t, "/billing").Status(t, 200).JSON(t, &o)
	return o
}

// grant is what the plan grants of an entitlement.
func grant(o overview, key string) int64 {
	for _, l := range o.Plan.Limits {
		if l.Key == key {
			return l.Limit
		}
	}
	return 0
}

// choose is what a customer sends who wants the plan by the month and in dollars.
func choose(plan string) map[string]any {
	return map[string]any{"plan": plan, "interval": "month", "currency": "usd"}
}

// with is the body with another value of a field.
func with(body map[string]any, field string, value any) map[string]any {
	other := maps.Clone(body)
	other[field] = value
	return other
}

// openCheckout returns the id of the checkout session that the actor is sent to.
func openCheckout(t *testing.T, a *apptest.Actor, plan string) string {
	t.Helper()
	return sessionIn(t, a.Post(t, "/billing/checkout", choose(plan)).Status(t, 200))
}

func sessionIn(t *testing.T, r *apptest.Response) string {
	t.Helper()
	var link struct{ URL string }
	r.JSON(t, &link)
	_, id, found := strings.Cut(link.URL, "/c/pay/")
	if !found {
		t.Fatalf("not a checkout: %s", r.Body)
	}
	return id
}

// subscribe pays for a plan and waits until the product knows.
func (s *shop) subscribe(t *testing.T, n *apptest.Tenant, plan string) {
	t.Helper()
	s.pay(t, openCheckout(t, n.Owner, plan))
	s.awaitPlan(t, n, plan)
}

func (s *shop) pay(t *testing.T, session string) {
	t.Helper()
	if err := s.Stripe.Pay(session, emulator.CardPays); err != nil {
		t.Fatal(err)
	}
}

// await waits for what Stripe's event and our job bring about.
func (s *shop) await(t *testing.T, done func() bool) {
	t.Helper()
	apptest.Eventually(t, 20*time.Second, done)
}

func (s *shop) awaitPlan(t *testing.T, n *apptest.Tenant, plan string) {
	t.Helper()
	apptest.Eventually(t, 20*time.Second, func() bool { return look(t, n.Owner).Plan.Key == plan })
}

// customer is the tenant's customer at Stripe, as our table has it.
func (s *shop) customer(t *testing.T, n *apptest.Tenant) (id string) {
	t.Helper()
	if err := s.Admin.QueryRowContext(t.Context(), "SELECT coalesce(stripe_id, '') FROM billing_customers WHERE tenant_id = $1", n.ID).Scan(&id); err != nil {
		t.Fatal(err)
	}
	return id
}

// subscriptions lists what the tenant's customer subscribes to at Stripe, also what is over.
func (s *shop) subscriptions(t *testing.T, n *apptest.Tenant) (all []*stripe.Subscription) {
	t.Helper()
	params := &stripe.SubscriptionListParams{Customer: stripe.String(s.customer(t, n)), Status: stripe.String("all")}
	list := s.api.Subscriptions.List(params)
	for list.Next() {
		all = append(all, list.Subscription())
	}
	if err := list.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// count asks the database behind the product's back.
func (s *shop) count(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	if err := s.Admin.QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func (s *shop) planChanges(t *testing.T, tenant uuid.UUID) int {
	t.Helper()
	return s.count(t, "SELECT count(*) FROM audit_log WHERE tenant_id = $1 AND action = 'billing.plan_changed'", tenant)
}

func (s *shop) eventOf(t *testing.T, n *apptest.Tenant, eventType string) string {
	t.Helper()
	for _, e := range s.Stripe.Events(s.customer(t, n)) {
		if e.Type == eventType {
			return e.ID
		}
	}
	t.Fatalf("Stripe has no %s of the tenant", eventType)
	return ""
}

func must[T any](t *testing.T) func(T, error) T {
	t.Helper()
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
