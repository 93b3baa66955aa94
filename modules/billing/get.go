package billing

import (
	"context"
	"time"

	"github.com/stripe/stripe-go/v76"

	"saaskit/platform/access"
	"saaskit/platform/db"
	"saaskit/platform/plan"
)

// Billing is what a tenant subscribes to and uses, from stored state alone.
type Billing struct {
	Plan           Plan         `json:"plan"`
	Subscribed     string       `json:"subscribed" doc:"Key of the plan of the subscription, also while it grants nothing because it is paused or unpaid; empty without one" example:"pro"`
	Status         string       `json:"status" doc:"Of the subscription, in Stripe's words; active on the free plan" example:"active"`
	Interval       string       `json:"interval" enum:"month,year" doc:"How often the subscription renews"`
	Currency       string       `json:"currency" doc:"In which the subscription is paid" example:"usd"`
	Amount         int64        `json:"amount" doc:"What a renewal costs before usage, discounts and tax, in minor units (cents); 0 on the free plan"`
	Seats          int64        `json:"seats" doc:"Active members"`
	PaidSeats      int64        `json:"paid_seats" doc:"Seats that the subscription is for; it follows the active members within a minute"`
	Usage          []plan.Usage `json:"usage" doc:"How much of each limit is used"`
	TrialEnd       *time.Time   `json:"trial_end,omitempty" doc:"When the trial ends, while it runs"`
	CancelAt       *time.Time   `json:"cancel_at,omitempty" doc:"When the subscription ends, if it was canceled"`
	PausedUntil    *time.Time   `json:"paused_until,omitempty" doc:"When the subscription goes on, while it is paused"`
	PeriodEnd      *time.Time   `json:"period_end,omitempty" doc:"When the paid period ends"`
	GraceEnd       *time.Time   `json:"grace_end,omitempty" doc:"From when the workspace is read only, or was, because a payment failed"`
	ReadOnly       bool         `json:"read_only" doc:"Whether the workspace is read only because a payment failed"`
	TrialAvailable bool         `json:"trial_available" doc:"Whether the workspace has its trial before it"`
	CanManage      bool         `json:"can_manage" doc:"Whether you may subscribe and change the subscription"`
	Enabled        bool         `json:"enabled" doc:"Whether this server sells plans"`
}

func (s *service) get(ctx context.Context, _ *struct{}) (*Billing, error) {
	b := &Billing{Interval: string(plan.Month), Enabled: s.stripe != nil, CanManage: s.stripe != nil && access.From(ctx).Permissions.Has(Write)}
	err := s.DB.Tenant(ctx, func(tx *db.Tx) error {
		current, err := s.Plans.Current(ctx, tx)
		if err != nil {
			return err
		}
		b.Plan, b.Status, b.Usage = shown(s.Plans, current.Plan), current.Status, append([]plan.Usage{}, current.Usage...)
		if b.Seats, err = s.Seats(ctx, tx); err != nil {
			return err
		}
		sub, err := kept(tx)
		if err != nil {
			return err
		}
		b.TrialAvailable = b.Enabled && !sub.TrialUsed && !sub.live()
		if sub.live() {
			b.show(sub, s.Now())
		}
		// The clock that refuses changes is the database's.
		return tx.Raw("SELECT EXISTS (SELECT FROM tenant_plans WHERE read_only_at <= now())").Scan(&b.ReadOnly).Error
	})
	return b, err
}

// show fills in what a subscription that is not over says.
func (b *Billing) show(sub subscription, now time.Time) {
	if sub.Interval != "" {
		b.Interval = sub.Interval
	}
	b.Subscribed, b.Currency, b.Amount, b.PaidSeats = sub.Plan, sub.Currency, sub.Amount, sub.Quantity
	b.CancelAt, b.PeriodEnd, b.PausedUntil, b.GraceEnd = sub.CancelAt, sub.PeriodEnd, sub.PausedUntil, sub.readOnlyAt()
	if sub.Status == string(stripe.SubscriptionStatusTrialing) && sub.TrialEnd != nil && sub.TrialEnd.After(now) {
		b.TrialEnd = sub.TrialEnd
	}
}

// kept is what our table has of the transaction's tenant's subscription, live or over; the zero value is none.
func kept(tx *db.Tx) (subscription, error) {
	var found []subscription
	if err := tx.Raw("SELECT " + columns + " FROM billing_subscriptions").Scan(&found).Error; err != nil || len(found) == 0 {
		return subscription{}, err
	}
	return found[0], nil
}
