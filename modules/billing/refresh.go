package billing

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"

	"saaskit/platform/db"
)

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
	params.AddExpand("data.latest_invoice")
	var best *stripe.Subscription
	trialUsed := false
	list := s.stripe.Subscriptions.List(params)
	for list.Next() {
		c := list.Subscription()
		trialUsed = trialUsed || c.TrialEnd != 0
		if best == nil || ahead(c, best) {
			best = c
		}
	}
	if err := list.Err(); err != nil && !gone(err) {
		return subscription{}, asFault("list subscriptions", err)
	}
	if best == nil {
		return subscription{}, nil
	}
	sub := s.read(ctx, best)
	sub.TrialUsed = trialUsed
	return s.withDebt(ctx, sub)
}

// ahead reports whether a counts more than b, of the same customer.
func ahead(a, b *stripe.Subscription) bool {
	if x, y := standing[a.Status].rank, standing[b.Status].rank; x != y {
		return x > y
	}
	return a.Created > b.Created || (a.Created == b.Created && a.ID > b.ID)
}

// keepTx writes the answer to the question of that number, with the plan that follows from it, unless a later one was answered.
func (s *service) keepTx(ctx context.Context, tx *db.SystemTx, tenant uuid.UUID, number int64, now subscription) error {
	var row struct {
		Before   subscription `gorm:"embedded"`
		Answered int64
	}
	err := tx.Raw("SELECT "+columns+", answered FROM billing_subscriptions WHERE tenant_id = ? FOR UPDATE", tenant).Scan(&row).Error
	if err != nil {
		return fmt.Errorf("lock the subscription: %w", err)
	}
	if row.Answered >= number {
		return nil
	}
	before := row.Before
	now = now.after(before, s.Now())
	res := tx.Exec(`
UPDATE billing_subscriptions SET stripe_id = ?, status = ?, plan = ?, item = ?, interval = ?, currency = ?, amount = ?, quantity = ?,
	started_at = ?, ended_at = ?, period_end = ?, trial_end = ?, cancel_at = ?, paused_until = ?, past_due_since = ?, trial_used = ?,
	answered = ?, updated_at = now()
WHERE tenant_id = ?`, now.StripeID, now.Status, now.Plan, now.Item, now.Interval, now.Currency, now.Amount, now.Quantity,
		now.StartedAt, now.EndedAt, now.PeriodEnd, now.TrialEnd, now.CancelAt, now.PausedUntil, now.PastDueSince, now.TrialUsed, number, tenant)
	if res.Error != nil {
		return fmt.Errorf("write the subscription: %w", res.Error)
	}
	if res.RowsAffected != 1 {
		return errors.New("write the subscription: its row is gone")
	}
	if err := keepTermTx(tx, tenant, now); err != nil {
		return err
	}
	return s.standTx(ctx, tx, tenant, before, now)
}

// after is what is kept of now when before was kept until then. A subscription that Stripe does not have any more has ended, with what is known
// of it, and a trial stays used.
func (now subscription) after(before subscription, at time.Time) subscription {
	if now.StripeID == "" && before.StripeID != "" {
		ended := before
		ended.Status, ended.PausedUntil, ended.PastDueSince = string(stripe.SubscriptionStatusCanceled), nil, nil
		if ended.EndedAt == nil {
			at = at.UTC()
			ended.EndedAt = &at
		}
		return ended
	}
	now.TrialUsed = now.TrialUsed || before.TrialUsed
	return now
}
