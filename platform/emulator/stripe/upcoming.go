package stripe

import "net/http"

// upcomingInvoice previews the subscription's next invoice, with the changes that the request names: what it shows is what the update and
// the next renewal then make, because both come from the same code. With always_invoice, or when the change starts a new period, it is the
// invoice that the update makes at once.
func upcomingInvoice(c *call) (object, error) {
	o, err := c.previewed()
	if err != nil {
		return nil, err
	}
	if over(o) {
		return nil, noUpcoming(text(o, "customer"))
	}
	c = c.of(o)
	changed := clone(o).(object)
	did, err := c.revise(changed, revision{
		Items: items(c.params, "subscription_items"), Proration: text(c.params, "subscription_proration_behavior"), At: number(c.params, "subscription_proration_date"),
		TrialEnd: c.params["subscription_trial_end"], Anchor: text(c.params, "subscription_billing_cycle_anchor"),
	})
	if err != nil {
		return nil, err
	}
	lines := c.pendingLines(o)
	for _, item := range did.Prorations {
		lines = append(lines, itemLine(item))
	}
	switch {
	case did.NewPeriod:
		return asPreview(c.compose(changed, "upcoming", append(lines, c.periodLines(changed, nil)...))), nil
	case c.params["subscription_proration_behavior"] == "always_invoice" && len(did.Prorations) > 0:
		return asPreview(c.compose(changed, "upcoming", lines)), nil
	case flag(changed, "cancel_at_period_end") && len(lines)+len(c.usedLines(changed)) == 0, changed["status"] == "paused":
		return nil, noUpcoming(text(o, "customer"))
	}
	return c.preview(changed, lines), nil
}

// upcomingLines are the lines of the preview; unlike those inside it they can be paged through.
func upcomingLines(c *call) (object, error) {
	o, err := upcomingInvoice(c)
	if err != nil {
		return nil, err
	}
	return c.page(rows(items(child(o, "lines"), "data")))
}

// previewed is the subscription that the request names by itself or by its customer.
func (c *call) previewed() (object, error) {
	if id := text(c.params, "subscription"); id != "" {
		if o := c.e.state.find("subscription", id); o != nil {
			return o, nil
		}
		return nil, missing("subscription", id, "subscription")
	}
	id := text(c.params, "customer")
	if id == "" {
		return nil, invalid("parameter_missing", "customer", "You must specify a customer or a subscription to preview an upcoming invoice.")
	}
	if _, err := c.customer(id, "customer"); err != nil {
		return nil, err
	}
	var found object
	c.e.state.each("subscription", func(o object) {
		if o["customer"] == id && !over(o) {
			found = o
		}
	})
	if found == nil {
		return nil, noUpcoming(id)
	}
	return found, nil
}

func noUpcoming(customer string) *Error {
	return &Error{
		Status: http.StatusNotFound, Type: invalidRequest, Code: "invoice_upcoming_none", Message: "No upcoming invoices for customer: " + customer,
	}
}

// nextInvoice is the preview of the invoice that the end of the current period will make.
func (c *call) nextInvoice(o object) object { return c.preview(o, c.pendingLines(o)) }

func (c *call) preview(subscription object, lines []any) object {
	next := clone(subscription).(object)
	later := c.at(number(subscription, "current_period_end"))
	if !flag(subscription, "cancel_at_period_end") {
		roll(next)
		lines = append(lines, c.periodLines(next, subscription)...)
	} else {
		lines = append(lines, c.usedLines(subscription)...)
	}
	o := later.compose(next, "upcoming", lines)
	o["period_start"], o["period_end"] = subscription["current_period_start"], subscription["current_period_end"]
	o["next_payment_attempt"] = later.now() + seconds(draftLife)
	return asPreview(o)
}

// asPreview takes away what an invoice that does not exist cannot have.
func asPreview(o object) object {
	for _, l := range items(child(o, "lines"), "data") {
		l.(object)["invoice"] = nil
	}
	delete(o, "id")
	child(o, "lines")["url"] = "/v1/invoices/upcoming/lines"
	return o
}
