package stripe_test

import (
	"errors"
	"net/http"
	"path/filepath"
	"testing"

	stripego "github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/client"

	"saaskit/platform/emulator/stripe"
)

func start(t *testing.T, o stripe.Options) (*stripe.Emulator, *client.API) {
	t.Helper()
	e, err := stripe.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Stop)
	return e, connect(e.URL(), e.SecretKey)
}

func connect(url, key string) *client.API {
	backend := stripego.GetBackendWithConfig(stripego.APIBackend, &stripego.BackendConfig{
		URL: stripego.String(url), MaxNetworkRetries: stripego.Int64(0), LeveledLogger: &stripego.LeveledLogger{Level: stripego.LevelNull},
	})
	return client.New(key, &stripego.Backends{API: backend, Connect: backend, Uploads: backend})
}

// must stops the test on an error, and passes the value on.
func must[T any](t *testing.T) func(T, error) T {
	t.Helper()
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func wantError(t *testing.T, err error, status int, code stripego.ErrorCode, param string) {
	t.Helper()
	var e *stripego.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want a Stripe error", err)
	}
	if e.HTTPStatusCode != status || e.Code != code || e.Param != param || e.RequestID == "" || e.Msg == "" {
		t.Fatalf("got %d %q %q %q (request %q), want %d %q %q", e.HTTPStatusCode, e.Code, e.Param, e.Msg, e.RequestID, status, code, param)
	}
}

// catalogue makes a product with a monthly price.
func catalogue(t *testing.T, api *client.API) *stripego.Price {
	t.Helper()
	product := must[*stripego.Product](t)(api.Products.New(&stripego.ProductParams{ID: stripego.String("plan_pro"), Name: stripego.String("Pro")}))
	return must[*stripego.Price](t)(api.Prices.New(&stripego.PriceParams{
		Currency: stripego.String("usd"), UnitAmount: stripego.Int64(1200), Product: stripego.String(product.ID), LookupKey: stripego.String("pro_monthly_usd"),
		Recurring: &stripego.PriceRecurringParams{Interval: stripego.String("month")},
	}))
}

func openCheckout(t *testing.T, api *client.API, customer, price string, quantity int64) *stripego.CheckoutSession {
	t.Helper()
	return must[*stripego.CheckoutSession](t)(api.CheckoutSessions.New(&stripego.CheckoutSessionParams{
		Mode: stripego.String("subscription"), Customer: stripego.String(customer),
		SuccessURL: stripego.String("http://localhost:1/done?session={CHECKOUT_SESSION_ID}"), CancelURL: stripego.String("http://localhost:1/back"),
		LineItems:        []*stripego.CheckoutSessionLineItemParams{{Price: stripego.String(price), Quantity: stripego.Int64(quantity)}},
		SubscriptionData: &stripego.CheckoutSessionSubscriptionDataParams{Metadata: map[string]string{"tenant": "t1"}},
	}))
}

func subscribe(t *testing.T, e *stripe.Emulator, api *client.API) *stripego.Subscription {
	t.Helper()
	price := catalogue(t, api)
	customer := must[*stripego.Customer](t)(api.Customers.New(&stripego.CustomerParams{Email: stripego.String("ann@example.com")}))
	session := openCheckout(t, api, customer.ID, price.ID, 3)
	if err := e.Pay(session.ID, stripe.CardPays); err != nil {
		t.Fatal(err)
	}
	session = must[*stripego.CheckoutSession](t)(api.CheckoutSessions.Get(session.ID, nil))
	return must[*stripego.Subscription](t)(api.Subscriptions.Get(session.Subscription.ID, nil))
}

func TestVersionIsTheClients(t *testing.T) {
	t.Parallel()
	if stripe.APIVersion != stripego.APIVersion {
		t.Fatalf("the emulator speaks %s, stripe-go %s", stripe.APIVersion, stripego.APIVersion)
	}
}

