package billing

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/stripe/stripe-go/v76"
)

// A product's id at Stripe is the prefix and the plan's key, or the prefix and the meter's name.
const (
	productPrefix = "plan_"
	meterPrefix   = "meter_"
)

// maxUnitLabel is how many bytes Stripe takes for what one of a product is called.
const maxUnitLabel = 12

// product is what a price is of, as it is to be at Stripe. Unit is what one of it is called: a seat, or what a meter counts.
type product struct {
	id, name, summary, unit string
	metadata                [2]string // key and value
}

func (y *syncing) products() (all []product) {
	for _, p := range y.Plans.Plans() {
		if p.Free() {
			continue
		}
		want := product{id: productPrefix + p.Key, name: p.Name, summary: p.Summary, metadata: [2]string{planMetadata, p.Key}}
		if p.PerSeat {
			want.unit = "seat"
		}
		all = append(all, want)
	}
	for _, key := range y.meterKeys() {
		e, name := y.Plans.Entitlement(key), meterName(key)
		want := product{id: meterPrefix + name, name: e.Label, metadata: [2]string{meterMetadata, name}}
		if len(e.Unit) <= maxUnitLabel {
			want.unit = e.Unit
		}
		all = append(all, want)
	}
	return all
}

func (y *syncing) diffProducts(ctx context.Context) error {
	for _, want := range y.products() {
		get := &stripe.ProductParams{}
		get.Context = ctx
		have, err := y.stripe.Products.Get(want.id, get)
		switch {
		case gone(err):
			y.add(func(ctx context.Context) error {
				params := want.params(ctx)
				params.ID = stripe.String(want.id)
				if want.summary == "" {
					params.Description = nil
				}
				if want.unit == "" {
					params.UnitLabel = nil
				}
				_, err := y.stripe.Products.New(params)
				return err
			}, "+ product %s %q", want.id, want.name)
		case err != nil:
			return err
		case !want.is(have):
			y.add(func(ctx context.Context) error {
				_, err := y.stripe.Products.Update(want.id, want.params(ctx))
				return err
			}, "~ product %s %q", want.id, want.name)
		}
	}
	return nil
}

func (p product) is(have *stripe.Product) bool {
	return have.Name == p.name && have.Active && have.Description == p.summary && have.UnitLabel == p.unit && have.Metadata[p.metadata[0]] == p.metadata[1]
}

// params empty what the product does not have, which only an update can.
func (p product) params(ctx context.Context) *stripe.ProductParams {
	params := &stripe.ProductParams{Name: stripe.String(p.name), Active: stripe.Bool(true), Description: stripe.String(p.summary), UnitLabel: stripe.String(p.unit)}
	params.Context = ctx
	params.AddMetadata(p.metadata[0], p.metadata[1])
	return params
}

func (y *syncing) diffPrices(ctx context.Context) error {
	wanted := y.sold()
	keys := map[string]bool{}
	for _, o := range wanted {
		if keys[o.lookupKey()] {
			return fmt.Errorf("two prices would have the lookup key %s: rename a plan", o.lookupKey())
		}
		keys[o.lookupKey()] = true
	}
	found, err := y.pricesOf(ctx, wanted)
	if err != nil {
		return err
	}
	for _, o := range wanted {
		have := found[o.lookupKey()]
		if have != nil && o.is(have) && (o.metered == nil || have.Recurring.Meter == y.meters[meterName(o.metered.Key)]) {
			continue
		}
		c := change{line: fmt.Sprintf("+ price %s %s", o.lookupKey(), o), apply: func(ctx context.Context) error { return y.makePrice(ctx, o) }}
		if have != nil {
			c.note = have.ID + " stays as it is for those who subscribe to it"
		}
		y.changes = append(y.changes, c)
	}
	return nil
}

func (y *syncing) makePrice(ctx context.Context, o offer) error {
	params := &stripe.PriceParams{
		Product: stripe.String(o.product()), Currency: stripe.String(o.currency),
		Recurring: &stripe.PriceRecurringParams{Interval: stripe.String(string(o.interval))},
		LookupKey: stripe.String(o.lookupKey()), TransferLookupKey: stripe.Bool(true),
	}
	params.Context = ctx
	params.AddMetadata(planMetadata, o.plan.Key)
	if o.metered == nil {
		params.UnitAmount = stripe.Int64(o.amount)
	} else {
		name := meterName(o.metered.Key)
		params.AddMetadata(meterMetadata, name)
		params.Recurring.UsageType, params.Recurring.Meter = stripe.String(string(stripe.PriceRecurringUsageTypeMetered)), stripe.String(y.meters[name])
		params.BillingScheme, params.TiersMode = stripe.String(string(stripe.PriceBillingSchemeTiered)), stripe.String(string(stripe.PriceTiersModeGraduated))
		for _, tier := range o.tiers() {
			at := &stripe.PriceTierParams{UpToInf: stripe.Bool(tier.UpTo == 0), UnitAmountDecimal: stripe.Float64(tier.UnitAmountDecimal)}
			if tier.UpTo > 0 {
				at.UpTo = stripe.Int64(tier.UpTo)
			}
			params.Tiers = append(params.Tiers, at)
		}
	}
	_, err := y.stripe.Prices.New(params)
	return err
}

// String says what the offer costs, for people who read the report.
func (o offer) String() string {
	price := inMajor(o.amount, o.currency) + " " + strings.ToUpper(o.currency)
	switch {
	case o.metered != nil:
		return fmt.Sprintf("%s for each %d beyond %d a %s", price, o.metered.Per, o.included(), o.interval)
	case o.plan.PerSeat:
		return fmt.Sprintf("%s a seat a %s", price, o.interval)
	default:
		return fmt.Sprintf("%s a %s", price, o.interval)
	}
}

// minorDigits are the digits after the point of currencies that do not have two, by Stripe's list (https://docs.stripe.com/currencies).
var minorDigits = map[string]int{
	"bif": 0, "clp": 0, "djf": 0, "gnf": 0, "jpy": 0, "kmf": 0, "krw": 0, "mga": 0, "pyg": 0, "rwf": 0, "vnd": 0, "vuv": 0, "xaf": 0, "xof": 0, "xpf": 0,
	"bhd": 3, "jod": 3, "kwd": 3, "omr": 3, "tnd": 3,
}

// inMajor spells an amount of minor units: 12.00 of 1200 cents.
func inMajor(amount int64, currency string) string {
	digits, known := minorDigits[currency]
	if !known {
		digits = 2
	}
	if digits == 0 {
		return strconv.FormatInt(amount, 10)
	}
	text := fmt.Sprintf("%0*d", digits+1, amount)
	return text[:len(text)-digits] + "." + text[len(text)-digits:]
}
