package stripe

import "errors"

var errSessionClosed = errors.New("this checkout session is not open any more")

// Pay pays an open checkout session as its hosted page does, with a card that expires in two years.
// The error of a refused card is a *CardError.
func (e *Emulator) Pay(sessionID, cardNumber string) error {
	return e.pay(sessionID, payment{
		Card: card{Number: cardNumber, Month: 12, Year: e.now().Year() + 2, CVC: "123"}, Name: "Test Customer", Email: "customer@example.com",
	})
}

// payment is what the customer typed.
type payment struct {
	Card        card
	Name, Email string
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
	if err := p.Card.authorize(); err != nil {
		return err
	}
	customer := c.payer(session, p)
	method := c.e.state.add(newObject("payment_method", object{
		"id": newID("pm"), "created": c.now(), "customer": customer["id"], "type": "card", "metadata": object{}, "card": p.Card.object(),
		"billing_details": object{"address": nil, "email": p.Email, "name": p.Name, "phone": nil},
	}))
	c.emit("payment_method.attached", method, nil)
	subscription := c.subscribe(customer, method, c.e.state.Orders[sessionID])
	invoice := c.bill(subscription, "subscription_create")
	session["status"], session["payment_status"], session["url"] = "complete", "paid", nil
	session["customer"], session["subscription"], session["invoice"] = customer["id"], subscription["id"], invoice["id"]
	details := child(session, "customer_details")
	details["email"], details["name"] = p.Email, p.Name
	c.emit("checkout.session.completed", session, nil)
	e.persist()
	e.wakeUp()
	return nil
}

// payer is the session's customer, made now when the session has none.
func (c *call) payer(session object, p payment) object {
	if o := c.e.state.find("customer", text(session, "customer")); o != nil {
		if text(o, "email") == "" {
			before := clone(o).(object)
			o["email"] = p.Email
			c.emit("customer.updated", o, before)
		}
		o["currency"] = session["currency"]
		return o
	}
	o := c.e.state.add(newObject("customer", object{
		"id": "cus_" + randomText(14), "created": c.now(), "currency": session["currency"], "email": p.Email, "name": p.Name, "invoice_prefix": randomText(8),
	}))
	c.emit("customer.created", o, nil)
	return o
}