func TestCustomers(t *testing.T) {
	t.Parallel()
	_, api := start(t, stripe.Options{})
	c := must[*stripego.Customer](t)(api.Customers.New(&stripego.CustomerParams{
		Metadata: map[string]string{"tenant": "t1", "old": "x"}, Email: stripego.String("ann@example.com"), Name: stripego.String("Ann"),
	}))
	if c.Object != "customer" || c.Livemode || c.Metadata["tenant"] != "t1" || c.Created == 0 {
		t.Fatalf("got %+v", c)
	}
	c = must[*stripego.Customer](t)(api.Customers.Update(c.ID, &stripego.CustomerParams{
		Metadata: map[string]string{"old": ""}, Name: stripego.String("Anna"),
	}))
	if c.Name != "Anna" || c.Email != "ann@example.com" || len(c.Metadata) != 1 {
		t.Fatalf("got %+v", c)
	}
	_, err := api.Customers.Get("cus_none", nil)
	wantError(t, err, http.StatusNotFound, stripego.ErrorCodeResourceMissing, "id")
	if gone := must[*stripego.Customer](t)(api.Customers.Del(c.ID, nil)); !gone.Deleted {
		t.Fatal("not deleted")
	}
	_, err = api.Customers.Update(c.ID, &stripego.CustomerParams{Name: stripego.String("x")})
	wantError(t, err, http.StatusNotFound, stripego.ErrorCodeResourceMissing, "id")
}

func TestRequestsAreHeldToStripesDocument(t *testing.T) {
	t.Parallel()
	e, api := start(t, stripe.Options{})
	_, err := api.Products.New(&stripego.ProductParams{})
	wantError(t, err, http.StatusBadRequest, stripego.ErrorCodeParameterMissing, "name")
	params := &stripego.CustomerParams{}
	params.AddExtra("shoe_size", "44")
	_, err = api.Customers.New(params)
	wantError(t, err, http.StatusBadRequest, stripego.ErrorCodeParameterUnknown, "shoe_size")
	_, err = api.CheckoutSessions.New(&stripego.CheckoutSessionParams{Mode: stripego.String("rental")})
	wantError(t, err, http.StatusBadRequest, "", "")
	_, err = api.Customers.New(&stripego.CustomerParams{Source: stripego.String("tok_visa")})
	wantError(t, err, http.StatusNotImplemented, "emulator_unsupported", "")
	_, err = api.Quotes.Get("qt_1", nil)
	wantError(t, err, http.StatusNotImplemented, "emulator_unsupported", "")
	_, err = connect(e.URL(), "sk_test_other").Customers.Get("cus_1", nil)
	wantError(t, err, http.StatusUnauthorized, "", "")

	req := must[*http.Request](t)(http.NewRequest(http.MethodGet, e.URL()+"/v1/nothing", nil))
	req.Header.Set("Authorization", "Bearer "+e.SecretKey)
	if unknown := read(t, func() (*http.Response, error) { return browse.Do(req) }); unknown.status != http.StatusNotFound || unknown.header.Get("Request-Id") == "" {
		t.Fatalf("an unknown URL: %+v", unknown)
	}
}

func TestIdempotencyKeys(t *testing.T) {
	t.Parallel()
	_, api := start(t, stripe.Options{})
	create := func(name string) (*stripego.Customer, error) {
		return api.Customers.New(&stripego.CustomerParams{
			Params: stripego.Params{IdempotencyKey: stripego.String("k1")}, Name: stripego.String(name),
		})
	}
	first, again := must[*stripego.Customer](t)(create("Ann")), must[*stripego.Customer](t)(create("Ann"))
	if first.ID != again.ID || again.LastResponse.Header.Get("Idempotent-Replayed") != "true" {
		t.Fatalf("%s then %s", first.ID, again.ID)
	}
	_, err := create("Bob")
	var e *stripego.Error
	if !errors.As(err, &e) || e.Type != stripego.ErrorTypeIdempotency || e.HTTPStatusCode != http.StatusBadRequest {
		t.Fatalf("the same key for another body: %v", err)
	}
}

