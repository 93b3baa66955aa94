package stripe_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	stripego "github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/webhook"

	"saaskit/platform/emulator/stripe"
)

// browse opens pages as a browser would, without following redirects.
var browse = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

func open(t *testing.T, address string) (*http.Response, string) {
	t.Helper()
	return read(t, must[*http.Response](t)(browse.Get(address)))
}

func submit(t *testing.T, address string, fields ...string) (*http.Response, string) {
	t.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return read(t, must[*http.Response](t)(browse.PostForm(address, form)))
}

func read(t *testing.T, resp *http.Response) (*http.Response, string) {
	t.Helper()
	defer resp.Body.Close()
	return resp, string(must[[]byte](t)(io.ReadAll(resp.Body)))
}

func TestCheckoutPage(t *testing.T) {
	t.Parallel()
	_, api := start(t, stripe.Options{})
	price := catalogue(t, api)
	customer := must[*stripego.Customer](t)(api.Customers.New(&stripego.CustomerParams{Email: stripego.String("ann@example.com")}))
	session := openCheckout(t, api, customer.ID, price.ID, 3)

	resp, page := open(t, session.URL)
	for _, part := range []string{"Subscribe to Pro", "$36.00", "$12.00 each", "ann@example.com", "Stripe emulator, no real money", "http://localhost:1/back"} {
		if !strings.Contains(page, part) {
			t.Errorf("the page lacks %q", part)
		}
	}
	if csp := resp.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "form-action 'self' http://localhost:1;") {
		t.Errorf("the policy would stop the way back: %s", csp)
	}
	card := func(number string) []string {
		return []string{"number", number, "expiry", "12 / 49", "cvc", "123", "name", "Ann", "email", "mallory@example.com"}
	}
	if _, page = submit(t, session.URL, card("4000 0000 0000 0002")...); !strings.Contains(page, "Your card was declined.") {
		t.Error("a declined card is not said so")
	}
	if _, page = submit(t, session.URL, card("4242 4242 4242 4241")...); !strings.Contains(page, "Your card number is invalid.") {
		t.Error("a mistyped number passes")
	}
	if _, page = submit(t, session.URL, "number", "4242424242424242", "expiry", "01/20", "cvc", "1", "name", ""); strings.Count(page, `aria-invalid="true"`) != 3 {
		t.Error("not every wrong field is marked")
	}
	var clicks sync.WaitGroup
	for range 8 {
		clicks.Go(func() {
			resp, _ := submit(t, session.URL, card("4242 4242 4242 4242")...)
			if at := resp.Header.Get("Location"); at != "http://localhost:1/done?session="+session.ID {
				t.Errorf("a click led to %q", at)
			}
		})
	}
	clicks.Wait()
	list, count := api.Subscriptions.List(&stripego.SubscriptionListParams{Customer: stripego.String(customer.ID)}), 0
	for ; list.Next(); count++ {
		if s := list.Subscription(); s.Status != "active" || s.Items.Data[0].Quantity != 3 || s.Metadata["tenant"] != "t1" {
			t.Errorf("got %+v", s)
		}
	}
	if count != 1 {
		t.Errorf("%d subscriptions after 8 clicks", count)
	}
	paid := must[*stripego.CheckoutSession](t)(api.CheckoutSessions.Get(session.ID, nil))
	if paid.Status != "complete" || paid.PaymentStatus != "paid" || paid.CustomerDetails.Email != "ann@example.com" {
		t.Errorf("got %+v", paid)
	}
	_, err := api.CheckoutSessions.Expire(session.ID, nil)
	wantError(t, err, http.StatusBadRequest, "", "")
}

func TestExpiredCheckoutCannotBePaid(t *testing.T) {
	t.Parallel()
	e, api := start(t, stripe.Options{})
	price := catalogue(t, api)
	customer := must[*stripego.Customer](t)(api.Customers.New(&stripego.CustomerParams{}))
	session := openCheckout(t, api, customer.ID, price.ID, 1)
	must[*stripego.CheckoutSession](t)(api.CheckoutSessions.Expire(session.ID, nil))
	if resp, page := open(t, session.URL); resp.StatusCode != http.StatusGone || !strings.Contains(page, "Nothing was charged") {
		t.Errorf("the page of an expired session: %s", resp.Status)
	}
	if e.Pay(session.ID, stripe.CardPays) == nil {
		t.Error("an expired session was paid")
	}
}

func TestPortalPage(t *testing.T) {
	t.Parallel()
	e, api := start(t, stripe.Options{})
	s := subscribe(t, e, api)
	portal := must[*stripego.BillingPortalSession](t)(api.BillingPortalSessions.New(&stripego.BillingPortalSessionParams{
		Customer: stripego.String(s.Customer.ID), ReturnURL: stripego.String("http://localhost:1/billing"),
	}))
	if _, page := open(t, portal.URL); !strings.Contains(page, "$36.00 per month") || !strings.Contains(page, "Visa ending in 4242") {
		t.Error("the page lacks the plan or the card")
	}
	for _, step := range []struct {
		action string
		ending bool
		text   string
	}{{"cancel", true, "Your plan ends on"}, {"cancel", true, "Your plan ends on"}, {"resume", false, "Your plan renews on"}} {
		submit(t, portal.URL, "action", step.action, "subscription", s.ID)
		after := must[*stripego.Subscription](t)(api.Subscriptions.Get(s.ID, nil))
		if _, page := open(t, portal.URL); after.CancelAtPeriodEnd != step.ending || after.Status != "active" || !strings.Contains(page, step.text) {
			t.Errorf("after %s: %+v", step.action, after)
		}
	}
	other := must[*stripego.Customer](t)(api.Customers.New(&stripego.CustomerParams{}))
	foreign := must[*stripego.BillingPortalSession](t)(api.BillingPortalSessions.New(&stripego.BillingPortalSessionParams{Customer: stripego.String(other.ID)}))
	submit(t, foreign.URL, "action", "cancel", "subscription", s.ID)
	if must[*stripego.Subscription](t)(api.Subscriptions.Get(s.ID, nil)).CancelAtPeriodEnd {
		t.Error("one customer's portal canceled another's plan")
	}
	if resp, _ := open(t, e.URL()+"/p/session/test_guess"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("a guessed portal link: %s", resp.Status)
	}
}

