package stripe_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	stripego "github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/webhook"

	"saaskit/platform/emulator/stripe"
)

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
