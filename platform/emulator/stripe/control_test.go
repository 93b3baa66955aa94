package stripe_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	stripego "github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/client"

	"saaskit/platform/emulator/stripe"
)

func TestFaultRules(t *testing.T) {
	t.Parallel()
	e, api := start(t, stripe.Options{})
	add := func(rule stripe.FaultRule) { must[stripe.FaultRule](t)(e.AddFault(rule)) }
	create := func() error {
		_, err := api.Customers.New(&stripego.CustomerParams{})
		return err
	}
	add(stripe.FaultRule{Kind: stripe.FaultRateLimit, Path: "/v1/customers", Count: 2})
	must[*stripego.Product](t)(api.Products.New(&stripego.ProductParams{Name: stripego.String("Other path")}))
	wantError(t, create(), http.StatusTooManyRequests, "rate_limit", "")
	wantError(t, create(), http.StatusTooManyRequests, "rate_limit", "")
	if err := create(); err != nil {
		t.Fatalf("after the count: %v", err)
	}
	add(stripe.FaultRule{Kind: stripe.FaultErrorAfterCommit})
	wantError(t, create(), http.StatusInternalServerError, "", "")
	e.ClearFaults("")
	if n := len(e.Events("")); n != 3 {
		t.Errorf("%d events, want 3: the failing request was carried out", n)
	}
	add(stripe.FaultRule{Kind: stripe.FaultDown}) // until cleared: Go's transport itself asks once more on a fresh connection
	var known *stripego.Error
	if err := create(); err == nil || errors.As(err, &known) {
		t.Errorf("a connection that is reset: %v", err)
	}
	e.ClearFaults("")
	add(stripe.FaultRule{Kind: stripe.FaultSlow, Milliseconds: 80, Count: 1})
	began := time.Now()
	if err := create(); err != nil || time.Since(began) < 80*time.Millisecond {
		t.Errorf("a slow answer took %s, %v", time.Since(began), err)
	}
	if len(e.Faults()) != 0 {
		t.Errorf("faults are left: %+v", e.Faults())
	}
	for _, wrong := range []stripe.FaultRule{{Kind: "fire"}, {Kind: stripe.FaultSlow}, {Kind: stripe.FaultError, Count: -1}} {
		if _, err := e.AddFault(wrong); err == nil {
			t.Errorf("%+v is taken", wrong)
		}
	}
}

// hook starts a receiver that wants all events.
func hook(t *testing.T, api *client.API) *receiver {
	t.Helper()
	rc := &receiver{}
	server := httptest.NewServer(rc)
	t.Cleanup(server.Close)
	endpoint := must[*stripego.WebhookEndpoint](t)(api.WebhookEndpoints.New(&stripego.WebhookEndpointParams{
		URL: stripego.String(server.URL), EnabledEvents: stripego.StringSlice([]string{"*"}),
	}))
	rc.mu.Lock()
	defer rc.mu.Unlock()
	rc.secret = endpoint.Secret
	return rc
}

func drain(t *testing.T, e *stripe.Emulator) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); e.Pending() > 0; {
		if time.Now().After(deadline) {
			t.Fatal("the webhooks were not delivered")
		}
		<-time.After(5 * time.Millisecond)
	}
}

func TestDeliveryModes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		mode          stripe.DeliveryMode
		events, wrong int // for three events
	}{
		"as it should":   {stripe.DeliveryMode{}, 3, 0},
		"duplicates":     {stripe.DeliveryMode{Duplicates: 2}, 9, 0},
		"out of order":   {stripe.DeliveryMode{OutOfOrder: true}, 3, 0},
		"delayed":        {stripe.DeliveryMode{Milliseconds: 50}, 3, 0},
		"all lost":       {stripe.DeliveryMode{LosePercent: 100}, 0, 0},
		"forged extras":  {stripe.DeliveryMode{Forge: true}, 6, 3},
		"all of it once": {stripe.DeliveryMode{Duplicates: 1, Milliseconds: 10, OutOfOrder: true, Forge: true}, 9, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, api := start(t, stripe.Options{})
			rc := hook(t, api)
			if err := e.SetDelivery(c.mode); err != nil {
				t.Fatal(err)
			}
			e.Hold()
			began := time.Now()
			for _, email := range []string{"1@example.com", "2@example.com", "3@example.com"} {
				must[*stripego.Customer](t)(api.Customers.New(&stripego.CustomerParams{Email: stripego.String(email)}))
			}
			e.Release()
			drain(t, e)
			rc.mu.Lock()
			defer rc.mu.Unlock()
			if len(rc.events) != c.events || len(rc.wrong) != c.wrong {
				t.Fatalf("%d deliveries, %d of them forged; want %d and %d", len(rc.events), len(rc.wrong), c.events, c.wrong)
			}
			if c.mode.OutOfOrder && c.mode.Milliseconds == 0 && rc.events[0].Data.Object["email"] != "3@example.com" {
				t.Errorf("the first is %v", rc.events[0].Data.Object["email"])
			}
			if least := time.Duration(c.mode.Milliseconds) * time.Millisecond; time.Since(began) < least {
				t.Errorf("delivered after %s, want %s at least", time.Since(began), least)
			}
		})
	}
}

