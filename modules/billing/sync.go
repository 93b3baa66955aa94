package billing

import (
	"context"
	"errors"
	"fmt"
	"io"

	"saaskit/platform/plan"
)

// Sync makes products, meters, prices, the portal's configuration and the webhook endpoint at Stripe what the catalogue and the
// configuration say. It reads first and writes a line for each change (+ made, ~ changed, - deleted), and then makes them; a second run
// changes nothing. A price is never changed, as subscriptions may use it: a new one takes over its lookup key. What the catalogue no longer
// has is left alone. A run that failed half-way is mended by the next, as each thing is found again by its name.
func Sync(ctx context.Context, d Deps, out io.Writer) error {
	y, err := compare(ctx, d, out)
	if err != nil {
		return err
	}
	if len(y.changes) == 0 {
		y.print("Stripe is up to date; nothing was changed.")
		return y.err
	}
	for _, c := range y.changes {
		if err := c.apply(ctx); err != nil {
			return fmt.Errorf("%s: %w", c.line, err)
		}
	}
	y.print("Done; %d changed.", len(y.changes))
	return y.err
}

// Diff writes what Sync would change, and changes nothing.
func Diff(ctx context.Context, d Deps, out io.Writer) error {
	y, err := compare(ctx, d, out)
	if err != nil {
		return err
	}
	if len(y.changes) == 0 {
		y.print("Stripe is up to date; nothing would be changed.")
		return y.err
	}
	y.print("%d would be changed.", len(y.changes))
	return y.err
}

// compare reads what is at Stripe, and lists and writes what is to change.
func compare(ctx context.Context, d Deps, out io.Writer) (*syncing, error) {
	s := newService(d)
	if s.stripe == nil {
		return nil, errors.New("STRIPE_SECRET_KEY is not set, so there is no Stripe to sync with")
	}
	y := &syncing{service: s, out: out, meters: map[string]string{}}
	for _, part := range []struct {
		name string
		diff func(context.Context) error
	}{
		{"the products", y.diffProducts}, {"the meters", y.diffMeters}, {"the prices", y.diffPrices},
		{"the portal's configuration", y.diffPortal}, {"the webhook endpoint", y.diffEndpoint},
	} {
		if err := part.diff(ctx); err != nil {
			return nil, fmt.Errorf("compare %s: %w", part.name, err)
		}
	}
	for _, c := range y.changes {
		y.print("%s", c.line)
		if c.note != "" {
			y.print("  %s", c.note)
		}
	}
	return y, y.err
}

// syncing is one run of Sync or Diff.
type syncing struct {
	*service
	out     io.Writer
	changes []change
	meters  map[string]string // name -> id of the active meter at Stripe; one that is to be made is in it once it is made
	err     error             // of writing
}

// change is one thing that differs at Stripe.
type change struct {
	line  string // begins with + made, ~ changed or - deleted
	note  string
	apply func(context.Context) error
}

func (y *syncing) print(format string, args ...any) {
	if _, err := fmt.Fprintf(y.out, format+"\n", args...); err != nil && y.err == nil {
		y.err = fmt.Errorf("write the report: %w", err)
	}
}

func (y *syncing) add(apply func(context.Context) error, format string, args ...any) {
	y.changes = append(y.changes, change{line: fmt.Sprintf(format, args...), apply: apply})
}

// sold lists every offer of the catalogue.
func (y *syncing) sold() (all []offer) {
	for _, p := range y.Plans.Plans() {
		for _, price := range p.Prices {
			all = append(all, offers(p, price.Interval, price.Currency)...)
		}
	}
	return all
}

// meterKeys are the entitlements that any plan charges for, in the catalogue's order.
func (y *syncing) meterKeys() (keys []plan.Key) {
	seen := map[plan.Key]bool{}
	for _, p := range y.Plans.Plans() {
		for _, m := range p.Metered {
			if !seen[m.Key] {
				seen[m.Key] = true
				keys = append(keys, m.Key)
			}
		}
	}
	return keys
}
