package stripe

import (
	"slices"
	"strconv"
)

func createPrice(c *call) (object, error) {
	productID := text(c.params, "product")
	if productID == "" {
		return nil, invalid("parameter_missing", "product", "You must specify either `product` or `product_data` when creating a price.")
	}
	if c.e.state.find("product", productID) == nil {
		return nil, missing("product", productID, "product")
	}
	if _, given := c.params["unit_amount"]; !given || number(c.params, "unit_amount") < 0 {
		return nil, invalid("parameter_missing", "unit_amount", "You must specify a `unit_amount` of at least 0 when creating a price with the `per_unit` billing scheme.")
	}
	amount := number(c.params, "unit_amount")
	o := newObject("price", object{
		"id": newID("price"), "created": c.now(), "active": true, "currency": c.params["currency"], "product": productID,
		"unit_amount": amount, "unit_amount_decimal": strconv.FormatInt(amount, 10), "type": "one_time", "recurring": nil,
	})
	if given := child(c.params, "recurring"); given != nil {
		count := max(1, number(given, "interval_count"))
		o["type"] = "recurring"
		o["recurring"] = object{
			"interval": given["interval"], "interval_count": count, "usage_type": "licensed", "aggregate_usage": nil, "trial_period_days": nil,
		}
	}
	if err := c.writePrice(o); err != nil {
		return nil, err
	}
	assign(o, c.params, "tax_behavior")
	c.e.state.add(o)
	c.emit("price.created", o, nil)
	return o, nil
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
	assign(o, c.params, "active", "lookup_key", "nickname")
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
	keys := items(c.params, "lookup_keys")
	return c.list("price", func(o object) bool {
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