// control asks the JSON twin of the control page.
func control(t *testing.T, e *stripe.Emulator, method, path, body string, into any) int {
	t.Helper()
	req := must[*http.Request](t)(http.NewRequest(method, e.URL()+path, strings.NewReader(body)))
	got := read(t, func() (*http.Response, error) { return browse.Do(req) })
	if into != nil {
		if err := json.Unmarshal([]byte(got.text), into); err != nil {
			t.Fatalf("%s %s: %v: %s", method, path, err, got.text)
		}
	}
	return got.status
}

func TestControlAPIAndPage(t *testing.T) {
	t.Parallel()
	e, api := start(t, stripe.Options{})
	rc := hook(t, api)
	var rule stripe.FaultRule
	if status := control(t, e, "POST", "/_emulator/faults", `{"kind":"error","path":"/v1/customers"}`, &rule); status != http.StatusCreated || rule.ID == "" {
		t.Fatalf("%d %+v", status, rule)
	}
	_, err := api.Customers.New(&stripego.CustomerParams{})
	wantError(t, err, http.StatusInternalServerError, "", "")
	if status := control(t, e, "DELETE", "/_emulator/faults?id="+rule.ID, "", nil); status != http.StatusNoContent {
		t.Errorf("clear: %d", status)
	}
	if status := control(t, e, "POST", "/_emulator/faults", `{"kind":"fire"}`, nil); status != http.StatusBadRequest {
		t.Errorf("an unknown kind: %d", status)
	}
	if status := control(t, e, "PUT", "/_emulator/delivery", `{"duplicates":1}`, nil); status != http.StatusOK || e.Delivery().Duplicates != 1 {
		t.Errorf("delivery: %d", status)
	}
	subscribe(t, e, api)
	clock := must[*stripego.TestHelpersTestClock](t)(api.TestHelpersTestClocks.New(&stripego.TestHelpersTestClockParams{FrozenTime: stripego.Int64(1900000000)}))
	drain(t, e)
	event := e.Events("")[0]
	var answer struct {
		Statuses    []int
		FrozenTime  int64 `json:"frozen_time"`
		ErrorString string
	}
	if control(t, e, "POST", "/_emulator/events/"+event.ID+"/resend", "", &answer); len(answer.Statuses) != 1 || answer.Statuses[0] != http.StatusOK {
		t.Errorf("resend: %+v", answer)
	}
	if control(t, e, "POST", "/_emulator/clocks/"+clock.ID+"/advance", `{"by":"day"}`, &answer); answer.FrozenTime != 1900086400 {
		t.Errorf("advance: %+v", answer)
	}
	submit(t, e.URL()+"/", "action", "fault", "kind", "slow", "milliseconds", "5", "count", "3")
	submit(t, e.URL()+"/", "action", "advance", "id", clock.ID, "by", "month")
	shown := open(t, e.URL()+"/")
	for _, part := range []string{"ann@example.com", "Pro × 3", "customer.subscription.created", "slow by 5 ms", clock.ID, ": 200", "A month on"} {
		if !strings.Contains(shown.text, part) {
			t.Errorf("the control page lacks %q", part)
		}
	}
	rc.mu.Lock()
	defer rc.mu.Unlock()
	if len(rc.wrong) != 0 {
		t.Errorf("wrong signatures: %v", rc.wrong)
	}
}

func TestARenewalOfAnotherDay(t *testing.T) {
	t.Parallel()
	e, api := start(t, stripe.Options{})
	subscribe(t, e, api)
	var answer struct{ Subscription string }
	if status := control(t, e, "POST", "/_emulator/renewals", `{"email":"ann@example.com","days_ago":20}`, &answer); status != http.StatusOK {
		t.Fatalf("got %d", status)
	}
	sub := must[*stripego.Subscription](t)(api.Subscriptions.Get(answer.Subscription, nil))
	bill := must[*stripego.Invoice](t)(api.Invoices.Get(sub.LatestInvoice.ID, nil))
	if age := time.Since(time.Unix(bill.Created, 0)); age < 19*day || age > 21*day || !bill.Paid {
		t.Errorf("the renewal's invoice is %s old, paid %v", age, bill.Paid)
	}
	if status := control(t, e, "POST", "/_emulator/renewals", `{"email":"nobody@example.com"}`, nil); status != http.StatusBadRequest {
		t.Errorf("of a customer without a subscription: %d", status)
	}
}

func TestAnotherSitesPageCannotControl(t *testing.T) {
	t.Parallel()
	e, _ := start(t, stripe.Options{})
	req := must[*http.Request](t)(http.NewRequest(http.MethodPost, e.URL()+"/_emulator/faults", strings.NewReader(`{"kind":"down"}`)))
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	if got := read(t, func() (*http.Response, error) { return browse.Do(req) }); got.status != http.StatusForbidden || len(e.Faults()) != 0 {
		t.Errorf("got %d", got.status)
	}
}
