package billing

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"

	"github.com/stripe/stripe-go/v76"

	"saaskit/platform/secret"
)

// diffEndpoint wants one endpoint at our address, of the API version that the client reads, whose secret we know. Older endpoints at our
// address go: their events would be refused.
func (y *syncing) diffEndpoint(ctx context.Context) error {
	if y.Stripe.WebhookSecret != "" {
		y.print("  webhook endpoint: STRIPE_WEBHOOK_SECRET is set, so it is left to you (events: %d types, API version %s)", len(eventTypes), stripe.APIVersion)
		return nil
	}
	kept, err := y.keptEndpoint(ctx)
	if err != nil && !errors.Is(err, secret.ErrSealed) { // one sealed under another SECRET_KEY is replaced
		return err
	}
	var stale []string
	var current *stripe.WebhookEndpoint
	params := &stripe.WebhookEndpointListParams{}
	params.Context, params.Limit = ctx, stripe.Int64(100)
	list := y.stripe.WebhookEndpoints.List(params)
	for list.Next() {
		switch have := list.WebhookEndpoint(); {
		case have.URL != y.Stripe.WebhookURL:
		case have.ID == kept.ID && have.APIVersion == stripe.APIVersion:
			current = have
		default:
			stale = append(stale, have.ID)
		}
	}
	if err := list.Err(); err != nil {
		return err
	}
	if current == nil {
		y.add(y.makeEndpoint, "+ webhook endpoint %s", y.Stripe.WebhookURL)
	} else if !isEndpoint(current) {
		y.add(func(ctx context.Context) error { return y.updateEndpoint(ctx, current.ID) }, "~ webhook endpoint %s (%s)", current.URL, current.ID)
	}
	for _, id := range stale {
		y.add(func(ctx context.Context) error { return y.deleteEndpoint(ctx, id) }, "- webhook endpoint %s", id)
	}
	return nil
}

func isEndpoint(have *stripe.WebhookEndpoint) bool {
	events := slices.Sorted(slices.Values(have.EnabledEvents))
	return slices.Equal(events, slices.Sorted(slices.Values(eventTypes))) && have.Status == "enabled"
}

func (y *syncing) makeEndpoint(ctx context.Context) error {
	params := &stripe.WebhookEndpointParams{
		URL: stripe.String(y.Stripe.WebhookURL), APIVersion: stripe.String(stripe.APIVersion), EnabledEvents: stripe.StringSlice(eventTypes),
		Description: stripe.String("Made by app billing sync"),
	}
	params.Context = ctx
	made, err := y.stripe.WebhookEndpoints.New(params)
	if err != nil {
		if u, parseErr := url.Parse(y.Stripe.WebhookURL); refused(err) && parseErr == nil && loopback(u.Hostname()) {
			return fmt.Errorf("%s is out of Stripe's reach: run `stripe listen --forward-to %s` and set STRIPE_WEBHOOK_SECRET to the secret that it prints: %w",
				y.Stripe.WebhookURL, y.Stripe.WebhookURL, err)
		}
		return err
	}
	return y.keepSetting(ctx, endpointSetting, endpoint{ID: made.ID, Secret: made.Secret})
}

func (y *syncing) updateEndpoint(ctx context.Context, id string) error {
	params := &stripe.WebhookEndpointParams{EnabledEvents: stripe.StringSlice(eventTypes), Disabled: stripe.Bool(false)}
	params.Context = ctx
	_, err := y.stripe.WebhookEndpoints.Update(id, params)
	return err
}

func (y *syncing) deleteEndpoint(ctx context.Context, id string) error {
	params := &stripe.WebhookEndpointParams{}
	params.Context = ctx
	if _, err := y.stripe.WebhookEndpoints.Del(id, params); err != nil && !gone(err) {
		return err
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}
