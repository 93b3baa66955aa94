package stripe

import (
	"net/http"
	"time"
)

// terms are what a subscription starts with.
type terms struct {
	Customer     object
	Method       string // the payment method's id; "" is the customer's default one
	Lines        []line
	Metadata     object
	TrialEnd     int64  // unix seconds; 0 is no trial
	Missing      string // what becomes of a trial that ends without a payment method: cancel, pause, create_invoice or "", which is the last
	AutomaticTax bool
	Discount     redeemable // the zero value is none
	Description  any
	Incomplete   bool // the first payment is left to somebody else: payment_behavior default_incomplete
	CancelAtEnd  bool
}

// subscribe starts a subscription and bills its first period: who says whether the customer is there.
func (c *call) subscribe(t terms, who presence) (subscription, invoice object) {
	o := c.newSubscription(t)
	c.e.state.add(o)
	if t.CancelAtEnd {
		c.cancelLater(o, true)
	}
	first := c.compose(o, "subscription_create", c.periodLines(o, nil))
	due := max(0, number(first, "total")+number(t.Customer, "balance"))
	pays := due == 0 || (!t.Incomplete && c.outcome(c.methodOf(o, first), who) == nil)
	switch {
	case t.TrialEnd != 0:
		o["status"] = "trialing"
	case pays:
		o["status"] = "active"
	default:
		o["status"] = "incomplete"
	}
	o["latest_invoice"] = first["id"]
	c.emit("customer.subscription.created", o, nil)
	c.issue(first, o)
	c.finalize(first)
	if first["status"] == "open" && !t.Incomplete {
		c.collect(first, who)
	}
	return o, first
}

func (c *call) newSubscription(t terms) object {
	id, start := newID("sub"), c.time()
	o := newObject("subscription", object{
		"id": id, "created": start.Unix(), "start_date": start.Unix(), "billing_cycle_anchor": start.Unix(), "customer": t.Customer["id"],
		"default_payment_method": nil, "metadata": object{}, "description": t.Description, "discount": nil,
		"cancel_at": nil, "canceled_at": nil, "ended_at": nil, "trial_end": nil, "trial_start": nil, "next_pending_invoice_item_invoice": nil,
		"cancel_at_period_end": false, "current_period_start": start.Unix(), "test_clock": t.Customer["test_clock"],
		"automatic_tax": object{"enabled": t.AutomaticTax, "liability": nil}, "cancellation_details": object{"comment": nil, "feedback": nil, "reason": nil},
	})
	if t.Method != "" {
		o["default_payment_method"] = t.Method
	}
	if t.Metadata != nil {
		o["metadata"] = clone(t.Metadata)
	}
	if t.Discount.coupon != nil {
		c.grant(o, t.Discount)
	}
	if t.Missing != "" {
		o["trial_settings"] = object{"end_behavior": object{"missing_payment_method": t.Missing}}
	}
	data := make([]any, 0, len(t.Lines))
	for _, l := range t.Lines {
		price := c.e.state.find("price", l.Price)
		o["currency"] = price["currency"]
		data = append(data, c.newItem(id, price, l.Quantity))
	}
	o["items"] = object{"object": "list", "url": "/v1/subscription_items?subscription=" + id, "has_more": false, "data": data}
	if t.Customer["currency"] == nil {
		t.Customer["currency"] = o["currency"]
	}
	o["current_period_end"] = periodEnd(start, start, recurrence(o)).Unix()
	if t.TrialEnd != 0 {
		o["trial_start"] = start.Unix()
		c.setTrial(o, t.TrialEnd)
	}
	return o
}

// setTrial lets the trial end then: the current period ends with it, and the periods after it are counted from it.
func (c *call) setTrial(o object, end int64) {
	o["status"], o["trial_end"], o["current_period_end"], o["billing_cycle_anchor"] = "trialing", end, end, end
	if o["trial_start"] == nil {
		o["trial_start"] = c.now()
	}
	if flag(o, "cancel_at_period_end") {
		o["cancel_at"] = end
	}
}

func (c *call) newItem(subscription string, price object, quantity int64) object {
	o := newObject("subscription_item", object{
		"id": "si_" + randomText(14), "created": c.now(), "price": clone(price), "quantity": quantity, "subscription": subscription,
	})
	if metered(price) {
		delete(o, "quantity")
	}
	return o
}

// recurrence is the period of the subscription's prices, which are all of one.
func recurrence(subscription object) object {
	return child(child(firstItem(subscription), "price"), "recurring")
}

