package stripe

// openIntent makes the payment that an open invoice waits for.
func (c *call) openIntent(invoice object) {
	o := newObject("payment_intent", object{
		"id": newID("pi"), "created": c.now(), "amount": invoice["amount_due"], "amount_received": int64(0), "currency": invoice["currency"],
		"status": "requires_payment_method", "customer": invoice["customer"], "invoice": invoice["id"], "payment_method": nil, "canceled_at": nil,
		"description": describe(invoice), "setup_future_usage": "off_session",
	})
	o["client_secret"] = text(o, "id") + "_secret_" + randomText(25)
	c.e.state.add(o)
	invoice["payment_intent"] = o["id"]
	c.emit("payment_intent.created", o, nil)
}

func describe(invoice object) string {
	switch invoice["billing_reason"] {
	case "subscription_create":
		return "Subscription creation"
	case "subscription_cycle", "subscription_update":
		return "Subscription update"
	}
	return "Payment for Invoice"
}

// methodOf is the payment method that an invoice is charged to: its own, that of its subscription, or the customer's default one; nil when
// there is none. Either of the two may be nil.
func (c *call) methodOf(subscription, invoice object) object {
	for _, o := range []object{invoice, subscription} {
		if method := c.e.state.find("payment_method", text(o, "default_payment_method")); method != nil {
			return method
		}
	}
	owner := subscription
	if owner == nil {
		owner = invoice
	}
	return c.defaultMethod(c.e.state.find("customer", text(owner, "customer")))
}

func (c *call) defaultMethod(customer object) object {
	return c.e.state.find("payment_method", text(child(customer, "invoice_settings"), "default_payment_method"))
}

// charge tries to pay an open invoice. A scheduled attempt plans the next one when it fails.
func (c *call) charge(invoice, method object, who presence, scheduled bool) *CardError {
	invoice["attempted"] = true
	if scheduled || number(invoice, "attempt_count") == 0 {
		invoice["attempt_count"] = number(invoice, "attempt_count") + 1
	}
	intent := c.e.state.find("payment_intent", text(invoice, "payment_intent"))
	if method != nil {
		intent["payment_method"] = method["id"]
	}
	refusal := c.outcome(method, who)
	if refusal == nil {
		c.succeed(invoice, intent, method)
		return nil
	}
	if scheduled {
		invoice["next_payment_attempt"] = c.nextAttempt(invoice)
	}
	if refusal == errAuthenticate && who == present {
		intent["status"] = "requires_action"
		intent["next_action"] = object{"type": "use_stripe_sdk", "use_stripe_sdk": object{}}
		c.emit("payment_intent.requires_action", intent, nil)
		c.emit("invoice.payment_action_required", invoice, nil)
		return refusal
	}
	c.fail(invoice, intent, method, refusal)
	return refusal
}

func (c *call) succeed(invoice, intent, method object) {
	charged := c.newCharge(invoice, intent, method)
	charged["amount_captured"], charged["captured"], charged["paid"], charged["status"] = charged["amount"], true, true, "succeeded"
	charged["outcome"] = object{
		"network_status": "approved_by_network", "reason": nil, "risk_level": "normal", "seller_message": "Payment complete.", "type": "authorized",
	}
	c.e.state.add(charged)
	intent["status"], intent["amount_received"], intent["latest_charge"] = "succeeded", intent["amount"], charged["id"]
	intent["last_payment_error"], intent["next_action"] = nil, nil
	invoice["charge"] = charged["id"]
	c.emit("charge.succeeded", charged, nil)
	c.emit("payment_intent.succeeded", intent, nil)
	c.markPaid(invoice)
	if text(child(method, "card"), "last4") == last4(CardDisputes) {
		c.dispute(charged)
	}
}

func (c *call) fail(invoice, intent, method object, refusal *CardError) {
	intent["status"], intent["next_action"] = "requires_payment_method", nil
	if method != nil {
		charged := c.newCharge(invoice, intent, method)
		charged["paid"], charged["status"], charged["failure_code"], charged["failure_message"] = false, "failed", refusal.Code, refusal.Message
		charged["outcome"] = object{
			"network_status": "declined_by_network", "reason": refusal.DeclineCode, "risk_level": "normal",
			"seller_message": "The bank did not return any further details with this decline.", "type": "issuer_declined",
		}
		c.e.state.add(charged)
		intent["latest_charge"] = charged["id"]
		intent["last_payment_error"] = object{
			"type": "card_error", "code": refusal.Code, "decline_code": refusal.DeclineCode, "message": refusal.Message, "charge": charged["id"], "payment_method": clone(method),
		}
		intent["payment_method"] = nil
		invoice["charge"] = charged["id"]
		c.emit("charge.failed", charged, nil)
		c.emit("payment_intent.payment_failed", intent, nil)
	}
	if refusal == errAuthenticate {
		c.emit("invoice.payment_action_required", invoice, nil)
	}
	c.emit("invoice.payment_failed", invoice, nil)
}

func (c *call) newCharge(invoice, intent, method object) object {
	id := newID("ch")
	o := newObject("charge", object{
		"id": id, "created": c.now(), "amount": intent["amount"], "amount_captured": int64(0), "amount_refunded": int64(0), "balance_transaction": nil,
		"billing_details": clone(method["billing_details"]), "currency": intent["currency"], "customer": intent["customer"], "description": intent["description"],
		"invoice": invoice["id"], "payment_intent": intent["id"], "payment_method": method["id"], "receipt_url": nil, "disputed": false, "refunded": false,
	})
	details := child(child(o, "payment_method_details"), "card")
	for _, name := range []string{"brand", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4"} {
		details[name] = child(method, "card")[name]
	}
	details["network"] = details["brand"]
	o["refunds"] = object{"object": "list", "url": "/v1/charges/" + id + "/refunds", "has_more": false, "data": []any{}}
	return o
}

func getPaymentIntent(c *call) (object, error) {
	if o := c.e.state.find("payment_intent", c.id); o != nil {
		return o, nil
	}
	return nil, missing("payment_intent", c.id, "id")
}

func listPaymentIntents(c *call) (object, error) {
	return c.list("payment_intent", func(o object) bool { return c.matches(o, "customer") })
}

func getCharge(c *call) (object, error) {
	if o := c.e.state.find("charge", c.id); o != nil {
		return o, nil
	}
	return nil, missing("charge", c.id, "id")
}

func listCharges(c *call) (object, error) {
	return c.list("charge", func(o object) bool { return c.matches(o, "customer", "payment_intent") })
}
