package billing_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76"

	"saaskit/modules/apptest"
	emulator "saaskit/platform/emulator/stripe"
)

const hook = "/hooks/stripe"

// event is a webhook of the shop's Stripe that was not sent yet.
func (s *shop) event(t *testing.T, id string) (payload []byte, secret string) {
	t.Helper()
	payload, secret, err := s.Stripe.Payload(id, s.Config.StripeWebhookURL)
	if err != nil {
		t.Fatal(err)
	}
	return payload, secret
}

func send(t *testing.T, s *shop, payload []byte, headers ...string) *apptest.Response {
	t.Helper()
	return s.Anonymous(t).Do(t, http.MethodPost, hook, payload, headers...)
}

func signed(secret string, at time.Time, payload []byte) []string {
	return []string{"Stripe-Signature", emulator.Sign(secret, at, payload)}
}

// forgery is a webhook that must be refused with the code.
type forgery struct {
	payload   []byte
	signature string
	code      string
}

// forgeries are what can be wrong with a webhook.
func forgeries(t *testing.T, payload []byte, now time.Time, secret, otherSecret string) map[string]forgery {
	t.Helper()
	good := emulator.Sign(secret, now, payload)
	at, signature, _ := strings.Cut(good, ",")
	altered := bytes.Replace(payload, []byte(`"active"`), []byte(`"bctive"`), 1)
	var compact bytes.Buffer
	if err := json.Compact(&compact, payload); err != nil {
		t.Fatal(err)
	}
	live := bytes.Replace(payload, []byte(`"livemode": false,
  "object": "event"`), []byte(`"livemode": true,
  "object": "event"`), 1)
	version := bytes.Replace(payload, []byte(`"api_version": "2023-10-16"`), []byte(`"api_version": "2020-08-27"`), 1)
	for what, p := range map[string][]byte{"altered": altered, "live": live, "version": version} {
		if bytes.Equal(p, payload) {
			t.Fatalf("%s is the same event", what)
		}
	}
	return map[string]forgery{
		"no signature":              {payload, "", "webhook_signature"},
		"nonsense":                  {payload, "nonsense", "webhook_signature"},
		"no time":                   {payload, signature, "webhook_signature"},
		"another time":              {payload, at + "1," + signature, "webhook_signature"},
		"two times":                 {payload, good + "," + at, "webhook_signature"},
		"another scheme":            {payload, strings.Replace(good, "v1=", "v0=", 1), "webhook_signature"},
		"forged":                    {payload, emulator.Sign("whsec_guess", now, payload), "webhook_signature"},
		"empty secret":              {payload, emulator.Sign("", now, payload), "webhook_signature"},
		"another endpoint's secret": {payload, emulator.Sign(otherSecret, now, payload), "webhook_signature"},
		"one byte altered":          {altered, good, "webhook_signature"},
		"re-serialised":             {compact.Bytes(), good, "webhook_signature"},
		"another event's signature": {[]byte(`{"id":"evt_1"}`), good, "webhook_signature"},
		"301 seconds old":           {payload, emulator.Sign(secret, now.Add(-301*time.Second), payload), "webhook_signature"},
		"from the future":           {payload, emulator.Sign(secret, now.Add(10*time.Minute), payload), "webhook_signature"},
		"not JSON":                  {[]byte("{"), emulator.Sign(secret, now, []byte("{")), "webhook_signature"},
		"live mode":                 {live, emulator.Sign(secret, now, live), "webhook_livemode"},
		"another API version":       {version, emulator.Sign(secret, now, version), "webhook_version"},
	}
}

func TestB1_OnlyGenuineWebhooksCount(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	n := s.Tenant(t)
	s.Stripe.Hold()
	s.pay(t, openCheckout(t, n.Owner, "pro"))
	payload, secret := s.event(t, s.eventOf(t, n, "customer.subscription.created"))
	stranger := must[*stripe.WebhookEndpoint](t)(s.api.WebhookEndpoints.New(&stripe.WebhookEndpointParams{
		URL: stripe.String("http://127.0.0.1:1/other"), EnabledEvents: stripe.StringSlice([]string{"*"}),
	}))
	now := s.Now()
	good := emulator.Sign(secret, now, payload)
	for name, f := range forgeries(t, payload, now, secret, stranger.Secret) {
		if answer := send(t, s, f.payload, "Stripe-Signature", f.signature); answer.StatusCode != http.StatusBadRequest || !bytes.Contains(answer.Body, []byte(f.code)) {
			t.Errorf("%s: %d %s", name, answer.StatusCode, answer.Body)
		}
	}
	if kept := s.count(t, "SELECT count(*) FROM stripe_events"); kept != 0 {
		t.Fatalf("%d forged events were kept", kept)
	}
	if o := look(t, n.Owner); o.Plan.Key != "free" {
		t.Fatalf("a forged event had an effect: %+v", o)
	}
	send(t, s, payload, "Stripe-Signature", good).Status(t, 200)
	s.awaitPlan(t, n, "pro")
	old := s.Tenant(t)
	s.pay(t, openCheckout(t, old.Owner, "pro"))
	payload, secret = s.event(t, s.eventOf(t, old, "customer.subscription.created"))
	send(t, s, payload, signed(secret, now.Add(-290*time.Second), payload)...).Status(t, 200)
}

