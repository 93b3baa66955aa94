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

// webhookEndpoint sees to one endpoint at our address, of the API version that the client reads, whose secret we know.
func (y *syncing) webhookEndpoint(ctx context.Context) error {
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
	for list := y.stripe.WebhookEndpoints.List(params); ; {
		if !list.Next() {
			if err := list.Err(); err != nil {
				return err
			}
			break
		}
		switch have := list.WebhookEndpoint(); {
		case have.URL != y.Stripe.WebhookURL:
		case have.ID == kept.ID && have.APIVersion == stripe.APIVersion:
			current = have
		default:
			stale = append(stale, have.ID)
		}
	}
	if current == nil {
		err = y.makeEndpoint(ctx)
	} else {
		err = y.updateEndpoint(ctx, current)
	}
	if err != nil {
		return err
	}
	return y.deleteEndpoints(ctx, stale)
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
	if err := y.keepEndpoint(ctx, endpoint{ID: made.ID, Secret: made.Secret}); err != nil {
		return err
	}
	y.changed("+ webhook endpoint %s (%s)", made.URL, made.ID)
	return nil
}

func (y *syncing) updateEndpoint(ctx context.Context, have *stripe.WebhookEndpoint) error {
	events := slices.Sorted(slices.Values(have.EnabledEvents))
	if slices.Equal(events, slices.Sorted(slices.Values(eventTypes))) && have.Status == "enabled" {
		return nil
	}
	params := &stripe.WebhookEndpointParams{EnabledEvents: stripe.StringSlice(eventTypes), Disabled: stripe.Bool(false)}
	params.Context = ctx
	if _, err := y.stripe.WebhookEndpoints.Update(have.ID, params); err != nil {
		return err
	}
	y.changed("~ webhook endpoint %s (%s)", have.URL, have.ID)
	return nil
}

// deleteEndpoints removes older endpoints at our address: their events would be refused, as their secret is not known here.
func (y *syncing) deleteEndpoints(ctx context.Context, ids []string) error {
	for _, id := range ids {
		params := &stripe.WebhookEndpointParams{}
		params.Context = ctx
		if _, err := y.stripe.WebhookEndpoints.Del(id, params); err != nil && !gone(err) {
			return err
		}
		y.changed("- webhook endpoint %s", id)
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}
