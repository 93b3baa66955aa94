package billing

import (
	"context"

	"github.com/stripe/stripe-go/v76"

	"saaskit/platform/fault"
)

type pauseInput struct {
	Body struct {
		Months int `json:"months" minimum:"1" maximum:"3" doc:"For how long; then the subscription goes on by itself"`
	}
}

// pause stops what the subscription charges and grants, at once, until the months are over: the invoices of that time are void. What is paused
// already stays as it is.
func (s *service) pause(ctx context.Context, in *pauseInput) (*Billing, error) {
	a, err := s.ask(ctx)
	if err != nil {
		return nil, err
	}
	switch {
	case a.Status == string(stripe.SubscriptionStatusPaused):
		return s.get(ctx, nil)
	case a.Status == string(stripe.SubscriptionStatusTrialing):
		return nil, notPausable("A trial cannot be paused: it costs nothing. Cancel it instead.")
	case a.CancelAt != nil:
		return nil, notPausable("The subscription is canceled and will end. Take the cancellation back before you pause it.")
	case a.Status != string(stripe.SubscriptionStatusActive):
		return nil, notPausable("A payment is open. Pay it before you pause the subscription.")
	}
	until := s.Now().UTC().AddDate(0, in.Body.Months, 0)
	params := &stripe.SubscriptionParams{PauseCollection: &stripe.SubscriptionPauseCollectionParams{
		Behavior: stripe.String(string(stripe.SubscriptionPauseCollectionBehaviorVoid)), ResumesAt: stripe.Int64(until.Unix()),
	}}
	return s.update(ctx, a, params, "billing.pause", map[string]any{"until": until})
}

func notPausable(why string) error { return fault.New(fault.Conflict, "not_pausable", why) }
