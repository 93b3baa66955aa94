package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"saaskit/platform/emulator/stripe"
)

const (
	senders = 16
	// window is how many deliveries wait at most: of these any may be next.
	window = 900
)

// delivery is one sending of an event.
type delivery struct {
	event  string
	body   []byte
	secret string
	forged bool
}

// deck holds the deliveries that are still to be made, and gives them out in no order.
type deck struct {
	mu      sync.Mutex
	changed sync.Cond
	random  *rand.Rand
	waiting []delivery
	window  int  // how many wait at most
	enough  int  // of how many one is chosen, while more will come
	filled  bool // nothing more will come
	failure error
}

func newDeck(seed uint64, window int) *deck {
	d := &deck{random: rand.New(rand.NewPCG(seed, 3)), window: window, enough: window / 2} //nolint:gosec // it is to repeat
	d.changed.L = &d.mu
	return d
}

// hurry has deliveries wait no longer than they must.
func (d *deck) hurry() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.window, d.enough = senders, 0
	d.changed.Broadcast()
}

// put adds deliveries, and waits before while there are too many.
func (d *deck) put(added []delivery) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for len(d.waiting) >= d.window && d.failure == nil {
		d.changed.Wait()
	}
	d.waiting = append(d.waiting, added...)
	d.changed.Broadcast()
	return d.failure
}

// take returns any of the deliveries, when there are enough to choose from or there will be no more.
func (d *deck) take() (delivery, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for !d.filled && len(d.waiting) < max(1, d.enough) && d.failure == nil {
		d.changed.Wait()
	}
	if len(d.waiting) == 0 || d.failure != nil {
		return delivery{}, false
	}
	i, last := d.random.IntN(len(d.waiting)), len(d.waiting)-1
	taken := d.waiting[i]
	d.waiting[i] = d.waiting[last]
	d.waiting = d.waiting[:last]
	d.changed.Broadcast()
	return taken, true
}

// end says that nothing more will come, because all is there or because of an error.
func (d *deck) end(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.filled = true
	if d.failure == nil {
		d.failure = err
	}
	d.changed.Broadcast()
}

// rage makes changes and delivers their events, both at once, until enough happened and all is delivered. Half-way a replica is killed.
func (s *storm) rage(ctx context.Context) error {
	s.deck = newDeck(s.seed, min(window, s.events))
	half := int64(s.events * copies / 2)
	var done atomic.Int64
	var sending sync.WaitGroup
	for range senders {
		sending.Go(func() {
			for {
				d, more := s.deck.take()
				if !more {
					return
				}
				if err := s.deliver(ctx, d, int(s.turn.Add(1))); err != nil {
					s.deck.end(err)
				}
				if done.Add(1) == half {
					s.replicas[replicas-1].kill()
				}
			}
		})
	}
	s.deck.end(s.makeChanges(ctx))
	sending.Wait()
	if s.deck.failure == nil && !s.replicas[replicas-1].dead.Load() {
		return errors.New("no replica was killed: there are too few events")
	}
	return s.deck.failure
}

// makeChanges begins with everybody's subscription and goes on with anybody's. In the end everybody's is changed once more, a few at a time and
// several times in quick succession, with the deliveries at the heels of the changes: then the last questions run into the last changes.
func (s *storm) makeChanges(ctx context.Context) error {
	for i := 0; i < len(s.accounts) || s.happened < s.events*3/5; i++ {
		a := s.accounts[s.random.IntN(len(s.accounts))]
		if i < len(s.accounts) {
			a = s.accounts[i]
		}
		if err := s.burst(ctx, a); err != nil {
			return err
		}
	}
	s.deck.hurry()
	const atOnce, rounds = 4, 3
	for from := 0; from < len(s.accounts) || s.happened < s.events; from += atOnce {
		for i := range atOnce * rounds {
			if err := s.keepUp(ctx); err != nil {
				return err
			}
			if err := s.burst(ctx, s.accounts[(from+i%atOnce)%len(s.accounts)]); err != nil {
				return err
			}
		}
	}
	return nil
}

// keepUp waits while the product is far behind with its jobs.
func (s *storm) keepUp(ctx context.Context) error {
	const far = 10
	return await(ctx, s.patience(), "the product to keep up", func() (bool, error) {
		var behind int
		err := s.db.QueryRow(ctx, "SELECT count(*) FROM river.river_job WHERE state = 'available'").Scan(&behind)
		return behind <= far, err
	})
}

// collect takes what happened since from Stripe's queue and decides what becomes of it.
func (s *storm) collect() error {
	events := s.stripe.Events("")
	from := len(events)
	for from > 0 && events[from-1].ID != s.last {
		from--
	}
	if len(events) > 0 {
		s.last = events[len(events)-1].ID
	}
	var added []delivery
	began := map[*account]bool{}
	for _, event := range events[from:] {
		a := s.owners[event.Customer]
		if !s.wanted[event.Type] || a == nil {
			s.stripe.Drop(event.ID)
			continue
		}
		if !began[a] {
			began[a], a.fresh, a.freshDelivered = true, nil, false
		}
		a.fresh = append(a.fresh, event.ID)
		made, err := s.deliveries(event)
		if err != nil {
			return err
		}
		added = append(added, made...)
		a.freshDelivered = a.freshDelivered || len(made) > 0 && !made[0].forged
	}
	return s.deck.put(added)
}

// deliveries of an event: three, or none when it is lost. Some events are forged besides.
func (s *storm) deliveries(event stripe.Event) (made []delivery, err error) {
	s.happened++
	body, secret, err := s.stripe.Payload(event.ID, hookURL)
	s.stripe.Drop(event.ID)
	if err != nil {
		return nil, err
	}
	if s.random.IntN(100) < lostPercent {
		s.lost++
	} else {
		for range copies {
			made = append(made, delivery{event: event.ID, body: body, secret: secret})
		}
		s.genuine = append(s.genuine, event.ID)
	}
	if s.random.IntN(1000) < forgePerMil {
		made = append(made, s.forge(event.ID, body))
	}
	return made, nil
}

// forge is an event that never happened, signed with another secret or in the place of one that did.
func (s *storm) forge(event string, body []byte) delivery {
	never := fmt.Sprintf("evt_forged%d", len(s.forged))
	s.forged = append(s.forged, never)
	return delivery{event: never, body: bytes.ReplaceAll(body, []byte(event), []byte(never)), secret: "whsec_guessed", forged: true}
}

// deliver sends to the replica whose turn it is. As Stripe does, it sends again what was not answered with 200: to the other replica, if this
// one is gone.
func (s *storm) deliver(ctx context.Context, d delivery, turn int) error {
	const attempts = 5
	answered := 0
	for attempt := range attempts {
		r := s.replicas[(turn+attempt)%replicas]
		if r.dead.Load() {
			continue
		}
		status, err := r.post(ctx, d.body, stripe.Sign(d.secret, time.Now(), d.body))
		if err != nil && ctx.Err() != nil {
			return ctx.Err()
		}
		answered = status
		switch {
		case d.forged && status == http.StatusBadRequest:
			s.refused.Add(1)
			return nil
		case status == http.StatusOK && d.forged:
			s.accepted.Add(1)
			return nil
		case status == http.StatusOK:
			s.sent.Add(1)
			return nil
		}
		s.again.Add(1)
	}
	return fmt.Errorf("no replica takes event %s: the last answer was %d", d.event, answered)
}
