package stripe

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
)

// checkoutView is what the payment page shows. Errors are by field name; "card" is the issuer's refusal.
type checkoutView struct {
	Title, Path, CancelURL, SuccessURL     string
	Lines                                  []checkoutLine
	Total, Interval                        string
	Recurring                              string // what each period costs
	Subtotal, Discount, Coupon             string // "" without a discount
	Trial                                  string // until when nothing is due, "" without a trial
	Setup, Taxed, TakesCodes, CardOptional bool
	WantsAddress, WantsTaxID               bool
	Email, Number, Expiry, CVC, Name       string
	Country, Line1, City, PostalCode       string
	TaxType, TaxValue, Code                string
	EmailFixed                             bool
	Errors                                 map[string]string
}

type checkoutLine struct{ Name, Detail, Amount string }

// sampleCards fill the form by a link, so that nobody has to look a number up.
var sampleCards = map[string]string{
	"pays": "4242 4242 4242 4242", "declines": "4000 0000 0000 0002", "asks": "4000 0025 0000 3155", "later": "4000 0000 0000 0341",
}

// checkout reads the session for its page, or answers why there is none.
func (e *Emulator) checkout(w http.ResponseWriter, r *http.Request) (checkoutView, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	c := &call{e: e}
	session, err := c.session(r.PathValue("session"))
	switch {
	case err != nil:
		message(w, http.StatusNotFound, messageView{Title: "This page does not exist", Text: "The link is wrong, or the emulator has forgotten the payment."})
		return checkoutView{}, false
	case session["status"] == "expired":
		message(w, http.StatusGone, messageView{
			Title: "This page has expired", Text: "Start again from the app. Nothing was charged.", Link: "Back to the app", LinkURL: text(session, "cancel_url"),
		})
		return checkoutView{}, false
	case session["status"] == "complete":
		http.Redirect(w, r, successURL(session), http.StatusSeeOther) //nolint:gosec // whoever has the API key chose the address
		return checkoutView{}, false
	}
	return c.checkoutView(session), true
}

func (c *call) checkoutView(session object) checkoutView {
	e, currency := c.e, text(session, "currency")
	bought := e.state.Orders[text(session, "id")]
	view := checkoutView{
		Title: "Pay", Path: "/c/pay/" + text(session, "id"), CancelURL: text(session, "cancel_url"), SuccessURL: successURL(session),
		Total: money(number(session, "amount_total"), currency), Email: text(child(session, "customer_details"), "email"),
		Setup: session["mode"] == "setup", Taxed: flag(child(session, "automatic_tax"), "enabled"), TakesCodes: flag(session, "allow_promotion_codes"),
		CardOptional: c.cardIsOptional(session), WantsTaxID: flag(child(session, "tax_id_collection"), "enabled"), Recurring: money(c.subtotal(bought), currency),
	}
	view.EmailFixed = view.Email != ""
	view.WantsAddress = view.Taxed || session["billing_address_collection"] == "required"
	if end := c.trialEnd(bought); end > 0 {
		view.Trial = date(end)
	}
	if off := number(child(session, "total_details"), "amount_discount"); off > 0 {
		view.Subtotal, view.Discount = money(number(session, "amount_subtotal"), currency), "-"+money(off, currency)
	}
	if coupon := e.state.find("coupon", bought.Coupon); coupon != nil {
		if view.Coupon = text(coupon, "name"); view.Coupon == "" {
			view.Coupon = text(coupon, "id")
		}
	}
	for _, l := range bought.Lines {
		view.addLine(c, l)
	}
	return view
}

func (v *checkoutView) addLine(c *call, l line) {
	price := c.e.state.find("price", l.Price)
	each := money(number(price, "unit_amount"), text(price, "currency"))
	v.Interval = text(child(price, "recurring"), "interval")
	shown := checkoutLine{
		Name: c.e.productName(price), Amount: money(c.lineAmount(l), text(price, "currency")),
		Detail: "Quantity " + strconv.FormatInt(l.Quantity, 10) + ", " + each + " each, billed every " + v.Interval,
	}
	switch {
	case metered(price):
		shown.Detail = "By usage, billed every " + v.Interval
	case price["billing_scheme"] == "tiered":
		shown.Detail = "Quantity " + strconv.FormatInt(l.Quantity, 10) + ", billed every " + v.Interval
	}
	v.Lines = append(v.Lines, shown)
}

