package stripe

import (
	"math"
	"strconv"
)

// decimal is a number field that may have a fraction, 0 when it is absent or null.
func decimal(o object, name string) float64 {
	switch n := o[name].(type) {
	case float64:
		return n
	case string:
		f, _ := strconv.ParseFloat(n, 64)
		return f
	default:
		return float64(number(o, name))
	}
}

// priceAmount is what a quantity costs at the price, in minor units of its currency: by the unit, by packages of units, or by tiers.
func priceAmount(price object, quantity int64) int64 {
	if rule := child(price, "transform_quantity"); rule != nil {
		by := max(1, number(rule, "divide_by"))
		if rule["round"] == "up" {
			quantity += by - 1
		}
		quantity /= by
	}
	if price["billing_scheme"] == "tiered" {
		return tieredAmount(items(price, "tiers"), price["tiers_mode"] == "graduated", quantity)
	}
	return round(unitAmount(price) * float64(quantity))
}

// unitAmount is the price of one unit, which may be a fraction of a minor unit.
func unitAmount(o object) float64 {
	if o["unit_amount_decimal"] != nil {
		return decimal(o, "unit_amount_decimal")
	}
	return decimal(o, "unit_amount")
}

// tieredAmount follows https://stripe.com/docs/products-prices/pricing-models#tiered-pricing: graduated pays each tier's units at that tier,
// volume pays all units at the tier in which the quantity ends. A tier's flat amount is due once the tier is reached; the first always is
// under volume pricing.
func tieredAmount(tiers []any, graduated bool, quantity int64) int64 {
	total, from := 0.0, int64(0)
	for _, tier := range tiers {
		tier := tier.(object)
		last := tier["up_to"] == nil || quantity <= number(tier, "up_to")
		if graduated {
			upTo := quantity
			if !last {
				upTo = number(tier, "up_to")
			}
			if upTo > from || from == 0 {
				total += unitAmount(tier)*float64(upTo-from) + decimal(tier, "flat_amount")
			}
			from = upTo
		} else if last {
			total = unitAmount(tier)*float64(quantity) + decimal(tier, "flat_amount")
		}
		if last {
			break
		}
	}
	return round(total)
}

func round(f float64) int64 { return int64(math.Round(f)) }
