package billing

import (
	"context"

	"github.com/stripe/stripe-go/v76"
)

type cancelInput struct {
	Body struct {
		Reason  string `json:"reason" enum:"customer_service,low_quality,missing_features,other,switched_service,too_complex,too_expensive,unused" doc:"In Stripe's words"`
		Comment string `json:"comment,omitempty" maxLength:"500" doc:"In the customer's words"`
	}
}

// cancel lets the subscription, or its trial, run until the end of what was paid for. What is canceled already stays as it is.
func (s *service) cancel(ctx context.Context, in *cancelInput) (*Billing, error) {
	a, err := s.ask(ctx)
	if err != nil {
		return nil, err
	}
	if a.CancelAt != nil {
		return s.get(ctx, nil)
	}
	details := &stripe.SubscriptionCancellationDetailsParams{Feedback: stripe.String(in.Body.Reason)}
	if in.Body.Comment != "" {
		details.Comment = stripe.String(in.Body.Comment)
	}
	return s.update(ctx, a, &stripe.SubscriptionParams{CancelAtPeriodEnd: stripe.Bool(true), CancellationDetails: details},
		"billing.cancel", map[string]any{"reason": in.Body.Reason})
}
