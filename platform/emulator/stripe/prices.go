package stripe

import (
	"fmt"
	"math"
	"slices"
	"strconv"
)

var priceParams = []string{
	"active", "billing_scheme", "currency", "currency_options", "lookup_key", "metadata", "nickname", "product", "product_data", "recurring", "tax_behavior",
	"tiers", "tiers_mode", "transfer_lookup_key", "transform_quantity", "unit_amount", "unit_amount_decimal",
}

func createPrice(c *call) (object, error) {
	if err := c.checkPrice(); err != nil {
		return nil, err
	}
	o := newObject("price", object{
		"id": newID("price"), "created": c.now(), "active": true, "currency": c.params["currency"], "type": "one_time", "recurring": nil,
		"billing_scheme": "per_unit", "unit_amount": nil, "unit_amount_decimal": nil,
	})
	assign(o, c.params, "billing_scheme", "product", "tax_behavior", "tiers_mode", "transform_quantity")
	if given := child(c.params, "recurring"); given != nil {
		o["type"], o["recurring"] = "recurring", recurringOf(given)
	}
	if err := setAmount(o, c.params); err != nil {
		return nil, err
	}
	if err := setCurrencies(o, c.params); err != nil {
		return nil, err
	}
	if err := c.writePrice(o); err != nil {
		return nil, err
	}
	if given := child(c.params, "product_data"); given != nil {
		made := *c
		made.params = given
		product, err := createProduct(&made)
		if err != nil {
			return nil, err
		}
		o["product"] = product["id"]
	}
	c.e.state.add(o)
	c.emit("price.created", o, nil)
	return o, nil
}

// checkPrice refuses what contradicts itself or names what does not exist.
func (c *call) checkPrice() error {
	product, recurring := text(c.params, "product"), child(c.params, "recurring")
	switch {
	case (product == "") == (c.params["product_data"] == nil):
		return invalid("parameter_missing", "product", "You must specify either `product` or `product_data` when creating a price.")
	case product != "" && c.e.state.find("product", product) == nil:
		return missing("product", product, "product")
	case recurring["aggregate_usage"] != nil:
		return c.e.unsupported("The parameter recurring[aggregate_usage], of usage records, which meters have replaced,")
	case (recurring["usage_type"] == "metered") != (recurring["meter"] != nil):
		return invalid("", "recurring[meter]", "A metered price needs a meter, and only a metered price has one.")
	}
	if id := text(recurring, "meter"); id != "" {
		if meter := c.e.state.find(meterKind, id); meter == nil || meter["status"] != "active" {
			return missing("billing meter", id, "recurring[meter]")
		}
	}
	return nil
}

func recurringOf(given object) object {
	o := object{
		"interval": given["interval"], "interval_count": max(1, number(given, "interval_count")), "usage_type": "licensed",
		"aggregate_usage": nil,
	}
	assign(o, given, "usage_type", "meter")
	return o
}

// setAmount reads unit_amount, unit_amount_decimal or tiers of a price or of one of its currencies.
func setAmount(o, given object) error {
	if o["billing_scheme"] == "tiered" {
		tiers, err := readTiers(items(given, "tiers"))
		if text(o, "tiers_mode") == "" && o["object"] == "price" {
			return invalid("parameter_missing", "tiers_mode", "Missing required param: tiers_mode.")
		}
		o["tiers"] = tiers
		return err
	}
	if given["tiers"] != nil {
		return invalid("", "tiers", "Tiers need `billing_scheme` to be `tiered`.")
	}
	whole, fraction := given["unit_amount"] != nil, given["unit_amount_decimal"] != nil
	if whole == fraction || decimal(given, "unit_amount") < 0 || decimal(given, "unit_amount_decimal") < 0 {
		return invalid("parameter_missing", "unit_amount", "You must specify a `unit_amount` of at least 0, or a `unit_amount_decimal`, "+
			"when creating a price with the `per_unit` billing scheme.")
	}
	spellAmount(o, given, "unit_amount")
	return nil
}

// spellAmount sets an amount in both of Stripe's spellings: whole minor units (null when there is a fraction) and a decimal.
func spellAmount(o, given object, name string) {
	o[name], o[name+"_decimal"] = nil, nil
	switch {
	case given[name] != nil:
		o[name], o[name+"_decimal"] = number(given, name), strconv.FormatInt(number(given, name), 10)
	case given[name+"_decimal"] != nil:
		exact := decimal(given, name+"_decimal")
		o[name+"_decimal"] = strconv.FormatFloat(exact, 'f', -1, 64)
		if exact == math.Trunc(exact) {
			o[name] = int64(exact)
		}
	}
}

