package billing_test

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"saaskit/modules/apptest"
	"saaskit/platform/access"
	emulator "saaskit/platform/emulator/stripe"
)

// B5: 64 clicks on one preview, of two owners, change the plan once and charge once.
func TestRace_B5_ParallelChangesAreOne(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	var n *apptest.Tenant
	var owners []*apptest.Actor
	plans := []string{"pro", "business"}
	rounds := apptest.Rounds(t)
	for round := range rounds {
		change := round % 10 // of its tenant
		if change == 0 {
			n = s.Tenant(t)
			owners = []*apptest.Actor{n.Owner, n.Actor(t, access.Owner)}
			s.subscribe(t, n, "business")
		}
		plan := plans[change%2]
		p := reckon(t, n.Owner, plan, "year")
		before := len(s.invoices(t, n))
		outcomes := apptest.AtOnce(64, func(i int) string {
			return owners[i%2].Post(t, "/billing/change", agree(p, plan, "year")).Outcome(t)
		})
		if made := len(s.invoices(t, n)) - before; made != 1 || outcomes["200"] != 64 {
			t.Fatalf("round %d: %d invoices, %v", round, made, outcomes)
		}
		if got := s.acts(t, owners[0], "billing.change") + s.acts(t, owners[1], "billing.change"); got != change+1 {
			t.Errorf("%d entries of %d changes", got, change+1)
		}
		n.Owner.Post(t, "/billing/change", agree(p, plan, "year")).Status(t, 200)
		n.Owner.Post(t, "/billing/preview", target(plan, "year")).Problem(t, 409, "same_plan")
	}
	t.Logf("race: changes of plan: %d rounds, 64 at once: one change, charged once", rounds)
}

// B5: of different changes that are agreed to at once, one is made; no preview of before it holds after it.
func TestB5_OneOfDifferentChangesIsMade(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	n := s.Tenant(t)
	s.subscribe(t, n, "business")
	targets := [][2]string{{"business", "year"}, {"pro", "year"}, {"pro", "month"}}
	var shown [3]preview
	for i, to := range targets {
		shown[i] = reckon(t, n.Owner, to[0], to[1])
	}
	before := len(s.invoices(t, n))
	outcomes := apptest.AtOnce(63, func(i int) string {
		to := targets[i%3]
		return n.Owner.Post(t, "/billing/change", agree(shown[i%3], to[0], to[1])).Outcome(t)
	})
	if outcomes["200"] == 0 || outcomes["200"]+outcomes["409 change_busy"]+outcomes["409 preview_expired"] != 63 {
		t.Errorf("got %v", outcomes)
	}
	if made := len(s.invoices(t, n)) - before; made != 1 {
		t.Errorf("%d invoices: %v", made, outcomes)
	}
	o := look(t, n.Owner)
	s.consistsOf(t, s.subscription(t, n), o.Plan.Key, o.Interval)
}

// B5: who began the change asks Stripe only when who joined has made it, and has not kept that yet. Both are told that it is made.
func TestB5_WhoJoinsMayBeFaster(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	n := s.Tenant(t)
	s.subscribe(t, n, "business")
	s.Stripe.Hold()
	apptest.Eventually(t, 30*time.Second, func() bool {
		return s.count(t, "SELECT count(*) FROM river.river_job WHERE finalized_at IS NULL") == 0
	})
	p := reckon(t, n.Owner, "business", "year")
	began, made, told := make(chan struct{}), make(chan struct{}), make(chan struct{})
	var asked atomic.Int32
	s.Stripe.SetFault(func(method, path string) emulator.Fault {
		if method == http.MethodGet && path == "/v1/subscriptions" {
			switch asked.Add(1) {
			case 1: // of who began
				close(began)
				<-made
			case 3: // of who joined, after the change
				close(made)
				<-told
			}
		}
		return emulator.Fault{}
	})
	agreed := agree(p, "business", "year")
	first, second := make(chan string, 1), make(chan string, 1)
	go func() { first <- n.Owner.Post(t, "/billing/change", agreed).Outcome(t) }()
	<-began
	go func() { second <- n.Owner.Post(t, "/billing/change", agreed).Outcome(t) }()
	if got := <-first; got != "200" {
		t.Errorf("who began is told %s", got)
	}
	close(told)
	if got := <-second; got != "200" {
		t.Errorf("who joined is told %s", got)
	}
	if acts := s.acts(t, n.Owner, "billing.change"); acts != 1 {
		t.Errorf("%d entries", acts)
	}
}

