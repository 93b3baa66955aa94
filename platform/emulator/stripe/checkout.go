package stripe

import (
	"net/url"
	"time"
)

// order is what a checkout session sells.
type order struct {
	Lines    []line `json:"lines"`
	Metadata object `json:"metadata"` // for the subscription
}

type line struct {
	Price    string `json:"price"`
	Quantity int64  `json:"quantity"`
}

const sessionLife = 24 * time.Hour

func createSession(c *call) (object, error) {
	if err := c.checkSession(); err != nil {
		return nil, err
	}
	var email any
	if id := text(c.params, "customer"); id != "" {
		customer, err := c.customer(id, "customer")
		if err != nil {
			return nil, err
		}
		email = customer["email"]
	} else if given := text(c.params, "customer_email"); given != "" {
		email = given
	}
	bought, total, currency, err := c.readOrder()
	if err != nil {
		return nil, err
	}
	id := "cs_test_" + randomText(58)
	o := newObject("checkout.session", object{
		"id": id, "created": c.now(), "expires_at": c.now() + int64(sessionLife.Seconds()), "mode": "subscription", "status": "open",
		"payment_status": "unpaid", "payment_intent": nil, "subscription": nil, "invoice": nil, "currency": currency,
		"amount_subtotal": total, "amount_total": total, "customer": nil, "customer_email": nil, "cancel_url": nil,
		"customer_details": object{"address": nil, "email": email, "name": nil, "phone": nil, "tax_exempt": "none", "tax_ids": nil},
		"total_details":    object{"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
		"url":              c.e.URL() + "/c/pay/" + id,
	})
	assign(o, c.params, "billing_address_collection", "cancel_url", "client_reference_id", "customer", "customer_email", "locale",
		"payment_method_collection", "success_url")
	mergeMetadata(o, c.params)
	c.e.state.add(o)
	c.e.state.Orders[id] = bought
	return o, nil
}

// checkSession refuses what is wrong with the parameters by themselves.
func (c *call) checkSession() error {
	if c.params["mode"] != "subscription" {
		return c.e.unsupported("A checkout session whose mode is not subscription")
	}
	if mode := text(c.params, "ui_mode"); mode != "" && mode != "hosted" {
		return c.e.unsupported("A checkout session whose ui_mode is not hosted")
	}
	for name := range child(c.params, "subscription_data") {
		if name != "metadata" {
			return c.e.unsupported("The parameter subscription_data[" + name + "] of checkout sessions")
		}
	}
	for _, name := range []string{"success_url", "cancel_url"} {
		if u, err := url.Parse(text(c.params, name)); text(c.params, name) != "" && (err != nil || u.Host == "") {
			return invalid("url_invalid", name, "Not a valid URL")
		}
	}
	if text(c.params, "success_url") == "" {
		return invalid("parameter_missing", "success_url", "Missing required param: success_url.")
	}
	if c.params["customer"] != nil && c.params["customer_email"] != nil {
		return invalid("", "customer_email", "You may only specify one of these parameters: customer, customer_email.")
	}
	return nil
}

// readOrder checks the line items and adds them up.
func (c *call) readOrder() (bought *order, total int64, currency string, err error) {
	bought = &order{Metadata: child(child(c.params, "subscription_data"), "metadata")}
	for _, item := range items(c.params, "line_items") {
		item := item.(object)
		for name := range item {
			if name != "price" && name != "quantity" {
				return nil, 0, "", c.e.unsupported("The parameter line_items[" + name + "] of checkout sessions")
			}
		}
		id := text(item, "price")
		price := c.e.state.find("price", id)
		switch {
		case price == nil:
			return nil, 0, "", missing("price", id, "line_items[0][price]")
		case !flag(price, "active"):
			return nil, 0, "", invalid("", "line_items[0][price]", "The price specified is inactive. This field only accepts active prices.")
		case price["type"] != "recurring":
			return nil, 0, "", c.e.unsupported("A one-time price in a checkout session")
		case currency != "" && currency != text(price, "currency"):
			return nil, 0, "", invalid("", "line_items", "All prices on a Checkout Session must be in the same currency.")
		}
		quantity := number(item, "quantity")
		if quantity < 1 {
			return nil, 0, "", invalid("parameter_missing", "line_items[0][quantity]", "Quantity is required. Add `quantity` to `line_items[0]`")
		}
		currency = text(price, "currency")
		total += number(price, "unit_amount") * quantity
		bought.Lines = append(bought.Lines, line{Price: id, Quantity: quantity})
	}
	if len(bought.Lines) == 0 {
		return nil, 0, "", invalid("parameter_missing", "line_items", "Missing required param: line_items.")
	}
	return bought, total, currency, nil
}

// session finds a session, and expires it when its time is over.
func (c *call) session(id string) (object, error) {
	o := c.e.state.find("checkout.session", id)
	if o == nil {
		return nil, missing("checkout.session", id, "id")
	}
	if o["status"] == "open" && number(o, "expires_at") <= c.now() {
		c.expire(o)
	}
	return o, nil
}

func (c *call) expire(o object) {
	o["status"], o["url"] = "expired", nil
	c.emit("checkout.session.expired", o, nil)
}

func getSession(c *call) (object, error) { return c.session(c.id) }

func listSessions(c *call) (object, error) {
	return c.list("checkout.session", func(o object) bool { return c.matches(o, "customer", "status", "subscription") })
}

func expireSession(c *call) (object, error) {
	o, err := c.session(c.id)
	if err != nil {
		return nil, err
	}
	if o["status"] != "open" {
		return nil, invalid("", "", "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status of `%s`.", o["status"])
	}
	c.expire(o)
	return o, nil
}

func listSessionItems(c *call) (object, error) {
	o, err := c.session(c.id)
	if err != nil {
		return nil, err
	}
	return c.e.sessionItems(o), nil
}

// sessionItems is the list of what the session sells.
func (e *Emulator) sessionItems(session object) object {
	lines := e.state.Orders[text(session, "id")].Lines
	data := make([]any, 0, len(lines))
	for _, l := range lines {
		price := e.state.find("price", l.Price)
		amount := number(price, "unit_amount") * l.Quantity
		data = append(data, newObject("item", object{
			"id": newID("li"), "amount_discount": 0, "amount_subtotal": amount, "amount_tax": 0, "amount_total": amount,
			"currency": price["currency"], "description": e.productName(price), "price": clone(price), "quantity": l.Quantity,
		}))
	}
	return object{"object": "list", "url": "/v1/checkout/sessions/" + text(session, "id") + "/line_items", "has_more": false, "data": data}
}

func (e *Emulator) productName(price object) string {
	return text(e.state.find("product", text(price, "product")), "name")
}
