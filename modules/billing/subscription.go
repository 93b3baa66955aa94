package billing

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"

	"saaskit/platform/audit"
	"saaskit/platform/db"
)

// subscription is what is kept of a tenant's subscription. The zero value is none.
type subscription struct {
	StripeID  string
	Status    string
	Plan      string // "" when its price is of no plan of the catalogue
	Quantity  int64
	PeriodEnd *time.Time
	CancelAt  *time.Time
}

// standing orders Stripe's statuses: how much a subscription counts beside another of the same customer, and whether it carries its plan.
var standing = map[stripe.SubscriptionStatus]struct {
	rank     int
	entitles bool
}{
	stripe.SubscriptionStatusActive:     {5, true},
	stripe.SubscriptionStatusTrialing:   {5, true},
	stripe.SubscriptionStatusPastDue:    {4, true},
	stripe.SubscriptionStatusUnpaid:     {3, false},
	stripe.SubscriptionStatusPaused:     {3, false},
	stripe.SubscriptionStatusIncomplete: {2, false},
}

// live reports whether the subscription is not over: a second one beside it would charge twice.
func (s subscription) live() bool { return standing[stripe.SubscriptionStatus(s.Status)].rank > 0 }

// refresh asks Stripe what the customer subscribes to and makes it the tenant's state. settle, if not nil, runs in the transaction that
// writes. Any number of refreshes may run at once: each takes a number before it asks, and an answer is written only when no later
// question was answered before. So the state that stays is one that Stripe gave after the last change.
func (s *service) refresh(ctx context.Context, tenant uuid.UUID, customer string, settle func(*db.SystemTx) error) (subscription, error) {
	number, err := s.askNext(ctx, tenant)
	if err != nil {
		return subscription{}, err
	}
	now, err := s.fetch(ctx, customer)
	if err != nil {
		return subscription{}, err
	}
	err = s.DB.System(ctx, "keep what Stripe says of a subscription", func(tx *db.SystemTx) error {
		if err := s.keepTx(ctx, tx, tenant, number, now); err != nil {
			return err
		}
		if settle == nil {
			return nil
		}
		return settle(tx)
	})
	return now, err
}

func (s *service) askNext(ctx context.Context, tenant uuid.UUID) (number int64, err error) {
	err = s.DB.System(ctx, "number a question to Stripe", func(tx *db.SystemTx) error {
		return tx.Raw(`
INSERT INTO billing_subscriptions AS b (tenant_id, asked) VALUES (?, 1)
ON CONFLICT (tenant_id) DO UPDATE SET asked = b.asked + 1 RETURNING asked`, tenant).Scan(&number).Error
	})
	return number, err
}

// fetch returns the customer's subscription that counts most, or the zero value when there is none.
func (s *service) fetch(ctx context.Context, customer string) (subscription, error) {
	params := &stripe.SubscriptionListParams{Customer: stripe.String(customer), Status: stripe.String("all")}
	params.Context, params.Limit = ctx, stripe.Int64(100)
	var best *stripe.Subscription
	list := s.stripe.Subscriptions.List(params)
	for list.Next() {
		if c := list.Subscription(); best == nil || ahead(c, best) {
			best = c
		}
	}
	if err := list.Err(); err != nil && !gone(err) {
		return subscription{}, asFault("list subscriptions", err)
	}
	if best == nil {
		return subscription{}, nil
	}
	return s.read(ctx, best), nil
}

func ahead(a, b *stripe.Subscription) bool {
	if x, y := standing[a.Status].rank, standing[b.Status].rank; x != y {
		return x > y
	}
	return a.Created > b.Created || (a.Created == b.Created && a.ID > b.ID)
}

func (s *service) read(ctx context.Context, o *stripe.Subscription) subscription {
	sub := subscription{StripeID: o.ID, Status: string(o.Status), PeriodEnd: moment(o.CurrentPeriodEnd), CancelAt: moment(o.CancelAt)}
	if o.CancelAt == 0 && o.CancelAtPeriodEnd {
		sub.CancelAt = sub.PeriodEnd
	}
	for _, item := range o.Items.Data {
		if key := s.planOf(item.Price); key != "" {
			sub.Plan, sub.Quantity = key, item.Quantity
		}
	}
	if sub.Plan == "" {
		s.Log.ErrorContext(ctx, "a subscription at Stripe is for no plan of the catalogue", "subscription", o.ID)
	}
	return sub
}

// planOf names the plan that a price is of, also when the price is no longer the one that is sold.
func (s *service) planOf(p *stripe.Price) string {
	key := p.Metadata[planMetadata]
	if key == "" && p.Product != nil {
		key = strings.TrimPrefix(p.Product.ID, productPrefix)
	}
	if _, known := s.Plans.Find(key); !known {
		return ""
	}
	return key
}

func moment(unix int64) *time.Time {
	if unix == 0 {
		return nil
	}
	t := time.Unix(unix, 0).UTC()
	return &t
}

// keepTx writes the answer to the question of that number, with the plan that follows from it, unless a later one was answered.
func (s *service) keepTx(ctx context.Context, tx *db.SystemTx, tenant uuid.UUID, number int64, now subscription) error {
	var row struct {
		Before   subscription `gorm:"embedded"`
		Answered int64
	}
	err := tx.Raw("SELECT stripe_id, status, plan, answered FROM billing_subscriptions WHERE tenant_id = ? FOR UPDATE", tenant).Scan(&row).Error
	if err != nil {
		return fmt.Errorf("lock the subscription: %w", err)
	}
	if row.Answered >= number {
		return nil
	}
	before := row.Before
	if now.StripeID == "" && before.StripeID != "" {
		now = subscription{StripeID: before.StripeID, Status: string(stripe.SubscriptionStatusCanceled), Plan: before.Plan}
	}
	res := tx.Exec(`
UPDATE billing_subscriptions SET stripe_id = ?, status = ?, plan = ?, quantity = ?, period_end = ?, cancel_at = ?, answered = ?, updated_at = now()
WHERE tenant_id = ?`, now.StripeID, now.Status, now.Plan, now.Quantity, now.PeriodEnd, now.CancelAt, number, tenant)
	if res.Error != nil {
		return fmt.Errorf("write the subscription: %w", res.Error)
	}
	if res.RowsAffected != 1 {
		return errors.New("write the subscription: its row is gone")
	}
	if now.StripeID == before.StripeID && now.Status == before.Status && now.Plan == before.Plan {
		return nil
	}
	key := s.entitled(now)
	if err := s.Plans.SetTx(ctx, tx, tenant, key, now.Status); err != nil {
		return err
	}
	return audit.RecordFor(ctx, tx, tenant, "billing.plan_changed", key, map[string]any{
		"from": s.entitled(before), "to": key, "status": now.Status, "subscription": now.StripeID,
	})
}

// entitled is the plan that a tenant with the subscription is on.
func (s *service) entitled(sub subscription) string {
	if sub.Plan != "" && standing[stripe.SubscriptionStatus(sub.Status)].entitles {
		return sub.Plan
	}
	return s.Plans.Plans()[0].Key
}
