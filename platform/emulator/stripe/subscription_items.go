package stripe

// The operations on one item are updates of its subscription: they prorate and bill as those do.

// item finds a subscription's item, and the subscription.
func (c *call) item() (item, subscription object, err error) {
	c.e.state.each("subscription", func(o object) {
		if found := itemOf(o, c.id); found != nil {
			item, subscription = found, o
		}
	})
	if item == nil {
		return nil, nil, missing("subscription item", c.id, "id")
	}
	return item, subscription, nil
}

func getItem(c *call) (object, error) {
	item, _, err := c.item()
	return item, err
}

func listItems(c *call) (object, error) {
	id := text(c.params, "subscription")
	o := c.e.state.find("subscription", id)
	if o == nil {
		return nil, missing("subscription", id, "subscription")
	}
	return c.page(rows(items(child(o, "items"), "data")))
}

func createItem(c *call) (object, error) {
	id := text(c.params, "subscription")
	o := c.e.state.find("subscription", id)
	if o == nil {
		return nil, missing("subscription", id, "subscription")
	}
	if err := c.updateItem(o, object{}); err != nil {
		return nil, err
	}
	all := items(child(o, "items"), "data")
	return all[len(all)-1].(object), nil
}

func updateItem(c *call) (object, error) {
	item, o, err := c.item()
	if err != nil {
		return nil, err
	}
	if err := c.updateItem(o, object{"id": item["id"]}); err != nil {
		return nil, err
	}
	return itemOf(o, c.id), nil
}

func deleteItem(c *call) (object, error) {
	item, o, err := c.item()
	if err != nil {
		return nil, err
	}
	if err := c.updateItem(o, object{"id": item["id"], "deleted": true}); err != nil {
		return nil, err
	}
	return object{"id": c.id, "object": "subscription_item", "deleted": true}, nil
}

// updateItem updates the subscription with the request's price and quantity for the item given, which without an id is a new one.
func (c *call) updateItem(subscription, given object) error {
	assign(given, c.params, "price", "quantity")
	update := *c
	update.id, update.params = text(subscription, "id"), object{"items": []any{given}}
	assign(update.params, c.params, "off_session", "payment_behavior", "proration_behavior", "proration_date")
	_, err := updateSubscription(&update)
	return err
}

// changeItems adds, changes and removes items as sent.
func (c *call) changeItems(o object, given []any) error {
	list := child(o, "items")
	for _, given := range given {
		given := given.(object)
		at, data := -1, items(list, "data")
		for i, item := range data {
			if given["id"] != nil && item.(object)["id"] == given["id"] {
				at = i
			}
		}
		if given["id"] != nil && at < 0 {
			return missing("subscription item", text(given, "id"), "items[0][id]")
		}
		if flag(given, "deleted") && at >= 0 {
			list["data"] = append(append([]any{}, data[:at]...), data[at+1:]...)
			continue
		}
		var old object
		if at >= 0 {
			old = data[at].(object)
		}
		price, quantity, err := c.readItem(given, old)
		if err != nil {
			return err
		}
		if old == nil {
			list["data"] = append(data, c.newItem(text(o, "id"), price, quantity))
			continue
		}
		old["price"] = clone(price)
		if !metered(price) {
			old["quantity"] = quantity
		}
	}
	data := items(list, "data")
	if len(data) == 0 {
		return invalid("", "items", "A subscription must have at least one active plan. To cancel it, use the cancel subscription API.")
	}
	prices := make([]object, len(data))
	for i, item := range data {
		prices[i] = child(item.(object), "price")
	}
	return fitTogether(text(o, "currency"), prices)
}

// fitTogether refuses prices that cannot be on one subscription of the currency.
func fitTogether(currency string, prices []object) error {
	first, seen := child(prices[0], "recurring"), map[string]bool{}
	for _, price := range prices {
		id, other := text(price, "id"), child(price, "recurring")
		if seen[id] {
			return invalid("", "items", "Cannot add multiple subscription items with the same plan: `%s`", id)
		}
		seen[id] = true
		if text(price, "currency") != currency {
			return invalid("", "items", "The price specified has a different currency than the subscription.")
		}
		if other["interval"] != first["interval"] || max(1, number(other, "interval_count")) != max(1, number(first, "interval_count")) {
			return invalid("", "items", "Currently, all plans on a subscription must have the same interval and interval_count.")
		}
	}
	return nil
}
