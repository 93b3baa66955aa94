package stripe

import "regexp"

// taxIDShapes are the formats of the kinds that are checked; of others any text passes. https://stripe.com/docs/billing/customer/tax-ids
var taxIDShapes = map[string]*regexp.Regexp{
	"eu_vat": regexp.MustCompile(`\A(AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|XI)[0-9A-Z]{8,12}\z`),
	"gb_vat": regexp.MustCompile(`\AGB[0-9]{9}([0-9]{3})?\z`),
	"ch_vat": regexp.MustCompile(`\ACHE-?[0-9]{3}\.?[0-9]{3}\.?[0-9]{3} ?(MWST|TVA|IVA)\z`),
	"us_ein": regexp.MustCompile(`\A[0-9]{2}-[0-9]{7}\z`),
	"au_abn": regexp.MustCompile(`\A[0-9]{11}\z`),
}

func checkTaxID(given object, param string) error {
	if shape := taxIDShapes[text(given, "type")]; shape != nil && !shape.MatchString(text(given, "value")) {
		return invalid("tax_id_invalid", param, "Invalid value for %s.", text(given, "type"))
	}
	return nil
}

// addTaxID keeps a tax id of the customer. Stripe asks the tax office about European and British ones; here they are verified at once,
// without an office's name and address.
func (c *call) addTaxID(customer, given object) object {
	kind, value := text(given, "type"), text(given, "value")
	status, country := "unavailable", any(nil)
	switch kind {
	case "eu_vat":
		status, country = "verified", value[:2]
	case "gb_vat":
		status, country = "verified", "GB"
	case "ch_vat", "us_ein", "au_abn":
		country = map[string]string{"ch_vat": "CH", "us_ein": "US", "au_abn": "AU"}[kind]
	}
	o := c.e.state.add(newObject("tax_id", object{
		"id": newID("txi"), "created": c.now(), "customer": customer["id"], "type": kind, "value": value, "country": country,
		"owner":        object{"customer": customer["id"], "type": "customer"},
		"verification": object{"status": status, "verified_address": nil, "verified_name": nil},
	}))
	c.emit("customer.tax_id.created", o, nil)
	return o
}

func createTaxID(c *call) (object, error) {
	customer, err := c.customer(c.r.PathValue("customer"), "id")
	if err != nil {
		return nil, err
	}
	if err := checkTaxID(c.params, "value"); err != nil {
		return nil, err
	}
	return c.addTaxID(customer, c.params), nil
}

func listTaxIDs(c *call) (object, error) { return c.listOwn("tax_id") }

// listOwn lists what belongs to the customer of the path.
func (c *call) listOwn(kind string) (object, error) {
	customer, err := c.customer(c.r.PathValue("customer"), "id")
	if err != nil {
		return nil, err
	}
	return c.list(kind, func(o object) bool { return o["customer"] == customer["id"] })
}

// own finds what belongs to the customer of the path.
func (c *call) own(kind, noun string) (object, error) {
	o := c.e.state.find(kind, c.id)
	if o == nil || o["customer"] != c.r.PathValue("customer") {
		return nil, missing(noun, c.id, "id")
	}
	return o, nil
}

func getTaxID(c *call) (object, error) { return c.own("tax_id", "tax_id") }

func deleteTaxID(c *call) (object, error) {
	o, err := getTaxID(c)
	if err != nil {
		return nil, err
	}
	c.e.state.remove(o)
	c.emit("customer.tax_id.deleted", o, nil)
	return object{"id": c.id, "object": "tax_id", "deleted": true}, nil
}

const balanceKind = "customer_balance_transaction"

func createBalanceTransaction(c *call) (object, error) {
	customer, err := c.customer(c.r.PathValue("customer"), "id")
	if err != nil {
		return nil, err
	}
	currency := text(c.params, "currency")
	if customer["currency"] != nil && customer["currency"] != currency {
		return nil, invalid("", "currency", "The customer's currency is %s.", text(customer, "currency"))
	}
	before := clone(customer).(object)
	customer["currency"] = currency
	o := c.changeBalance(customer, number(c.params, "amount"), "adjustment")
	assign(o, c.params, "description")
	mergeMetadata(o, c.params)
	c.emit("customer.updated", customer, before)
	return o, nil
}

// changeBalance adds to what the customer owes (a credit is negative, in minor units) and keeps why.
func (c *call) changeBalance(customer object, by int64, kind string) object {
	currency := text(customer, "currency")
	if currency == "" {
		currency = "usd" // the account's own
	}
	customer["balance"] = number(customer, "balance") + by
	return c.e.state.add(newObject(balanceKind, object{
		"id": newID("cbtxn"), "created": c.now(), "amount": by, "currency": currency, "customer": customer["id"], "ending_balance": customer["balance"],
		"type": kind, "metadata": object{},
	}))
}

func listBalanceTransactions(c *call) (object, error) { return c.listOwn(balanceKind) }

func getBalanceTransaction(c *call) (object, error) {
	return c.own(balanceKind, "customer balance transaction")
}
