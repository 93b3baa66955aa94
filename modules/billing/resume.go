package billing

import (
	"context"

	"github.com/stripe/stripe-go/v76"
)

// resume takes back what would end the subscription, and ends its pause. Where there is neither, nothing happens.
func (s *service) resume(ctx context.Context, _ *struct{}) (*Billing, error) {
	a, err := s.ask(ctx)
	if err != nil {
		return nil, err
	}
	paused := a.Status == string(stripe.SubscriptionStatusPaused)
	if a.CancelAt == nil && !paused {
		return s.get(ctx, nil)
	}
	params := &stripe.SubscriptionParams{}
	// "" is Stripe's way to say none.
	switch {
	case a.AtPeriodEnd:
		params.CancelAtPeriodEnd = stripe.Bool(false)
	case a.CancelAt != nil:
		params.AddExtra("cancel_at", "")
	}
	if paused {
		params.AddExtra("pause_collection", "")
	}
	return s.update(ctx, a, params, "billing.resume", map[string]any{"canceled": a.CancelAt != nil, "paused": paused})
}
