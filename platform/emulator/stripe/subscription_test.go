package stripe_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	stripego "github.com/stripe/stripe-go/v76"

	"saaskit/platform/emulator/stripe"
)

// browse opens pages as a browser would, without following redirects.
var browse = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// page is what the browser got.
type page struct {
	status int
	header http.Header
	text   string
}

func open(t *testing.T, address string) page {
	t.Helper()
	return read(t, func() (*http.Response, error) { return browse.Get(address) })
}

func submit(t *testing.T, address string, fields ...string) page {
	t.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return read(t, func() (*http.Response, error) { return browse.PostForm(address, form) })
}

func read(t *testing.T, ask func() (*http.Response, error)) page {
	t.Helper()
	resp, err := ask()
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	return page{resp.StatusCode, resp.Header, string(must[[]byte](t)(io.ReadAll(resp.Body)))}
}

// card is a filled-in form.
func card(number string) []string {
	return []string{"number", number, "expiry", "12 / 49", "cvc", "123", "name", "Ann", "email", "mallory@example.com"}
}

func TestCheckoutPageRefusesWrongCards(t *testing.T) {
	t.Parallel()
	_, api := start(t, stripe.Options{})
	customer := must[*stripego.Customer](t)(api.Customers.New(&stripego.CustomerParams{Email: stripego.String("ann@example.com")}))
	session := openCheckout(t, api, customer.ID, catalogue(t, api).ID, 1)
	if shown := submit(t, session.URL, card("4000 0000 0000 0002")...); !strings.Contains(shown.text, "Your card was declined.") {
		t.Error("a declined card is not said so")
	}
	if shown := submit(t, session.URL, card("4242 4242 4242 4241")...); !strings.Contains(shown.text, "Your card number is invalid.") {
		t.Error("a mistyped number passes")
	}
	if shown := submit(t, session.URL, "number", "4242424242424242", "expiry", "01/20", "cvc", "1", "name", ""); strings.Count(shown.text, `aria-invalid="true"`) != 3 {
		t.Error("not every wrong field is marked")
	}
	if again := must[*stripego.CheckoutSession](t)(api.CheckoutSessions.Get(session.ID, nil)); again.Status != "open" {
		t.Errorf("after refusals the session is %s", again.Status)
	}
}

func TestCheckoutPage(t *testing.T) {
	t.Parallel()
	_, api := start(t, stripe.Options{})
	price := catalogue(t, api)
	customer := must[*stripego.Customer](t)(api.Customers.New(&stripego.CustomerParams{Email: stripego.String("ann@example.com")}))
	session := openCheckout(t, api, customer.ID, price.ID, 3)

	shown := open(t, session.URL)
	for _, part := range []string{"Subscribe to Pro", "$36.00", "$12.00 each", "ann@example.com", "Stripe emulator, no real money", "http://localhost:1/back"} {
		if !strings.Contains(shown.text, part) {
			t.Errorf("the page lacks %q", part)
		}
	}
	if csp := shown.header.Get("Content-Security-Policy"); !strings.Contains(csp, "form-action 'self' http://localhost:1;") {
		t.Errorf("the policy would stop the way back: %s", csp)
	}
	var clicks sync.WaitGroup
	for range 8 {
		clicks.Go(func() {
			shown := submit(t, session.URL, card("4242 4242 4242 4242")...)
			if at := shown.header.Get("Location"); at != "http://localhost:1/done?session="+session.ID {
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
	if shown := open(t, session.URL); shown.status != http.StatusGone || !strings.Contains(shown.text, "Nothing was charged") {
		t.Errorf("the page of an expired session: %d", shown.status)
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
	if shown := open(t, portal.URL); !strings.Contains(shown.text, "$36.00 per month") || !strings.Contains(shown.text, "Visa ending in 4242") {
		t.Error("the page lacks the plan or the card")
	}
	for _, step := range []struct {
		action string
		ending bool
		text   string
	}{{"cancel", true, "Your plan ends on"}, {"cancel", true, "Your plan ends on"}, {"resume", false, "Your plan renews on"}} {
		submit(t, portal.URL, "action", step.action, "subscription", s.ID)
		after := must[*stripego.Subscription](t)(api.Subscriptions.Get(s.ID, nil))
		if shown := open(t, portal.URL); after.CancelAtPeriodEnd != step.ending || after.Status != "active" || !strings.Contains(shown.text, step.text) {
			t.Errorf("after %s: %+v", step.action, after)
		}
	}
	other := must[*stripego.Customer](t)(api.Customers.New(&stripego.CustomerParams{}))
	foreign := must[*stripego.BillingPortalSession](t)(api.BillingPortalSessions.New(&stripego.BillingPortalSessionParams{Customer: stripego.String(other.ID)}))
	submit(t, foreign.URL, "action", "cancel", "subscription", s.ID)
	if must[*stripego.Subscription](t)(api.Subscriptions.Get(s.ID, nil)).CancelAtPeriodEnd {
		t.Error("one customer's portal canceled another's plan")
	}
	if shown := open(t, e.URL()+"/p/session/test_guess"); shown.status != http.StatusNotFound {
		t.Errorf("a guessed portal link: %d", shown.status)
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
