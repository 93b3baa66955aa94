package session

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/db"
	"saaskit/platform/fault"
)

// WaitsPerSession is how many requests of one session may wait: a browser opens six connections to a server that speaks HTTP/1.1.
const WaitsPerSession = 4

// ErrTooManyWait is the answer when the process has as many waiting requests as it may have.
var ErrTooManyWait = fault.New(fault.TooMany, "too_many_waiting", "Too many pages wait for news right now. Try again in a moment.").After(5 * time.Second)

// Changes tells those who wait, and those who remember, that what somebody may do or sees of their tenant has changed. The news come from
// the database, in which triggers tell of each change as it commits (sec.tell).
type Changes struct {
	limit int

	mu      sync.Mutex
	hearing bool
	ended   bool
	turned  chan struct{} // closed, and replaced, when hearing or ended changes
	forget  []func(uuid.UUID)
	about   map[uuid.UUID]map[*Wait]struct{}
	waiting int
	opened  uint64
}

// NewChanges returns Changes for at most limit waiting requests, which hears nothing yet.
func NewChanges(limit int) *Changes {
	return &Changes{limit: limit, turned: make(chan struct{}), about: map[uuid.UUID]map[*Wait]struct{}{}}
}

// OnChange has fn called with the id of each person, session or tenant that has changed, before who waits is woken. The zero id says that
// anything may have changed.
func (c *Changes) OnChange(fn func(id uuid.UUID)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forget = append(c.forget, fn)
}

// Listen hears of changes until ctx ends. While it cannot, those who wait look for themselves.
func (c *Changes) Listen(ctx context.Context, d *db.DB) { d.Listen(ctx, c.hear, c.heard) }

// Stop ends every wait, now and from now on.
func (c *Changes) Stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = true
	c.turn()
}

// Waiting is how many requests wait.
func (c *Changes) Waiting() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.waiting
}

// Hearing reports whether changes are heard of at once.
func (c *Changes) Hearing() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.hearing
}

// hear notes whether nothing is missed from now on. What was missed until then is not known, so all is forgotten.
func (c *Changes) hear(now bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now == c.hearing {
		return
	}
	c.hearing = now
	c.tell(uuid.Nil)
	c.turn()
}

func (c *Changes) heard(id uuid.UUID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tell(id)
	for w := range c.about[id] {
		select {
		case w.woken <- struct{}{}:
		default: // it has not looked since the last time
		}
	}
}

func (c *Changes) tell(id uuid.UUID) {
	for _, forget := range c.forget {
		forget(id)
	}
}

func (c *Changes) turn() {
	close(c.turned)
	c.turned = make(chan struct{})
}

// Sign is why a wait ended.
type Sign uint8

// The signs.
const (
	Over    Sign = iota // it is time to answer, whatever there is to say
	Changed             // something changed
	Unsure              // something may have changed without being heard of: see at least whether the actor still may be here
)

// Wait is one request that waits.
type Wait struct {
	changes   *Changes
	number    uint64
	topics    []uuid.UUID
	woken     chan struct{}
	displaced chan struct{}
	turned    <-chan struct{} // as it was when this last looked
}

// tenantShare is which part of all waits one tenant may have.
const tenantShare = 8

// Open begins to note what changes of the actor, their session and their tenant. Whoever calls it reads the state afterwards, so that no
// change falls between reading and waiting, and closes the Wait. The oldest wait of a session that has too many is over.
func (c *Changes) Open(a access.Actor) (*Wait, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.waiting >= c.limit {
		return nil, ErrTooManyWait
	}
	if len(c.about[a.Tenant]) >= max(1, c.limit/tenantShare) && a.Tenant != uuid.Nil {
		return nil, ErrTooManyWait
	}
	if own := c.about[a.Session]; len(own) >= WaitsPerSession {
		var oldest *Wait
		for w := range own {
			if oldest == nil || w.number < oldest.number {
				oldest = w
			}
		}
		close(oldest.displaced)
		c.remove(oldest)
	}
	c.opened++
	c.waiting++
	w := &Wait{
		changes: c, number: c.opened, topics: []uuid.UUID{a.ID, a.Session, a.Tenant},
		woken: make(chan struct{}, 1), displaced: make(chan struct{}), turned: c.turned,
	}
	for _, id := range w.topics {
		if c.about[id] == nil {
			c.about[id] = map[*Wait]struct{}{}
		}
		c.about[id][w] = struct{}{}
	}
	return w, nil
}

// Close ends the wait. A second call does nothing.
func (w *Wait) Close() {
	w.changes.mu.Lock()
	defer w.changes.mu.Unlock()
	w.changes.remove(w)
}

func (c *Changes) remove(w *Wait) {
	if w.topics == nil {
		return
	}
	c.waiting--
	for _, id := range w.topics {
		if delete(c.about[id], w); len(c.about[id]) == 0 {
			delete(c.about, id)
		}
	}
	w.topics = nil
}

// looking is how often who waits looks for themselves where changes are not heard of. With the life of a remembered right it stays below a
// second, and Rights lets no more than one look in RightsLife through to the database.
const looking = RightsLife / 2

// Next waits for a sign, until ctx ends at the longest. Where changes are not heard of, it gives the sign Unsure every now and then.
func (w *Wait) Next(ctx context.Context) Sign {
	c := w.changes
	c.mu.Lock()
	ended, hearing, missed := c.ended, c.hearing, w.turned != c.turned
	w.turned = c.turned
	c.mu.Unlock()
	if ended {
		return Over
	}
	if missed {
		return Unsure
	}
	var tick <-chan time.Time
	if !hearing {
		tick = time.After(looking)
	}
	select {
	case <-w.woken:
		return Changed
	case <-w.turned:
		return w.Next(ctx)
	case <-tick:
		return Unsure
	case <-w.displaced:
		return Over
	case <-ctx.Done():
		return Over
	}
}
