package session_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/db"
	"saaskit/platform/session"
)

// S3: what is remembered goes when a change concerns it, and what is being read at that moment goes with it.
func TestS3_AMemoryForgetsWhatAChangeConcerns(t *testing.T) {
	t.Parallel()
	owner, other := db.NewID(), db.NewID()
	var reads atomic.Int32
	hold := make(chan struct{})
	memory := session.NewMemory(4, func(_ context.Context, key string) (uuid.UUID, error) {
		reads.Add(1)
		if key == "slow" {
			<-hold
		}
		return owner, nil
	}, func(id uuid.UUID, _ string, value *uuid.UUID) bool { return value == nil || *value == id }, time.Now)
	ask := func(key string) {
		t.Helper()
		if got, err := memory.Get(t.Context(), key); err != nil || got != owner {
			t.Fatalf("%s, %v", got, err)
		}
	}
	// A test that takes longer than RightsLife proves nothing, so a read more is allowed for each half second.
	began := time.Now()
	expect := func(want int32) {
		t.Helper()
		if n := reads.Load(); n < want || n > want+int32(time.Since(began)/session.RightsLife) {
			t.Errorf("%d reads, want %d", n, want)
		}
	}
	ask("a")
	memory.Forget(other)
	ask("a")
	expect(1)
	memory.Forget(owner)
	ask("a")
	expect(2)
	memory.Drop("b")
	ask("a")
	expect(2)
	memory.Drop("a")
	ask("a")
	expect(3)

	waits := make(chan struct{})
	go func() {
		defer close(waits)
		ask("slow")
	}()
	eventually(t, func() bool { return reads.Load() >= 4 })
	memory.Forget(other) // nobody knows yet whether it concerns what is being read
	close(hold)
	<-waits
	ask("slow")
	expect(5)
}
