package billing

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v76"

	"saaskit/platform/audit"
	"saaskit/platform/db"
)

// grace is how long after the unpaid invoice was made a tenant whose payment failed can work as before. From then on it is read only, until it
// is paid or Stripe gives the subscription up, with which it goes over to the free plan. Nothing is deleted.
const grace = 14 * 24 * time.Hour

// readOnlyAt is from when on the tenant with the subscription is read only; nil is never.
func (s subscription) readOnlyAt() *time.Time {
	if s.Status != string(stripe.SubscriptionStatusPastDue) || s.PastDueSince == nil {
		return nil
	}
	at := s.PastDueSince.Add(grace)
	return &at
}

// withDebt adds which invoice is unpaid. Later ones may stand beside it, paid or not: the grace counts from the first.
func (s *service) withDebt(ctx context.Context, sub subscription) (subscription, error) {
	pastDue := sub.Status == string(stripe.SubscriptionStatusPastDue)
	if !pastDue && sub.Status != string(stripe.SubscriptionStatusIncomplete) {
		return sub, nil
	}
	params := &stripe.InvoiceListParams{Subscription: stripe.String(sub.StripeID), Status: stripe.String(string(stripe.InvoiceStatusOpen))}
	params.Context, params.Limit = ctx, stripe.Int64(100)
	params.AddExpand("data.payment_intent")
	list := s.stripe.Invoices.List(params)
	for list.Next() { // the newest first
		if invoice := list.Invoice(); invoice.Attempted {
			sub.Unpaid, sub.Action = invoice.ID, needsAction(invoice)
			if pastDue {
				sub.PastDueSince = moment(invoice.Created)
			}
		}
	}
	if err := list.Err(); err != nil && !gone(err) {
		return subscription{}, asFault("list the unpaid invoices", err)
	}
	return sub, nil
}

// needsAction reports whether the invoice cannot be paid before the card's holder authenticates at the bank.
func needsAction(invoice *stripe.Invoice) bool {
	intent := invoice.PaymentIntent
	if intent == nil {
		return false
	}
	refused := intent.LastPaymentError
	return intent.Status == stripe.PaymentIntentStatusRequiresAction ||
		(refused != nil && refused.Code == stripe.ErrorCodeAuthenticationRequired)
}

// standTx makes what a tenant is on, and what its owners are told, follow from its subscription. The subscription's row is locked.
func (s *service) standTx(ctx context.Context, tx *db.SystemTx, tenant uuid.UUID, before, now subscription) error {
	if now.StripeID == "" {
		return nil
	}
	key := s.entitled(now)
	if err := s.Plans.SetTx(ctx, tx, tenant, key, now.Status, now.readOnlyAt()); err != nil {
		return err
	}
	if now.StripeID != before.StripeID || now.Status != before.Status || key != s.entitled(before) {
		err := audit.RecordFor(ctx, tx, tenant, "billing.plan_changed", key, map[string]any{
			"from": s.entitled(before), "to": key, "status": now.Status, "subscription": now.StripeID,
		})
		if err != nil {
			return err
		}
	}
	if now.seats() != before.seats() {
		if err := s.enqueueSeatsTx(ctx, tx, tenant); err != nil {
			return err
		}
	}
	for _, n := range noticesOf(before, now) {
		if err := s.noticeTx(ctx, tx, tenant, n); err != nil {
			return err
		}
	}
	return nil
}
