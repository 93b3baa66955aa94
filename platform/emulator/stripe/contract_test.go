package stripe_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"saaskit/platform/emulator/stripe"
)

// walker asks the emulator, holds every answer to Stripe's document, and remembers what it was told under names.
type walker struct {
	t       *testing.T
	e       *stripe.Emulator
	named   map[string]string
	visited map[string]bool
}

// ask sends one request of the route. $name in the path's variables and in the form is what was remembered under the name; "as" remembers the
// answer's id.
func (w *walker) ask(route, form, as string, variables ...string) map[string]any {
	w.t.Helper()
	method, path, _ := strings.Cut(route, " ")
	concrete := path
	for _, variable := range variables {
		concrete = replaceFirst(concrete, w.fill(variable))
	}
	w.visited[route] = true
	status, answer := w.send(method, concrete, w.fill(form))
	if status != http.StatusOK {
		w.t.Errorf("%s %s: %d %v", route, form, status, answer["error"])
		return answer
	}
	if wrong := contract().differ(contract().answer(method, path), answer, ""); wrong != "" {
		w.t.Errorf("%s: %s", route, wrong)
	}
	if id, _ := answer["id"].(string); as != "" {
		w.named[as] = id
	}
	return answer
}

var variable = regexp.MustCompile(`\{\w+\}`)

// replaceFirst puts the value in the place of the path's first variable.
func replaceFirst(path, value string) string {
	at := variable.FindStringIndex(path)
	return path[:at[0]] + value + path[at[1]:]
}

func (w *walker) fill(s string) string {
	return regexp.MustCompile(`\$\w+`).ReplaceAllStringFunc(s, func(name string) string { return w.named[name[1:]] })
}

func (w *walker) send(method, path, form string) (int, map[string]any) {
	w.t.Helper()
	values, err := url.ParseQuery(form)
	if err != nil {
		w.t.Fatal(err)
	}
	address, body := w.e.URL()+path, values.Encode()
	if method == http.MethodGet {
		address, body = address+"?"+body, ""
	}
	req := must[*http.Request](w.t)(http.NewRequest(method, address, strings.NewReader(body)))
	req.Header.Set("Authorization", "Bearer "+w.e.SecretKey)
	if body != "" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	got := read(w.t, func() (*http.Response, error) { return browse.Do(req) })
	var answer map[string]any
	if err := json.Unmarshal([]byte(got.text), &answer); err != nil {
		w.t.Fatalf("%s %s: %v: %s", method, path, err, got.text)
	}
	return got.status, answer
}

// TestEveryAnswerIsAsStripesDocumentSays walks every route and looks at every event.
func TestEveryAnswerIsAsStripesDocumentSays(t *testing.T) {
	t.Parallel()
	e, _ := start(t, stripe.Options{})
	w := &walker{t: t, e: e, named: map[string]string{"now": strconv.FormatInt(time.Now().Unix(), 10)}, visited: map[string]bool{}}
	w.walkCatalog()
	w.walkCustomers()
	w.walkCheckout()
	w.walkMeters()
	w.walkBilling()
	w.walkClock()
	w.walkEnds()
	for _, route := range stripe.Routes() {
		if !w.visited[route] {
			t.Errorf("%s is not walked", route)
		}
	}
	w.checkEvents()
}

