package billing

import (
	"context"
	"errors"

	"github.com/stripe/stripe-go/v76"
)

// portal opens Stripe's own pages for the tenant's own customer: card, invoices, cancel and resume.
func (s *service) portal(ctx context.Context, _ *struct{}) (*Link, error) {
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
	params := &stripe.BillingPortalSessionParams{Customer: stripe.String(f.customer), ReturnURL: stripe.String(s.settingsURL(f.Slug))}
	params.Context = ctx
	session, err := s.stripe.BillingPortalSessions.New(params)
	if unknownCustomer(err) {
		return nil, errors.Join(errNoCustomer.Wrap(err), s.forgetCustomer(ctx, f.customer))
	}
	if err != nil {
		return nil, asFault("open the portal", err)
	}
	return &Link{URL: session.URL}, nil
}
