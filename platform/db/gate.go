package db

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
)

// gate lets as many callers in as a pool has connections, and of one tenant only some of them, so that a busy tenant leaves room
// for the others. Who waits too long is told so instead of piling up.
type gate struct {
	size, share int
	wait        time.Duration

	mu      sync.Mutex
	inside  int
	of      map[uuid.UUID]int
	waiting []*waiter
}

type waiter struct {
	tenant uuid.UUID
	turn   chan struct{}
}

// newGate makes a gate for a pool of that size. The zero tenant, which is the system, may take all of it.
func newGate(size int, wait time.Duration) *gate {
	return &gate{size: size, share: max(1, size*3/4), wait: wait, of: map[uuid.UUID]int{}}
}

// enter takes a place; leave gives it back.
func (g *gate) enter(ctx context.Context, tenant uuid.UUID) error {
	g.mu.Lock()
	if g.admit(tenant) {
		g.mu.Unlock()
		return nil
	}
	w := &waiter{tenant: tenant, turn: make(chan struct{})}
	g.waiting = append(g.waiting, w)
	g.mu.Unlock()

	timer := time.NewTimer(g.wait)
	defer timer.Stop()
	var err error
	select {
	case <-w.turn:
		return nil
	case <-ctx.Done():
		err = ctx.Err()
	case <-timer.C:
		err = fmt.Errorf("%w: no connection was free for %s", errBusy, g.wait)
	}
	g.mu.Lock()
	i := slices.Index(g.waiting, w)
	if i >= 0 {
		g.waiting = slices.Delete(g.waiting, i, i+1)
	}
	g.mu.Unlock()
	if i < 0 { // admitted at the same moment
		g.leave(tenant)
	}
	return err
}

// admit takes a place if there is one for the tenant.
func (g *gate) admit(tenant uuid.UUID) bool {
	if g.inside >= g.size || (tenant != uuid.Nil && g.of[tenant] >= g.share) {
		return false
	}
	g.inside++
	g.of[tenant]++
	return true
}

// leave gives a place back, and hands it to the first in the queue whose tenant may have it.
func (g *gate) leave(tenant uuid.UUID) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inside--
	if g.of[tenant]--; g.of[tenant] == 0 {
		delete(g.of, tenant)
	}
	for i, w := range g.waiting {
		if g.admit(w.tenant) {
			close(w.turn)
			g.waiting = slices.Delete(g.waiting, i, i+1)
			return
		}
	}
}