func (w *walker) walkCatalog() {
	w.ask("POST /v1/products", "name=Pro&metadata[plan]=pro", "product")
	w.ask("GET /v1/products", "active=true", "")
	w.ask("GET /v1/products/{id}", "", "", "$product")
	w.ask("POST /v1/products/{id}", "description=All of it", "", "$product")
	w.ask("POST /v1/products", "name=Gone", "gone")
	w.ask("DELETE /v1/products/{id}", "", "", "$gone")
	w.ask("POST /v1/prices", "currency=usd&unit_amount=1200&product=$product&recurring[interval]=month&lookup_key=pro&currency_options[eur][unit_amount]=1100&expand[]=currency_options", "price")
	w.ask("POST /v1/prices", "currency=usd&product=$product&recurring[interval]=year&billing_scheme=tiered&tiers_mode=graduated&tiers[0][up_to]=5&tiers[0][unit_amount]=100&"+
		"tiers[1][up_to]=inf&tiers[1][unit_amount_decimal]=50.5&tiers[1][flat_amount]=10&expand[]=tiers", "tiered")
	w.ask("GET /v1/prices", "lookup_keys[0]=pro&expand[]=data.product&expand[]=data.currency_options&expand[]=data.tiers", "")
	w.ask("GET /v1/prices/{price}", "", "", "$price")
	w.ask("POST /v1/prices/{price}", "nickname=Monthly", "", "$price")
	w.ask("POST /v1/coupons", "percent_off=25.5&duration=repeating&duration_in_months=3&name=Fall", "coupon")
	w.ask("POST /v1/coupons", "amount_off=500&currency=usd&duration=once", "once")
	w.ask("GET /v1/coupons", "", "")
	w.ask("GET /v1/coupons/{coupon}", "", "", "$coupon")
	w.ask("POST /v1/coupons/{coupon}", "name=Autumn", "", "$coupon")
	w.ask("POST /v1/promotion_codes", "coupon=$coupon&code=FALL&restrictions[first_time_transaction]=true&max_redemptions=5", "code")
	w.ask("GET /v1/promotion_codes", "code=fall", "")
	w.ask("GET /v1/promotion_codes/{promotion_code}", "", "", "$code")
	w.ask("POST /v1/promotion_codes/{promotion_code}", "metadata[a]=b", "", "$code")
	w.ask("POST /v1/webhook_endpoints", "url=http://127.0.0.1:1/hook&enabled_events[0]=payout.paid", "endpoint")
	w.ask("GET /v1/webhook_endpoints", "", "")
	w.ask("GET /v1/webhook_endpoints/{webhook_endpoint}", "", "", "$endpoint")
	w.ask("POST /v1/webhook_endpoints/{webhook_endpoint}", "disabled=true", "", "$endpoint")
	w.ask("DELETE /v1/webhook_endpoints/{webhook_endpoint}", "", "", "$endpoint")
}

func (w *walker) walkCustomers() {
	w.ask("POST /v1/customers", "email=ann@example.com&address[country]=DE&address[line1]=Weg 1&tax_id_data[0][type]=eu_vat&tax_id_data[0][value]=DE123456789&coupon=$once", "customer")
	w.ask("GET /v1/customers", "email=ann@example.com&expand[]=data.tax_ids", "")
	w.ask("GET /v1/customers/{customer}", "expand[]=subscriptions&expand[]=tax_ids", "", "$customer")
	w.ask("POST /v1/customers/{customer}", "name=Ann&invoice_settings[footer]=Bye&balance=-100&shipping[name]=Ann&shipping[address][line1]=Weg 1", "", "$customer")
	w.ask("GET /v1/customers/{customer}/discount", "", "", "$customer")
	w.ask("DELETE /v1/customers/{customer}/discount", "", "", "$customer")
	w.ask("POST /v1/customers/{customer}/tax_ids", "type=gb_vat&value=GB123456789", "tax", "$customer")
	w.ask("GET /v1/customers/{customer}/tax_ids", "", "", "$customer")
	w.ask("GET /v1/customers/{customer}/tax_ids/{id}", "", "", "$customer", "$tax")
	w.ask("DELETE /v1/customers/{customer}/tax_ids/{id}", "", "", "$customer", "$tax")
	w.ask("POST /v1/customers/{customer}/balance_transactions", "amount=-300&currency=usd", "moved", "$customer")
	w.ask("GET /v1/customers/{customer}/balance_transactions", "", "", "$customer")
	w.ask("GET /v1/customers/{customer}/balance_transactions/{transaction}", "", "", "$customer", "$moved")
}

func (w *walker) walkCheckout() {
	const urls = "&success_url=http://localhost:1/done&cancel_url=http://localhost:1/back"
	w.ask("POST /v1/checkout/sessions", "mode=subscription&customer=$customer&line_items[0][price]=$price&line_items[0][quantity]=3&discounts[0][coupon]=$coupon&"+
		"automatic_tax[enabled]=true&subscription_data[metadata][a]=b&expand[]=line_items"+urls, "session")
	w.ask("GET /v1/checkout/sessions/{session}/line_items", "", "", "$session")
	w.pay("session")
	paid := w.ask("GET /v1/checkout/sessions/{session}", "expand[]=subscription.latest_invoice.payment_intent&expand[]=customer", "", "$session")
	if subscription, ok := paid["subscription"].(map[string]any); ok {
		w.named["subscription"], _ = subscription["id"].(string)
	}
	w.ask("POST /v1/checkout/sessions", "mode=setup&customer=$customer"+urls, "setup")
	w.pay("setup")
	intent, _ := w.ask("GET /v1/checkout/sessions/{session}", "", "", "$setup")["setup_intent"].(string)
	w.named["intent"] = intent
	w.ask("GET /v1/setup_intents/{intent}", "", "", "$intent")
	w.ask("GET /v1/setup_intents", "customer=$customer", "")
	w.ask("POST /v1/checkout/sessions", "mode=subscription&customer_email=bob@example.com&line_items[0][price]=$tiered&line_items[0][quantity]=7&"+
		"subscription_data[trial_period_days]=14&allow_promotion_codes=true"+urls, "expired")
	w.ask("POST /v1/checkout/sessions/{session}/expire", "", "", "$expired")
	w.ask("GET /v1/checkout/sessions", "", "")
	w.ask("POST /v1/billing_portal/sessions", "customer=$customer&return_url=http://localhost:1/", "")
	w.ask("POST /v1/billing_portal/configurations", "business_profile[headline]=Us&features[payment_method_update][enabled]=true&features[subscription_cancel][enabled]=true", "portal")
	w.ask("GET /v1/billing_portal/configurations", "is_default=false", "")
	w.ask("GET /v1/billing_portal/configurations/{configuration}", "", "", "$portal")
	w.ask("POST /v1/billing_portal/configurations/{configuration}", "features[invoice_history][enabled]=true", "", "$portal")
	w.ask("POST /v1/billing_portal/sessions", "customer=$customer&configuration=$portal&flow_data[type]=subscription_cancel&"+
		"flow_data[subscription_cancel][subscription]=$subscription&flow_data[after_completion][type]=redirect&flow_data[after_completion][redirect][return_url]=http://localhost:1/", "")
}

