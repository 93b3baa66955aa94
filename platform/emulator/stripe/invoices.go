package stripe

import (
	"fmt"
	"net/http"
	"strings"
)

// issue keeps a composed invoice with the pending items on it, and uses up a discount that is for once.
func (c *call) issue(o, subscription object) {
	c.e.state.add(o)
	for _, l := range items(child(o, "lines"), "data") {
		if item := c.e.state.find("invoiceitem", text(l.(object), "invoice_item")); item != nil {
			item["invoice"] = o["id"]
		}
	}
	if given := child(o, "discount"); given != nil && text(child(given, "coupon"), "duration") == "once" {
		holder := subscription
		if child(subscription, "discount") == nil {
			holder = c.e.state.find("customer", text(o, "customer"))
		}
		holder["discount"] = nil
		c.emit("customer.discount.deleted", given, nil)
	}
	c.emit("invoice.created", o, nil)
}

// finalize opens a draft: it gets its number and its pages, the customer's balance is applied, and what costs nothing is paid.
func (c *call) finalize(o object) {
	c = c.of(o)
	customer := c.e.state.find("customer", text(o, "customer"))
	sequence := number(customer, "next_invoice_sequence")
	customer["next_invoice_sequence"] = sequence + 1
	o["number"] = fmt.Sprintf("%s-%04d", strings.ToUpper(text(customer, "invoice_prefix")), sequence)
	o["status"], o["effective_at"], o["next_payment_attempt"] = "open", c.now(), nil
	child(o, "status_transitions")["finalized_at"] = c.now()
	page := c.e.URL() + "/i/" + text(o, "id") + "/" + randomText(40)
	o["hosted_invoice_url"], o["invoice_pdf"] = page, page+"/pdf"
	c.applyBalance(o, customer)
	if number(o, "amount_due") > 0 {
		c.openIntent(o)
	}
	c.emit("invoice.finalized", o, nil)
	if number(o, "amount_due") == 0 {
		o["attempted"] = true
		c.markPaid(o)
	}
}

// applyBalance pays from the customer's credit, which is a negative balance, or adds what they owe; an invoice of less than nothing is
// added to the credit.
func (c *call) applyBalance(o, customer object) {
	balance, total := number(customer, "balance"), number(o, "total")
	due := max(0, total+balance)
	after := min(0, total+balance)
	o["starting_balance"], o["ending_balance"] = balance, after
	o["amount_due"], o["amount_remaining"] = due, due
	if after == balance {
		return
	}
	before := clone(customer).(object)
	change := c.changeBalance(customer, after-balance, "applied_to_invoice")
	change["invoice"], change["currency"] = o["id"], o["currency"]
	c.emit("customer.updated", customer, before)
}

// markPaid closes the invoice and lets its subscription go on when it is the latest.
func (c *call) markPaid(o object) {
	o["status"], o["paid"], o["amount_remaining"], o["next_payment_attempt"] = "paid", true, int64(0), nil
	if !flag(o, "paid_out_of_band") {
		o["amount_paid"] = number(o, "amount_due")
	}
	child(o, "status_transitions")["paid_at"] = c.now()
	c.emit("invoice.paid", o, nil)
	c.emit("invoice.payment_succeeded", o, nil)
	subscription := c.e.state.find("subscription", text(o, "subscription"))
	if subscription == nil || subscription["latest_invoice"] != o["id"] {
		return
	}
	switch subscription["status"] {
	case "incomplete", "past_due", "unpaid":
		c.setStatus(subscription, "active")
	case "paused":
		c.setStatus(subscription, "active")
		c.emit("customer.subscription.resumed", subscription, nil)
	}
}

func (c *call) setStatus(o object, status string) {
	before := clone(o).(object)
	o["status"] = status
	c.emit("customer.subscription.updated", o, before)
}

func (c *call) void(o object) {
	o["status"], o["auto_advance"], o["next_payment_attempt"] = "void", false, nil
	child(o, "status_transitions")["voided_at"] = c.now()
	if intent := c.e.state.find("payment_intent", text(o, "payment_intent")); intent != nil {
		intent["status"], intent["canceled_at"], intent["cancellation_reason"] = "canceled", c.now(), "void_invoice"
		c.emit("payment_intent.canceled", intent, nil)
	}
	c.emit("invoice.voided", o, nil)
}

func (c *call) invoice() (object, error) {
	if o := c.e.state.find("invoice", c.id); o != nil {
		return o, nil
	}
	return nil, missing("invoice", c.id, "id")
}

func getInvoice(c *call) (object, error) { return c.invoice() }

func listInvoices(c *call) (object, error) {
	return c.list("invoice", func(o object) bool { return c.matches(o, "customer", "status", "subscription") })
}

func listInvoiceLines(c *call) (object, error) {
	o, err := c.invoice()
	if err != nil {
		return nil, err
	}
	return c.page(rows(items(child(o, "lines"), "data")))
}

func rows(list []any) []object {
	made := make([]object, len(list))
	for i, o := range list {
		made[i] = o.(object)
	}
	return made
}

func finalizeInvoice(c *call) (object, error) {
	o, err := c.invoice()
	if err != nil {
		return nil, err
	}
	if o["status"] != "draft" {
		return nil, invalid("invoice_not_editable", "", "This invoice is already finalized, you can't re-finalize a non-draft invoice.")
	}
	if advance, given := c.params["auto_advance"].(bool); given {
		o["auto_advance"] = advance
	}
	c = c.of(o)
	c.finalize(o)
	if o["status"] == "open" && flag(o, "auto_advance") {
		o["next_payment_attempt"] = c.now() + seconds(draftLife)
	}
	return o, nil
}

// payInvoice charges an invoice now; a draft is finalized first.
func payInvoice(c *call) (object, error) {
	o, err := c.invoice()
	if err != nil {
		return nil, err
	}
	c = c.of(o)
	switch o["status"] {
	case "paid":
		return nil, invalid("", "", "Invoice is already paid")
	case "void", "uncollectible":
		return nil, invalid("", "", "Invoice cannot be paid: its status is %s.", o["status"])
	}
	if id := text(c.params, "payment_method"); id != "" {
		if err := c.checkMethod(c.e.state.find("customer", text(o, "customer")), id, "payment_method"); err != nil {
			return nil, err
		}
	}
	if o["status"] == "draft" {
		c.finalize(o)
	}
	if o["status"] == "paid" {
		return o, nil
	}
	if flag(c.params, "paid_out_of_band") {
		o["paid_out_of_band"] = true
		c.markPaid(o)
		return o, nil
	}
	if refusal := c.charge(o, c.methodToPay(o), presenceOf(flag(c.params, "off_session")), false); refusal != nil {
		return nil, refusal.answer()
	}
	return o, nil
}

// methodToPay is the payment method that the request names, or that of the invoice.
func (c *call) methodToPay(o object) object {
	if id := text(c.params, "payment_method"); id != "" {
		return c.e.state.find("payment_method", id)
	}
	return c.methodOf(c.e.state.find("subscription", text(o, "subscription")), o)
}

func voidInvoice(c *call) (object, error) {
	o, err := c.invoice()
	if err != nil {
		return nil, err
	}
	if o["status"] != "open" && o["status"] != "uncollectible" {
		return nil, &Error{Status: http.StatusBadRequest, Type: invalidRequest, Message: fmt.Sprintf("You can only void open or uncollectible invoices. This invoice is %s.", o["status"])}
	}
	c.of(o).void(o)
	return o, nil
}
