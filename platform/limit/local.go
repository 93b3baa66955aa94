package limit

import (
	"sync"
	"time"
)

// localKeys bounds the keys that a Local remembers to twice as many.
const localKeys = 1 << 15

// Local counts events in this process alone and in its memory, for what must cost less than the database: refusing who floods it.
// Whoever may be refused asks with Check first and counts only what went wrong, so events that come at once can go over the rate a little.
type Local struct {
	rate Rate
	now  func() time.Time

	mu       sync.Mutex
	turned   time.Time
	young    map[string]time.Time // when the key's bucket is full again
	previous map[string]time.Time // what was young before; dropped at the next turn, so that memory stays bounded
}

// NewLocal returns a count of the rate's events.
func NewLocal(r Rate, now func() time.Time) *Local {
	return &Local{rate: r, now: now, young: map[string]time.Time{}}
}

// Check returns ErrLimited, with the time to wait, for a key that has used up its rate. It counts nothing.
func (l *Local) Check(key string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	now, full := l.now(), l.full(key)
	if !full.After(now) {
		return nil
	}
	ahead := full.Sub(now)
	if ahead > 2*l.rate.Per {
		return nil // the clock was set back
	}
	if wait := ahead + l.interval() - l.rate.Per; wait > 0 {
		return ErrLimited.After(wait)
	}
	return nil
}

// Count counts one event of the key. A key that is over its rate gets no further.
func (l *Local) Count(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	full := l.full(key)
	if most := now.Add(l.rate.Per); full.After(most) {
		full = most
	}
	if full.Before(now) {
		full = now
	}
	// What is dropped was last counted a period ago, or is one of very many.
	if age := now.Sub(l.turned); age < 0 || age >= l.rate.Per || len(l.young) >= localKeys {
		l.previous, l.young, l.turned = l.young, map[string]time.Time{}, now
	}
	l.young[key] = full.Add(l.interval())
}

func (l *Local) full(key string) time.Time {
	if at, known := l.young[key]; known {
		return at
	}
	return l.previous[key]
}

func (l *Local) interval() time.Duration { return l.rate.Per / time.Duration(l.rate.Count) }
