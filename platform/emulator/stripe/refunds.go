package stripe

import "time"

// createRefund gives back a part of a charge, or what is left of it. It succeeds at once, and leaves the charge's invoice as it is.
func createRefund(c *call) (object, error) {
	charged, err := c.refundable()
	if err != nil {
		return nil, err
	}
	c = c.of(charged)
	left := number(charged, "amount_captured") - number(charged, "amount_refunded")
	if left == 0 {
		return nil, invalid("charge_already_refunded", "", "Charge %s has already been refunded.", text(charged, "id"))
	}
	amount := left
	if _, given := c.params["amount"]; given {
		amount = number(c.params, "amount")
	}
	if amount < 1 {
		return nil, invalid("parameter_invalid_integer", "amount", "Invalid positive integer")
	}
	if currency := text(charged, "currency"); amount > left {
		return nil, invalid("", "amount", "Refund amount (%s) is greater than unrefunded amount on charge (%s)", money(amount, currency), money(left, currency))
	}
	o := newObject("refund", object{
		"id": newID("re"), "created": c.now(), "amount": amount, "charge": charged["id"], "currency": charged["currency"], "metadata": object{},
		"payment_intent": charged["payment_intent"], "reason": nil, "status": "succeeded",
	})
	assign(o, c.params, "reason")
	mergeMetadata(o, c.params)
	c.e.state.add(o)
	before := clone(charged).(object)
	charged["amount_refunded"], charged["refunded"] = number(charged, "amount_refunded")+amount, amount == left
	refunds := child(charged, "refunds")
	refunds["data"] = append([]any{clone(o)}, items(refunds, "data")...)
	c.emit("charge.refunded", charged, before)
	return o, nil
}

// refundable is the charge that the request names, by itself or by its payment intent.
func (c *call) refundable() (object, error) {
	id := text(c.params, "charge")
	if intent := text(c.params, "payment_intent"); id == "" && intent != "" {
		o := c.e.state.find("payment_intent", intent)
		if o == nil {
			return nil, missing("payment_intent", intent, "payment_intent")
		}
		if id = text(o, "latest_charge"); id == "" {
			return nil, invalid("", "payment_intent", "This PaymentIntent (%s) does not have a successful charge to refund.", intent)
		}
	}
	if id == "" {
		return nil, invalid("parameter_missing", "", "One of the following params should be provided for this request: payment_intent or charge.")
	}
	o := c.e.state.find("charge", id)
	switch {
	case o == nil:
		return nil, missing("charge", id, "charge")
	case o["status"] != "succeeded":
		return nil, invalid("", "", "This charge (%s) did not succeed, so it cannot be refunded.", id)
	case flag(o, "disputed"):
		return nil, invalid("charge_disputed", "", "Charge %s has been charged back; cannot issue a refund.", id)
	}
	return o, nil
}

func getRefund(c *call) (object, error) {
	if o := c.e.state.find("refund", c.id); o != nil {
		return o, nil
	}
	return nil, missing("refund", c.id, "id")
}

func listRefunds(c *call) (object, error) {
	return c.list("refund", func(o object) bool { return c.matches(o, "charge", "payment_intent") })
}

// evidenceTime is how long the account has to answer a dispute.
const evidenceTime = 9 * 24 * time.Hour

// dispute lets the card's holder deny the charge. It stays open: evidence cannot be sent to the emulator.
func (c *call) dispute(charged object) {
	before := clone(charged).(object)
	charged["disputed"] = true
	o := newObject("dispute", object{
		"id": newID("dp"), "created": c.now(), "amount": charged["amount"], "currency": charged["currency"], "charge": charged["id"],
		"payment_intent": charged["payment_intent"], "reason": "fraudulent", "status": "needs_response", "is_charge_refundable": false,
		"evidence_details": object{"due_by": c.now() + seconds(evidenceTime), "has_evidence": false, "past_due": false, "submission_count": 0},
	})
	c.e.state.add(o)
	c.emit("charge.dispute.created", o, nil)
	c.emit("charge.updated", charged, before)
}

func getDispute(c *call) (object, error) {
	if o := c.e.state.find("dispute", c.id); o != nil {
		return o, nil
	}
	return nil, missing("dispute", c.id, "id")
}

func listDisputes(c *call) (object, error) {
	return c.list("dispute", func(o object) bool { return c.matches(o, "charge", "payment_intent") })
}
