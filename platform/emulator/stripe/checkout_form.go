package stripe

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// typed takes what the form sent into the view.
func (v *checkoutView) typed(r *http.Request) {
	v.Number, v.Expiry, v.CVC = r.PostFormValue("number"), r.PostFormValue("expiry"), r.PostFormValue("cvc")
	for name, field := range map[string]*string{
		"name": &v.Name, "country": &v.Country, "line1": &v.Line1, "city": &v.City, "postal_code": &v.PostalCode,
		"tax_type": &v.TaxType, "tax_value": &v.TaxValue, "code": &v.Code,
	} {
		*field = strings.TrimSpace(r.PostFormValue(name))
	}
}

// keep takes over what was typed into another view of the same session.
func (v *checkoutView) keep(typed checkoutView) {
	v.Email, v.Number, v.Expiry, v.Name = typed.Email, typed.Number, typed.Expiry, typed.Name
	v.Country, v.Line1, v.City, v.PostalCode = typed.Country, typed.Line1, typed.City, typed.PostalCode
	v.TaxType, v.TaxValue, v.Code = typed.TaxType, typed.TaxValue, typed.Code
}

// read checks what was typed, in the words of Stripe's page.
func (v checkoutView) read(now time.Time) (payment, map[string]string) {
	wrong := map[string]string{}
	if at := strings.Index(v.Email, "@"); at < 1 || at == len(v.Email)-1 {
		wrong["email"] = "Enter your e-mail address."
	}
	if v.WantsAddress && (len(v.Country) != 2 || v.Line1 == "") {
		wrong["address"] = "Enter your address."
	}
	p := payment{Name: v.Name, Email: v.Email}
	if v.WantsAddress {
		p.Address = object{"country": strings.ToUpper(v.Country), "line1": v.Line1, "city": v.City, "postal_code": v.PostalCode}
	}
	if v.WantsTaxID && v.TaxValue != "" {
		p.TaxID = object{"type": v.TaxType, "value": v.TaxValue}
	}
	if v.Name == "" {
		wrong["name"] = "Enter the name on the card."
	}
	if v.CardOptional && v.Number == "" {
		return p, wrong
	}
	p.Card = v.readCard(now, wrong)
	return p, wrong
}

func (v checkoutView) readCard(now time.Time, wrong map[string]string) card {
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
	return card{Number: v.Number, Month: month, Year: year, CVC: v.CVC}
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

// TaxKinds are the kinds of tax id that the page offers.
func (v checkoutView) TaxKinds() []string {
	return []string{"eu_vat", "gb_vat", "ch_vat", "us_ein", "au_abn"}
}
