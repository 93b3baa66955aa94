package billing_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
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
func (s *shop) event(t testing.TB, id string) (payload []byte, secret string) {
	t.Helper()
	payload, secret, err := s.Stripe.Payload(id, s.Config.StripeWebhookURL)
	if err != nil {
		t.Fatal(err)
	}
	return payload, secret
}

func send(t testing.TB, s *shop, payload []byte, headers ...string) *apptest.Response {
	t.Helper()
	return s.Anonymous(t).Do(t, http.MethodPost, hook, payload, headers...)
}

func signed(secret string, at time.Time, payload []byte) []string {
	return []string{"Stripe-Signature", emulator.Sign(secret, at, payload)}
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
	for name, c := range map[string]struct {
		payload   []byte
		signature string
		code      string
	}{
		"no signature":              {payload, "", "webhook_signature"},
		"nonsense":                  {payload, "nonsense", "webhook_signature"},
		"no time":                   {payload, good[strings.Index(good, "v1="):], "webhook_signature"},
		"another time":              {payload, "t=" + fmt.Sprint(now.Unix()+1) + good[strings.Index(good, ","):], "webhook_signature"},
		"two times":                 {payload, good + ",t=" + fmt.Sprint(now.Unix()), "webhook_signature"},
		"another scheme":            {payload, strings.Replace(good, "v1=", "v0=", 1), "webhook_signature"},
		"forged":                    {payload, emulator.Sign("whsec_guess", now, payload), "webhook_signature"},
		"empty secret":              {payload, emulator.Sign("", now, payload), "webhook_signature"},
		"another endpoint's secret": {payload, emulator.Sign(stranger.Secret, now, payload), "webhook_signature"},
		"one byte altered":          {altered, good, "webhook_signature"},
		"re-serialised":             {compact.Bytes(), good, "webhook_signature"},
		"another event's signature": {[]byte(`{"id":"evt_1"}`), good, "webhook_signature"},
		"301 seconds old":           {payload, emulator.Sign(secret, now.Add(-301*time.Second), payload), "webhook_signature"},
		"from the future":           {payload, emulator.Sign(secret, now.Add(10*time.Minute), payload), "webhook_signature"},
		"not JSON":                  {[]byte("{"), emulator.Sign(secret, now, []byte("{")), "webhook_signature"},
		"live mode":                 {live, emulator.Sign(secret, now, live), "webhook_livemode"},
		"another API version":       {version, emulator.Sign(secret, now, version), "webhook_version"},
	} {
		if answer := send(t, s, c.payload, "Stripe-Signature", c.signature); answer.StatusCode != 400 || !bytes.Contains(answer.Body, []byte(c.code)) {
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
	for range 10 {
		for _, status := range s.Stripe.Deliver(t.Context(), id, 100) {
			if status != http.StatusOK {
				t.Fatalf("a duplicate was answered %d", status)
			}
		}
	}
	s.awaitPlan(t, n, "pro")
	s.JobsDone(t)
	kept := s.count(t, "SELECT count(*) FROM stripe_events WHERE id = $1 AND state = 'applied'", id)
	work := s.count(t, "SELECT count(*) FROM river.river_job WHERE kind = 'billing.apply_event' AND args ->> 'event' = $1", id)
	if kept != 1 || work != 1 || s.planChanges(t, n.ID) != 1 {
		t.Fatalf("1000 deliveries: kept %d times, %d jobs, %d plan changes", kept, work, s.planChanges(t, n.ID))
	}
}

// permutations of the indexes below n.
func permutations(n int) [][]int {
	if n == 0 {
		return [][]int{{}}
	}
	var all [][]int
	for _, shorter := range permutations(n - 1) {
		for at := range n {
			all = append(all, slices.Insert(slices.Clone(shorter), at, n-1))
		}
	}
	return all
}

func TestB3_EveryOrderEndsInStripesState(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	s.Stripe.Hold()
	types := []string{"customer.subscription.created", "checkout.session.completed", "customer.subscription.updated", "customer.subscription.deleted"}
	orders := permutations(len(types))
	tenants := make([]*apptest.Tenant, len(orders))
	ended := func(i int) bool { return i%2 == 0 }
	for i, order := range orders {
		n := s.Tenant(t)
		tenants[i] = n
		s.pay(t, openCheckout(t, n.Owner, "pro"))
		sub := s.subscriptions(t, n)[0]
		must[*stripe.Subscription](t)(s.api.Subscriptions.Update(sub.ID, &stripe.SubscriptionParams{CancelAtPeriodEnd: stripe.Bool(true)}))
		if ended(i) {
			must[*stripe.Subscription](t)(s.api.Subscriptions.Cancel(sub.ID, nil))
		}
		for _, k := range order {
			if types[k] == "customer.subscription.deleted" && !ended(i) {
				continue
			}
			for _, status := range s.Stripe.Deliver(t.Context(), s.eventOf(t, n, types[k]), 2) {
				if status != http.StatusOK {
					t.Fatalf("%s was answered %d", types[k], status)
				}
			}
		}
	}
	s.JobsDone(t)
	for i, n := range tenants {
		end := s.subscriptions(t, n)[0].CurrentPeriodEnd
		switch o := look(t, n.Owner); {
		case ended(i) && (o.Plan.Key != "free" || o.Status != "canceled"):
			t.Errorf("in the order %v of an ended subscription: %+v", orders[i], o)
		case !ended(i) && (o.Plan.Key != "pro" || o.CancelAt == nil || o.CancelAt.Unix() != end):
			t.Errorf("in the order %v of a subscription that will end: %+v", orders[i], o)
		}
	}
}

// An answer of Stripe's that is late, and older than one that was kept since, changes nothing.
func TestB3_ALateAnswerDoesNotReplaceANewerOne(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	n := s.Tenant(t)
	s.Stripe.Hold()
	s.pay(t, openCheckout(t, n.Owner, "pro"))
	late := make(chan struct{})
	var asked, answered atomic.Int32
	s.Stripe.SetFault(func(method, path string) emulator.Fault {
		if method != http.MethodGet || path != "/v1/subscriptions" {
			return emulator.Fault{}
		}
		if asked.Add(1) == 1 {
			return emulator.Fault{Hold: late}
		}
		answered.Add(1)
		return emulator.Fault{}
	})
	s.Stripe.Deliver(t.Context(), s.eventOf(t, n, "customer.subscription.created"), 1)
	apptest.Eventually(t, 10*time.Second, func() bool { return asked.Load() == 1 })
	sub := s.eventObject(t, s.eventOf(t, n, "customer.subscription.created"))
	must[*stripe.Subscription](t)(s.api.Subscriptions.Cancel(sub, nil))
	s.Stripe.Deliver(t.Context(), s.eventOf(t, n, "customer.subscription.deleted"), 1)
	apptest.Eventually(t, 10*time.Second, func() bool {
		return s.count(t, "SELECT count(*) FROM stripe_events WHERE type = 'customer.subscription.deleted' AND state = 'applied'") == 1
	})
	close(late)
	s.JobsDone(t)
	if o := look(t, n.Owner); o.Plan.Key != "free" || o.Status != "canceled" {
		t.Fatalf("the late answer won: %+v", o)
	}
}

func (s *shop) eventObject(t testing.TB, id string) string {
	t.Helper()
	return must[*stripe.Event](t)(s.api.Events.Get(id, nil)).Data.Object["id"].(string)
}

// Changes and deliveries run into each other, with duplicates and in any order.
func TestB3_AStormOfChangesConverges(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	s.Stripe.Hold()
	tenants := make([]*apptest.Tenant, 6)
	for i := range tenants {
		tenants[i] = s.Tenant(t)
		s.pay(t, openCheckout(t, tenants[i].Owner, "pro"))
	}
	random := rand.New(rand.NewPCG(1, 2))
	for _, n := range tenants {
		sub := s.subscriptions(t, n)[0].ID
		for step := range 8 {
			must[*stripe.Subscription](t)(s.api.Subscriptions.Update(sub, &stripe.SubscriptionParams{CancelAtPeriodEnd: stripe.Bool(step%2 == 0)}))
			events := s.Stripe.Events(s.customer(t, n))
			s.Stripe.Deliver(t.Context(), events[random.IntN(len(events))].ID, 1+random.IntN(3))
		}
		if random.IntN(2) == 0 {
			must[*stripe.Subscription](t)(s.api.Subscriptions.Cancel(sub, nil))
		}
	}
	s.Stripe.Release()
	apptest.Eventually(t, 30*time.Second, func() bool { return s.Stripe.Pending() == 0 })
	s.JobsDone(t)
	for _, n := range tenants {
		at, o := s.subscriptions(t, n)[0], look(t, n.Owner)
		if string(at.Status) != o.Status || (at.Status == "active" && (o.CancelAt != nil) != at.CancelAtPeriodEnd) || (o.Plan.Key == "pro") != (at.Status == "active") {
			t.Errorf("Stripe: %s, ends %v; we: %+v", at.Status, at.CancelAtPeriodEnd, o)
		}
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

// The job was done, but the worker died before it could say so.
func TestQ2_AnEventAppliedTwiceHasOneEffect(t *testing.T) {
	t.Parallel()
	s := sharedShop(t)
	n := s.Tenant(t)
	s.subscribe(t, n, "pro")
	apptest.Eventually(t, 20*time.Second, func() bool {
		return s.count(t, "SELECT count(*) FROM stripe_events WHERE customer = $1 AND state = 'pending'", s.customer(t, n)) == 0
	})
	if _, err := s.Admin.ExecContext(t.Context(), "UPDATE river.river_job SET state = 'available', finalized_at = NULL, attempt = 0 WHERE kind = 'billing.apply_event' AND args ->> 'customer' = $1 AND state = 'completed'",
		s.customer(t, n)); err != nil {
		t.Fatal(err)
	}
	s.JobsDone(t)
	if changes := s.planChanges(t, n.ID); changes != 1 || look(t, n.Owner).Plan.Key != "pro" {
		t.Fatalf("%d plan changes", changes)
	}
}
