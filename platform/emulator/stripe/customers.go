package stripe

import "strings"

var customerParams = []string{
	"address", "balance", "coupon", "description", "email", "invoice_prefix", "invoice_settings", "metadata", "name", "phone", "preferred_locales",
	"promotion_code", "shipping", "tax_exempt",
}

func createCustomer(c *call) (object, error) {
	o := newObject("customer", object{
		"id": "cus_" + randomText(14), "created": c.now(), "currency": nil, "invoice_prefix": strings.ToUpper(randomText(8)),
	})
	if id := text(c.params, "test_clock"); id != "" {
		if c.e.state.find(clockKind, id) == nil {
			return nil, missing("test clock", id, "test_clock")
		}
		o["test_clock"] = id
		c = c.of(o)
		o["created"] = c.now()
	}
	for _, given := range items(c.params, "tax_id_data") {
		if err := checkTaxID(given.(object), "tax_id_data"); err != nil {
			return nil, err
		}
	}
	if err := c.writeCustomer(o); err != nil {
		return nil, err
	}
	c.e.state.add(o)
	c.emit("customer.created", o, nil)
	if id := text(c.params, "payment_method"); id != "" {
		attaching := *c
		attaching.id, attaching.params = id, object{"customer": o["id"]}
		if _, err := attachPaymentMethod(&attaching); err != nil {
			c.e.state.remove(o)
			return nil, err
		}
	}
	for _, given := range items(c.params, "tax_id_data") {
		c.addTaxID(o, given.(object))
	}
	return o, nil
}

func (c *call) writeCustomer(o object) error {
	if email := text(c.params, "email"); email != "" && !strings.Contains(email, "@") {
		return invalid("email_invalid", "email", "Invalid email address: %s", email)
	}
	settings := child(c.params, "invoice_settings")
	if id := text(settings, "default_payment_method"); id != "" {
		if err := c.checkMethod(o, id, "invoice_settings[default_payment_method]"); err != nil {
			return err
		}
	}
	if err := c.writeDiscount(o, text(o, "id"), 0, text(o, "currency")); err != nil {
		return err
	}
	assign(o, c.params, "description", "email", "name", "phone", "preferred_locales", "tax_exempt", "invoice_prefix")
	for _, name := range []string{"address", "shipping"} {
		if given := child(c.params, name); given != nil {
			o[name] = addressed(name, given)
		} else {
			assign(o, c.params, name)
		}
	}
	assign(child(o, "invoice_settings"), settings, "custom_fields", "default_payment_method", "footer", "rendering_options")
	mergeMetadata(o, c.params)
	if _, given := c.params["balance"]; given {
		c.changeBalance(o, number(c.params, "balance")-number(o, "balance"), "adjustment")
	}
	return nil
}

// addressed gives an address, or one inside shipping, all the fields that Stripe sends.
func addressed(name string, given object) object {
	if name == "shipping" {
		o := object{"address": addressed("address", child(given, "address")), "name": nil, "phone": nil}
		assign(o, given, "name", "phone")
		return o
	}
	o := object{"city": nil, "country": nil, "line1": nil, "line2": nil, "postal_code": nil, "state": nil}
	assign(o, given, "city", "country", "line1", "line2", "postal_code", "state")
	return o
}

// customer finds a customer that was not deleted; param is where its id came from, "id" for the path.
func (c *call) customer(id, param string) (object, error) {
	o := c.e.state.find("customer", id)
	if o == nil || flag(o, "deleted") {
		return nil, missing("customer", id, param)
	}
	return o, nil
}

func getCustomer(c *call) (object, error) {
	o := c.e.state.find("customer", c.id)
	if o == nil {
		return nil, missing("customer", c.id, "id")
	}
	return o, nil
}

func listCustomers(c *call) (object, error) {
	return c.list("customer", func(o object) bool { return c.matches(o, "email") })
}

func updateCustomer(c *call) (object, error) {
	o, err := c.customer(c.id, "id")
	if err != nil {
		return nil, err
	}
	before := clone(o).(object)
	if err := c.writeCustomer(o); err != nil {
		return nil, err
	}
	c.emit("customer.updated", o, before)
	return o, nil
}

func deleteCustomer(c *call) (object, error) {
	o, err := c.customer(c.id, "id")
	if err != nil {
		return nil, err
	}
	c.e.state.each("subscription", func(s object) {
		if s["customer"] == c.id && s["status"] != "canceled" {
			c.endSubscription(s)
		}
	})
	c.emit("customer.deleted", o, nil)
	for name := range o {
		delete(o, name)
	}
	o["id"], o["object"], o["deleted"] = c.id, "customer", true
	return o, nil
}