func TestB2_OneEventManyTimesHasOneEffect(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	n := s.Tenant(t)
	s.Stripe.Hold()
	s.pay(t, openCheckout(t, n.Owner, "pro"))
	id := s.eventOf(t, n, "checkout.session.completed")
	s.deliver(t, id, 1000)
	s.awaitPlan(t, n, "pro")
	s.JobsDone(t)
	s.deliver(t, id, 10) // and when the job that the others may have found waiting is done
	s.JobsDone(t)
	kept := s.count(t, "SELECT count(*) FROM stripe_events WHERE id = $1 AND state = 'applied'", id)
	work := s.count(t, "SELECT count(*) FROM river.river_job WHERE kind = 'billing.apply_event' AND args ->> 'event' = $1", id)
	if kept != 1 || work != 1 || s.planChanges(t, n.ID) != 1 {
		t.Fatalf("1010 deliveries: kept %d times, %d jobs, %d plan changes", kept, work, s.planChanges(t, n.ID))
	}
}

func TestEventsOfUnknownCustomersAreKeptAndIgnored(t *testing.T) {
	t.Parallel()
	s := sharedShop(t)
	known := s.Tenant(t)
	s.subscribe(t, known, "pro")
	payload, secret := s.event(t, s.eventOf(t, known, "customer.subscription.created"))
	payload = bytes.ReplaceAll(payload, []byte(s.customer(t, known)), []byte("cus_nobody"))
	payload = bytes.ReplaceAll(payload, []byte(`"id": "evt_`), []byte(`"id": "evt_unknown_`))
	send(t, s, payload, signed(secret, s.Now(), payload)...).Status(t, 200)
	if n := s.count(t, "SELECT count(*) FROM stripe_events WHERE customer = 'cus_nobody' AND state = 'ignored'"); n != 1 {
		t.Errorf("it is kept %d times", n)
	}
}

// Stripe that is slow, or gone, slows no webhook: it is not asked.
func TestB9_AWebhookAsksStripeNothing(t *testing.T) {
	t.Parallel()
	s := ownShop(t, apptest.WithoutJobs())
	n := s.Tenant(t)
	s.Stripe.Hold()
	if err := s.Stripe.Pay(openCheckout(t, n.Owner, "business"), emulator.CardDisputes); err != nil {
		t.Fatal(err)
	}
	events := []string{s.eventOf(t, n, "customer.subscription.created"), s.eventAbout(t, "charge.dispute.created", s.disputeOf(t, s.charge(t, n)).ID)}
	var asked atomic.Int32
	s.Stripe.SetFault(func(_, _ string) emulator.Fault {
		asked.Add(1)
		return emulator.Fault{Drop: true}
	})
	for _, event := range events {
		s.deliver(t, event, 2)
	}
	if waiting := s.count(t, "SELECT count(*) FROM stripe_events WHERE state = 'pending'"); asked.Load() != 0 || waiting != 2 {
		t.Errorf("Stripe was asked %d times, %d events wait", asked.Load(), waiting)
	}
}

// Stripe that hangs keeps the workers of its own jobs, however many there are, and no mail waits.
func TestB9_StripeThatHangsDelaysNoMail(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	n := s.Tenant(t)
	s.Stripe.Hold()
	s.pay(t, openCheckout(t, n.Owner, "pro"))
	payload, secret := s.event(t, s.eventOf(t, n, "customer.subscription.created"))
	hung := make(chan struct{})
	defer close(hung)
	s.Stripe.SetFault(func(string, string) emulator.Fault { return emulator.Fault{Hold: hung} })
	const events = 40
	for i := range events {
		other := bytes.ReplaceAll(payload, []byte(`"id": "evt_`), fmt.Appendf(nil, `"id": "evt_%d_`, i))
		send(t, s, other, signed(secret, s.Now(), other)...).Status(t, 200)
	}
	running := func() int {
		return s.count(t, "SELECT count(*) FROM river.river_job WHERE kind = 'billing.apply_event' AND state = 'running'")
	}
	s.await(t, func() bool { return running() >= 10 })
	s.Anonymous(t).Post(t, "/password/forgot", map[string]any{"email": n.Owner.Email}).Status(t, 202)
	s.Mail(t, n.Owner.Email)
	if running() < 10 {
		t.Error("Stripe did not hang")
	}
}

// The job was done, but the worker died before it could say so.
func TestQ2_AnEventAppliedTwiceHasOneEffect(t *testing.T) {
	t.Parallel()
	s := sharedShop(t)
	n := s.Tenant(t)
	s.subscribe(t, n, "business")
	refund := s.refund(t, s.charge(t, n), 500)
	once := func() bool {
		return s.count(t, "SELECT count(*) FROM stripe_events WHERE customer = $1 AND state = 'pending'", s.customer(t, n)) == 0 &&
			s.count(t, "SELECT count(*) FROM billing_incidents WHERE tenant_id = $1 AND id = $2", n.ID, refund.ID) == 1
	}
	s.await(t, once)
	if _, err := s.Admin.ExecContext(t.Context(), "UPDATE river.river_job SET state = 'available', finalized_at = NULL, attempt = 0 WHERE kind = 'billing.apply_event' AND args ->> 'customer' = $1 AND state = 'completed'",
		s.customer(t, n)); err != nil {
		t.Fatal(err)
	}
	s.JobsDone(t)
	if changes := s.planChanges(t, n.ID); changes != 1 || look(t, n.Owner).Plan.Key != "business" || !once() {
		t.Fatalf("%d plan changes", changes)
	}
}
