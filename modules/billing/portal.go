package billing

import (
	"context"
	"errors"

	"github.com/stripe/stripe-go/v76"
)

type portalInput struct {
	Body *struct {
		Flow string `json:"flow,omitempty" enum:"payment_method" doc:"payment_method opens the portal at the change of the card, and leads back from there"`
	}
}

// portal opens Stripe's own pages for the tenant's own customer: card, invoices, address and tax ids.
func (s *service) portal(ctx context.Context, in *portalInput) (*Link, error) {
	if s.stripe == nil {
		return nil, errOff
	}
	f, err := s.facts(ctx)
	if err != nil {
		return nil, err
	}
	if f.customer == "" {
		return nil, errNoCustomer
	}
	back := stripe.String(s.settingsURL(f.Slug))
	params := &stripe.BillingPortalSessionParams{Customer: stripe.String(f.customer), ReturnURL: back}
	params.Context = ctx
	configuration, err := s.keptPortal(ctx)
	if err != nil {
		return nil, err
	}
	if configuration != "" {
		params.Configuration = stripe.String(configuration)
	}
	if in.Body != nil && in.Body.Flow == "payment_method" {
		params.FlowData = &stripe.BillingPortalSessionFlowDataParams{
			Type: stripe.String(string(stripe.BillingPortalSessionFlowTypePaymentMethodUpdate)),
			AfterCompletion: &stripe.BillingPortalSessionFlowDataAfterCompletionParams{
				Type:     stripe.String(string(stripe.BillingPortalSessionFlowAfterCompletionTypeRedirect)),
				Redirect: &stripe.BillingPortalSessionFlowDataAfterCompletionRedirectParams{ReturnURL: back},
			},
		}
	}
	session, err := s.stripe.BillingPortalSessions.New(params)
	if unknownCustomer(err) {
		return nil, errors.Join(errNoCustomer.Wrap(err), s.forgetCustomer(ctx, f.customer))
	}
	if gone(err) {
		return nil, errNotSynced.Wrap(err)
	}
	if err != nil {
		return nil, asFault("open the portal", err)
	}
	return &Link{URL: session.URL}, nil
}
