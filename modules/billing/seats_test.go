package billing_test

import (
	"errors"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"saaskit/modules"
	"saaskit/modules/apptest"
	"saaskit/modules/billing"
	"saaskit/platform/access"
	"saaskit/platform/db"
	emulator "saaskit/platform/emulator/stripe"
	"saaskit/platform/fault"
	"saaskit/platform/jobs"
)

// syncSeats is the job as the product names it.
type syncSeats struct{}

func (syncSeats) Kind() string { return "billing.sync_seats" }

// people makes persons who may join.
func (s *shop) people(t *testing.T, n int) []*apptest.Actor {
	t.Helper()
	all := make([]*apptest.Actor, n)
	for i := range all {
		all[i] = s.User(t)
	}
	return all
}

// join adds the person to the tenant and reports whether there was room.
func (s *shop) join(t *testing.T, n *apptest.Tenant, person *apptest.Actor) bool {
	t.Helper()
	err := modules.Provision(s.Platform).Member(t.Context(), n.ID, person.ID, access.Viewer)
	if err != nil && !slices.Contains([]string{"limit_reached", "already_exists"}, fault.From(err).Code) {
		t.Error(err)
	}
	return err == nil
}

func (s *shop) members(t *testing.T, n *apptest.Tenant) int64 {
	t.Helper()
	return int64(s.Count(t, "SELECT count(*) FROM memberships WHERE tenant_id = $1", n.ID))
}

// seatsFollow waits until the quantity at Stripe, and what is stored of it, is the number of members and stays so when all is done.
func (s *shop) seatsFollow(t *testing.T, n *apptest.Tenant) {
	t.Helper()
	agree := func() bool {
		stored := s.Count(t, "SELECT quantity FROM billing_subscriptions WHERE tenant_id = $1", n.ID)
		members := s.members(t, n)
		return s.quantity(t, n) == members && int64(stored) == members
	}
	waiting := func() bool {
		return s.Count(t, "SELECT count(*) FROM river.river_job WHERE kind = 'billing.sync_seats' AND finalized_at IS NULL") > 0
	}
	apptest.Eventually(t, 90*time.Second, func() bool { return !waiting() && s.Stripe.Pending() == 0 && agree() })
}

func (s *shop) quantity(t *testing.T, n *apptest.Tenant) int64 {
	t.Helper()
	return s.subscriptions(t, n)[0].Items.Data[0].Quantity
}

// B6: at one below the limit 64 join at once and one gets in, whoever leaves meanwhile; the members never pass the limit.
func TestB6_JoinsAtTheLimitNeverPassIt(t *testing.T) {
	t.Parallel()
	s := sharedShop(t)
	const limit = 5 // of the free plan
	n := s.Tenant(t)
	var inside []*apptest.Actor
	for range limit - 2 {
		inside = append(inside, n.Actor(t, access.Viewer))
	}
	people := s.people(t, 64)
	if in := apptest.AtOnce(64, func(i int) string {
		if s.join(t, n, people[i]) {
			return "in"
		}
		return "out"
	}); in["in"] != 1 || s.members(t, n) != limit {
		t.Fatalf("%v of 64, %d members", in, s.members(t, n))
	}
	var passed atomic.Bool
	watching, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-watching:
				return
			default:
				if s.members(t, n) > limit {
					passed.Store(true)
				}
			}
		}
	}()
	apptest.AtOnce(64, func(i int) string {
		if i < len(inside) {
			return n.Owner.Delete(t, "/members/"+inside[i].ID.String()).Outcome(t)
		}
		s.join(t, n, people[i])
		return ""
	})
	close(watching)
	<-done
	used := s.Count(t, "SELECT used FROM plan_usage WHERE tenant_id = $1 AND key = 'members.max'", n.ID)
	if members := s.members(t, n); passed.Load() || members > limit || int64(used) != members {
		t.Errorf("%d members, %d seats taken, passed: %v", members, used, passed.Load())
	}
}