func (w *walker) pay(session string) {
	if err := w.e.Pay(w.named[session], stripe.CardPays); err != nil {
		w.t.Errorf("pay %s: %v", session, err)
	}
}

func (w *walker) walkMeters() {
	w.ask("POST /v1/billing/meters", "display_name=Calls&event_name=calls&default_aggregation[formula]=sum", "meter")
	w.ask("GET /v1/billing/meters", "status=active", "")
	w.ask("GET /v1/billing/meters/{id}", "", "", "$meter")
	w.ask("POST /v1/billing/meters/{id}", "display_name=API calls", "", "$meter")
	w.ask("POST /v1/billing/meter_events", "event_name=calls&payload[stripe_customer_id]=$customer&payload[value]=7", "")
	day := time.Now().Unix() / 86400 * 86400
	w.named["from"], w.named["to"] = strconv.FormatInt(day, 10), strconv.FormatInt(day+86400, 10)
	w.ask("GET /v1/billing/meters/{id}/event_summaries", "customer=$customer&start_time=$from&end_time=$to&value_grouping_window=hour", "", "$meter")
	w.ask("POST /v1/prices", "currency=usd&unit_amount_decimal=0.5&product=$product&recurring[interval]=month&recurring[usage_type]=metered&recurring[meter]=$meter", "metered")
	w.ask("POST /v1/billing/meters/{id}/deactivate", "", "", "$meter")
	w.ask("POST /v1/billing/meters/{id}/reactivate", "", "", "$meter")
}

// idOf is the id of the first object of a list, or of the list in a field.
func idOf(o map[string]any, field string) string {
	if field != "" {
		o, _ = o[field].(map[string]any)
	}
	data, _ := o["data"].([]any)
	if len(data) == 0 {
		return ""
	}
	first, _ := data[0].(map[string]any)
	id, _ := first["id"].(string)
	return id
}

func (w *walker) walkEnds() {
	w.ask("DELETE /v1/subscriptions/{subscription_exposed_id}", "cancellation_details[comment]=Bye", "", "$subscription")
	w.ask("POST /v1/payment_methods/{payment_method}/detach", "", "", "$method")
	w.ask("DELETE /v1/coupons/{coupon}", "", "", "$coupon")
	w.ask("DELETE /v1/customers/{customer}", "", "", "$customer")
	w.ask("GET /v1/customers/{customer}", "", "", "$customer")
	w.ask("DELETE /v1/test_helpers/test_clocks/{test_clock}", "", "", "$clock")
	w.named["event"] = idOf(w.ask("GET /v1/events", "", ""), "")
	w.ask("GET /v1/events/{id}", "", "", "$event")
}

// checkEvents holds what every event is about to the document's schema of its kind.
func (w *walker) checkEvents() {
	wrong := map[string]bool{}
	for _, event := range w.e.Events("") {
		_, answer := w.send(http.MethodGet, "/v1/events/"+event.ID, "")
		data, _ := answer["data"].(map[string]any)
		about, _ := data["object"].(map[string]any)
		kind, _ := about["object"].(string)
		schema := contract().Components.Schemas[kind]
		if schema == nil {
			w.t.Errorf("%s is about the unknown kind %q", event.Type, kind)
			continue
		}
		if found := contract().differ(schema, about, ""); found != "" && !wrong[event.Type+found] {
			wrong[event.Type+found] = true
			w.t.Errorf("%s: %s", event.Type, found)
		}
	}
}
