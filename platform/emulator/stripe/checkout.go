package stripe

import (
	"net/url"
	"time"
)

// order is what a checkout session sells.
type order struct {
	Lines       []line `json:"lines"`
	Metadata    object `json:"metadata"` // for the subscription, or what a setup makes
	Description any    `json:"description"`
	TrialDays   int64  `json:"trial_days"` // from the payment on; 0 is no trial
	TrialEnd    int64  `json:"trial_end"`  // unix seconds; 0 is none
	Missing     string `json:"missing"`    // what becomes of a trial that ends without a payment method
	Coupon      string `json:"coupon"`     // the ids of what takes something off, "" is nothing
	Promotion   string `json:"promotion"`
	SaveAddress bool   `json:"save_address"` // to a customer who exists: customer_update
	SaveName    bool   `json:"save_name"`
}

type line struct {
	Price    string `json:"price"`
	Quantity int64  `json:"quantity"`
}

// Stripe's bounds on expires_at, from the creation on.
const (
	sessionLife         = 24 * time.Hour
	shortestSessionLife = 30 * time.Minute
)

var sessionParams = []string{
	"allow_promotion_codes", "automatic_tax", "billing_address_collection", "cancel_url", "client_reference_id", "currency", "customer", "customer_email",
	"customer_update", "discounts", "expires_at", "line_items", "locale", "metadata", "mode", "payment_method_collection", "payment_method_types",
	"setup_intent_data", "subscription_data", "success_url", "tax_id_collection", "ui_mode",
}

func createSession(c *call) (object, error) {
	if err := c.checkSession(); err != nil {
		return nil, err
	}
	email, owner := any(nil), object(nil)
	if id := text(c.params, "customer"); id != "" {
		customer, err := c.customer(id, "customer")
		if err != nil {
			return nil, err
		}
		owner, email = customer, customer["email"]
		if err := c.checkUpdates(customer); err != nil {
			return nil, err
		}
	} else if given := text(c.params, "customer_email"); given != "" {
		email = given
	}
	id := "cs_test_" + randomText(58)
	o := newObject("checkout.session", object{
		"id": id, "created": c.now(), "expires_at": c.now() + seconds(sessionLife), "mode": c.params["mode"], "status": "open",
		"payment_status": "unpaid", "payment_intent": nil, "subscription": nil, "invoice": nil, "setup_intent": nil, "currency": nil,
		"amount_subtotal": nil, "amount_total": nil, "customer": nil, "customer_email": nil, "cancel_url": nil,
		"customer_details":  object{"address": nil, "email": email, "name": nil, "phone": nil, "tax_exempt": "none", "tax_ids": nil},
		"tax_id_collection": object{"enabled": flag(child(c.params, "tax_id_collection"), "enabled")},
		"automatic_tax":     object{"enabled": false, "liability": nil, "status": nil},
		"url":               c.e.URL() + "/c/pay/" + id,
	})
	assign(o, c.params, "allow_promotion_codes", "billing_address_collection", "cancel_url", "client_reference_id", "customer", "customer_email", "expires_at",
		"locale", "payment_method_collection", "success_url")
	mergeMetadata(o, c.params)
	bought := &order{
		SaveAddress: child(c.params, "customer_update")["address"] == "auto", SaveName: child(c.params, "customer_update")["name"] == "auto",
	}
	if o["mode"] == "setup" {
		c.openSetup(o, owner)
	} else if err := c.fillOrder(o, bought); err != nil {
		return nil, err
	}
	c.e.state.add(o)
	c.e.state.Orders[id] = bought
	return o, nil
}

// checkSession refuses what is wrong with the parameters by themselves.
func (c *call) checkSession() error {
	mode := text(c.params, "mode")
	if mode != "subscription" && mode != "setup" {
		return c.e.unsupported("A checkout session whose mode is not subscription or setup")
	}
	if ui := text(c.params, "ui_mode"); ui != "" && ui != "hosted" {
		return c.e.unsupported("A checkout session whose ui_mode is not hosted")
	}
	for _, name := range []string{"line_items", "subscription_data", "discounts", "allow_promotion_codes"} {
		if mode == "setup" && c.params[name] != nil {
			return invalid("", name, "You can not pass `%s` in `setup` mode.", name)
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
	if at := number(c.params, "expires_at") - c.now(); c.params["expires_at"] != nil && (at < seconds(shortestSessionLife) || at > seconds(sessionLife)) {
		return invalid("", "expires_at", "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.")
	}
	switch {
	case c.params["customer"] != nil && c.params["customer_email"] != nil:
		return invalid("", "customer_email", "You may only specify one of these parameters: customer, customer_email.")
	case c.params["customer"] == nil && c.params["customer_update"] != nil:
		return invalid("", "customer_update", "`customer_update` can only be used with `customer`.")
	case c.params["discounts"] != nil && c.params["allow_promotion_codes"] != nil:
		return invalid("", "allow_promotion_codes", "You may only specify one of these parameters: allow_promotion_codes, discounts.")
	}
	return nil
}

// checkUpdates refuses to collect from an existing customer what could not be saved.
func (c *call) checkUpdates(customer object) error {
	update := child(c.params, "customer_update")
	if flag(child(c.params, "automatic_tax"), "enabled") && customer["address"] == nil && update["address"] != "auto" {
		return invalid("customer_tax_location_invalid", "", "Automatic tax calculation in Checkout requires a valid address on the Customer. Add a valid address "+
			"to the Customer or set `customer_update[address]` to 'auto' to save the address entered in Checkout to the Customer.")
	}
	if flag(child(c.params, "tax_id_collection"), "enabled") && update["name"] != "auto" {
		return invalid("", "customer_update[name]", "Tax ID collection requires updating business name on the customer. To enable tax ID collection for an "+
			"existing customer, please set `customer_update[name]` to `auto`.")
	}
	return nil
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
