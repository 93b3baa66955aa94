package stripe

import "errors"

var errSessionClosed = errors.New("this checkout session is not open any more")

// Pay pays an open checkout session as its hosted page does, with a card that expires in two years and, where the card asks for it, after
// authentication. The error of a refused card is a *CardError.
func (e *Emulator) Pay(sessionID, cardNumber string) error {
	return e.pay(sessionID, payment{
		Card: card{Number: cardNumber, Month: 12, Year: e.now().Year() + 2, CVC: "123"}, Name: "Test Customer", Email: "customer@example.com", Authenticated: true,
		Address: object{"country": "US", "line1": "354 Oyster Point Blvd", "city": "South San Francisco", "postal_code": "94080", "state": "CA"},
	})
}

// payment is what the customer typed.
type payment struct {
	Authenticated bool // the card's bank has asked its holder, who agreed
	Card          card // without a number when none is asked for
	Name, Email   string
	Address       object // nil when none was asked for
	TaxID         object // {type, value}, nil for none
}

// pay completes the session once: a second payment of a complete session changes nothing and succeeds.
func (e *Emulator) pay(sessionID string, p payment) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	c := &call{e: e}
	session, err := c.session(sessionID)
	if err != nil {
		return err
	}
	switch session["status"] {
	case "complete":
		return nil
	case "expired":
		return errSessionClosed
	}
	if p.Card.Number != "" || !c.cardIsOptional(session) {
		if err := p.Card.authorize(); err != nil {
			return err
		}
		if p.Card.authenticates() && !p.Authenticated {
			return errAuthenticate
		}
	}
	if p.TaxID != nil {
		if err := checkTaxID(p.TaxID, "tax_id"); err != nil {
			return err
		}
	}
	c.complete(session, p)
	e.persist()
	e.wakeUp()
	return nil
}

// cardIsOptional reports whether the session takes a customer without a card: one whose trial costs nothing yet.
func (c *call) cardIsOptional(session object) bool {
	return session["payment_method_collection"] == "if_required" && session["mode"] == "subscription" && number(session, "amount_total") == 0
}

// complete does what the session is for; everything was checked.
func (c *call) complete(session object, p payment) {
	bought := c.e.state.Orders[text(session, "id")]
	customer := c.payer(session, bought, p)
	c = c.of(customer)
	method := ""
	if p.Card.Number != "" {
		card := c.newMethod(p.Card, object{"email": p.Email, "name": p.Name, "address": addressOf(p)})
		card["customer"] = customer["id"]
		c.emit("payment_method.attached", card, nil)
		method = text(card, "id")
	}
	session["status"], session["url"], session["customer"] = "complete", nil, customer["id"]
	details := child(session, "customer_details")
	details["email"], details["name"], details["address"] = p.Email, p.Name, addressOf(p)
	details["tax_exempt"], details["tax_ids"] = customer["tax_exempt"], []any{}
	if p.TaxID != nil {
		details["tax_ids"] = []any{clone(p.TaxID)}
	}
	if session["mode"] == "setup" {
		session["payment_status"] = "no_payment_required"
		c.finishSetup(session, method)
	} else {
		c.sell(session, bought, customer, method)
	}
	c.emit("checkout.session.completed", session, nil)
}

func addressOf(p payment) any {
	if p.Address == nil {
		return nil
	}
	return addressed("address", p.Address)
}

// sell starts the subscription that the session is for.
func (c *call) sell(session object, bought *order, customer object, method string) {
	if tax := child(session, "automatic_tax"); flag(tax, "enabled") {
		tax["status"] = "complete"
		c.totalSession(session, bought)
	}
	subscription, invoice := c.subscribe(terms{
		Customer: customer, Method: method, Lines: bought.Lines, Metadata: bought.Metadata, Description: bought.Description, TrialEnd: c.trialEnd(bought),
		Missing: bought.Missing, AutomaticTax: flag(child(session, "automatic_tax"), "enabled"),
		Discount: redeemable{c.e.state.find("coupon", bought.Coupon), c.e.state.find("promotion_code", bought.Promotion)},
	}, authenticated)
	session["subscription"], session["invoice"] = subscription["id"], invoice["id"]
	session["payment_status"] = "paid"
	if number(invoice, "amount_due") == 0 {
		session["payment_status"] = "no_payment_required"
	}
}

// payer is the session's customer, made now when the session has none. What a customer who exists typed is saved as the session says.
func (c *call) payer(session object, bought *order, p payment) object {
	o := c.e.state.find("customer", text(session, "customer"))
	if o == nil {
		o = c.e.state.add(newObject("customer", object{
			"id": "cus_" + randomText(14), "created": c.now(), "currency": session["currency"], "email": p.Email, "name": p.Name,
			"invoice_prefix": randomText(8), "address": addressOf(p),
		}))
		c.emit("customer.created", o, nil)
	} else {
		c = c.of(o)
		before := clone(o).(object)
		if text(o, "email") == "" {
			o["email"] = p.Email
		}
		if bought.SaveName {
			o["name"] = p.Name
		}
		if bought.SaveAddress && p.Address != nil {
			o["address"] = addressOf(p)
		}
		if session["currency"] != nil {
			o["currency"] = session["currency"]
		}
		c.emit("customer.updated", o, before)
	}
	if p.TaxID != nil {
		c.addTaxID(o, p.TaxID)
	}
	return o
}
