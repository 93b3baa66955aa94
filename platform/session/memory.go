package session

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
)

// RightsLife bounds how old a remembered right may be, counted from before it was read: a revocation holds on every replica within this time
// and one read. Where the process hears of changes (see Changes), it holds within milliseconds.
const RightsLife = 500 * time.Millisecond

// loadLimit bounds one read of rights, which outlives the request that began it because others wait for it too.
const loadLimit = 5 * time.Second

// Memory remembers for a moment what somebody may do, by what they carry: a token, an API key. Requests with the same share one read; a failure
// is never remembered. So that made-up tokens and keys, each a read of its own, leave connections to others, few reads run at once.
type Memory[K comparable, V any] struct {
	load  func(context.Context, K) (V, error)
	about func(id uuid.UUID, key K, value *V) bool
	now   func() time.Time
	slots chan struct{} // holds one for each read that runs

	mu       sync.Mutex
	turned   time.Time
	young    map[K]*reading[V]
	previous map[K]*reading[V] // what was young before; dropped at the next turn, so that memory stays bounded
}

type reading[V any] struct {
	began time.Time     // zero while it waits for its turn
	done  chan struct{} // closed when value and err are set
	value V
	err   error
}

// ready returns what was read, or nil while it is being read.
func (r *reading[V]) ready() *V {
	select {
	case <-r.done:
		return &r.value
	default:
		return nil
	}
}

// NewMemory returns a memory in front of load, which reads from the database. About reports whether a change of the person, session, key or
// tenant with the id concerns what is remembered; value is nil while it is being read. At most atOnce reads run at a time.
func NewMemory[K comparable, V any](atOnce int, load func(context.Context, K) (V, error), about func(id uuid.UUID, key K, value *V) bool, now func() time.Time) *Memory[K, V] {
	return &Memory[K, V]{load: load, about: about, now: now, slots: make(chan struct{}, atOnce), young: map[K]*reading[V]{}}
}

// Get returns what load says of the key, read at most RightsLife ago.
func (m *Memory[K, V]) Get(ctx context.Context, key K) (V, error) {
	for {
		got, begin := m.find(key)
		if begin {
			m.begin(ctx, key, got)
		}
		select {
		case <-got.done:
			if errors.Is(got.err, errGivenUp) && ctx.Err() == nil {
				continue // whoever was to begin it is gone; this request is not
			}
			return got.value, got.err
		case <-ctx.Done():
			var zero V
			return zero, ctx.Err()
		}
	}
}

// errGivenUp ends a reading whose request ended before its turn came.
var errGivenUp = errors.New("session: the request ended before its turn to read rights")

// begin waits for a turn and has the key read.
func (m *Memory[K, V]) begin(ctx context.Context, key K, got *reading[V]) {
	select {
	case m.slots <- struct{}{}:
	case <-ctx.Done():
		got.err = fmt.Errorf("%w: %w", errGivenUp, ctx.Err())
		m.remove(key, got)
		close(got.done)
		return
	}
	m.mu.Lock()
	got.began = m.now()
	m.mu.Unlock()
	go func() {
		defer func() { <-m.slots }()
		m.read(context.WithoutCancel(ctx), key, got)
	}()
}

// Forget drops what concerns the person, session, key or tenant: who asks from now on has it read again. The zero id means everything.
func (m *Memory[K, V]) Forget(id uuid.UUID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, generation := range []map[K]*reading[V]{m.young, m.previous} {
		for key, got := range generation {
			if id == uuid.Nil || m.about(id, key, got.ready()) {
				delete(generation, key)
			}
		}
	}
}

// Drop forgets what is remembered of one key.
func (m *Memory[K, V]) Drop(key K) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.young, key)
	delete(m.previous, key)
}

// find returns the reading to wait for, and whether the caller is to begin it.
func (m *Memory[K, V]) find(key K) (got *reading[V], begin bool) {
	now := m.now()
	fresh := func(at time.Time) bool {
		age := now.Sub(at)
		return age >= 0 && age < RightsLife // a clock set back makes nothing last longer
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if !fresh(m.turned) {
		m.previous, m.young, m.turned = m.young, make(map[K]*reading[V], len(m.young)), now
	}
	for _, generation := range []map[K]*reading[V]{m.young, m.previous} {
		if got, ok := generation[key]; ok && (got.began.IsZero() || fresh(got.began)) {
			return got, false
		}
	}
	got = &reading[V]{done: make(chan struct{})}
	m.young[key] = got
	return got, true
}

func (m *Memory[K, V]) read(ctx context.Context, key K, into *reading[V]) {
	ctx, cancel := context.WithTimeout(ctx, loadLimit)
	defer cancel()
	defer close(into.done)
	if into.value, into.err = m.guarded(ctx, key); into.err == nil {
		return
	}
	m.remove(key, into)
}

// remove forgets a reading that failed.
func (m *Memory[K, V]) remove(key K, failed *reading[V]) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, generation := range []map[K]*reading[V]{m.young, m.previous} {
		if generation[key] == failed {
			delete(generation, key)
		}
	}
}

// guarded turns a panic into an error: it would end the process, because no request is above it.
func (m *Memory[K, V]) guarded(ctx context.Context, key K) (value V, err error) {
	defer func() {
		if p := recover(); p != nil {
			var zero V
			value, err = zero, fmt.Errorf("panic while reading rights: %v", p)
		}
	}()
	return m.load(ctx, key)
}
