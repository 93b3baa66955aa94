package stripe

// openSetup makes the setup intent that a session in setup mode completes.
func (c *call) openSetup(session, customer object) {
	data := child(c.params, "setup_intent_data")
	o := newObject("setup_intent", object{
		"id": newID("seti"), "created": c.now(), "customer": nil, "payment_method": nil, "status": "requires_payment_method", "usage": "off_session",
		"description": nil, "metadata": object{}, "payment_method_types": []any{"card"}, "latest_attempt": nil, "mandate": nil,
	})
	if customer != nil {
		o["customer"] = customer["id"]
	}
	assign(o, data, "description")
	mergeMetadata(o, data)
	o["client_secret"] = text(o, "id") + "_secret_" + randomText(25)
	c.e.state.add(o)
	session["setup_intent"] = o["id"]
	c.emit("setup_intent.created", o, nil)
}

// finishSetup keeps the card for later payments. As with Stripe it does not become the default one by itself.
func (c *call) finishSetup(session object, method string) {
	o := c.e.state.find("setup_intent", text(session, "setup_intent"))
	o["status"], o["payment_method"], o["customer"] = "succeeded", method, session["customer"]
	c.emit("setup_intent.succeeded", o, nil)
}

func getSetupIntent(c *call) (object, error) {
	if o := c.e.state.find("setup_intent", c.id); o != nil {
		return o, nil
	}
	return nil, missing("setupintent", c.id, "id")
}

func listSetupIntents(c *call) (object, error) {
	return c.list("setup_intent", func(o object) bool { return c.matches(o, "customer", "payment_method") })
}
