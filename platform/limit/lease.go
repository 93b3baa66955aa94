package limit

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Leases takes from wide rates without asking the database at each event: a hundredth of the rate is taken at once and spent in this process.
// All replicas together stay within the rate, but for leases of the period before: each process may spend up to a hundredth late.
type Leases struct {
	limiter *Limiter
	now     func() time.Time

	mu       sync.Mutex
	turned   time.Time
	young    map[string]*lease
	previous map[string]*lease // what was young before; dropped at the next turn, so that memory stays bounded
}

type lease struct {
	mu    sync.Mutex // held while the database is asked, so that one asks for all who wait
	left  int
	until time.Time
	state State
}

// leaseTurn is how often keys that nobody uses are forgotten, with what they had left.
const leaseTurn = time.Minute

// NewLeases returns leases from what l counts.
func NewLeases(l *Limiter, now func() time.Time) *Leases {
	return &Leases{limiter: l, now: now, young: map[string]*lease{}}
}

// Take counts one event of key, and tells what is left. Errors are those of Limiter.Take.
func (l *Leases) Take(ctx context.Context, r Rate, key string) (State, error) {
	now := l.now()
	held := l.find(string(digest(r.Name, key)), now)
	held.mu.Lock()
	defer held.mu.Unlock()
	if held.left > 0 && now.Before(held.until) {
		held.left--
		return held.seen(), nil
	}
	size := max(1, r.Count/100)
	state, err := l.limiter.TakeN(ctx, r, key, size)
	if errors.Is(err, ErrLimited) && size > 1 {
		size = 1
		state, err = l.limiter.TakeN(ctx, r, key, size)
	}
	held.left, held.state = 0, state
	if err == nil {
		held.left, held.until = size-1, now.Add(r.Per)
	}
	return held.seen(), err
}

// seen is the state with what this process may still spend.
func (l *lease) seen() State {
	s := l.state
	s.Remaining += l.left
	return s
}

func (l *Leases) find(key string, now time.Time) *lease {
	l.mu.Lock()
	defer l.mu.Unlock()
	if age := now.Sub(l.turned); age < 0 || age >= leaseTurn {
		l.previous, l.young, l.turned = l.young, map[string]*lease{}, now
	}
	held := l.young[key]
	if held == nil {
		if held = l.previous[key]; held == nil {
			held = &lease{}
		}
		l.young[key] = held
	}
	return held
}
