package stripe

import (
	"net/http"
	"net/url"
	"time"
)

const portalLife = time.Hour

func createPortal(c *call) (object, error) {
	id := text(c.params, "customer")
	if _, err := c.customer(id, "customer"); err != nil {
		return nil, err
	}
	if u, err := url.Parse(text(c.params, "return_url")); text(c.params, "return_url") != "" && (err != nil || u.Host == "") {
		return nil, invalid("url_invalid", "return_url", "Not a valid URL")
	}
	token := "test_" + randomText(40)
	o := newObject("billing_portal.session", object{
		"id": newID("bps"), "created": c.now(), "customer": id, "return_url": nil, "url": c.e.URL() + "/p/session/" + token,
	})
	assign(o, c.params, "return_url", "locale")
	c.e.state.add(o)
	c.e.state.Portals[token] = text(o, "id")
	return o, nil
}

// portalView is what the portal page shows.
type portalView struct {
	Title     string
	Email     string
	ReturnURL string
	Plans     []portalPlan
	Invoices  []portalInvoice
	Confirm   string // the subscription whose cancellation is to be confirmed
}

type portalPlan struct {
	ID, Name, Price, Quantity, Next, Card, Status string
	Ending                                        bool
}

type portalInvoice struct{ Date, Number, Amount, Status string }

// portal finds the session by the token of its URL, or nil when there is none or its time is over; the lock is held.
func (c *call) portal(token string) object {
	o := c.e.state.find("billing_portal.session", c.e.state.Portals[token])
	if o == nil || number(o, "created")+int64(portalLife.Seconds()) <= c.now() {
		return nil
	}
	return o
}

func (e *Emulator) showPortal(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	c := &call{e: e}
	session := c.portal(r.PathValue("token"))
	var view portalView
	if session != nil {
		view = c.portalView(session)
		view.Confirm = r.URL.Query().Get("cancel")
	}
	e.mu.Unlock()
	if session == nil {
		message(w, http.StatusNotFound, messageView{Title: "This link has expired", Text: "Open billing again from the app."})
		return
	}
	pages.Show(w, http.StatusOK, "portal.html", view)
}

func (c *call) portalView(session object) portalView {
	customer := c.e.state.find("customer", text(session, "customer"))
	view := portalView{Title: "Billing", Email: text(customer, "email"), ReturnURL: text(session, "return_url")}
	c.e.state.each("subscription", func(o object) {
		if o["customer"] != customer["id"] || o["status"] == "canceled" {
			return
		}
		item := firstItem(o)
		price := child(item, "price")
		quantity := number(item, "quantity")
		plan := portalPlan{
			ID: text(o, "id"), Name: c.e.productName(price), Status: text(o, "status"), Ending: flag(o, "cancel_at_period_end"),
			Price: money(number(price, "unit_amount")*quantity, text(price, "currency")) + " per " + text(child(price, "recurring"), "interval"),
			Next:  date(number(o, "current_period_end")),
		}
		if quantity > 1 {
			plan.Quantity = money(number(price, "unit_amount"), text(price, "currency")) + " × " + plural(quantity, "seat")
		}
		if method := c.e.state.find("payment_method", text(o, "default_payment_method")); method != nil {
			plan.Card = brand(text(child(method, "card"), "brand")) + " ending in " + text(child(method, "card"), "last4")
		}
		view.Plans = append(view.Plans, plan)
	})
	c.e.state.each("invoice", func(o object) {
		if o["customer"] == customer["id"] {
			view.Invoices = append([]portalInvoice{{
				Date: date(number(o, "created")), Number: text(o, "number"), Amount: money(number(o, "total"), text(o, "currency")), Status: text(o, "status"),
			}}, view.Invoices...)
		}
	})
	return view
}

// submitPortal cancels at the end of the period, or resumes. Sending the form twice changes nothing more.
func (e *Emulator) submitPortal(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<16)
	e.mu.Lock()
	c := &call{e: e}
	session := c.portal(r.PathValue("token"))
	o := e.state.find("subscription", r.PostFormValue("subscription"))
	if session != nil && o != nil && o["customer"] == session["customer"] && o["status"] != "canceled" {
		before := clone(o).(object)
		c.cancelLater(o, r.PostFormValue("action") == "cancel")
		c.emit("customer.subscription.updated", o, before)
		e.persist()
	}
	e.mu.Unlock()
	e.wakeUp()
	http.Redirect(w, r, "/p/session/"+url.PathEscape(r.PathValue("token")), http.StatusSeeOther)
}
