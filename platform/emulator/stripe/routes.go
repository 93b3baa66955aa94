package stripe

import (
	"net/http"
	"regexp"
)

// route is one operation of Stripe's API. path is spelled as in Stripe's document, so that the operation can be found there.
type route struct {
	method, path string
	run          func(*call) (object, error)
	params       []string // what run honours, besides expand and, when it lists, the paging parameters
}

var apiRoutes = []route{
	{"POST", "/v1/customers", createCustomer, customerParams},
	{"GET", "/v1/customers", listCustomers, []string{"email"}},
	{"GET", "/v1/customers/{customer}", getCustomer, nil},
	{"POST", "/v1/customers/{customer}", updateCustomer, customerParams},
	{"DELETE", "/v1/customers/{customer}", deleteCustomer, nil},

	{"POST", "/v1/products", createProduct, productParams},
	{"GET", "/v1/products", listProducts, []string{"active", "ids"}},
	{"GET", "/v1/products/{id}", getProduct, nil},
	{"POST", "/v1/products/{id}", updateProduct, productParams},
	{"DELETE", "/v1/products/{id}", deleteProduct, nil},

	{"POST", "/v1/prices", createPrice, []string{"active", "billing_scheme", "currency", "lookup_key", "metadata", "nickname", "product", "recurring", "tax_behavior", "transfer_lookup_key", "unit_amount"}},
	{"GET", "/v1/prices", listPrices, []string{"active", "currency", "lookup_keys", "product", "type"}},
	{"GET", "/v1/prices/{price}", getPrice, nil},
	{"POST", "/v1/prices/{price}", updatePrice, []string{"active", "lookup_key", "metadata", "nickname", "transfer_lookup_key"}},

	{"POST", "/v1/webhook_endpoints", createEndpoint, []string{"api_version", "description", "enabled_events", "metadata", "url"}},
	{"GET", "/v1/webhook_endpoints", listEndpoints, nil},
	{"GET", "/v1/webhook_endpoints/{webhook_endpoint}", getEndpoint, nil},
	{"POST", "/v1/webhook_endpoints/{webhook_endpoint}", updateEndpoint, []string{"description", "disabled", "enabled_events", "metadata", "url"}},
	{"DELETE", "/v1/webhook_endpoints/{webhook_endpoint}", deleteEndpoint, nil},

	{"POST", "/v1/checkout/sessions", createSession, []string{"billing_address_collection", "cancel_url", "client_reference_id", "customer", "customer_email", "customer_update", "line_items", "locale", "metadata", "mode", "payment_method_collection", "payment_method_types", "subscription_data", "success_url", "ui_mode"}},
	{"GET", "/v1/checkout/sessions", listSessions, []string{"customer", "status", "subscription"}},
	{"GET", "/v1/checkout/sessions/{session}", getSession, nil},
	{"POST", "/v1/checkout/sessions/{session}/expire", expireSession, nil},
	{"GET", "/v1/checkout/sessions/{session}/line_items", listSessionItems, nil},

	{"GET", "/v1/subscriptions", listSubscriptions, []string{"customer", "price", "status"}},
	{"GET", "/v1/subscriptions/{subscription_exposed_id}", getSubscription, nil},
	{"POST", "/v1/subscriptions/{subscription_exposed_id}", updateSubscription, []string{"cancel_at_period_end", "cancellation_details", "items", "metadata", "proration_behavior"}},
	{"DELETE", "/v1/subscriptions/{subscription_exposed_id}", cancelSubscription, []string{"cancellation_details"}},

	{"GET", "/v1/invoices", listInvoices, []string{"customer", "status", "subscription"}},
	{"GET", "/v1/invoices/{invoice}", getInvoice, nil},
	{"GET", "/v1/payment_intents/{intent}", getPaymentIntent, nil},
	{"GET", "/v1/payment_methods/{payment_method}", getPaymentMethod, nil},

	{"POST", "/v1/billing_portal/sessions", createPortal, []string{"customer", "locale", "return_url"}},

	{"GET", "/v1/events", listEvents, []string{"type", "types"}},
	{"GET", "/v1/events/{id}", getEvent, nil},
}

var (
	pagingParams = []string{"limit", "starting_after", "ending_before", "created"}
	pathVariable = regexp.MustCompile(`\{(\w+)\}`)
)

func (e *Emulator) routes() http.Handler {
	mux := http.NewServeMux()
	for _, rt := range apiRoutes {
		mux.HandleFunc(rt.method+" "+rt.path, func(w http.ResponseWriter, r *http.Request) { e.serveAPI(w, r, rt) })
	}
	mux.HandleFunc("/v1/", func(w http.ResponseWriter, r *http.Request) { e.serveAPI(w, r, route{run: unknownRoute}) })
	mux.HandleFunc("GET /c/pay/{session}", e.showCheckout)
	mux.HandleFunc("POST /c/pay/{session}", e.submitCheckout)
	mux.HandleFunc("GET /p/session/{token}", e.showPortal)
	mux.HandleFunc("POST /p/session/{token}", e.submitPortal)
	mux.HandleFunc("GET /pages/style.css", pages.ServeStyle)
	mux.HandleFunc("GET /{$}", showIndex)
	return mux
}

func unknownRoute(c *call) (object, error) {
	if c.e.document.knows(c.r.Method, c.r.URL.Path) {
		return nil, c.e.unsupported("The operation " + c.r.Method + " " + c.r.URL.Path)
	}
	return nil, &Error{Status: http.StatusNotFound, Type: invalidRequest, Message: "Unrecognized request URL (" + c.r.Method + ": " + c.r.URL.Path + ")."}
}
