package stripe

import (
	"fmt"
	"strings"
	"time"
)

// retryAfter is how long Stripe waits before it charges a card again, at first. The emulator only says so: it does not charge again.
const retryAfter = 3 * 24 * time.Hour

// bill makes the invoice of the subscription's current period and charges for it. A payment that fails leaves the invoice open.
func (c *call) bill(subscription object, reason string) object {
	paid := reason == "subscription_create" || renews(c.e.state.find("payment_method", text(subscription, "default_payment_method")))
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
	o := c.e.state.add(newObject("invoice", object{
		"id": id, "created": c.now(), "number": fmt.Sprintf("%s-%04d", strings.ToUpper(text(customer, "invoice_prefix")), sequence),
		"customer": customer["id"], "customer_email": customer["email"], "customer_name": customer["name"], "currency": subscription["currency"],
		"subscription": subscription["id"], "billing_reason": reason, "status": "open", "paid": false, "attempted": true, "attempt_count": 1,
		"amount_due": total, "amount_paid": 0, "amount_remaining": total, "subtotal": total, "subtotal_excluding_tax": total,
		"total": total, "total_excluding_tax": total, "due_date": nil, "next_payment_attempt": nil,
		"effective_at": c.now(), "period_start": period["start"], "period_end": period["end"], "webhooks_delivered_at": nil,
		"status_transitions": object{"finalized_at": c.now(), "marked_uncollectible_at": nil, "paid_at": nil, "voided_at": nil},
		"lines":              object{"object": "list", "url": "/v1/invoices/" + id + "/lines", "has_more": false, "data": lines, "total_count": len(lines)},
	}))
	subscription["latest_invoice"] = id
	c.charge(o, text(subscription, "default_payment_method"), paid)
	return o
}

// charge adds the payment of a new invoice, or the attempt at one, and tells what happened.
func (c *call) charge(invoice object, method string, paid bool) {
	total, received, status := number(invoice, "total"), int64(0), "requires_payment_method"
	events := []string{"invoice.created", "invoice.finalized", "invoice.payment_failed"}
	if paid {
		received, status = total, "succeeded"
		events = []string{"invoice.created", "invoice.finalized", "invoice.paid", "invoice.payment_succeeded"}
		invoice["status"], invoice["paid"], invoice["amount_paid"], invoice["amount_remaining"] = "paid", true, total, 0
		child(invoice, "status_transitions")["paid_at"] = c.now()
	} else {
		invoice["next_payment_attempt"] = c.now() + int64(retryAfter.Seconds())
	}
	intent := c.e.state.add(newObject("payment_intent", object{
		"id": newID("pi"), "created": c.now(), "amount": total, "amount_received": received, "currency": invoice["currency"], "status": status,
		"customer": invoice["customer"], "invoice": invoice["id"], "payment_method": method, "canceled_at": nil,
	}))
	intent["client_secret"] = text(intent, "id") + "_secret_" + randomText(25)
	invoice["payment_intent"] = intent["id"]
	for _, happened := range events {
		c.emit(happened, invoice, nil)
	}
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
		c.renew(o, now)
	})
	if len(e.state.Tables["event"]) != events {
		e.persist()
		e.wakeUp()
	}
}

// renew bills the periods of an active subscription that have begun by now. A payment that fails makes it past due.
func (c *call) renew(o object, now time.Time) {
	if o["status"] != "active" && o["status"] != "past_due" {
		return
	}
	before := clone(o).(object)
	anchor, end := time.Unix(number(o, "billing_cycle_anchor"), 0).UTC(), time.Unix(number(o, "current_period_end"), 0).UTC()
	for !end.After(now) {
		o["current_period_start"] = end.Unix()
		end = periodEnd(anchor, end, child(child(firstItem(o), "price"), "recurring"))
		o["current_period_end"] = end.Unix()
		if !flag(c.bill(o, "subscription_cycle"), "paid") {
			o["status"] = "past_due"
		}
	}
	c.emit("customer.subscription.updated", o, before)
}
