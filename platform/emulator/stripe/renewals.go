package stripe

import (
	"fmt"
	"time"
)

// retrySchedule is when a failed payment of an invoice is tried again: so long after the attempt before. After the last, the subscription
// becomes what AfterRetries says. It is Stripe's schedule of three retries; its "smart" times are chosen by a model and are not repeatable.
var retrySchedule = []time.Duration{3 * 24 * time.Hour, 5 * 24 * time.Hour, 7 * 24 * time.Hour}

// AfterRetries sets what becomes of a subscription whose payment failed for the last time: canceled, which it is at first, unpaid or past_due.
func (e *Emulator) AfterRetries(status string) error {
	switch status {
	case "canceled", "unpaid", "past_due":
	default:
		return fmt.Errorf("a subscription cannot become %q after its retries", status)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.state.AfterRetries = status
	e.persist()
	return nil
}

// roll begins the subscription's next period.
func roll(o object) {
	anchor, end := time.Unix(number(o, "billing_cycle_anchor"), 0).UTC(), time.Unix(number(o, "current_period_end"), 0).UTC()
	o["current_period_start"], o["current_period_end"] = end.Unix(), periodEnd(anchor, end, recurrence(o)).Unix()
	if o["status"] == "trialing" {
		o["status"] = "active"
	}
}

// cycleInvoice composes the invoice of the period that has just begun, with what waited for it. old is the subscription before.
func (c *call) cycleInvoice(o, old object) object {
	invoice := c.compose(o, "subscription_cycle", append(c.pendingLines(o), c.periodLines(o, old)...))
	invoice["period_start"], invoice["period_end"] = old["current_period_start"], old["current_period_end"]
	return invoice
}

// renew begins the next period with a draft invoice, which is finalized and charged after an hour. An unpaid subscription's stays a draft, as
// does that of one whose collection is paused with keep_as_draft.
func (c *call) renew(o object) object {
	before := clone(o).(object)
	roll(o)
	invoice := c.cycleInvoice(o, before)
	if o["status"] == "unpaid" || child(o, "pause_collection")["behavior"] == "keep_as_draft" {
		invoice["auto_advance"] = false
	} else {
		invoice["next_payment_attempt"] = c.now() + seconds(draftLife)
	}
	o["latest_invoice"] = invoice["id"]
	c.issue(invoice, o)
	c.emit("customer.subscription.updated", o, before)
	return invoice
}

// endTrial goes over to the first paid period, or without a payment method to what the trial's settings say.
func (c *call) endTrial(o object) {
	if c.methodOf(o, nil) == nil {
		switch child(child(o, "trial_settings"), "end_behavior")["missing_payment_method"] {
		case "cancel":
			c.endSubscription(o)
			return
		case "pause":
			before := clone(o).(object)
			o["status"] = "paused"
			c.emit("customer.subscription.paused", o, nil)
			c.emit("customer.subscription.updated", o, before)
			return
		}
	}
	c.renew(o)
}

// advanceDraft finalizes a draft when its hour is over, and charges it unless collection is paused.
func (c *call) advanceDraft(o object) {
	subscription := c.e.state.find("subscription", text(o, "subscription"))
	c.finalize(o)
	if o["status"] != "open" {
		return
	}
	switch child(subscription, "pause_collection")["behavior"] {
	case "void":
		c.void(o)
	case "mark_uncollectible":
		o["status"], o["auto_advance"] = "uncollectible", false
		child(o, "status_transitions")["marked_uncollectible_at"] = c.now()
		c.emit("invoice.marked_uncollectible", o, nil)
	default:
		c.collect(o, absent)
	}
}

// collect charges an open invoice as planned. When that fails, an active subscription is past due; the first payment has its own rules.
func (c *call) collect(o object, who presence) {
	subscription := c.e.state.find("subscription", text(o, "subscription"))
	if c.charge(o, c.methodOf(subscription, o), who, true) == nil || subscription == nil {
		return
	}
	if status := subscription["status"]; (status == "active" || status == "trialing") && o["billing_reason"] != "subscription_create" {
		c.setStatus(subscription, "past_due")
	}
}

// nextAttempt is when a payment that just failed is tried again, or nil for never.
func (c *call) nextAttempt(invoice object) any {
	failures := int(number(invoice, "attempt_count"))
	if failures > len(retrySchedule) || invoice["billing_reason"] == "subscription_create" {
		return nil
	}
	return c.now() + seconds(retrySchedule[failures-1])
}

// retry charges an invoice again. After the last time the subscription becomes what is configured.
func (c *call) retry(o object) {
	c.collect(o, absent)
	subscription := c.e.state.find("subscription", text(o, "subscription"))
	if o["status"] == "paid" || o["next_payment_attempt"] != nil || subscription == nil || subscription["status"] != "past_due" {
		return
	}
	switch c.e.state.AfterRetries {
	case "past_due":
	case "unpaid":
		c.setStatus(subscription, "unpaid")
	default:
		child(subscription, "cancellation_details")["reason"] = "payment_failed"
		c.endSubscription(subscription)
	}
}

// unpause collects payments again, from the next invoice on.
func (c *call) unpause(o object) {
	before := clone(o).(object)
	o["pause_collection"] = nil
	c.emit("customer.subscription.updated", o, before)
}

// resumeSubscription starts a paused subscription again. It is active when its invoice is paid, and stays paused until then.
func resumeSubscription(c *call) (object, error) {
	o, err := c.subscription()
	if err != nil {
		return nil, err
	}
	if o["status"] != "paused" {
		return nil, invalid("", "", "The subscription `%s` cannot be resumed because it is not paused.", c.id)
	}
	c = c.of(o)
	before := clone(o).(object)
	if text(c.params, "billing_cycle_anchor") == "unchanged" {
		for number(o, "current_period_end") <= c.now() {
			roll(o)
		}
	} else {
		c.restart(o, false)
	}
	invoice := c.compose(o, "subscription_update", append(c.pendingLines(o), c.periodLines(o, nil)...))
	o["latest_invoice"] = invoice["id"]
	c.emit("customer.subscription.updated", o, before)
	c.issue(invoice, o)
	c.finalize(invoice)
	if invoice["status"] == "open" {
		c.collect(invoice, present)
	}
	return o, nil
}