// readTiers wants bounds that rise and a last tier without one.
func readTiers(given []any) ([]any, error) {
	tiers, last := make([]any, 0, len(given)), int64(0)
	for i, g := range given {
		g := g.(object)
		tier := object{"up_to": nil}
		if g["up_to"] != "inf" {
			tier["up_to"] = number(g, "up_to")
		}
		if (tier["up_to"] == nil) != (i == len(given)-1) || (tier["up_to"] != nil && number(tier, "up_to") <= last) {
			return nil, invalid("", fmt.Sprintf("tiers[%d][up_to]", i), "The bounds of tiers must rise, and the last must be `inf`.")
		}
		last = number(tier, "up_to")
		spellAmount(tier, g, "unit_amount")
		spellAmount(tier, g, "flat_amount")
		if tier["unit_amount_decimal"] == nil && tier["flat_amount_decimal"] == nil {
			return nil, invalid("parameter_missing", fmt.Sprintf("tiers[%d][unit_amount]", i), "A tier needs a unit_amount or a flat_amount.")
		}
		tiers = append(tiers, tier)
	}
	if len(tiers) == 0 {
		return nil, invalid("parameter_missing", "tiers", "Missing required param: tiers.")
	}
	return tiers, nil
}

// setCurrencies reads the prices in other currencies. As Stripe does, answers show them only to who expands currency_options.
func setCurrencies(o, params object) error {
	options := object{text(o, "currency"): currencyOf(o)}
	for currency, given := range child(params, "currency_options") {
		given, ok := given.(object)
		if !ok || len(currency) != 3 {
			return invalid("", "currency_options", "Invalid currency: %s", currency)
		}
		option := object{"billing_scheme": o["billing_scheme"], "custom_unit_amount": nil, "tax_behavior": o["tax_behavior"], "unit_amount": nil, "unit_amount_decimal": nil}
		assign(option, given, "tax_behavior")
		if err := setAmount(option, given); err != nil {
			return err
		}
		delete(option, "billing_scheme")
		options[currency] = option
	}
	o["currency_options"] = options
	return nil
}

func currencyOf(price object) object {
	option := object{"custom_unit_amount": nil, "tax_behavior": price["tax_behavior"], "unit_amount": price["unit_amount"], "unit_amount_decimal": price["unit_amount_decimal"]}
	if price["tiers"] != nil {
		option["tiers"] = clone(price["tiers"])
	}
	return option
}

// writePrice sets what may change on a price. A lookup key moves from another price only when the caller says so.
func (c *call) writePrice(o object) error {
	if key := text(c.params, "lookup_key"); key != "" {
		var holder object
		c.e.state.each("price", func(p object) {
			if p["lookup_key"] == key && p["id"] != o["id"] {
				holder = p
			}
		})
		if holder != nil {
			if !flag(c.params, "transfer_lookup_key") {
				return invalid("", "lookup_key", "A price (`%s`) already uses that lookup key.", text(holder, "id"))
			}
			before := clone(holder).(object)
			holder["lookup_key"] = nil
			c.emit("price.updated", holder, before)
		}
	}
	assign(o, c.params, "active", "lookup_key", "nickname", "tax_behavior")
	mergeMetadata(o, c.params)
	return nil
}

func getPrice(c *call) (object, error) {
	if o := c.e.state.find("price", c.id); o != nil {
		return o, nil
	}
	return nil, missing("price", c.id, "id")
}

func listPrices(c *call) (object, error) {
	keys, recurring := items(c.params, "lookup_keys"), child(c.params, "recurring")
	return c.list("price", func(o object) bool {
		for name, value := range recurring {
			if child(o, "recurring")[name] != value {
				return false
			}
		}
		return c.matches(o, "active", "currency", "product", "type") && (keys == nil || slices.Contains(keys, o["lookup_key"]))
	})
}

func updatePrice(c *call) (object, error) {
	o, err := getPrice(c)
	if err != nil {
		return nil, err
	}
	before := clone(o).(object)
	if err := c.writePrice(o); err != nil {
		return nil, err
	}
	c.emit("price.updated", o, before)
	return o, nil
}
