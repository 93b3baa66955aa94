package billing_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76"

	"saaskit/modules/apptest"
)

// calendar is a clock that moves only when it is told to, for the product and its Stripe.
type calendar struct {
	mu sync.Mutex
	at time.Time
}

func (c *calendar) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *calendar) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}

// dated is a shop whose time is a calendar's.
type dated struct {
	*shop
	*calendar
}

func datedShop(t *testing.T) dated {
	t.Helper()
	c := &calendar{at: time.Now().UTC().Truncate(time.Second)}
	return dated{ownShop(t, apptest.WithClock(c.now)), c}
}

// moveTo lets time pass, for the product and at Stripe, and waits until the product knows what came of it.
func (d dated) moveTo(t *testing.T, at time.Time) {
	t.Helper()
	d.set(at)
	d.Stripe.Tick()
	d.told(t)
}

// told waits until every webhook has come and was dealt with.
func (s *shop) told(t *testing.T) {
	t.Helper()
	apptest.Eventually(t, 30*time.Second, func() bool { return s.Stripe.Pending() == 0 })
	s.JobsDone(t)
}

// subscription is what the tenant subscribes to at Stripe, with its latest invoice.
func (s *shop) subscription(t *testing.T, n *apptest.Tenant) *stripe.Subscription {
	t.Helper()
	params := &stripe.SubscriptionParams{}
	params.AddExpand("latest_invoice")
	return must[*stripe.Subscription](t)(s.api.Subscriptions.Get(s.subscriptions(t, n)[0].ID, params))
}

// invoices are the tenant's at Stripe, newest first.
func (s *shop) invoices(t *testing.T, n *apptest.Tenant) (all []*stripe.Invoice) {
	t.Helper()
	params := &stripe.InvoiceListParams{Customer: stripe.String(s.customer(t, n))}
	list := s.api.Invoices.List(params)
	for list.Next() {
		all = append(all, list.Invoice())
	}
	if err := list.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// acts counts what the tenant's audit log has of the person and the action.
func (s *shop) acts(t *testing.T, by *apptest.Actor, action string) int {
	t.Helper()
	return s.count(t, "SELECT count(*) FROM audit_log WHERE tenant_id = $1 AND actor_id = $2 AND action = $3", by.Tenant.ID, by.ID, action)
}
