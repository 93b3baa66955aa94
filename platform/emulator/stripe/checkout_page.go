package stripe

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// checkoutView is what the payment page shows. Errors are by field name; "card" is the issuer's refusal.
type checkoutView struct {
	Title, Path, CancelURL, SuccessURL string
	Lines                              []checkoutLine
	Total, Interval                    string
	Email, Number, Expiry, CVC, Name   string
	EmailFixed                         bool
	Errors                             map[string]string
}

type checkoutLine struct{ Name, Detail, Amount string }

// sampleCards fill the form by a link, so that nobody has to look a number up.
var sampleCards = map[string]string{"pays": "4242 4242 4242 4242", "declines": "4000 0000 0000 0002"}

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
	view := checkoutView{
		Title: "Pay", Path: "/c/pay/" + text(session, "id"), CancelURL: text(session, "cancel_url"), SuccessURL: successURL(session),
		Total: money(number(session, "amount_total"), text(session, "currency")), Email: text(child(session, "customer_details"), "email"),
	}
	view.EmailFixed = view.Email != ""
	for _, l := range e.state.Orders[text(session, "id")].Lines {
		price := e.state.find("price", l.Price)
		each := money(number(price, "unit_amount"), text(price, "currency"))
		view.Interval = text(child(price, "recurring"), "interval")
		view.Lines = append(view.Lines, checkoutLine{
			Name: e.productName(price), Amount: money(number(price, "unit_amount")*l.Quantity, text(price, "currency")),
			Detail: "Quantity " + strconv.FormatInt(l.Quantity, 10) + ", " + each + " each, billed every " + view.Interval,
		})
	}
	return view, true
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
	view.Number, view.Expiry = r.PostFormValue("number"), r.PostFormValue("expiry")
	view.CVC, view.Name = r.PostFormValue("cvc"), strings.TrimSpace(r.PostFormValue("name"))
	p, wrong := view.read(e.now())
	if len(wrong) == 0 {
		err := e.pay(r.PathValue("session"), p)
		var refused *CardError
		switch {
		case err == nil:
			http.Redirect(w, r, view.SuccessURL, http.StatusSeeOther)
			return
		case errors.As(err, &refused):
			wrong["card"] = refused.Message
		default:
			http.Redirect(w, r, view.Path, http.StatusSeeOther)
			return
		}
	}
	view.Errors, view.CVC = wrong, ""
	pages.Show(w, http.StatusPaymentRequired, "checkout.html", view, view.SuccessURL)
}

// read checks what was typed, in the words of Stripe's page.
func (v checkoutView) read(now time.Time) (payment, map[string]string) {
	wrong := map[string]string{}
	if at := strings.Index(v.Email, "@"); at < 1 || at == len(v.Email)-1 {
		wrong["email"] = "Enter your e-mail address."
	}
	if !luhn(digits(v.Number)) {
		wrong["number"] = "Your card number is invalid."
	}
	month, year, ok := expiry(v.Expiry)
	switch {
	case !ok:
		wrong["expiry"] = "Your card's expiration date is incomplete."
	case year < now.Year() || (year == now.Year() && month < int(now.Month())):
		wrong["expiry"] = "Your card's expiration date is in the past."
	}
	if _, err := strconv.ParseUint(v.CVC, 10, 16); err != nil || len(v.CVC) < 3 || len(v.CVC) > 4 {
		wrong["cvc"] = "Your card's security code is incomplete."
	}
	if v.Name == "" {
		wrong["name"] = "Enter the name on the card."
	}
	return payment{Card: card{Number: v.Number, Month: month, Year: year, CVC: v.CVC}, Name: v.Name, Email: v.Email}, wrong
}

// expiry reads "12 / 34", "12/2034" or "1234".
func expiry(s string) (month, year int, ok bool) {
	s = strings.NewReplacer(" ", "", "/", "", "-", "").Replace(s)
	if len(s) != 4 && len(s) != 6 {
		return 0, 0, false
	}
	month, errMonth := strconv.Atoi(s[:2])
	year, errYear := strconv.Atoi(s[2:])
	if year < 100 {
		year += 2000
	}
	return month, year, errMonth == nil && errYear == nil && month >= 1 && month <= 12
}
