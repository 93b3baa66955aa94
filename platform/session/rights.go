package session

import (
	"context"
	"fmt"
	"sync"
	"time"

	"saaskit/platform/access"
	"saaskit/platform/token"
)

// RightsLife bounds how old a remembered right may be, counted from before it was read: a revocation holds on every replica within this time and one read.
const RightsLife = 500 * time.Millisecond

// loadLimit bounds one read of rights, which outlives the request that began it because others wait for it too.
const loadLimit = 5 * time.Second

// Rights remembers for a moment who the bearer of a token is. Requests of one session in one tenant share one read; a failure is never remembered.
type Rights struct {
	load func(context.Context, token.Claims) (access.Actor, error)
	now  func() time.Time

	mu       sync.Mutex
	turned   time.Time
	young    map[token.Claims]*reading
	previous map[token.Claims]*reading // what was young before; dropped at the next turn, so that memory stays bounded
}

type reading struct {
	began time.Time
	done  chan struct{} // closed when actor and err are set
	actor access.Actor
	err   error
}

// NewRights returns a cache in front of load, which reads from the database whether the session is alive and what its subject may do.
func NewRights(load func(context.Context, token.Claims) (access.Actor, error), now func() time.Time) *Rights {
	return &Rights{load: load, now: now, young: map[token.Claims]*reading{}}
}

// Actor returns who the bearer of c is, read at most RightsLife ago.
func (r *Rights) Actor(ctx context.Context, c token.Claims) (access.Actor, error) {
	got, begin := r.find(c)
	if begin {
		go r.read(context.WithoutCancel(ctx), c, got)
	}
	select {
	case <-got.done:
		return got.actor, got.err
	case <-ctx.Done():
		return access.Actor{}, ctx.Err()
	}
}

// find returns the reading to wait for, and whether the caller is to begin it.
func (r *Rights) find(c token.Claims) (got *reading, begin bool) {
	now := r.now()
	fresh := func(at time.Time) bool {
		age := now.Sub(at)
		return age >= 0 && age < RightsLife // a clock set back makes nothing last longer
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !fresh(r.turned) {
		r.previous, r.young, r.turned = r.young, make(map[token.Claims]*reading, len(r.young)), now
	}
	for _, generation := range []map[token.Claims]*reading{r.young, r.previous} {
		if got, ok := generation[c]; ok && fresh(got.began) {
			return got, false
		}
	}
	got = &reading{began: now, done: make(chan struct{})}
	r.young[c] = got
	return got, true
}

func (r *Rights) read(ctx context.Context, c token.Claims, into *reading) {
	ctx, cancel := context.WithTimeout(ctx, loadLimit)
	defer cancel()
	defer close(into.done)
	if into.actor, into.err = r.guarded(ctx, c); into.err == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, generation := range []map[token.Claims]*reading{r.young, r.previous} {
		if generation[c] == into {
			delete(generation, c)
		}
	}
}

// guarded turns a panic into an error: it would end the process, because no request is above it.
func (r *Rights) guarded(ctx context.Context, c token.Claims) (actor access.Actor, err error) {
	defer func() {
		if p := recover(); p != nil {
			actor, err = access.Actor{}, fmt.Errorf("panic while reading rights: %v", p)
		}
	}()
	return r.load(ctx, c)
}
