package stripe

import (
	"strings"
	"time"
)

// fillOrder reads what a session in subscription mode sells, and adds it up.
func (c *call) fillOrder(o object, bought *order) error {
	if err := c.readLines(o, bought); err != nil {
		return err
	}
	if err := c.readSubscriptionData(bought); err != nil {
		return err
	}
	if flag(child(c.params, "automatic_tax"), "enabled") {
		o["automatic_tax"] = object{"enabled": true, "liability": object{"type": "self"}, "status": "requires_location_inputs"}
	}
	if given := items(c.params, "discounts"); len(given) > 0 {
		subtotal := c.subtotal(bought)
		found, err := c.redeemable(given[0].(object), "discounts[0]", text(o, "customer"), subtotal, text(o, "currency"))
		if err != nil {
			return err
		}
		bought.take(found)
	}
	c.totalSession(o, bought)
	return nil
}

// take makes the order use the coupon.
func (b *order) take(r redeemable) {
	b.Coupon, b.Promotion = text(r.coupon, "id"), text(r.promotion, "id")
}

// readLines checks the line items. A price that has the session's currency among its options is sold in that.
func (c *call) readLines(o object, bought *order) error {
	currency := strings.ToLower(text(c.params, "currency"))
	for _, item := range items(c.params, "line_items") {
		item := item.(object)
		for name := range item {
			if name != "price" && name != "quantity" {
				return c.e.unsupported("The parameter line_items[" + name + "] of checkout sessions")
			}
		}
		id := text(item, "price")
		price := c.e.state.find("price", id)
		switch {
		case price == nil:
			return missing("price", id, "line_items[0][price]")
		case !flag(price, "active"):
			return invalid("", "line_items[0][price]", "The price specified is inactive. This field only accepts active prices.")
		case price["type"] != "recurring":
			return c.e.unsupported("A one-time price in a checkout session")
		case currency != "" && currency != price["currency"] && text(c.params, "currency") != "":
			return c.e.unsupported("Paying a price in one of its currency_options at checkout")
		case currency != "" && currency != price["currency"]:
			return invalid("", "line_items", "All prices on a Checkout Session must be in the same currency.")
		}
		quantity := number(item, "quantity")
		switch {
		case metered(price) && item["quantity"] != nil:
			return invalid("", "line_items[0][quantity]", "Quantity should not be specified where usage_type is `metered`.")
		case !metered(price) && quantity < 1:
			return invalid("parameter_missing", "line_items[0][quantity]", "Quantity is required. Add `quantity` to `line_items[0]`")
		}
		currency = text(price, "currency")
		bought.Lines = append(bought.Lines, line{Price: id, Quantity: quantity})
	}
	if len(bought.Lines) == 0 {
		return invalid("parameter_missing", "line_items", "Missing required param: line_items.")
	}
	o["currency"] = currency
	return nil
}

func (c *call) readSubscriptionData(bought *order) error {
	data := child(c.params, "subscription_data")
	for name := range data {
		switch name {
		case "description", "metadata", "trial_end", "trial_period_days", "trial_settings":
		default:
			return c.e.unsupported("The parameter subscription_data[" + name + "] of checkout sessions")
		}
	}
	bought.Metadata, bought.Description = child(data, "metadata"), data["description"]
	bought.TrialDays, bought.TrialEnd = number(data, "trial_period_days"), number(data, "trial_end")
	bought.Missing = text(child(child(data, "trial_settings"), "end_behavior"), "missing_payment_method")
	switch {
	case data["trial_period_days"] != nil && data["trial_end"] != nil:
		return invalid("", "subscription_data[trial_end]", "You may only specify one of these parameters: trial_end, trial_period_days.")
	case data["trial_period_days"] != nil && bought.TrialDays < 1:
		return invalid("", "subscription_data[trial_period_days]", "The minimum number of trial period days is 1.")
	case data["trial_end"] != nil && bought.TrialEnd < c.now()+seconds(48*time.Hour):
		return invalid("", "subscription_data[trial_end]", "The `trial_end` date has to be at least 2 days in the future.")
	}
	return nil
}

// lineAmount is what a line costs for one period, in minor units; what is metered costs nothing in advance.
func (c *call) lineAmount(l line) int64 {
	price := c.e.state.find("price", l.Price)
	if metered(price) {
		return 0
	}
	return priceAmount(price, l.Quantity)
}

func (c *call) subtotal(bought *order) (sum int64) {
	for _, l := range bought.Lines {
		sum += c.lineAmount(l)
	}
	return sum
}

// totalSession sets what is due at the payment: nothing when it begins with a trial. Tax is known once there is an address.
func (c *call) totalSession(o object, bought *order) {
	subtotal, off, added, contained := int64(0), int64(0), int64(0), int64(0)
	if bought.TrialDays == 0 && bought.TrialEnd == 0 {
		subtotal = c.subtotal(bought)
		if coupon := c.e.state.find("coupon", bought.Coupon); coupon != nil {
			off = amountOff(coupon, subtotal, text(o, "currency"))
		}
		if tax := child(o, "automatic_tax"); flag(tax, "enabled") && tax["status"] == "complete" {
			for _, l := range bought.Lines {
				amount := c.lineAmount(l)
				amount -= share(off, amount, subtotal)
				inclusive := c.e.state.find("price", l.Price)["tax_behavior"] == "inclusive"
				if inclusive {
					contained += taxOf(amount, true)
				} else {
					added += taxOf(amount, false)
				}
			}
		}
	}
	o["amount_subtotal"], o["amount_total"] = subtotal, subtotal-off+added
	o["total_details"] = object{"amount_discount": off, "amount_shipping": 0, "amount_tax": added + contained}
}

// trialEnd is when the order's trial ends if it begins now, in unix seconds; 0 is no trial.
func (c *call) trialEnd(bought *order) int64 {
	if bought.TrialDays > 0 {
		return c.time().AddDate(0, 0, int(bought.TrialDays)).Unix()
	}
	return bought.TrialEnd
}

func listSessionItems(c *call) (object, error) {
	o, err := c.session(c.id)
	if err != nil {
		return nil, err
	}
	return c.page(rows(items(c.e.sessionItems(o), "data")))
}

// sessionItems is the list of what the session sells.
func (e *Emulator) sessionItems(session object) object {
	c := &call{e: e}
	bought := e.state.Orders[text(session, "id")]
	off, subtotal := number(child(session, "total_details"), "amount_discount"), c.subtotal(bought)
	data := make([]any, 0, len(bought.Lines))
	for i, l := range bought.Lines {
		price, amount := e.state.find("price", l.Price), c.lineAmount(l)
		if bought.TrialDays > 0 || bought.TrialEnd > 0 {
			amount = 0
		}
		item := newObject("item", object{
			"id": "li_" + text(session, "id")[8:24] + string(alphabet[i%len(alphabet)]), "amount_discount": share(off, amount, subtotal), "amount_subtotal": amount,
			"amount_tax": 0, "amount_total": amount - share(off, amount, subtotal), "currency": price["currency"], "description": e.productName(price),
			"price": clone(price), "quantity": l.Quantity,
		})
		if metered(price) {
			item["quantity"] = nil
		}
		data = append(data, item)
	}
	return object{"object": "list", "url": "/v1/checkout/sessions/" + text(session, "id") + "/line_items", "has_more": false, "data": data}
}

func (e *Emulator) productName(price object) string {
	return text(e.state.find("product", text(price, "product")), "name")
}
