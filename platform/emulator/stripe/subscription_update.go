package stripe

import (
	"maps"
	"slices"
)

// revision is a change of what a subscription sells and when: of an update, or of a preview of one.
type revision struct {
	Items     []any
	Proration string // create_prorations, always_invoice, none or "", which is the first
	At        int64  // from when changes count; 0 is now
	TrialEnd  any
	Anchor    string // "now" starts a new period
}

// revised is what follows from a revision besides the changed subscription.
type revised struct {
	Prorations []object // invoice items that are not kept yet
	NewPeriod  bool     // a period starts now and is billed now
	TrialEnded bool
}

func updateSubscription(c *call) (object, error) {
	o, err := c.subscription()
	if err != nil {
		return nil, err
	}
	if err := c.checkUpdate(o); err != nil {
		return nil, err
	}
	c = c.of(o)
	// The change is tried on a copy: what is refused halfway leaves nothing behind.
	changed := clone(o).(object)
	did, err := c.revise(changed, revision{
		Items: items(c.params, "items"), Proration: text(c.params, "proration_behavior"), At: number(c.params, "proration_date"),
		TrialEnd: c.params["trial_end"], Anchor: text(c.params, "billing_cycle_anchor"),
	})
	if err != nil {
		return nil, err
	}
	if err := c.settings(changed); err != nil {
		return nil, err
	}
	if err := c.refusedPayment(changed, did); err != nil {
		return nil, err
	}
	if c.params["coupon"] != nil || c.params["promotion_code"] != nil {
		if err := c.writeDiscount(changed, text(o, "customer"), 0, text(o, "currency")); err != nil {
			return nil, err
		}
	}
	before := clone(o).(object)
	replace(o, changed)
	c.carryOut(o, before, did)
	return o, nil
}

// checkUpdate refuses what the subscription's state or the emulator does not allow.
func (c *call) checkUpdate(o object) error {
	for _, name := range slices.Sorted(maps.Keys(c.params)) {
		if over(o) && name != "metadata" && name != "cancellation_details" && name != "expand" {
			return invalid("", name, "A canceled subscription can only update its cancellation_details and metadata.")
		}
		if o["status"] == "incomplete" && name != "metadata" && name != "default_payment_method" && name != "expand" {
			return invalid("", name, "A subscription with status `incomplete` can only update its metadata and default payment method.")
		}
	}
	if behaviour := text(c.params, "payment_behavior"); behaviour == "pending_if_incomplete" || behaviour == "default_incomplete" {
		return c.e.unsupported("The payment_behavior " + behaviour + " of an update")
	}
	return nil
}

// replace makes o what changed is, in place: o is where the state's index points.
func replace(o, changed object) {
	for name := range o {
		delete(o, name)
	}
	for name, value := range changed {
		o[name] = value
	}
}

// invoiceNow composes what the update bills at once, or nil when all of it waits for the next invoice.
func (c *call) invoiceNow(o object, did revised) object {
	if !did.NewPeriod && (c.params["proration_behavior"] != "always_invoice" || len(did.Prorations) == 0) {
		return nil
	}
	lines := c.pendingLines(o)
	for _, item := range did.Prorations {
		lines = append(lines, itemLine(item))
	}
	if did.NewPeriod {
		lines = append(lines, c.periodLines(o, nil)...)
	}
	return c.compose(o, "subscription_update", lines)
}

// refusedPayment is why the update cannot be paid, when the caller wants it to fail then.
func (c *call) refusedPayment(o object, did revised) error {
	if text(c.params, "payment_behavior") != "error_if_incomplete" {
		return nil
	}
	invoice := c.invoiceNow(o, did)
	if invoice == nil || number(invoice, "amount_due") == 0 {
		return nil
	}
	if refusal := c.outcome(c.methodOf(o, invoice), presenceOf(flag(c.params, "off_session"))); refusal != nil {
		return refusal.answer()
	}
	return nil
}

