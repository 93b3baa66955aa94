package billing

import (
	"context"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/db"
)

type subscriptionsInput struct {
	db.PageQuery
	Status string `query:"status" enum:"active,trialing,past_due,unpaid,paused,incomplete,incomplete_expired,canceled" doc:"Only those"`
}

// TenantSubscription is a tenant's subscription as operators see it.
type TenantSubscription struct {
	TenantID  uuid.UUID  `json:"tenant_id"`
	Slug      string     `json:"slug"`
	Name      string     `json:"name"`
	Plan      string     `json:"plan" example:"pro"`
	Status    string     `json:"status" example:"active"`
	Interval  string     `json:"interval" example:"month"`
	Currency  string     `json:"currency" example:"usd"`
	Amount    int64      `json:"amount" doc:"What a renewal costs before usage, discounts and tax, in minor units (cents)"`
	Quantity  int64      `json:"quantity"`
	PeriodEnd *time.Time `json:"period_end,omitempty"`
	CancelAt  *time.Time `json:"cancel_at,omitempty"`
	ReadOnly  bool       `json:"read_only"`
	StripeID  string     `json:"-"`
	StripeURL string     `json:"stripe_url" gorm:"-" doc:"The subscription at Stripe"`
	UpdatedAt time.Time  `json:"updated_at"`
}

var subscriptionsLatestFirst = db.Order[TenantSubscription]{
	Name: "billing.subscriptions", Columns: []string{"b.updated_at", "b.tenant_id"}, Desc: true,
	Key: func(t TenantSubscription) []any { return []any{t.UpdatedAt, t.TenantID} },
}

// listSubscriptions returns a page of what tenants subscribe to or did, first those that Stripe was asked about last.
func (s *service) listSubscriptions(ctx context.Context, in *subscriptionsInput) (*db.Page[TenantSubscription], error) {
	var page db.Page[TenantSubscription]
	err := s.DB.System(ctx, "list subscriptions for an operator", func(tx *db.SystemTx) (err error) {
		query := tx.Table("billing_subscriptions AS b").
			Select(`b.tenant_id, t.slug, t.name, b.plan, b.status, b.interval, b.currency, b.amount, b.quantity, b.period_end, b.cancel_at,
				coalesce(p.read_only_at <= ?, false) AS read_only, b.stripe_id, b.updated_at`, s.Now()).
			Joins("JOIN tenants t ON t.id = b.tenant_id").
			Joins("LEFT JOIN tenant_plans p ON p.tenant_id = b.tenant_id").
			Where("b.status <> ''")
		if in.Status != "" {
			query = query.Where("b.status = ?", in.Status)
		}
		page, err = db.List(query, in.PageQuery, subscriptionsLatestFirst)
		return err
	})
	for i := range page.Items {
		page.Items[i].StripeURL = s.dashboard(page.Items[i].StripeID)
	}
	return &page, err
}

// dashboard is the address of a subscription's page at Stripe. The emulator shows all on one page.
func (s *service) dashboard(subscription string) string {
	switch {
	case s.Stripe.APIURL != "" && s.Stripe.APIURL != stripeURL:
		return s.Stripe.APIURL + "/"
	case s.live:
		return "https://dashboard.stripe.com/subscriptions/" + subscription
	default:
		return "https://dashboard.stripe.com/test/subscriptions/" + subscription
	}
}
