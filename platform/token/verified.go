package token

import (
	"crypto/sha256"
	"sync"
)

// generationSize bounds the verified tokens that are remembered to twice as many.
const generationSize = 8192

type digest [sha256.Size]byte

func digestOf(raw string) digest { return sha256.Sum256([]byte(raw)) }

// verified remembers tokens whose signature was good, by SHA-256 of the whole token. It holds successes only, and whoever reads it checks the time again.
// It belongs to a keyset, so it is empty again when a key comes, goes or gets an end.
type verified struct {
	mu          sync.RWMutex
	young, past map[digest]genuine
}

func newVerified() *verified { return &verified{young: map[digest]genuine{}} }

func (v *verified) get(d digest) (genuine, bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	got, ok := v.young[d]
	if !ok {
		got, ok = v.past[d]
	}
	return got, ok
}

func (v *verified) put(d digest, g genuine) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.young) >= generationSize {
		v.past, v.young = v.young, make(map[digest]genuine, generationSize)
	}
	v.young[d] = g
}

func (v *verified) size() int {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return len(v.young) + len(v.past)
}
