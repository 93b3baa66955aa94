package billing

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"

	"saaskit/platform/audit"
	"saaskit/platform/db"
)

// allUnseen is how many subscriptions Stripe must have lost, and kept none, for us to think that we ask the wrong account.
const allUnseen = 10

var errNoneListed = errors.New("compare subscriptions: Stripe lists none of ours; is STRIPE_SECRET_KEY of another account or mode? Nothing was changed")

// lookForUnseen repairs the tenants with a live subscription that was not in Stripe's list, which was read since began.
func (r *reconciling) lookForUnseen(ctx context.Context, began time.Time) error {
	live := make([]string, 0, len(standing))
	for status := range standing {
		live = append(live, string(status))
	}
	last := uuid.Nil
	for {
		var page []stored
		var seen bool
		err := r.DB.System(ctx, "find subscriptions that Stripe does not list", func(tx *db.SystemTx) error {
			err := tx.Raw(`
SELECT b.tenant_id AS tenant, coalesce(c.customer, '') AS customer, `+columns+` FROM billing_subscriptions b
LEFT JOIN (SELECT tenant_id AS owner, stripe_id AS customer FROM billing_customers) AS c ON c.owner = b.tenant_id
WHERE b.status IN ? AND (b.seen_at IS NULL OR b.seen_at < ?) AND b.updated_at < ? AND b.tenant_id > ? ORDER BY b.tenant_id LIMIT 100`,
				live, began, began, last).Scan(&page).Error
			if err != nil || len(page) <= allUnseen {
				seen = true
				return err
			}
			return tx.Raw("SELECT EXISTS (SELECT FROM billing_subscriptions WHERE status IN ? AND (seen_at >= ? OR updated_at >= ?))", live, began, began).Scan(&seen).Error
		})
		if err != nil || len(page) == 0 {
			return err
		}
		if !seen {
			return errNoneListed
		}
		for i := range page {
			if err := r.repair(ctx, &page[i]); err != nil {
				return err
			}
		}
		last = page[len(page)-1].Tenant
	}
}

// repairSeats has the quantity at Stripe follow the members.
func (r *reconciling) repairSeats(ctx context.Context, row *stored) error {
	if err := r.syncSeats(ctx, row.Tenant); err != nil {
		return fmt.Errorf("repair a tenant's seats: %w", err)
	}
	before := row.Subscription
	err := r.DB.System(ctx, "record that seats were repaired", func(tx *db.SystemTx) (err error) {
		if row.Subscription, err = subscriptionTx(tx, row.Tenant); err != nil || row.Subscription.Quantity == before.Quantity {
			return err
		}
		return audit.RecordFor(ctx, tx, row.Tenant, "billing.seats_repaired", row.Subscription.StripeID, map[string]any{
			"from": before.Quantity, "to": row.Subscription.Quantity,
		})
	})
	if now := row.Subscription.Quantity; err == nil && now != before.Quantity {
		r.seats++
		r.Log.WarnContext(ctx, "a tenant's seats did not follow its members and were repaired", "tenant", row.Tenant, "from", before.Quantity, "to", now)
		r.print("  ~ tenant %s: %d seats, were %d", row.Tenant, now, before.Quantity)
	}
	return err
}

// warnOfTwo tells of a customer who pays for more than one subscription, which only a person can put right: one of them is to be canceled, and
// perhaps its payment given back.
func (r *reconciling) warnOfTwo(ctx context.Context, row *stored) error {
	params := &stripe.SubscriptionListParams{Customer: stripe.String(row.Customer), Status: stripe.String("all")}
	params.Context, params.Limit = ctx, stripe.Int64(100)
	var live []string
	list := r.stripe.Subscriptions.List(params)
	for list.Next() {
		if o := list.Subscription(); standing[o.Status].rank > 0 {
			live = append(live, o.ID)
		}
	}
	if err := list.Err(); err != nil {
		return asFault("list a customer's subscriptions", err)
	}
	if len(live) < 2 {
		return nil
	}
	r.doubles++
	r.Log.ErrorContext(ctx, "a tenant has more than one live subscription at Stripe", "tenant", row.Tenant, "customer", row.Customer, "subscriptions", live)
	r.print("  ! tenant %s: customer %s has the live subscriptions %v", row.Tenant, row.Customer, live)
	return r.DB.System(ctx, "record that a tenant has two subscriptions", func(tx *db.SystemTx) error {
		return audit.RecordFor(ctx, tx, row.Tenant, "billing.two_subscriptions", row.Customer, map[string]any{"subscriptions": live})
	})
}
