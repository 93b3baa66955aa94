package stripe

import (
	"fmt"
	"strings"
	"time"
)

// bill makes the paid invoice of the subscription's current period.
func (c *call) bill(subscription object, reason string) object {
	customer := c.e.state.find("customer", text(subscription, "customer"))
	id, sequence := newID("in"), number(customer, "next_invoice_sequence")
	customer["next_invoice_sequence"] = sequence + 1
	period := object{"start": subscription["current_period_start"], "end": subscription["current_period_end"]}
	bought := items(child(subscription, "items"), "data")
	total, lines := int64(0), make([]any, 0, len(bought))
	for _, item := range bought {
		item := item.(object)
		price, quantity := child(item, "price"), number(item, "quantity")
		amount := number(price, "unit_amount") * quantity
		total += amount
		lines = append(lines, newObject("line_item", object{
			"id": newID("il"), "invoice": id, "invoice_item": nil, "amount": amount, "amount_excluding_tax": amount, "currency": price["currency"],
			"description": fmt.Sprintf("%d × %s (at %s / %s)", quantity, c.e.productName(price), money(number(price, "unit_amount"), text(price, "currency")),
				text(child(price, "recurring"), "interval")),
			"period": period, "price": clone(price), "quantity": quantity, "subscription": subscription["id"], "subscription_item": item["id"],
			"type": "subscription", "unit_amount_excluding_tax": price["unit_amount_decimal"],
		}))
	}
	intent := c.e.state.add(newObject("payment_intent", object{
		"id": newID("pi"), "created": c.now(), "amount": total, "amount_received": total, "currency": subscription["currency"], "status": "succeeded",
		"customer": customer["id"], "invoice": id, "payment_method": subscription["default_payment_method"], "canceled_at": nil,
	}))
	intent["client_secret"] = text(intent, "id") + "_secret_" + randomText(25)
	o := c.e.state.add(newObject("invoice", object{
		"id": id, "created": c.now(), "number": fmt.Sprintf("%s-%04d", strings.ToUpper(text(customer, "invoice_prefix")), sequence),
		"customer": customer["id"], "customer_email": customer["email"], "customer_name": customer["name"], "currency": subscription["currency"],
		"subscription": subscription["id"], "billing_reason": reason, "status": "paid", "paid": true, "attempted": true, "attempt_count": 1,
		"amount_due": total, "amount_paid": total, "amount_remaining": 0, "subtotal": total, "subtotal_excluding_tax": total,
		"total": total, "total_excluding_tax": total, "payment_intent": intent["id"], "due_date": nil, "next_payment_attempt": nil,
		"effective_at": c.now(), "period_start": period["start"], "period_end": period["end"], "webhooks_delivered_at": nil,
		"status_transitions": object{"finalized_at": c.now(), "marked_uncollectible_at": nil, "paid_at": c.now(), "voided_at": nil},
		"lines":              object{"object": "list", "url": "/v1/invoices/" + id + "/lines", "has_more": false, "data": lines, "total_count": len(lines)},
	}))
	subscription["latest_invoice"] = id
	for _, happened := range []string{"invoice.created", "invoice.finalized", "invoice.paid", "invoice.payment_succeeded"} {
		c.emit(happened, o, nil)
	}
	return o
}

func getInvoice(c *call) (object, error) {
	if o := c.e.state.find("invoice", c.id); o != nil {
		return o, nil
	}
	return nil, missing("invoice", c.id, "id")
}

func listInvoices(c *call) (object, error) {
	return c.list("invoice", func(o object) bool { return c.matches(o, "customer", "status", "subscription") })
}

func getPaymentIntent(c *call) (object, error) {
	if o := c.e.state.find("payment_intent", c.id); o != nil {
		return o, nil
	}
	return nil, missing("payment_intent", c.id, "id")
}

func getPaymentMethod(c *call) (object, error) {
	if o := c.e.state.find("payment_method", c.id); o != nil {
		return o, nil
	}
	return nil, missing("PaymentMethod", c.id, "id")
}

// Tick does what time does by itself: sessions expire, periods end, subscriptions renew or end. The emulator ticks every minute; a test
// that moves its clock calls it.
func (e *Emulator) Tick() {
	e.mu.Lock()
	defer e.mu.Unlock()
	c, now := &call{e: e}, e.now().UTC()
	events := len(e.state.Tables["event"])
	e.state.each("checkout.session", func(o object) { _, _ = c.session(text(o, "id")) })
	e.state.each("subscription", func(o object) {
		if o["status"] == "canceled" || number(o, "current_period_end") > now.Unix() {
			return
		}
		if flag(o, "cancel_at_period_end") {
			c.endSubscription(o)
			return
		}
		before := clone(o).(object)
		anchor, end := time.Unix(number(o, "billing_cycle_anchor"), 0).UTC(), time.Unix(number(o, "current_period_end"), 0).UTC()
		for !end.After(now) {
			o["current_period_start"] = end.Unix()
			end = periodEnd(anchor, end, child(child(firstItem(o), "price"), "recurring"))
			o["current_period_end"] = end.Unix()
			c.bill(o, "subscription_cycle")
		}
		c.emit("customer.subscription.updated", o, before)
	})
	if len(e.state.Tables["event"]) != events {
		e.persist()
		e.wakeUp()
	}
}
