package stripe

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

func decimalText(n int64) string { return strconv.FormatInt(n, 10) }

// flowPages are the pages at which a session with a flow opens.
var flowPages = map[string]string{
	"payment_method_update": "card", "subscription_cancel": "cancel", "subscription_update": "plan", "subscription_update_confirm": "confirm",
}

func (e *Emulator) showPortal(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	c := &call{e: e}
	session := c.portal(r.PathValue("token"))
	var view portalView
	if session != nil {
		show, about := r.URL.Query().Get("show"), r.URL.Query().Get("subscription")
		if id := r.URL.Query().Get("cancel"); id != "" {
			show, about = "cancel", id
		}
		view = c.portalPage(session, r.PathValue("token"), show, about)
	}
	e.mu.Unlock()
	view.answer(w, http.StatusOK)
}

// answer shows the page, or that there is none.
func (v portalView) answer(w http.ResponseWriter, status int) {
	if v.Path == "" {
		message(w, http.StatusNotFound, messageView{Title: "This link has expired", Text: "Open billing again from the app."})
		return
	}
	pages.Show(w, status, "portal.html", v, text(child(v.After, "redirect"), "return_url"))
}

// portalPage is the page that is asked for, if the configuration allows it, else the overview. A session with a flow has that page only.
func (c *call) portalPage(session object, token, show, about string) portalView {
	view := c.portalView(session, token)
	flow := child(session, "flow")
	view.After, _ = clone(child(flow, "after_completion")).(object)
	if flow != nil {
		show = flowPages[text(flow, "type")]
		about = text(child(flow, text(flow, "type")), "subscription")
	}
	for _, plan := range view.Plans {
		if plan.ID == about {
			view.Selected = plan
		}
	}
	o := c.e.state.find("subscription", view.Selected.ID)
	switch {
	case show == "card" && view.CanPay, show == "customer" && view.CanEdit, show == "cancel" && view.Selected.CanCancel && !view.Selected.Ending:
		view.Show = show
	case show == "plan" && view.Selected.CanUpdate:
		view.Show, view.Options = show, c.planOptions(session, o)
	case show == "confirm" && view.Selected.CanUpdate:
		item := items(child(flow, "subscription_update_confirm"), "items")[0].(object)
		price, quantity := child(itemOf(o, text(item, "id")), "price"), number(itemOf(o, text(item, "id")), "quantity")
		if id := text(item, "price"); id != "" {
			price = c.e.state.find("price", id)
		}
		if item["quantity"] != nil {
			quantity = number(item, "quantity")
		}
		view.Show, view.NewPrice, view.NewQty = show, text(price, "id"), decimalText(quantity)
		view.Change = c.priceName(price) + ", " + plural(quantity, "seat")
	}
	return view
}

// submitPortal does one thing that the configuration allows and shows the overview again, or what the session's flow says. Sending a form twice
// changes nothing more.
func (e *Emulator) submitPortal(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<16)
	view := e.actInPortal(r)
	e.wakeUp()
	switch {
	case view.Path == "" || view.Problem != "":
		view.answer(w, http.StatusUnprocessableEntity)
	case view.After["type"] == "redirect":
		http.Redirect(w, r, text(child(view.After, "redirect"), "return_url"), http.StatusSeeOther)
	case view.After["type"] == "hosted_confirmation":
		words := text(child(view.After, "hosted_confirmation"), "custom_message")
		message(w, http.StatusOK, messageView{Title: "Your billing is updated", Text: words, Link: "Return to the app", LinkURL: view.ReturnURL})
	default:
		http.Redirect(w, r, "/p/session/"+url.PathEscape(r.PathValue("token")), http.StatusSeeOther)
	}
}

// actInPortal does what the form asks for and returns the page as it was, for who is shown a problem. A flow that ends at the overview is then over.
func (e *Emulator) actInPortal(r *http.Request) portalView {
	e.mu.Lock()
	defer e.mu.Unlock()
	token := r.PathValue("token")
	c := &call{e: e}
	session := c.portal(token)
	if session == nil {
		return portalView{}
	}
	c = c.of(e.state.find("customer", text(session, "customer")))
	problem := c.portalAct(session, r)
	view := c.portalPage(session, token, r.PostFormValue("action"), r.PostFormValue("subscription"))
	view.Problem = problem
	view.Card = checkoutView{Number: r.PostFormValue("number"), Expiry: r.PostFormValue("expiry"), Name: r.PostFormValue("name")}
	if problem == "" && view.After["type"] == "portal_homepage" {
		session["flow"] = nil
	}
	e.persist()
	return view
}

