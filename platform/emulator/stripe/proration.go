package stripe

import (
	"fmt"
	"time"
)

// metered reports whether the price is for what was used, and not for a quantity.
func metered(price object) bool { return text(child(price, "recurring"), "usage_type") == "metered" }

// share is amount × part / whole, rounded to the nearest minor unit, halves away from zero.
func share(amount, part, whole int64) int64 {
	if whole == 0 {
		return 0
	}
	if amount < 0 {
		return -share(-amount, part, whole)
	}
	return (2*amount*part + whole) / (2 * whole)
}

// prorate makes the invoice items of a change at that time, to the second: what is unused of each old item, then what remains to be used of
// each new one. A new period gives everything old back, and is itself billed whole.
func (c *call) prorate(before, after object, at int64, newPeriod bool) []object {
	if newPeriod {
		return c.credits(before, at)
	}
	var made []object
	for _, old := range items(child(before, "items"), "data") {
		old := old.(object)
		now := itemOf(after, text(old, "id"))
		if now != nil && child(now, "price")["id"] == child(old, "price")["id"] && number(now, "quantity") == number(old, "quantity") {
			continue
		}
		made = c.addProration(made, before, old, at, -1)
		if now != nil {
			made = c.addProration(made, before, now, at, 1)
		}
	}
	for _, added := range items(child(after, "items"), "data") {
		if added := added.(object); itemOf(before, text(added, "id")) == nil {
			made = c.addProration(made, before, added, at, 1)
		}
	}
	return made
}

// credits give back what is unused of all items.
func (c *call) credits(o object, at int64) []object {
	var made []object
	for _, item := range items(child(o, "items"), "data") {
		made = c.addProration(made, o, item.(object), at, -1)
	}
	return made
}

func itemOf(subscription object, id string) object {
	for _, item := range items(child(subscription, "items"), "data") {
		if item := item.(object); item["id"] == id {
			return item
		}
	}
	return nil
}

// addProration appends the invoice item of a subscription's item for the rest of the period; sign is -1 for a credit. What is metered is not
// paid in advance and has none.
func (c *call) addProration(made []object, subscription, item object, at, sign int64) []object {
	price, quantity := child(item, "price"), number(item, "quantity")
	if metered(price) {
		return made
	}
	start, end := number(subscription, "current_period_start"), number(subscription, "current_period_end")
	amount := sign * share(priceAmount(price, quantity), end-at, end-start)
	words := "Remaining time on "
	if sign < 0 {
		words = "Unused time on "
	}
	if quantity != 1 {
		words += fmt.Sprintf("%d × ", quantity)
	}
	words += c.e.productName(price) + " after " + time.Unix(at, 0).UTC().Format("02 Jan 2006")
	return append(made, newObject("invoiceitem", object{
		"id": newID("ii"), "amount": amount, "currency": price["currency"], "customer": subscription["customer"], "date": c.now(), "description": words,
		"discountable": false, "invoice": nil, "period": object{"start": at, "end": end}, "price": clone(price), "proration": true, "quantity": quantity,
		"subscription": subscription["id"], "subscription_item": item["id"], "test_clock": subscription["test_clock"],
		"unit_amount": price["unit_amount"], "unit_amount_decimal": price["unit_amount_decimal"],
	}))
}

// keepItem makes the item wait for the subscription's next invoice.
func (c *call) keepItem(item object) {
	c.e.state.add(item)
	c.emit("invoiceitem.created", item, nil)
}

// pendingLines are the lines of the subscription's items that wait for an invoice.
func (c *call) pendingLines(subscription object) []any {
	var lines []any
	c.e.state.each("invoiceitem", func(item object) {
		if item["subscription"] == subscription["id"] && item["invoice"] == nil {
			lines = append(lines, itemLine(item))
		}
	})
	return lines
}

func itemLine(item object) object {
	return newObject("line_item", object{
		"id": newID("il"), "invoice": nil, "invoice_item": item["id"], "amount": item["amount"], "amount_excluding_tax": item["amount"],
		"currency": item["currency"], "description": item["description"], "discountable": false, "period": clone(item["period"]), "price": clone(item["price"]),
		"proration": true, "quantity": item["quantity"], "subscription": item["subscription"], "subscription_item": item["subscription_item"],
		"type": "invoiceitem", "unit_amount_excluding_tax": nil,
	})
}

// periodLines are the lines for the subscription's current period, which is paid in advance. A trial's cost nothing. Metered prices are paid
// afterwards: their lines are for what was used in the period of old, which is the subscription before it, or nil at first.
func (c *call) periodLines(o, old object) []any {
	bought := items(child(o, "items"), "data")
	lines := make([]any, 0, len(bought))
	for _, item := range bought {
		lines = append(lines, c.periodLine(o, old, item.(object)))
	}
	return lines
}

// usedLines are the lines for what was used so far of the metered prices in a subscription's current period.
func (c *call) usedLines(o object) []any {
	var lines []any
	for _, item := range items(child(o, "items"), "data") {
		if item := item.(object); metered(child(item, "price")) {
			lines = append(lines, c.periodLine(o, o, item))
		}
	}
	return lines
}

func (c *call) periodLine(o, old, item object) object {
	price, quantity, period := child(item, "price"), number(item, "quantity"), o
	if metered(price) {
		quantity = 0
		if old != nil {
			period = old
			quantity = c.meteredQuantity(price, text(o, "customer"), number(old, "current_period_start"), number(old, "current_period_end"))
		}
	}
	amount := priceAmount(price, quantity)
	words := fmt.Sprintf("%d × %s (at %s / %s)", quantity, c.e.productName(price), money(number(price, "unit_amount"), text(price, "currency")),
		text(child(price, "recurring"), "interval"))
	if o["status"] == "trialing" {
		amount, words = 0, "Trial period for "+c.e.productName(price)
	}
	l := newObject("line_item", object{
		"id": newID("il"), "invoice": nil, "amount": amount, "amount_excluding_tax": amount, "currency": price["currency"],
		"description": words, "period": object{"start": period["current_period_start"], "end": period["current_period_end"]}, "price": clone(price),
		"quantity": quantity, "subscription": o["id"], "subscription_item": item["id"], "type": "subscription",
		"unit_amount_excluding_tax": price["unit_amount_decimal"],
	})
	delete(l, "invoice_item")
	return l
}

func listInvoiceItems(c *call) (object, error) {
	return c.list("invoiceitem", func(o object) bool {
		pending, asked := c.params["pending"].(bool)
		return c.matches(o, "customer", "invoice") && (!asked || pending == (o["invoice"] == nil))
	})
}
