package stripe

import "time"

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

// listSubscriptions leaves canceled ones out unless they are asked for, as Stripe does. Those of a test clock are listed for their customer
// or their clock only.
func listSubscriptions(c *call) (object, error) {
	status := text(c.params, "status")
	asked := text(c.params, "customer")
	if asked != "" {
		if _, err := c.customer(asked, "customer"); err != nil {
			return nil, err
		}
	}
	return c.list("subscription", func(o object) bool {
		if price := text(c.params, "price"); price != "" && child(firstItem(o), "price")["id"] != price {
			return false
		}
		if asked == "" && c.params["test_clock"] == nil && o["test_clock"] != nil {
			return false
		}
		fits := status == "all" || (status == "ended" && over(o)) || (status == "" && o["status"] != "canceled") || o["status"] == status
		return fits && c.matches(o, "customer", "test_clock")
	})
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

// cancelSubscription ends the subscription at once. prorate gives the unused time back as a pending invoice item; invoice_now bills what is pending.
func cancelSubscription(c *call) (object, error) {
	o, err := c.subscription()
	if err != nil {
		return nil, err
	}
	if over(o) {
		return nil, missing("subscription", c.id, "id")
	}
	c = c.of(o)
	if flag(c.params, "prorate") && o["status"] != "trialing" {
		for _, unused := range c.credits(o, c.now()) {
			c.keepItem(unused)
		}
	}
	mergeDetails(o, c.params)
	child(o, "cancellation_details")["reason"] = "cancellation_requested"
	if pending := c.pendingLines(o); flag(c.params, "invoice_now") && len(pending) > 0 {
		final := c.compose(o, "subscription_cycle", pending)
		o["latest_invoice"] = final["id"]
		c.issue(final, o)
		c.finalize(final)
		if final["status"] == "open" {
			c.collect(final, absent)
		}
	}
	c.endSubscription(o)
	return o, nil
}

// endSubscription cancels it now. Its invoices that are not paid are not collected any more.
func (c *call) endSubscription(o object) {
	c = c.of(o)
	o["status"], o["ended_at"] = "canceled", c.now()
	if o["canceled_at"] == nil {
		o["canceled_at"] = c.now()
	}
	c.e.state.each("invoice", func(invoice object) {
		if invoice["subscription"] == o["id"] && (invoice["status"] == "open" || invoice["status"] == "draft") {
			invoice["auto_advance"], invoice["next_payment_attempt"] = false, nil
		}
	})
	c.emit("customer.subscription.deleted", o, nil)
}

// endAsPlanned cancels it at its planned time. What is owed then has a last invoice: pending items, and what was used of metered prices.
func (c *call) endAsPlanned(o object) {
	lines := append(c.pendingLines(o), c.usedLines(o)...)
	c.endSubscription(o)
	if len(lines) == 0 {
		return
	}
	invoice := c.compose(o, "subscription_cycle", lines)
	invoice["period_start"], invoice["next_payment_attempt"] = o["current_period_start"], c.now()+seconds(draftLife)
	o["latest_invoice"] = invoice["id"]
	c.issue(invoice, o)
}

// expireIncomplete gives up a subscription whose first payment did not come, and voids its invoice.
func (c *call) expireIncomplete(o object) {
	before := clone(o).(object)
	o["status"], o["ended_at"] = "incomplete_expired", c.now()
	if invoice := c.e.state.find("invoice", text(o, "latest_invoice")); invoice != nil && invoice["status"] == "open" {
		c.void(invoice)
	}
	c.emit("customer.subscription.updated", o, before)
}
