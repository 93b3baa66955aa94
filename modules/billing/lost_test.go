package billing_test

import (
	"bytes"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stripe/stripe-go/v76"

	"saaskit/modules/apptest"
	"saaskit/modules/billing"
	emulator "saaskit/platform/emulator/stripe"
)

// Stripe did it, but the answer was lost: the repeated request has the same effect, not another.
func TestB9_LostAnswersAreNotRepeatedEffects(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	n := s.Tenant(t)
	var mu sync.Mutex
	lost := map[string]bool{}
	s.Stripe.SetFault(func(method, path string) emulator.Fault {
		mu.Lock()
		defer mu.Unlock()
		if method == http.MethodGet || lost[path] {
			return emulator.Fault{}
		}
		lost[path] = true
		return emulator.Fault{Drop: true, AfterCommit: true}
	})
	session := openCheckout(t, n.Owner, "pro")
	if !lost["/v1/customers"] || !lost["/v1/checkout/sessions"] {
		t.Fatalf("nothing was lost: %v", lost)
	}
	if again := openCheckout(t, n.Owner, "pro"); again != session || s.countEvents("customer.created") != 1 {
		t.Fatalf("%s, then %s; %d customers", session, again, s.countEvents("customer.created"))
	}
	open := 0
	for list := s.api.CheckoutSessions.List(&stripe.CheckoutSessionListParams{Customer: stripe.String(s.customer(t, n))}); list.Next(); {
		open++
	}
	if open != 1 {
		t.Fatalf("%d checkouts at Stripe", open)
	}
}

// However a write fails, once, on the way to a subscription: whoever tries again has one customer, one open checkout, one subscription.
func TestB9_ACheckoutThatFailedIsTriedAgain(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	for name, fault := range map[string]emulator.Fault{
		"429":                              {Status: http.StatusTooManyRequests},
		"500":                              {Status: http.StatusInternalServerError},
		"500 after commit":                 {Status: http.StatusInternalServerError, AfterCommit: true},
		"500 that stays one":               {Status: http.StatusInternalServerError, Remember: true},
		"500 after commit that stays one":  {Status: http.StatusInternalServerError, AfterCommit: true, Remember: true},
		"a lost connection":                {Drop: true},
		"a lost answer":                    {Drop: true, AfterCommit: true},
		"a lost answer that was a failure": {Drop: true, AfterCommit: true, Remember: true, Status: http.StatusInternalServerError},
	} {
		n := s.Tenant(t)
		customers := s.countEvents("customer.created")
		failed := s.failEachWriteOnce(fault)
		s.insist(t, n.Owner, choose("business"))
		session := s.insist(t, n.Owner, with(choose("business"), "interval", "year")) // which closes the first checkout
		s.Stripe.SetFault(nil)
		if again := s.insist(t, n.Owner, with(choose("business"), "interval", "year")); again != session {
			t.Errorf("%s: another checkout", name)
		}
		if made, open := s.countEvents("customer.created")-customers, s.open(t, s.customer(t, n)); made != 1 || open != 1 || *failed < 3 {
			t.Errorf("%s: %d failures, %d customers, %d open checkouts", name, *failed, made, open)
		}
		s.pay(t, session)
		s.awaitPlan(t, n, "business")
		n.Owner.Post(t, "/billing/checkout", choose("business")).Problem(t, 409, "already_subscribed")
		if all := s.subscriptions(t, n); len(all) != 1 {
			t.Errorf("%s: %d subscriptions", name, len(all))
		}
	}
}

// failEachWriteOnce counts the writes that failed.
func (s *shop) failEachWriteOnce(fault emulator.Fault) *int {
	var mu sync.Mutex
	seen, failed := map[string]bool{}, new(int)
	s.Stripe.SetFault(func(method, path string) emulator.Fault {
		mu.Lock()
		defer mu.Unlock()
		written := method != http.MethodGet && (path == "/v1/customers" || strings.HasPrefix(path, "/v1/checkout/"))
		if !written || seen[path] {
			return emulator.Fault{}
		}
		seen[path] = true
		*failed++
		return fault
	})
	return failed
}

// insist asks for a checkout as a person does who is told to try again.
func (s *shop) insist(t *testing.T, a *apptest.Actor, body map[string]any) string {
	t.Helper()
	for range 5 {
		answer := a.Post(t, "/billing/checkout", body)
		if answer.StatusCode != http.StatusServiceUnavailable {
			return sessionIn(t, answer.Status(t, 200))
		}
		answer.Problem(t, 503, "billing_unavailable")
	}
	t.Fatal("five times unavailable")
	return ""
}

// open counts the customer's checkouts that could be paid.
func (s *shop) open(t *testing.T, customer string) (n int) {
	t.Helper()
	list := s.api.CheckoutSessions.List(&stripe.CheckoutSessionListParams{Customer: stripe.String(customer), Status: stripe.String("open")})
	for list.Next() {
		n++
	}
	if err := list.Err(); err != nil {
		t.Fatal(err)
	}
	return n
}

// Sixty-four people meet the same failure at once, which Stripe repeats: one of them gives it up for all.
func TestRace_B9_AFailureThatStaysIsGivenUpOnce(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	for _, after := range []bool{false, true} {
		n := s.Tenant(t)
		customers := s.countEvents("customer.created")
		s.failEachWriteOnce(emulator.Fault{Status: http.StatusInternalServerError, AfterCommit: after, Remember: true})
		sessions := make([]string, 64)
		var tabs sync.WaitGroup
		for i := range sessions {
			tabs.Go(func() { sessions[i] = s.insist(t, n.Owner, choose("business")) })
		}
		tabs.Wait()
		s.Stripe.SetFault(nil)
		for _, id := range sessions {
			if id != sessions[0] {
				t.Fatalf("two checkouts: %s and %s", id, sessions[0])
			}
		}
		if made, open := s.countEvents("customer.created")-customers, s.open(t, s.customer(t, n)); made != 1 || open != 1 {
			t.Errorf("%d customers, %d open checkouts", made, open)
		}
	}
}

// Whatever write fails, and however: who runs it again in the end has everything once.
func TestB9_ASyncThatFailedIsFinishedByTheNext(t *testing.T) {
	t.Parallel()
	a := apptest.New(t)
	for name, fault := range map[string]emulator.Fault{
		"429":                {Status: http.StatusTooManyRequests},
		"500":                {Status: http.StatusInternalServerError},
		"500 after commit":   {Status: http.StatusInternalServerError, AfterCommit: true},
		"a lost answer":      {Drop: true, AfterCommit: true},
		"a lost connection":  {Drop: true},
		"500 that stays one": {Status: http.StatusInternalServerError, Remember: true},
	} {
		s := account(t, a)
		s.Exec(t, "DELETE FROM billing_settings")
		var mu sync.Mutex
		writes, failed := 0, 0
		s.Stripe.SetFault(func(method, _ string) emulator.Fault {
			mu.Lock()
			defer mu.Unlock()
			if method == http.MethodGet {
				return emulator.Fault{}
			}
			writes++
			if writes%2 == 0 {
				return emulator.Fault{}
			}
			failed++
			return fault
		})
		runs := 1
		for ; runs < 60; runs++ {
			if err := billing.Sync(t.Context(), deps(a), &bytes.Buffer{}); err == nil {
				break
			}
		}
		s.Stripe.SetFault(nil)
		got, report := s.sold(t), runSync(t, a)
		if got != wholeCatalogue || report != upToDate || failed < 10 {
			t.Errorf("%s: %d runs, %d failures, %+v at Stripe, and then:\n%s", name, runs, failed, got, report)
		}
	}
}