// createSubscription honours trials and payment_behavior allow_incomplete, default_incomplete and error_if_incomplete.
func createSubscription(c *call) (object, error) {
	customer, err := c.customer(text(c.params, "customer"), "customer")
	if err != nil {
		return nil, err
	}
	c = c.of(customer)
	t, err := c.readTerms(customer)
	if err != nil {
		return nil, err
	}
	behaviour := text(c.params, "payment_behavior")
	t.Incomplete = behaviour == "default_incomplete"
	who := presenceOf(flag(c.params, "off_session"))
	method := c.e.state.find("payment_method", t.Method)
	if method == nil {
		method = c.defaultMethod(customer)
	}
	charged := t.TrialEnd == 0 && c.costs(t) > 0
	if charged && method == nil && !t.Incomplete {
		return nil, invalid("resource_missing", "", "This customer has no attached payment source or default payment method. "+
			"Please consider adding a default payment method.")
	}
	if refusal := c.outcome(method, who); charged && behaviour == "error_if_incomplete" && refusal != nil {
		return nil, refusal.answer()
	}
	o, _ := c.subscribe(t, who)
	return o, nil
}

// costs is what a period costs, without discount and tax.
func (c *call) costs(t terms) int64 {
	total := int64(0)
	for _, l := range t.Lines {
		if price := c.e.state.find("price", l.Price); !metered(price) {
			total += priceAmount(price, l.Quantity)
		}
	}
	return total
}

func (c *call) readTerms(customer object) (terms, error) {
	t := terms{
		Customer: customer, Metadata: child(c.params, "metadata"), Description: c.params["description"], AutomaticTax: flag(child(c.params, "automatic_tax"), "enabled"),
		Missing: text(child(child(c.params, "trial_settings"), "end_behavior"), "missing_payment_method"), CancelAtEnd: flag(c.params, "cancel_at_period_end"),
	}
	if way := text(c.params, "collection_method"); way != "" && way != "charge_automatically" {
		return t, c.e.unsupported("A subscription whose collection_method is " + way)
	}
	if text(c.params, "payment_behavior") == "pending_if_incomplete" {
		return t, c.e.unsupported("The payment_behavior pending_if_incomplete")
	}
	if id := text(c.params, "default_payment_method"); id != "" {
		if err := c.checkMethod(customer, id, "default_payment_method"); err != nil {
			return t, err
		}
		t.Method = id
	}
	var prices []object
	for _, given := range items(c.params, "items") {
		price, quantity, err := c.readItem(given.(object), nil)
		if err != nil {
			return t, err
		}
		t.Lines, prices = append(t.Lines, line{Price: text(price, "id"), Quantity: quantity}), append(prices, price)
	}
	if c.params["coupon"] != nil || c.params["promotion_code"] != nil {
		given := object{"coupon": c.params["coupon"], "promotion_code": c.params["promotion_code"]}
		found, err := c.redeemable(given, "coupon", text(customer, "id"), c.costs(t), "")
		if err != nil {
			return t, err
		}
		t.Discount = found
	}
	if len(t.Lines) == 0 {
		return t, invalid("parameter_missing", "items", "Missing required param: items.")
	}
	if err := fitTogether(text(prices[0], "currency"), prices); err != nil {
		return t, err
	}
	end, err := c.readTrialEnd(c.params["trial_end"])
	if days := number(c.params, "trial_period_days"); days > 0 && err == nil {
		end = c.time().Add(time.Duration(days) * 24 * time.Hour).Unix()
	}
	if end > c.now() {
		t.TrialEnd = end
	}
	return t, err
}

// readTrialEnd is the time given: a number, or "now"; 0 when nothing is given.
func (c *call) readTrialEnd(given any) (int64, error) {
	switch given := given.(type) {
	case nil:
		return 0, nil
	case string:
		if given == "now" {
			return c.now(), nil
		}
	default:
		end := number(object{"at": given}, "at")
		if end > c.now() {
			return end, nil
		}
	}
	return 0, invalid("", "trial_end", "Invalid timestamp: must be an integer Unix timestamp in the future, or `now`.")
}

// readItem reads the price and quantity of an item as sent; old is the item that it changes, or nil.
func (c *call) readItem(given, old object) (price object, quantity int64, err error) {
	for name := range given {
		switch name {
		case "id", "price", "quantity", "deleted", "clear_usage":
		default:
			return nil, 0, c.e.unsupported("The parameter items[" + name + "] of subscriptions")
		}
	}
	price, quantity = child(old, "price"), 1
	if old != nil {
		quantity = number(old, "quantity")
	}
	if id := text(given, "price"); id != "" {
		if price = c.e.state.find("price", id); price == nil {
			return nil, 0, missing("price", id, "items[0][price]")
		}
		if !flag(price, "active") {
			return nil, 0, invalid("", "items[0][price]", "The price specified is inactive. This field only accepts active prices.")
		}
	}
	switch {
	case price == nil:
		return nil, 0, invalid("parameter_missing", "items[0][price]", "Missing required param: items[0][price].")
	case price["type"] != "recurring":
		return nil, 0, invalid("", "items[0][price]", "The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.")
	}
	if _, sent := given["quantity"]; sent {
		quantity = number(given, "quantity")
	}
	if quantity < 0 {
		return nil, 0, &Error{Status: http.StatusBadRequest, Type: invalidRequest, Code: "parameter_invalid_integer", Param: "items[0][quantity]", Message: "This value must be greater than or equal to 0."}
	}
	return price, quantity, nil
}
