package stripe

import "time"

// subscribe starts the subscription that an order buys.
func (c *call) subscribe(customer, method object, bought *order) object {
	id, start := newID("sub"), c.e.now().UTC()
	o := newObject("subscription", object{
		"id": id, "created": start.Unix(), "start_date": start.Unix(), "billing_cycle_anchor": start.Unix(), "customer": customer["id"],
		"default_payment_method": method["id"], "status": "active", "metadata": object{},
		"cancel_at": nil, "canceled_at": nil, "ended_at": nil, "trial_end": nil, "trial_start": nil, "next_pending_invoice_item_invoice": nil,
		"cancel_at_period_end": false, "current_period_start": start.Unix(),
	})
	if bought.Metadata != nil {
		o["metadata"] = clone(bought.Metadata)
	}
	data := make([]any, 0, len(bought.Lines))
	for _, l := range bought.Lines {
		price := c.e.state.find("price", l.Price)
		o["currency"] = price["currency"]
		o["current_period_end"] = periodEnd(start, start, child(price, "recurring")).Unix()
		data = append(data, newObject("subscription_item", object{
			"id": "si_" + randomText(14), "created": start.Unix(), "price": clone(price), "quantity": l.Quantity, "subscription": id,
		}))
	}
	o["items"] = object{"object": "list", "url": "/v1/subscription_items?subscription=" + id, "has_more": false, "data": data, "total_count": len(data)}
	c.e.state.add(o)
	c.emit("customer.subscription.created", o, nil)
	return o
}

// periodEnd is the first end of a billing period after t, counted from the anchor: a month that lacks the anchor's day ends on its last day.
func periodEnd(anchor, t time.Time, recurring object) time.Time {
	count := int(max(1, number(recurring, "interval_count")))
	for i := 1; ; i++ {
		var end time.Time
		switch text(recurring, "interval") {
		case "day":
			end = anchor.AddDate(0, 0, i*count)
		case "week":
			end = anchor.AddDate(0, 0, 7*i*count)
		case "year":
			end = addMonths(anchor, 12*i*count)
		default:
			end = addMonths(anchor, i*count)
		}
		if end.After(t) {
			return end
		}
	}
}

func addMonths(t time.Time, months int) time.Time {
	first := time.Date(t.Year(), t.Month()+time.Month(months), 1, t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(t.Day(), last)-1)
}

func firstItem(subscription object) object {
	return items(child(subscription, "items"), "data")[0].(object)
}

func (c *call) subscription() (object, error) {
	if o := c.e.state.find("subscription", c.id); o != nil {
		return o, nil
	}
	return nil, missing("subscription", c.id, "id")
}

func getSubscription(c *call) (object, error) { return c.subscription() }

// listSubscriptions leaves canceled ones out unless they are asked for, as Stripe does.
func listSubscriptions(c *call) (object, error) {
	status := text(c.params, "status")
	if id := text(c.params, "customer"); id != "" {
		if _, err := c.customer(id, "customer"); err != nil {
			return nil, err
		}
	}
	return c.list("subscription", func(o object) bool {
		if price := text(c.params, "price"); price != "" && child(firstItem(o), "price")["id"] != price {
			return false
		}
		ended := o["status"] == "canceled" || o["status"] == "incomplete_expired"
		fits := status == "all" || (status == "ended" && ended) || (status == "" && o["status"] != "canceled") || o["status"] == status
		return fits && c.matches(o, "customer")
	})
}

func updateSubscription(c *call) (object, error) {
	o, err := c.subscription()
	if err != nil {
		return nil, err
	}
	for name := range c.params {
		if o["status"] == "canceled" && name != "metadata" && name != "cancellation_details" && name != "expand" {
			return nil, invalid("", name, "A canceled subscription can only update its cancellation_details and metadata.")
		}
	}
	before := clone(o).(object)
	if err := c.changeItems(o); err != nil {
		return nil, err
	}
	if end, given := c.params["cancel_at_period_end"].(bool); given {
		c.cancelLater(o, end)
	}
	mergeDetails(o, c.params)
	mergeMetadata(o, c.params)
	c.emit("customer.subscription.updated", o, before)
	return o, nil
}

// changeItems changes price and quantity of the items that are named. Everything is checked before anything changes.
func (c *call) changeItems(o object) error {
	type change struct{ item, price, given object }
	var changes []change
	for _, given := range items(c.params, "items") {
		given := given.(object)
		var found object
		for _, item := range items(child(o, "items"), "data") {
			if item := item.(object); item["id"] == given["id"] {
				found = item
			}
		}
		if given["id"] == nil || given["deleted"] != nil {
			return c.e.unsupported("Adding or deleting an item of a subscription")
		}
		if found == nil {
			return missing("subscription item", text(given, "id"), "items[0][id]")
		}
		price := child(found, "price")
		if id := text(given, "price"); id != "" {
			if price = c.e.state.find("price", id); price == nil {
				return missing("price", id, "items[0][price]")
			}
		}
		changes = append(changes, change{found, price, given})
	}
	for _, ch := range changes {
		ch.item["price"] = clone(ch.price)
		assign(ch.item, ch.given, "quantity")
	}
	return nil
}

// cancelLater plans the end at the end of the period, or takes the plan back.
func (c *call) cancelLater(o object, end bool) {
	if end == flag(o, "cancel_at_period_end") {
		return
	}
	o["cancel_at_period_end"] = end
	o["cancel_at"], o["canceled_at"] = any(nil), any(nil)
	details := object{"comment": nil, "feedback": nil, "reason": nil}
	if end {
		o["cancel_at"], o["canceled_at"] = o["current_period_end"], c.now()
		details["reason"] = "cancellation_requested"
	}
	o["cancellation_details"] = details
}

func mergeDetails(o, params object) {
	details := child(o, "cancellation_details")
	if details == nil {
		details = object{"comment": nil, "feedback": nil, "reason": nil}
		o["cancellation_details"] = details
	}
	assign(details, child(params, "cancellation_details"), "comment", "feedback")
}

func cancelSubscription(c *call) (object, error) {
	o, err := c.subscription()
	if err != nil {
		return nil, err
	}
	if o["status"] == "canceled" {
		return nil, missing("subscription", c.id, "id")
	}
	mergeDetails(o, c.params)
	child(o, "cancellation_details")["reason"] = "cancellation_requested"
	c.endSubscription(o)
	return o, nil
}

func (c *call) endSubscription(o object) {
	o["status"], o["ended_at"] = "canceled", c.now()
	if o["canceled_at"] == nil {
		o["canceled_at"] = c.now()
	}
	c.emit("customer.subscription.deleted", o, nil)
}