// portalAct does what the form asks for and says what is wrong with it, "" for nothing.
func (c *call) portalAct(session object, r *http.Request) (problem string) {
	customer := c.e.state.find("customer", text(session, "customer"))
	o := c.e.state.find("subscription", r.PostFormValue("subscription"))
	if o != nil && (o["customer"] != customer["id"] || over(o)) {
		o = nil
	}
	action := r.PostFormValue("action")
	if flow := text(child(session, "flow"), "type"); flow != "" && flowPages[flow] != action {
		return "This link is for something else. Open billing again from the app."
	}
	switch {
	case action == "card" && c.portalFeature(session, "payment_method_update") != nil:
		return c.portalCard(customer, r)
	case action == "customer" && c.portalFeature(session, "customer_update") != nil:
		return c.portalCustomer(session, customer, r)
	case o == nil:
	case action == "cancel" && c.portalFeature(session, "subscription_cancel") != nil:
		return c.portalCancel(c.portalFeature(session, "subscription_cancel"), o, r)
	case action == "resume" && c.portalFeature(session, "subscription_cancel") != nil:
		return c.portalUpdate(o, object{"cancel_at_period_end": false})
	case (action == "plan" || action == "confirm") && c.portalFeature(session, "subscription_update") != nil:
		return c.portalPlanChange(session, o, r)
	}
	return ""
}

// portalUpdate changes the subscription as a request of the API would.
func (c *call) portalUpdate(o, params object) string {
	updating := *c
	updating.id, updating.params = text(o, "id"), params
	if _, err := updateSubscription(&updating); err != nil {
		return err.Error()
	}
	return ""
}

func (c *call) portalCancel(feature, o object, r *http.Request) string {
	details := object{}
	if contains(items(child(feature, "cancellation_reason"), "options"), r.PostFormValue("reason")) {
		details["feedback"] = r.PostFormValue("reason")
	}
	if comment := strings.TrimSpace(r.PostFormValue("comment")); comment != "" {
		details["comment"] = comment
	}
	if feature["mode"] != "immediately" {
		return c.portalUpdate(o, object{"cancel_at_period_end": true, "cancellation_details": details})
	}
	ending := *c
	prorates := feature["proration_behavior"] != "none"
	ending.id, ending.params = text(o, "id"), object{"cancellation_details": details, "prorate": prorates, "invoice_now": feature["proration_behavior"] == "always_invoice"}
	if _, err := cancelSubscription(&ending); err != nil {
		return err.Error()
	}
	return ""
}

func (c *call) portalPlanChange(session, o object, r *http.Request) string {
	feature, item := c.portalFeature(session, "subscription_update"), firstItem(o)
	allowed := items(feature, "default_allowed_updates")
	change := object{"id": item["id"]}
	if price := r.PostFormValue("price"); price != "" && price != child(item, "price")["id"] {
		if !contains(allowed, "price") || !offered(feature, price) {
			return "This plan cannot be chosen here."
		}
		change["price"] = price
	}
	if seats := r.PostFormValue("quantity"); seats != "" && seats != decimalText(number(item, "quantity")) {
		n, err := strconv.Atoi(seats)
		if err != nil || n < 1 || n > 1_000_000 || !contains(allowed, "quantity") {
			return "Enter a number of seats from 1 on."
		}
		change["quantity"] = n
	}
	if len(change) == 1 {
		return ""
	}
	return c.portalUpdate(o, object{"items": []any{change}, "proration_behavior": feature["proration_behavior"]})
}

// portalCard makes a new card the one that the customer's subscriptions are charged to.
func (c *call) portalCard(customer object, r *http.Request) string {
	typed := checkoutView{
		Email: "unused@example.com", Number: r.PostFormValue("number"), Expiry: r.PostFormValue("expiry"), CVC: r.PostFormValue("cvc"),
		Name: strings.TrimSpace(r.PostFormValue("name")),
	}
	p, wrong := typed.read(c.time())
	for _, field := range []string{"number", "expiry", "cvc", "name"} {
		if wrong[field] != "" {
			return wrong[field]
		}
	}
	if err := p.Card.authorize(); err != nil {
		return err.Error()
	}
	method := c.newMethod(p.Card, object{"name": p.Name, "email": customer["email"]})
	method["customer"] = customer["id"]
	c.emit("payment_method.attached", method, nil)
	before := clone(customer).(object)
	child(customer, "invoice_settings")["default_payment_method"] = method["id"]
	c.emit("customer.updated", customer, before)
	c.e.state.each("subscription", func(o object) {
		if o["customer"] == customer["id"] && !over(o) {
			before := clone(o).(object)
			o["default_payment_method"] = method["id"]
			c.emit("customer.subscription.updated", o, before)
		}
	})
	return ""
}

func (c *call) portalCustomer(session, customer object, r *http.Request) string {
	allowed := items(c.portalFeature(session, "customer_update"), "allowed_updates")
	before := clone(customer).(object)
	for _, field := range []string{"email", "name"} {
		value := strings.TrimSpace(r.PostFormValue(field))
		if !contains(allowed, field) || value == "" {
			continue
		}
		if field == "email" && !strings.Contains(value, "@") {
			return "Enter your e-mail address."
		}
		customer[field] = value
	}
	c.emit("customer.updated", customer, before)
	return ""
}
