package stripe

import (
	"net/http"
	"strings"
)

// knownCards are the numbers behind Stripe's test tokens and payment methods: tok_visa and pm_card_visa are the same card.
var knownCards = map[string]string{
	"visa": CardPays, "mastercard": "5555555555554444", "amex": "378282246310005", "chargeDeclined": CardDeclines, "visa_chargeDeclined": CardDeclines,
	"chargeCustomerFail": CardFailsLater, "authenticationRequired": "4000002760003184", "authenticationRequiredOnSetup": CardAuthenticates,
	"createDispute": CardDisputes,
}

func createPaymentMethod(c *call) (object, error) {
	if kind := text(c.params, "type"); kind != "card" {
		return nil, c.e.unsupported("A payment method of the type " + kind)
	}
	given := child(c.params, "card")
	k := card{Number: text(given, "number"), Month: int(number(given, "exp_month")), Year: int(number(given, "exp_year")), CVC: text(given, "cvc")}
	if token := text(given, "token"); token != "" {
		k = c.testCard(strings.TrimPrefix(token, "tok_"))
		if k.Number == "" {
			return nil, missing("token", token, "card[token]")
		}
	}
	switch n := digits(k.Number); {
	case !luhn(n):
		return nil, (&CardError{Code: "incorrect_number", Message: "Your card number is incorrect."}).answer()
	case k.Month < 1 || k.Month > 12:
		return nil, (&CardError{Code: "invalid_expiry_month", Message: "Your card's expiration month is invalid."}).answer()
	case payingCards[n] == "" && decliningCards[n] == nil:
		refusal, _ := k.authorize().(*CardError) //nolint:errorlint // it is made just here
		return nil, refusal.answer()
	}
	o := c.newMethod(k, child(c.params, "billing_details"))
	mergeMetadata(o, c.params)
	return o, nil
}

// testCard is the card of a test token; the number is empty when there is none of the name.
func (c *call) testCard(name string) card {
	return card{Number: knownCards[name], Month: 12, Year: c.time().Year() + 2, CVC: "123"}
}

// newMethod keeps a card that belongs to nobody yet.
func (c *call) newMethod(k card, billing object) object {
	details := object{"address": nil, "email": nil, "name": nil, "phone": nil}
	assign(details, billing, "address", "email", "name", "phone")
	o := newObject("payment_method", object{
		"id": newID("pm"), "created": c.now(), "customer": nil, "type": "card", "metadata": object{}, "card": k.object(), "billing_details": details,
	})
	if text(child(o, "card"), "brand") == "" {
		child(o, "card")["brand"], child(o, "card")["display_brand"] = "visa", "visa"
	}
	return c.e.state.add(o)
}

func getPaymentMethod(c *call) (object, error) {
	if o := c.e.state.find("payment_method", c.id); o != nil {
		return o, nil
	}
	return nil, missing("PaymentMethod", c.id, "id")
}

// checkMethod refuses a payment method that is not attached to the customer.
func (c *call) checkMethod(customer object, id, param string) error {
	o := c.e.state.find("payment_method", id)
	if o == nil {
		return missing("PaymentMethod", id, param)
	}
	if o["customer"] != customer["id"] {
		return invalid("", param, "The customer does not have a payment method with the ID %s. The payment method must be attached to the customer.", id)
	}
	return nil
}

func listPaymentMethods(c *call) (object, error) {
	return c.list("payment_method", func(o object) bool { return c.matches(o, "customer", "type") && o["customer"] != nil })
}

func listCustomerPaymentMethods(c *call) (object, error) {
	if _, err := c.customer(c.id, "id"); err != nil {
		return nil, err
	}
	return c.list("payment_method", func(o object) bool { return o["customer"] == c.id && c.matches(o, "type") })
}

func getCustomerPaymentMethod(c *call) (object, error) {
	o, err := getPaymentMethod(c)
	if err == nil && o["customer"] != c.r.PathValue("customer") {
		return nil, missing("PaymentMethod", c.id, "id")
	}
	return o, err
}

// attachPaymentMethod refuses a card that its issuer declines. pm_card_visa and the like are attached as new payment methods.
func attachPaymentMethod(c *call) (object, error) {
	customer, err := c.customer(text(c.params, "customer"), "customer")
	if err != nil {
		return nil, err
	}
	return c.attached(c.id, customer)
}

// attached attaches the payment method of that id, and returns it.
func (c *call) attached(id string, customer object) (object, error) {
	c = c.of(customer)
	o := c.e.state.find("payment_method", id)
	if name, test := strings.CutPrefix(id, "pm_card_"); o == nil && test && knownCards[name] != "" {
		o = c.newMethod(c.testCard(name), nil)
	}
	switch {
	case o == nil:
		return nil, missing("PaymentMethod", id, "id")
	case o["customer"] == customer["id"]:
		return o, nil
	case o["customer"] != nil:
		return nil, &Error{Status: http.StatusBadRequest, Type: invalidRequest, Code: "payment_method_unexpected_state", Message: "The payment method you provided has already been attached to a customer."}
	}
	for n, refusal := range decliningCards {
		if last4(n) == text(child(o, "card"), "last4") {
			return nil, refusal.answer()
		}
	}
	o["customer"] = customer["id"]
	c.emit("payment_method.attached", o, nil)
	return o, nil
}

// detachPaymentMethod takes the card away from its customer and from what it was the default of. It cannot be attached again with Stripe;
// here it can.
func detachPaymentMethod(c *call) (object, error) {
	o, err := getPaymentMethod(c)
	if err != nil {
		return nil, err
	}
	customer := c.e.state.find("customer", text(o, "customer"))
	if customer == nil {
		return nil, invalid("", "", "The payment method you provided is not attached to a customer so detachment is impossible.")
	}
	c = c.of(customer)
	before := clone(o).(object)
	o["customer"] = nil
	if settings := child(customer, "invoice_settings"); settings["default_payment_method"] == o["id"] {
		old := clone(customer).(object)
		settings["default_payment_method"] = nil
		c.emit("customer.updated", customer, old)
	}
	c.e.state.each("subscription", func(s object) {
		if s["default_payment_method"] == o["id"] && !over(s) {
			old := clone(s).(object)
			s["default_payment_method"] = nil
			c.emit("customer.subscription.updated", s, old)
		}
	})
	c.emit("payment_method.detached", o, before)
	return o, nil
}
