package billing

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/stripe/stripe-go/v76"

	"saaskit/platform/plan"
)

// offer is a price of the catalogue, as it is to be at Stripe: of a plan itself, or of what is used of a meter on that plan.
type offer struct {
	plan     plan.Plan
	interval plan.Interval
	currency string
	amount   int64         // of the plan, or of each block of the meter's units, in minor units
	metered  *plan.Metered // nil for the plan itself
}

// offers are what a subscription to the plan consists of: the plan itself first, then its meters. None when the plan is not sold so.
func offers(p plan.Plan, i plan.Interval, currency string) []offer {
	price, sold := p.Price(i, currency)
	if !sold {
		return nil
	}
	all := []offer{{plan: p, interval: i, currency: currency, amount: price.Amount}}
	for _, m := range p.Metered {
		all = append(all, offer{plan: p, interval: i, currency: currency, amount: m.Amounts[currency], metered: &m})
	}
	return all
}

// lookupKey names the price at Stripe: pro_month_usd of a plan, pro_api_calls_month_usd of a meter.
func (o offer) lookupKey() string {
	key := o.plan.Key + "_"
	if o.metered != nil {
		key += meterName(o.metered.Key) + "_"
	}
	return key + string(o.interval) + "_" + o.currency
}

// product is the id of the price's product. A meter has one of its own, so that its lines on invoices bear its name.
func (o offer) product() string {
	if o.metered != nil {
		return meterPrefix + meterName(o.metered.Key)
	}
	return productPrefix + o.plan.Key
}

// included is how many units of a period cost nothing.
func (o offer) included() int64 { return o.metered.Included * o.interval.Months() }

// unit is what one unit of the meter costs, in minor units.
func (o offer) unit() float64 { return float64(o.amount) / float64(o.metered.Per) }

// is reports whether the price at Stripe, with its tiers, is the offer.
func (o offer) is(at *stripe.Price) bool {
	if !at.Active || string(at.Currency) != o.currency || at.Product == nil || at.Product.ID != o.product() || at.Metadata[planMetadata] != o.plan.Key ||
		at.Recurring == nil || string(at.Recurring.Interval) != string(o.interval) || at.Recurring.IntervalCount != 1 || metered(at) != (o.metered != nil) {
		return false
	}
	if o.metered == nil {
		return at.BillingScheme == stripe.PriceBillingSchemePerUnit && at.UnitAmount == o.amount
	}
	return at.BillingScheme == stripe.PriceBillingSchemeTiered && at.TiersMode == stripe.PriceTiersModeGraduated &&
		at.Metadata[meterMetadata] == meterName(o.metered.Key) && slices.EqualFunc(at.Tiers, o.tiers(), sameTier)
}

// tiers are what is included and, at its price, what is not.
func (o offer) tiers() []stripe.PriceTier {
	beyond := stripe.PriceTier{UnitAmountDecimal: o.unit()}
	if o.included() == 0 {
		return []stripe.PriceTier{beyond}
	}
	return []stripe.PriceTier{{UpTo: o.included()}, beyond}
}

func sameTier(at *stripe.PriceTier, want stripe.PriceTier) bool {
	return at.UpTo == want.UpTo && at.UnitAmountDecimal == want.UnitAmountDecimal && at.FlatAmount == 0 && at.FlatAmountDecimal == 0
}

// maxLookupKeys is how many lookup keys one request may name.
const maxLookupKeys = 10

// pricesOf finds the prices at Stripe that have the offers' lookup keys now, by key; also those that are not active.
func (s *service) pricesOf(ctx context.Context, wanted []offer) (map[string]*stripe.Price, error) {
	found := map[string]*stripe.Price{}
	for some := range slices.Chunk(wanted, maxLookupKeys) {
		params := &stripe.PriceListParams{}
		params.Context, params.Limit = ctx, stripe.Int64(100)
		params.AddExpand("data.tiers")
		for _, o := range some {
			params.LookupKeys = append(params.LookupKeys, stripe.String(o.lookupKey()))
		}
		list := s.stripe.Prices.List(params)
		for list.Next() {
			found[list.Price().LookupKey] = list.Price()
		}
		if err := list.Err(); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// itemsOf finds the ids of the prices that a subscription to the plan consists of: its licensed price and those of its meters. They must be
// what the catalogue says: nobody is charged another amount than was shown.
func (s *service) itemsOf(ctx context.Context, p plan.Plan, i plan.Interval, currency string) (licensed string, metered []string, err error) {
	wanted := offers(p, i, currency)
	if len(wanted) == 0 {
		return "", nil, errNotSold
	}
	found, err := s.pricesOf(ctx, wanted)
	if err != nil {
		return "", nil, asFault("find the prices", err)
	}
	for _, o := range wanted {
		at := found[o.lookupKey()]
		if at == nil || !o.is(at) {
			return "", nil, errNotSynced.Wrap(fmt.Errorf("the price %s at Stripe is not the catalogue's; run app billing sync", o.lookupKey()))
		}
		if o.metered == nil {
			licensed = at.ID
		} else {
			metered = append(metered, at.ID)
		}
	}
	return licensed, metered, nil
}

// meterName is what Stripe calls the meter of an entitlement, in its events and in lookup keys: api_calls of api.calls.
func meterName(key plan.Key) string { return strings.ReplaceAll(string(key), ".", "_") }