// B9: Stripe made the change, but said it did not, or did not say anything: whoever tries again is charged once.
func TestB9_AChangeThatStripeDidNotConfirmIsMadeOnce(t *testing.T) { //nolint:tparallel // they share Stripe's faults
	t.Parallel()
	s := ownShop(t)
	for name, c := range map[string]struct {
		fault emulator.Fault
		lasts bool // nothing is answered afterwards, too
	}{
		"the answer is lost":                   {emulator.Fault{Drop: true, AfterCommit: true}, false},
		"an error, after it was done":          {emulator.Fault{Status: http.StatusInternalServerError, AfterCommit: true}, false},
		"an error, and then Stripe is down":    {emulator.Fault{Status: http.StatusInternalServerError, AfterCommit: true}, true},
		"an error, before anything was done":   {emulator.Fault{Status: http.StatusInternalServerError}, false},
		"down, before anything was done":       {emulator.Fault{Drop: true}, true},
		"too many requests, and nothing done":  {emulator.Fault{Status: http.StatusTooManyRequests}, false},
		"our key is refused, and nothing done": {emulator.Fault{Status: http.StatusUnauthorized}, false},
	} {
		t.Run(name, func(t *testing.T) { //nolint:paralleltest // they share Stripe's faults
			n := s.Tenant(t)
			s.subscribe(t, n, "business")
			p := reckon(t, n.Owner, "business", "year")
			before := len(s.invoices(t, n))
			path := "/v1/subscriptions/" + s.subscriptions(t, n)[0].ID
			var played atomic.Bool
			s.Stripe.SetFault(func(method, at string) emulator.Fault {
				if method == http.MethodPost && at == path {
					lost := c.fault.Drop && c.fault.AfterCommit
					if played.Swap(true) && lost {
						return emulator.Fault{}
					}
					return c.fault
				}
				if played.Load() && c.lasts {
					return emulator.Fault{Drop: true}
				}
				return emulator.Fault{}
			})
			first := n.Owner.Post(t, "/billing/change", agree(p, "business", "year"))
			if first.StatusCode != http.StatusOK {
				first.Problem(t, 503, "billing_unavailable")
			}
			s.Stripe.SetFault(nil)
			n.Owner.Post(t, "/billing/change", agree(p, "business", "year")).Status(t, 200)
			if made := len(s.invoices(t, n)) - before; made != 1 || look(t, n.Owner).Interval != "year" {
				t.Errorf("%d invoices: %+v", made, look(t, n.Owner))
			}
			if acts := s.acts(t, n.Owner, "billing.change"); acts != 1 {
				t.Errorf("%d entries of it", acts)
			}
		})
	}
}

// B9: a failure inside Stripe is what it answers to the same request for a day. The change is then made with another preview.
func TestB9_AChangeThatStripeWillNeverMakeNeedsAnotherPreview(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	n := s.Tenant(t)
	s.subscribe(t, n, "business")
	p := reckon(t, n.Owner, "business", "year")
	path := "/v1/subscriptions/" + s.subscriptions(t, n)[0].ID
	s.Stripe.SetFault(func(method, at string) emulator.Fault {
		if method == http.MethodPost && at == path {
			return emulator.Fault{Status: http.StatusInternalServerError, Remember: true}
		}
		return emulator.Fault{}
	})
	n.Owner.Post(t, "/billing/change", agree(p, "business", "year")).Problem(t, 503, "billing_unavailable")
	s.Stripe.SetFault(nil)
	n.Owner.Post(t, "/billing/change", agree(p, "business", "year")).Problem(t, 409, "preview_expired")
	apptest.Eventually(t, 5*time.Second, func() bool { return s.Now().Unix() > p.ProrationDate })
	change(t, n.Owner, "business", "year").Status(t, 200)
	if made := len(s.invoices(t, n)); made != 2 {
		t.Errorf("%d invoices", made)
	}
}
