package stripe

// TaxPercent is the one rate of tax that the emulator knows: it is added wherever automatic tax is on, whatever the customer's address,
// unless the customer is exempt or the tax is reversed to them. Prices whose tax_behavior is inclusive contain it.
const TaxPercent = 20

// compose makes a draft invoice of the lines, with discount and tax. It is neither kept nor told.
func (c *call) compose(subscription object, reason string, lines []any) object {
	customer := c.e.state.find("customer", text(subscription, "customer"))
	id := newID("in")
	for _, l := range lines {
		l.(object)["invoice"] = id
	}
	if lines == nil {
		lines = []any{}
	}
	o := newObject("invoice", object{
		"id": id, "created": c.now(), "number": nil, "customer": customer["id"], "customer_email": customer["email"], "customer_name": customer["name"],
		"customer_tax_exempt": customer["tax_exempt"], "customer_address": customer["address"], "customer_phone": customer["phone"],
		"customer_tax_ids": c.taxIDs(text(customer, "id")),
		"currency":         subscription["currency"], "subscription": subscription["id"], "subscription_details": object{"metadata": clone(subscription["metadata"])},
		"billing_reason": reason, "status": "draft", "auto_advance": true, "paid": false, "attempted": false, "attempt_count": 0,
		"due_date": nil, "effective_at": nil, "next_payment_attempt": nil, "period_start": c.now(), "period_end": c.now(), "webhooks_delivered_at": nil,
		"default_payment_method": nil, "payment_intent": nil, "charge": nil, "test_clock": subscription["test_clock"],
		"starting_balance": number(customer, "balance"), "ending_balance": nil,
		"automatic_tax": object{"enabled": flag(child(subscription, "automatic_tax"), "enabled"), "liability": nil, "status": nil},
		"lines":         object{"object": "list", "url": "/v1/invoices/" + id + "/lines", "has_more": false, "data": lines},
	})
	if flag(child(o, "automatic_tax"), "enabled") {
		o["automatic_tax"] = object{"enabled": true, "liability": object{"type": "self"}, "status": "complete"}
	}
	c.discount(o, subscription, customer)
	c.total(o)
	return o
}

// taxIDs are those of the customer, as invoices show them.
func (c *call) taxIDs(customer string) []any {
	ids := []any{}
	c.e.state.each("tax_id", func(o object) {
		if o["customer"] == customer {
			ids = append(ids, object{"type": o["type"], "value": o["value"]})
		}
	})
	return ids
}

// discount takes the subscription's coupon, or else the customer's, off the lines that are not prorations, in proportion to their amounts.
// Stripe takes it off prorations too.
func (c *call) discount(invoice, subscription, customer object) {
	given := child(subscription, "discount")
	if given == nil {
		given = child(customer, "discount")
	}
	if given == nil || (given["end"] != nil && number(given, "end") <= c.now()) {
		return
	}
	var lines []object
	base := int64(0)
	for _, l := range items(child(invoice, "lines"), "data") {
		if l := l.(object); flag(l, "discountable") && number(l, "amount") > 0 {
			lines, base = append(lines, l), base+number(l, "amount")
		}
	}
	off := amountOff(child(given, "coupon"), base, text(invoice, "currency"))
	if off == 0 {
		return
	}
	rest := off
	for i, l := range lines {
		part := share(off, number(l, "amount"), base)
		if i == len(lines)-1 {
			part = rest
		}
		rest -= part
		l["discount_amounts"] = []any{object{"amount": part, "discount": given["id"]}}
	}
	invoice["discount"], invoice["discounts"] = clone(given), []any{given["id"]}
	invoice["total_discount_amounts"] = []any{object{"amount": off, "discount": given["id"]}}
}

// total adds up the invoice's lines with their tax.
func (c *call) total(o object) {
	subtotal, added, contained, off := int64(0), int64(0), int64(0), int64(0)
	taxed := flag(child(o, "automatic_tax"), "enabled") && (o["customer_tax_exempt"] == nil || o["customer_tax_exempt"] == "none")
	for _, l := range items(child(o, "lines"), "data") {
		l := l.(object)
		amount := number(l, "amount")
		subtotal += amount
		for _, d := range items(l, "discount_amounts") {
			off += number(d.(object), "amount")
			amount -= number(d.(object), "amount")
		}
		if !taxed {
			continue
		}
		inclusive := text(child(l, "price"), "tax_behavior") == "inclusive"
		tax := taxOf(amount, inclusive)
		if inclusive {
			contained += tax
			l["amount_excluding_tax"] = number(l, "amount") - taxOf(number(l, "amount"), true)
		} else {
			added += tax
		}
		l["tax_amounts"] = []any{c.taxAmount(tax, amount, inclusive)}
	}
	total := subtotal - off + added
	o["subtotal"], o["subtotal_excluding_tax"] = subtotal, subtotal-contained
	o["total"], o["total_excluding_tax"], o["tax"], o["total_tax_amounts"] = total, total-added-contained, nil, []any{}
	if taxed {
		o["tax"] = added + contained
		o["total_tax_amounts"] = taxTotals(o)
	}
	due := max(0, total+number(o, "starting_balance"))
	o["amount_due"], o["amount_paid"], o["amount_remaining"] = due, int64(0), due
}

// taxOf is the tax on an amount, or inside it.
func taxOf(amount int64, inclusive bool) int64 {
	if inclusive {
		return share(amount, TaxPercent, 100+TaxPercent)
	}
	return share(amount, TaxPercent, 100)
}

// taxTotals adds the lines' taxes up, one for each rate.
func taxTotals(o object) []any {
	totals := []any{}
	byRate := map[any]object{}
	for _, l := range items(child(o, "lines"), "data") {
		for _, t := range items(l.(object), "tax_amounts") {
			t := t.(object)
			sum := byRate[t["tax_rate"]]
			if sum == nil {
				sum = clone(t).(object)
				byRate[t["tax_rate"]] = sum
				totals = append(totals, sum)
				continue
			}
			sum["amount"] = number(sum, "amount") + number(t, "amount")
			sum["taxable_amount"] = number(sum, "taxable_amount") + number(t, "taxable_amount")
		}
	}
	return totals
}

func (c *call) taxAmount(tax, taxable int64, inclusive bool) object {
	return object{
		"amount": tax, "inclusive": inclusive, "tax_rate": c.taxRate(inclusive)["id"], "taxability_reason": "standard_rated", "taxable_amount": taxable,
	}
}

// taxRate is the account's rate, made when it is first needed.
func (c *call) taxRate(inclusive bool) object {
	id := "txr_exclusive"
	if inclusive {
		id = "txr_inclusive"
	}
	if o := c.e.state.find("tax_rate", id); o != nil {
		return o
	}
	return c.e.state.add(newObject("tax_rate", object{
		"id": id, "created": c.now(), "inclusive": inclusive, "percentage": TaxPercent, "effective_percentage": TaxPercent, "display_name": "VAT", "description": nil,
		"country": nil, "jurisdiction": nil,
	}))
}