// B6: 64 join and leave at once while Stripe fails before and after it did what was asked; the quantity at Stripe ends as the members do.
func TestB6_TheQuantityIsTheMembersInTheEnd(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	n := s.Tenant(t)
	s.subscribeAt(t, n, time.Now().Add(-24*time.Hour), 0, emulator.CardPays).becomes(t, "active", "pro")
	people := s.people(t, 64)
	for _, person := range people[:32] {
		s.join(t, n, person)
	}
	s.seatsFollow(t, n)
	var mu sync.Mutex
	random := rand.New(rand.NewPCG(6, 6))
	failing := 12
	s.Stripe.SetFault(func(method, path string) emulator.Fault {
		mu.Lock()
		defer mu.Unlock()
		if failing == 0 || method != http.MethodPost {
			return emulator.Fault{}
		}
		failing--
		return []emulator.Fault{
			{Status: http.StatusInternalServerError, AfterCommit: true}, {Status: http.StatusTooManyRequests}, {Drop: true, AfterCommit: true},
			{Status: http.StatusInternalServerError},
		}[random.IntN(4)]
	})
	for range 3 {
		apptest.AtOnce(64, func(i int) string {
			if i%8 == 0 {
				s.runAtOnce(t, n)
			}
			if n.Owner.Delete(t, "/members/"+people[i].ID.String()).StatusCode != http.StatusNoContent {
				s.join(t, n, people[i])
			}
			return ""
		})
	}
	s.seatsFollow(t, n)
	if failing == 12 {
		t.Error("nothing failed")
	}
}

// runAtOnce puts in a job of its own, which runs beside others.
func (s *shop) runAtOnce(t *testing.T, n *apptest.Tenant) {
	t.Helper()
	err := s.DB.System(t.Context(), "count seats in a test", func(tx *db.SystemTx) error {
		return s.Queue.Enqueue(t.Context(), tx, syncSeats{}, jobs.ForTenant(n.ID))
	})
	if err != nil {
		t.Error(err)
	}
}

// B6: who joins while Stripe is being told the number is counted all the same.
func TestB6_WhoJoinsMeanwhileIsCounted(t *testing.T) {
	t.Parallel()
	s := ownShop(t)
	n := s.Tenant(t)
	s.subscribeAt(t, n, time.Now().Add(-24*time.Hour), 0, emulator.CardPays).becomes(t, "active", "pro")
	s.seatsFollow(t, n)
	late := make(chan struct{})
	var asked atomic.Int32
	s.Stripe.SetFault(func(method, _ string) emulator.Fault {
		if method == http.MethodPost && asked.Add(1) == 1 {
			return emulator.Fault{Hold: late}
		}
		return emulator.Fault{}
	})
	people := s.people(t, 2)
	s.join(t, n, people[0])
	apptest.Eventually(t, 20*time.Second, func() bool { return asked.Load() == 1 })
	s.join(t, n, people[1])
	close(late)
	s.seatsFollow(t, n)
	if q := s.quantity(t, n); q != 3 {
		t.Errorf("%d seats", q)
	}
}

// B6: whoever joins or leaves is told of in the same transaction: what is rolled back tells nothing.
func TestB6_WhatIsRolledBackTellsNothing(t *testing.T) {
	t.Parallel()
	s := ownShop(t, apptest.WithoutJobs())
	n := s.Tenant(t)
	s.Exec(t, "INSERT INTO billing_customers (tenant_id, name, email, stripe_id) VALUES ($1, 'x', 'x@example.com', 'cus_x')", n.ID)
	waiting := func() int {
		return s.Count(t, "SELECT count(*) FROM river.river_job WHERE kind = 'billing.sync_seats'")
	}
	n.Owner.Post(t, "/tenant/leave", nil).Problem(t, 409, "last_owner")
	undo := errors.New("undo")
	told := s.DB.System(t.Context(), "roll back in a test", func(tx *db.SystemTx) error {
		if err := billing.MembersChanged(deps(s.App))(t.Context(), tx, n.ID); err != nil {
			t.Error(err)
		}
		return undo
	})
	if !errors.Is(told, undo) || waiting() != 0 {
		t.Errorf("%v, %d jobs", told, waiting())
	}
	people := s.people(t, 3)
	for _, person := range people {
		s.join(t, n, person)
	}
	n.Owner.Delete(t, "/members/"+people[0].ID.String()).Status(t, 204)
	if jobs := waiting(); jobs < 1 || jobs > 2 {
		t.Errorf("%d jobs for four changes", jobs) // two when a period of the batch ended in between
	}
}
