package stripe

import "strings"

// portalView is what the portal page shows. Show is the page: "" is the overview, or card, plan, cancel, confirm, customer.
type portalView struct {
	Title, Show      string
	Path             string // of the overview
	Email, Name      string
	ReturnURL        string
	Plans            []portalPlan
	Invoices         []portalInvoice
	Selected         portalPlan // what plan, cancel and confirm are about
	Options          []portalOption
	Reasons          []portalOption
	CanPay, CanEdit  bool
	AtOnce, InFlow   bool // a cancellation ends the plan now; there is no overview to go back to
	Problem          string
	Card             checkoutView
	EditName, Seats  bool
	Change           string // the plan that is to be confirmed
	NewPrice, NewQty string
	After            object // what the session's flow wants when it is done; nil without a flow
}

type portalPlan struct {
	ID, Name, Price, Quantity, Seats, Next, Card, Status string
	Ending, CanCancel, CanUpdate                         bool
}

type portalInvoice struct{ Date, Number, Amount, Status, URL string }

type portalOption struct {
	Value, Name string
	Chosen      bool
}

// reasonNames are Stripe's words for the reasons of a cancellation.
var reasonNames = map[string]string{
	"customer_service": "Customer service was less than expected", "low_quality": "Quality was less than expected", "missing_features": "I need more features",
	"switched_service": "I found an alternative", "too_complex": "Ease of use was less than expected", "too_expensive": "It's too expensive",
	"unused": "I no longer need it", "other": "Other reason",
}

func (c *call) portalView(session object, token string) portalView {
	customer := c.e.state.find("customer", text(session, "customer"))
	editable := items(c.portalFeature(session, "customer_update"), "allowed_updates")
	view := portalView{
		Title: "Billing", Path: "/p/session/" + token, Email: text(customer, "email"), Name: text(customer, "name"), ReturnURL: text(session, "return_url"),
		CanPay: c.portalFeature(session, "payment_method_update") != nil, CanEdit: contains(editable, "email") || contains(editable, "name"),
		EditName: contains(editable, "name"), InFlow: session["flow"] != nil,
		AtOnce: c.portalFeature(session, "subscription_cancel")["mode"] == "immediately",
		Seats:  contains(items(c.portalFeature(session, "subscription_update"), "default_allowed_updates"), "quantity"),
	}
	c.e.state.each("subscription", func(o object) {
		if o["customer"] == customer["id"] && !over(o) {
			view.Plans = append(view.Plans, c.portalPlan(session, o))
		}
	})
	if reason := child(c.portalFeature(session, "subscription_cancel"), "cancellation_reason"); flag(reason, "enabled") {
		for _, option := range items(reason, "options") {
			view.Reasons = append(view.Reasons, portalOption{Value: option.(string), Name: reasonNames[option.(string)]})
		}
	}
	if c.portalFeature(session, "invoice_history") != nil {
		c.e.state.each("invoice", func(o object) {
			if o["customer"] == customer["id"] && o["status"] != "draft" {
				view.Invoices = append([]portalInvoice{{
					Date: date(number(o, "created")), Number: text(o, "number"), Amount: money(number(o, "total"), text(o, "currency")), Status: text(o, "status"),
					URL: text(o, "hosted_invoice_url"),
				}}, view.Invoices...)
			}
		})
	}
	return view
}

func contains(list []any, value string) bool {
	for _, v := range list {
		if v == value {
			return true
		}
	}
	return false
}

func (c *call) portalPlan(session, o object) portalPlan {
	item := firstItem(o)
	price, quantity := child(item, "price"), number(item, "quantity")
	plan := portalPlan{
		ID: text(o, "id"), Name: c.e.productName(price), Status: text(o, "status"), Ending: flag(o, "cancel_at_period_end"),
		Price:     money(priceAmount(price, quantity), text(price, "currency")) + " per " + text(child(price, "recurring"), "interval"),
		Next:      date(number(o, "current_period_end")),
		CanCancel: c.portalFeature(session, "subscription_cancel") != nil, CanUpdate: c.portalFeature(session, "subscription_update") != nil,
		Seats: decimalText(quantity),
	}
	if quantity > 1 {
		plan.Quantity = money(number(price, "unit_amount"), text(price, "currency")) + " × " + plural(quantity, "seat")
	}
	if method := c.methodOf(o, nil); method != nil {
		plan.Card = brand(text(child(method, "card"), "brand")) + " ending in " + text(child(method, "card"), "last4")
	}
	return plan
}

// planOptions are the prices to which the portal may change the subscription.
func (c *call) planOptions(session, subscription object) []portalOption {
	update := c.portalFeature(session, "subscription_update")
	now := child(firstItem(subscription), "price")
	if !contains(items(update, "default_allowed_updates"), "price") {
		return []portalOption{{Value: text(now, "id"), Name: c.priceName(now), Chosen: true}}
	}
	var options []portalOption
	for _, product := range items(update, "products") {
		for _, id := range items(product.(object), "prices") {
			if price := c.e.state.find("price", id.(string)); flag(price, "active") && price["currency"] == now["currency"] {
				options = append(options, portalOption{Value: text(price, "id"), Name: c.priceName(price), Chosen: price["id"] == now["id"]})
			}
		}
	}
	return options
}

func (c *call) priceName(price object) string {
	return c.e.productName(price) + ", " + strings.TrimSpace(money(priceAmount(price, 1), text(price, "currency"))+" per "+text(child(price, "recurring"), "interval"))
}
