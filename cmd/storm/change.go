package main

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
)

// burst makes a few changes to one subscription, one right after the other, and sends what follows.
func (s *storm) burst(ctx context.Context, a *account) error {
	for range 1 + s.random.IntN(3) {
		if err := s.change(ctx, a); err != nil {
			return err
		}
	}
	return s.collect()
}

// change makes one that fits what the subscription is.
func (s *storm) change(ctx context.Context, a *account) error {
	if a.subscription == "" {
		return s.subscribe(ctx, a)
	}
	sub, err := ask[subscription](ctx, s, "GET", "/v1/subscriptions/"+a.subscription, nil)
	if err != nil {
		return err
	}
	path := "/v1/subscriptions/" + a.subscription
	if sub.Status == "past_due" {
		if s.random.IntN(2) == 0 {
			_, err = ask[subscription](ctx, s, "POST", "/v1/invoices/"+sub.LatestInvoice+"/pay", url.Values{"payment_method": {a.good}})
			return err
		}
		return s.end(ctx, a)
	}
	params := url.Values{}
	switch dice := s.random.IntN(100); {
	case dice < 35:
		params.Set("items[0][quantity]", strconv.Itoa(1+s.random.IntN(20)))
	case dice < 55:
		params.Set("cancel_at_period_end", strconv.FormatBool(!sub.CancelAtPeriodEnd))
	case dice < 75:
		params.Set("items[0][price]", s.anyPrice())
	case dice < 83 && sub.PauseCollection == nil:
		params.Set("pause_collection[behavior]", "void")
	case dice < 83:
		params.Set("pause_collection", "")
	case dice < 92:
		return s.failRenewal(ctx, a, sub)
	default:
		return s.end(ctx, a)
	}
	if params.Has("items[0][quantity]") || params.Has("items[0][price]") {
		params.Set("items[0][id]", sub.Items.Data[0].ID)
		params.Set("proration_behavior", "none")
	}
	_, err = ask[subscription](ctx, s, "POST", path, params)
	return err
}

func (s *storm) anyPrice() string { return s.prices[s.random.IntN(len(s.prices))].ID }

func (s *storm) subscribe(ctx context.Context, a *account) error {
	sub, err := ask[subscription](ctx, s, "POST", "/v1/subscriptions", url.Values{
		"customer": {a.customer}, "items[0][price]": {s.anyPrice()}, "items[0][quantity]": {strconv.Itoa(1 + s.random.IntN(20))},
		"default_payment_method": {a.good}, "metadata[tenant_id]": {a.tenant.String()},
	})
	a.subscription = sub.ID
	return err
}

func (s *storm) end(ctx context.Context, a *account) error {
	_, err := ask[subscription](ctx, s, "DELETE", "/v1/subscriptions/"+a.subscription, nil)
	a.subscription = ""
	return err
}

// failRenewal begins a period whose payment is refused. A subscription that ends or is paused renews as well as any other.
func (s *storm) failRenewal(ctx context.Context, a *account, sub subscription) error {
	path := "/v1/subscriptions/" + a.subscription
	if sub.CancelAtPeriodEnd {
		_, err := ask[subscription](ctx, s, "POST", path, url.Values{"cancel_at_period_end": {"false"}})
		return err
	}
	if _, err := ask[subscription](ctx, s, "POST", path, url.Values{"default_payment_method": {a.bad}}); err != nil {
		return err
	}
	if err := s.stripe.Renew(a.subscription); err != nil {
		return fmt.Errorf("renew a subscription: %w", err)
	}
	_, err := ask[subscription](ctx, s, "POST", path, url.Values{"default_payment_method": {a.good}})
	return err
}