func successURL(session object) string {
	return strings.ReplaceAll(text(session, "success_url"), "{CHECKOUT_SESSION_ID}", text(session, "id"))
}

func (e *Emulator) showCheckout(w http.ResponseWriter, r *http.Request) {
	view, open := e.checkout(w, r)
	if !open {
		return
	}
	if number := sampleCards[r.URL.Query().Get("card")]; number != "" {
		view.Number, view.CVC, view.Name = number, "123", "Jenny Rosen"
		view.Expiry = e.now().AddDate(2, 0, 0).Format("01 / 06")
	}
	pages.Show(w, http.StatusOK, "checkout.html", view, view.SuccessURL)
}

// submitCheckout pays once, however often the form is sent: a session that is complete leads on to its success page.
func (e *Emulator) submitCheckout(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<16)
	view, open := e.checkout(w, r)
	if !open {
		return
	}
	if !view.EmailFixed {
		view.Email = strings.TrimSpace(r.PostFormValue("email"))
	}
	view.typed(r)
	if r.PostFormValue("action") == "promotion" {
		e.submitCode(w, r, view)
		return
	}
	p, wrong := view.read(e.now())
	p.Authenticated = r.PostFormValue("authentication") == "complete"
	if r.PostFormValue("authentication") == "fail" {
		wrong["card"] = notAuthenticated
	}
	if len(wrong) == 0 {
		err := e.pay(r.PathValue("session"), p)
		var refused *CardError
		var mistaken *Error
		switch {
		case err == nil:
			http.Redirect(w, r, view.SuccessURL, http.StatusSeeOther)
			return
		case errors.Is(err, errAuthenticate):
			pages.Show(w, http.StatusOK, "authenticate.html", authentication(view, r), view.SuccessURL)
			return
		case errors.As(err, &refused):
			wrong["card"] = refused.Message
		case errors.As(err, &mistaken):
			wrong["tax"] = mistaken.Message
		default:
			http.Redirect(w, r, view.Path, http.StatusSeeOther)
			return
		}
	}
	view.Errors, view.CVC = wrong, ""
	pages.Show(w, http.StatusPaymentRequired, "checkout.html", view, view.SuccessURL)
}

// submitCode applies a promotion code to the session and shows the page again with what was typed.
func (e *Emulator) submitCode(w http.ResponseWriter, r *http.Request, typed checkoutView) {
	e.mu.Lock()
	c := &call{e: e}
	problem := "This code is invalid."
	session, err := c.session(r.PathValue("session"))
	if err == nil && session["status"] == "open" && flag(session, "allow_promotion_codes") {
		err = c.applyCode(session, typed.Code)
		e.persist()
		if err == nil {
			problem = ""
		}
	}
	var view checkoutView
	if session != nil {
		view = c.checkoutView(session)
	}
	e.mu.Unlock()
	view.keep(typed)
	status := http.StatusOK
	if problem != "" {
		status, view.Errors = http.StatusUnprocessableEntity, map[string]string{"code": problem}
	}
	pages.Show(w, status, "checkout.html", view, view.SuccessURL)
}

// applyCode gives the session the discount of a code that a customer typed; "" takes it back.
func (c *call) applyCode(session object, code string) error {
	bought, customer := c.e.state.Orders[text(session, "id")], text(session, "customer")
	if code == "" {
		bought.Coupon, bought.Promotion = "", ""
		c.totalSession(session, bought)
		return nil
	}
	promotion := c.promotionOf(code, customer)
	if promotion == nil {
		return invalid("", "code", "This code is invalid.")
	}
	found, err := c.admitPromotion(promotion, "code", customer, c.subtotal(bought), text(session, "currency"))
	if err != nil {
		return err
	}
	bought.take(found)
	c.totalSession(session, bought)
	return nil
}