func TestSubscriptionChanges(t *testing.T) {
	t.Parallel()
	e, api := start(t, stripe.Options{})
	s := subscribe(t, e, api)
	s = must[*stripego.Subscription](t)(api.Subscriptions.Update(s.ID, &stripego.SubscriptionParams{
		Items: []*stripego.SubscriptionItemsParams{{ID: stripego.String(s.Items.Data[0].ID), Quantity: stripego.Int64(5)}},
	}))
	if s.Items.Data[0].Quantity != 5 {
		t.Fatalf("got %+v", s.Items.Data[0])
	}
	if s = must[*stripego.Subscription](t)(api.Subscriptions.Cancel(s.ID, nil)); s.Status != "canceled" || s.EndedAt == 0 {
		t.Fatalf("got %+v", s)
	}
	_, err := api.Subscriptions.Cancel(s.ID, nil)
	wantError(t, err, http.StatusNotFound, stripego.ErrorCodeResourceMissing, "id")
	if api.Subscriptions.List(&stripego.SubscriptionListParams{Customer: stripego.String(s.Customer.ID)}).Next() {
		t.Error("a canceled subscription is listed unasked")
	}
	all := &stripego.SubscriptionListParams{Customer: stripego.String(s.Customer.ID), Status: stripego.String("all")}
	if !api.Subscriptions.List(all).Next() {
		t.Error("a canceled subscription is not listed with status=all")
	}
}

// receiver is a webhook endpoint that checks signatures with stripe-go and refuses the first deliveries.
type receiver struct {
	mu     sync.Mutex
	secret string
	refuse int
	events []stripego.Event
	wrong  []error
}

func (rc *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	rc.mu.Lock()
	defer rc.mu.Unlock()
	if rc.refuse > 0 {
		rc.refuse--
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	event, err := webhook.ConstructEvent(body, r.Header.Get("Stripe-Signature"), rc.secret)
	if err != nil {
		rc.wrong = append(rc.wrong, err)
	}
	rc.events = append(rc.events, event)
}

func TestWebhooksAreSignedAndRetried(t *testing.T) {
	t.Parallel()
	e, api := start(t, stripe.Options{})
	rc := &receiver{refuse: 1}
	server := httptest.NewServer(rc)
	t.Cleanup(server.Close)
	endpoint := must[*stripego.WebhookEndpoint](t)(api.WebhookEndpoints.New(&stripego.WebhookEndpointParams{
		URL: stripego.String(server.URL), APIVersion: stripego.String(stripe.APIVersion), EnabledEvents: stripego.StringSlice([]string{"customer.subscription.created", "checkout.session.completed"}),
	}))
	rc.mu.Lock()
	rc.secret = endpoint.Secret
	rc.mu.Unlock()
	if again := must[*stripego.WebhookEndpoint](t)(api.WebhookEndpoints.Get(endpoint.ID, nil)); again.Secret != "" || endpoint.Secret == "" {
		t.Error("the secret is told once, at creation")
	}
	s := subscribe(t, e, api)
	for deadline := time.Now().Add(10 * time.Second); e.Pending() > 0; {
		if time.Now().After(deadline) {
			t.Fatal("the webhooks were not delivered")
		}
		<-time.After(5 * time.Millisecond)
	}
	rc.mu.Lock()
	defer rc.mu.Unlock()
	if len(rc.events) != 2 || len(rc.wrong) != 0 {
		t.Fatalf("%d events, %v", len(rc.events), rc.wrong)
	}
	for _, event := range rc.events {
		if event.Data.Object["customer"] != s.Customer.ID {
			t.Errorf("got %+v", event)
		}
		if stored := must[*stripego.Event](t)(api.Events.Get(event.ID, nil)); stored.PendingWebhooks != 0 || stored.Type != event.Type {
			t.Errorf("got %+v", stored)
		}
	}
}

func TestControlsDeliverInAnyOrder(t *testing.T) {
	t.Parallel()
	e, api := start(t, stripe.Options{})
	rc := &receiver{}
	server := httptest.NewServer(rc)
	t.Cleanup(server.Close)
	must[*stripego.WebhookEndpoint](t)(api.WebhookEndpoints.New(&stripego.WebhookEndpointParams{
		URL: stripego.String(server.URL), EnabledEvents: stripego.StringSlice([]string{"*"}),
	}))
	e.Hold()
	s := subscribe(t, e, api)
	events := e.Events(s.Customer.ID)
	if len(events) < 5 || events[0].Type != "customer.created" {
		t.Fatalf("got %+v", events)
	}
	last := events[len(events)-1]
	if statuses := e.Deliver(t.Context(), last.ID, 3); len(statuses) != 3 || statuses[0] != http.StatusOK {
		t.Fatalf("got %v", statuses)
	}
	pending := e.Pending()
	e.Drop(events[0].ID)
	if e.Pending() != pending-1 {
		t.Error("a dropped webhook is still queued")
	}
	rc.mu.Lock()
	defer rc.mu.Unlock()
	if len(rc.events) != 3 {
		t.Errorf("%d deliveries while held, want 3", len(rc.events))
	}
}