func TestLookupKeysMove(t *testing.T) {
	t.Parallel()
	_, api := start(t, stripe.Options{})
	old := catalogue(t, api)
	params := &stripego.PriceParams{
		Currency: stripego.String("usd"), UnitAmount: stripego.Int64(1500), Product: stripego.String(old.Product.ID), LookupKey: stripego.String("pro_monthly_usd"),
		Recurring: &stripego.PriceRecurringParams{Interval: stripego.String("month")},
	}
	_, err := api.Prices.New(params)
	wantError(t, err, http.StatusBadRequest, "", "lookup_key")
	params.TransferLookupKey = stripego.Bool(true)
	fresh := must[*stripego.Price](t)(api.Prices.New(params))
	list := api.Prices.List(&stripego.PriceListParams{LookupKeys: []*string{stripego.String("pro_monthly_usd")}})
	if !list.Next() || list.Price().ID != fresh.ID || list.Next() {
		t.Fatal("the lookup key does not name the new price alone")
	}
	if p := must[*stripego.Price](t)(api.Prices.Get(old.ID, nil)); p.LookupKey != "" || p.UnitAmount != 1200 {
		t.Fatalf("got %+v", p)
	}
}

func TestPagingAndExpand(t *testing.T) {
	t.Parallel()
	e, api := start(t, stripe.Options{})
	for range 7 {
		must[*stripego.Customer](t)(api.Customers.New(&stripego.CustomerParams{}))
	}
	seen := map[string]bool{}
	list := api.Customers.List(&stripego.CustomerListParams{ListParams: stripego.ListParams{Limit: stripego.Int64(3)}})
	for list.Next() {
		seen[list.Customer().ID] = true
	}
	if list.Err() != nil || len(seen) != 7 {
		t.Fatalf("%d customers, %v", len(seen), list.Err())
	}
	s := subscribe(t, e, api)
	params := &stripego.SubscriptionParams{}
	params.AddExpand("customer")
	params.AddExpand("latest_invoice.payment_intent")
	params.AddExpand("items.data.price.product")
	s = must[*stripego.Subscription](t)(api.Subscriptions.Get(s.ID, params))
	if s.Customer.Email != "ann@example.com" || s.LatestInvoice.PaymentIntent.Amount != 3600 || s.Items.Data[0].Price.Product.Name != "Pro" {
		t.Fatalf("not expanded: %+v", s)
	}
	params = &stripego.SubscriptionParams{}
	params.AddExpand("shoe")
	_, err := api.Subscriptions.Get(s.ID, params)
	wantError(t, err, http.StatusBadRequest, "", "expand")
}

func TestStateSurvivesARestart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "deep", "stripe.json")
	e, api := start(t, stripe.Options{StatePath: path})
	before := subscribe(t, e, api)
	e.Stop()
	again, api := start(t, stripe.Options{StatePath: path})
	if again.SecretKey != e.SecretKey {
		t.Fatal("another secret key")
	}
	after := must[*stripego.Subscription](t)(api.Subscriptions.Update(before.ID, &stripego.SubscriptionParams{CancelAtPeriodEnd: stripego.Bool(true)}))
	if after.CurrentPeriodEnd != before.CurrentPeriodEnd || after.CancelAt != before.CurrentPeriodEnd || after.Items.Data[0].Quantity != 3 {
		t.Fatalf("got %+v", after)
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	e, api := start(t, stripe.Options{})
	always := func(f stripe.Fault) { e.SetFault(func(string, string) stripe.Fault { return f }) }
	always(stripe.Fault{Status: http.StatusTooManyRequests})
	_, err := api.Customers.New(&stripego.CustomerParams{})
	wantError(t, err, http.StatusTooManyRequests, "rate_limit", "")
	always(stripe.Fault{Drop: true})
	var stripeErr *stripego.Error
	if _, err = api.Customers.New(&stripego.CustomerParams{}); err == nil || errors.As(err, &stripeErr) {
		t.Fatalf("a dropped connection: %v", err)
	}
	always(stripe.Fault{Status: http.StatusInternalServerError, AfterCommit: true})
	params := &stripego.CustomerParams{Params: stripego.Params{IdempotencyKey: stripego.String("k")}}
	_, err = api.Customers.New(params)
	wantError(t, err, http.StatusInternalServerError, "", "")
	e.SetFault(nil)
	must[*stripego.Customer](t)(api.Customers.New(params))
	if n := len(e.Events("")); n != 1 {
		t.Fatalf("%d customers after a retry, want 1", n)
	}
}
