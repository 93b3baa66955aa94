package stripe

import "strings"

var customerParams = []string{"description", "email", "metadata", "name", "phone", "preferred_locales"}

func createCustomer(c *call) (object, error) {
	o := newObject("customer", object{
		"id": "cus_" + randomText(14), "created": c.now(), "currency": nil, "invoice_prefix": strings.ToUpper(randomText(8)),
	})
	if err := c.writeCustomer(o); err != nil {
		return nil, err
	}
	c.e.state.add(o)
	c.emit("customer.created", o, nil)
	return o, nil
}

func (c *call) writeCustomer(o object) error {
	if email := text(c.params, "email"); email != "" && !strings.Contains(email, "@") {
		return invalid("email_invalid", "email", "Invalid email address: %s", email)
	}
	assign(o, c.params, "description", "email", "name", "phone", "preferred_locales")
	mergeMetadata(o, c.params)
	return nil
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
