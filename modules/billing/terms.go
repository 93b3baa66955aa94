package billing

import (
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"

	"saaskit/platform/db"
)

// keepTermTx writes what the operator's numbers need of a subscription, for as long as there are numbers: a tenant that subscribes anew has a
// second row. From when on it was paid stays as it was first known.
func keepTermTx(tx *db.SystemTx, tenant uuid.UUID, now subscription) error {
	if now.StripeID == "" {
		return nil
	}
	err := tx.Exec(`
INSERT INTO billing_terms AS t (tenant_id, stripe_id, trial_end, paid_at, ended_at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (tenant_id, stripe_id) DO UPDATE SET trial_end = excluded.trial_end, paid_at = coalesce(t.paid_at, excluded.paid_at), ended_at = excluded.ended_at
WHERE (t.trial_end, t.paid_at, t.ended_at) IS DISTINCT FROM (excluded.trial_end, coalesce(t.paid_at, excluded.paid_at), excluded.ended_at)`,
		tenant, now.StripeID, now.TrialEnd, now.paidAt(), now.EndedAt).Error
	if err != nil {
		return fmt.Errorf("keep a term: %w", err)
	}
	return nil
}

// paidAt is from when on the subscription was paid: after its trial, or from its beginning. nil is not yet, as far as its state tells.
func (s subscription) paidAt() *time.Time {
	if s.TrialEnd == nil {
		switch stripe.SubscriptionStatus(s.Status) {
		case stripe.SubscriptionStatusActive, stripe.SubscriptionStatusPastDue, stripe.SubscriptionStatusUnpaid, stripe.SubscriptionStatusPaused:
			return s.StartedAt
		default: // the first payment failed where it is incomplete
			return nil
		}
	}
	if s.Paid {
		return s.TrialEnd
	}
	return nil
}
