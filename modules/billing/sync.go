package billing

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/stripe/stripe-go/v76"

	"saaskit/platform/plan"
)

// productPrefix and a plan's key make the id of its product at Stripe.
const productPrefix = "plan_"

// Sync makes products, prices and the webhook endpoint at Stripe what the catalogue and the configuration say, and writes a line for
// each change. A second run changes nothing. A price is never changed, as subscriptions may use it: a new one takes over its lookup key.
// What the catalogue no longer has is left alone.
func Sync(ctx context.Context, d Deps, out io.Writer) error {
	s := newService(d)
	if s.stripe == nil {
		return errors.New("STRIPE_SECRET_KEY is not set, so there is no Stripe to sync with")
	}
	y := &syncing{service: s, out: out}
	for _, p := range d.Plans.Plans() {
		if p.Price == nil {
			continue
		}
		if err := y.product(ctx, p); err != nil {
			return fmt.Errorf("sync the product of plan %s: %w", p.Key, err)
		}
		if err := y.price(ctx, p); err != nil {
			return fmt.Errorf("sync the price of plan %s: %w", p.Key, err)
		}
	}
	if err := y.webhookEndpoint(ctx); err != nil {
		return fmt.Errorf("sync the webhook endpoint: %w", err)
	}
	if y.changes == 0 {
		y.print("Stripe is up to date; nothing was changed.")
	}
	return y.err
}

// syncing is one run of Sync.
type syncing struct {
	*service
	out     io.Writer
	changes int
	err     error // of writing
}

func (y *syncing) print(format string, args ...any) {
	if _, err := fmt.Fprintf(y.out, format+"\n", args...); err != nil && y.err == nil {
		y.err = fmt.Errorf("write the report: %w", err)
	}
}

// changed reports a change: + made, ~ changed, - deleted.
func (y *syncing) changed(format string, args ...any) {
	y.changes++
	y.print(format, args...)
}

func (y *syncing) product(ctx context.Context, p plan.Plan) error {
	id := productPrefix + p.Key
	want := &stripe.ProductParams{Name: stripe.String(p.Name), Active: stripe.Bool(true)}
	if p.Summary != "" {
		want.Description = stripe.String(p.Summary)
	}
	want.Context = ctx
	want.AddMetadata(planMetadata, p.Key)
	get := &stripe.ProductParams{}
	get.Context = ctx
	have, err := y.stripe.Products.Get(id, get)
	if gone(err) {
		want.ID = stripe.String(id)
		if _, err := y.stripe.Products.New(want); err != nil {
			return err
		}
		y.changed("+ product %s %q", id, p.Name)
		return nil
	}
	if err != nil {
		return err
	}
	if have.Name == p.Name && have.Active && have.Description == p.Summary && have.Metadata[planMetadata] == p.Key {
		return nil
	}
	if _, err := y.stripe.Products.Update(id, want); err != nil {
		return err
	}
	y.changed("~ product %s %q", id, p.Name)
	return nil
}

func (y *syncing) price(ctx context.Context, p plan.Plan) error {
	key := lookupKey(p)
	find := &stripe.PriceListParams{LookupKeys: []*string{stripe.String(key)}}
	find.Context = ctx
	list, old := y.stripe.Prices.List(find), ""
	if list.Next() {
		if have := list.Price(); sells(have, p) && have.Metadata[planMetadata] == p.Key {
			return nil
		}
		old = list.Price().ID
	}
	if err := list.Err(); err != nil {
		return err
	}
	params := &stripe.PriceParams{
		Product: stripe.String(productPrefix + p.Key), Currency: stripe.String(strings.ToLower(p.Price.Currency)), UnitAmount: stripe.Int64(p.Price.Monthly),
		Recurring: &stripe.PriceRecurringParams{Interval: stripe.String(string(stripe.PriceRecurringIntervalMonth))},
		LookupKey: stripe.String(key), TransferLookupKey: stripe.Bool(true),
	}
	params.Context = ctx
	params.AddMetadata(planMetadata, p.Key)
	params.SetIdempotencyKey(fmt.Sprintf("price-%s-%d-after-%s", key, p.Price.Monthly, old))
	made, err := y.stripe.Prices.New(params)
	if err != nil {
		return err
	}
	unit := ""
	if p.Price.PerSeat {
		unit = " a seat"
	}
	y.changed("+ price %s %d.%02d %s%s a month (%s)", key, p.Price.Monthly/100, p.Price.Monthly%100, strings.ToUpper(p.Price.Currency), unit, made.ID)
	if old != "" {
		y.print("  %s stays as it is for those who subscribe to it", old)
	}
	return nil
}