// carryOut keeps the prorations, bills what is billed at once and tells what changed.
func (c *call) carryOut(o, before object, did revised) {
	if did.TrialEnded {
		c.emit("customer.subscription.trial_will_end", before, nil)
	}
	invoice := c.invoiceNow(o, did)
	for _, item := range did.Prorations {
		c.keepItem(item)
	}
	if invoice != nil {
		o["latest_invoice"] = invoice["id"]
	}
	c.emit("customer.subscription.updated", o, before)
	if invoice == nil {
		return
	}
	c.issue(invoice, o)
	c.finalize(invoice)
	if invoice["status"] == "open" {
		c.collect(invoice, presenceOf(flag(c.params, "off_session")))
	}
}

// settings applies the parameters that neither sell nor bill.
func (c *call) settings(o object) error {
	if id := text(c.params, "default_payment_method"); id != "" {
		customer := c.e.state.find("customer", text(o, "customer"))
		if err := c.checkMethod(customer, id, "default_payment_method"); err != nil {
			return err
		}
	}
	assign(o, c.params, "default_payment_method", "description", "pause_collection", "trial_settings")
	if pause := child(o, "pause_collection"); pause != nil && pause["resumes_at"] == nil {
		pause["resumes_at"] = nil
	}
	if tax := child(c.params, "automatic_tax"); tax != nil {
		o["automatic_tax"] = object{"enabled": flag(tax, "enabled"), "liability": nil}
	}
	if end, given := c.params["cancel_at_period_end"].(bool); given {
		c.cancelLater(o, end)
	}
	if at, given := c.params["cancel_at"]; given {
		o["cancel_at"], o["canceled_at"] = any(nil), any(nil)
		if at != "" {
			o["cancel_at"], o["canceled_at"] = at, c.now()
		}
	}
	mergeDetails(o, c.params)
	mergeMetadata(o, c.params)
	return nil
}

// revise changes the subscription, which may be a copy, and says what is to be billed. It keeps and tells nothing.
func (c *call) revise(o object, r revision) (did revised, err error) {
	at := r.At
	if at == 0 {
		at = c.now()
	}
	if at < number(o, "current_period_start") || at > number(o, "current_period_end") {
		return did, invalid("", "proration_date", "Cannot specify proration_date outside of the current period.")
	}
	end, err := c.readTrialEnd(r.TrialEnd)
	if err != nil {
		return did, err
	}
	before := clone(o).(object)
	if err := c.changeItems(o, r.Items); err != nil {
		return did, err
	}
	trialing := before["status"] == "trialing"
	if end > c.now() {
		if !trialing {
			o["current_period_start"] = c.now()
		}
		c.setTrial(o, end)
		if !trialing && r.Proration != "none" {
			did.Prorations = c.credits(before, at)
		}
		return did, nil
	}
	did.TrialEnded = trialing && end != 0
	did.NewPeriod = did.TrialEnded || (!trialing && (r.Anchor == "now" || !samePeriod(before, o) || free(before) != free(o)))
	if did.NewPeriod {
		c.restart(o, did.TrialEnded)
	}
	if !trialing && r.Proration != "none" {
		did.Prorations = c.prorate(before, o, at, did.NewPeriod)
	}
	return did, nil
}

// restart begins a period now.
func (c *call) restart(o object, trialEnded bool) {
	o["billing_cycle_anchor"], o["current_period_start"] = c.now(), c.now()
	o["current_period_end"] = periodEnd(c.time(), c.time(), recurrence(o)).Unix()
	if trialEnded {
		o["status"], o["trial_end"] = "active", c.now()
	}
	if flag(o, "cancel_at_period_end") {
		o["cancel_at"] = o["current_period_end"]
	}
}

func samePeriod(a, b object) bool {
	x, y := recurrence(a), recurrence(b)
	return x["interval"] == y["interval"] && max(1, number(x, "interval_count")) == max(1, number(y, "interval_count"))
}

// free reports whether a period of the subscription costs nothing. From and to such a price, as between intervals, a new period starts.
func free(o object) bool {
	total := int64(0)
	for _, item := range items(child(o, "items"), "data") {
		item := item.(object)
		if metered(child(item, "price")) {
			return false
		}
		total += priceAmount(child(item, "price"), number(item, "quantity"))
	}
	return total == 0
}
