package billing

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/client"
)

const (
	stripeURL      = "https://api.stripe.com"
	stripeTimeout  = 10 * time.Second
	networkRetries = 2
)

// connect makes a client of its own: the package's global one could not serve tests that run in parallel.
func connect(c Config) *client.API {
	url := c.APIURL
	if url == "" {
		url = stripeURL
	}
	backend := stripe.GetBackendWithConfig(stripe.APIBackend, &stripe.BackendConfig{
		URL:               stripe.String(url),
		HTTPClient:        &http.Client{Timeout: stripeTimeout},
		MaxNetworkRetries: stripe.Int64(networkRetries),
		EnableTelemetry:   stripe.Bool(false),
		LeveledLogger:     &stripe.LeveledLogger{Level: stripe.LevelNull}, // errors are returned, and logged once at the edge
	})
	return client.New(c.SecretKey, &stripe.Backends{API: backend, Connect: backend, Uploads: backend})
}

// asFault classifies an error of Stripe's: unreachable, overloaded or refusing our key is "unavailable"; the rest is our mistake.
func asFault(doing string, err error) error {
	if err == nil {
		return nil
	}
	err = fmt.Errorf("%s: %w", doing, err)
	e, answered := errors.AsType[*stripe.Error](err)
	if !answered {
		return errUnavailable.Wrap(err)
	}
	switch e.HTTPStatusCode {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusConflict, http.StatusTooManyRequests:
		return errUnavailable.Wrap(err)
	}
	if e.HTTPStatusCode >= http.StatusInternalServerError {
		return errUnavailable.Wrap(err)
	}
	return err
}

// asUnsure is asFault for a write that Stripe may have carried out, although no answer came.
func asUnsure(doing string, err error) error {
	e, answered := errors.AsType[*stripe.Error](err)
	if err == nil || (answered && e.HTTPStatusCode < http.StatusInternalServerError) {
		return asFault(doing, err)
	}
	return errUnsure.Wrap(fmt.Errorf("%s: %w", doing, err))
}

// refused reports whether Stripe understood the request and did not carry it out.
func refused(err error) bool {
	e, answered := errors.AsType[*stripe.Error](err)
	return answered && e.Type == stripe.ErrorTypeInvalidRequest && e.HTTPStatusCode < http.StatusInternalServerError &&
		e.HTTPStatusCode != http.StatusUnauthorized && e.HTTPStatusCode != http.StatusTooManyRequests
}

// gone reports whether Stripe does not have the object: deleted, or made in another account or mode.
func gone(err error) bool {
	e, answered := errors.AsType[*stripe.Error](err)
	return answered && e.Code == stripe.ErrorCodeResourceMissing
}

// unknownCustomer reports whether Stripe refused because it does not have the customer that the request names.
func unknownCustomer(err error) bool {
	e, answered := errors.AsType[*stripe.Error](err)
	return answered && e.Code == stripe.ErrorCodeResourceMissing && e.Param == "customer"
}

// settled reports whether the failure is all that Stripe will ever answer under the request's idempotency key: it repeats, for a day, how a
// request failed inside, and refuses the key for other parameters. What the first request did is done, and has to be looked up.
func settled(err error) bool {
	e, answered := errors.AsType[*stripe.Error](err)
	if !answered {
		return false
	}
	if e.Type == stripe.ErrorTypeIdempotency && e.HTTPStatusCode == http.StatusBadRequest {
		return true
	}
	return e.HTTPStatusCode >= http.StatusInternalServerError && e.LastResponse != nil && e.LastResponse.Header.Get("Idempotent-Replayed") == "true"
}
