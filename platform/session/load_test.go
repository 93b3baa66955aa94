package session_test

import (
	"context"
	"errors"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/db"
	"saaskit/platform/session"
)

// H3: however many made-up keys come at once, few are looked up at a time, and who waits for a turn waits no longer than the own request.
func TestH3_FewReadsRunAtOnce(t *testing.T) {
	t.Parallel()
	const atOnce = 2
	var running, most, reads atomic.Int32
	hold := make(chan struct{})
	memory := session.NewMemory(atOnce, func(_ context.Context, key int) (int, error) {
		if n := running.Add(1); n > most.Load() {
			most.Store(n)
		}
		defer running.Add(-1)
		reads.Add(1)
		<-hold
		return key, nil
	}, func(uuid.UUID, int, *int) bool { return false }, time.Now)
	answers := make(chan error)
	ask := func(ctx context.Context, key int) {
		got, err := memory.Get(ctx, key)
		if err == nil && got != key {
			err = errors.New("the answer for " + strconv.Itoa(got))
		}
		answers <- err
	}
	for key := range atOnce {
		go ask(t.Context(), key)
	}
	eventually(t, func() bool { return running.Load() == atOnce })

	// These would all begin a read. The one who shares a key with a request that ends reads it in its own turn.
	brief, end := context.WithCancel(t.Context())
	const waiting = 100
	for key := range waiting {
		go ask(brief, 1000+key)
	}
	go ask(t.Context(), 1000)
	end()
	for range waiting {
		if err := <-answers; !errors.Is(err, context.Canceled) {
			t.Fatalf("a request that ended got %v", err)
		}
	}
	if n := reads.Load(); n != atOnce {
		t.Errorf("%d reads", n)
	}
	close(hold)
	for range atOnce + 1 {
		if err := <-answers; err != nil {
			t.Error(err)
		}
	}
	if n := most.Load(); n != atOnce {
		t.Errorf("%d reads at once, want %d", n, atOnce)
	}
}

// A2, R1: an owner's IPv6 network is as familiar as the address, because clients change addresses within it.
func TestA2_ANetworkIsFamiliar(t *testing.T) {
	t.Parallel()
	f := setup(t)
	subject := db.NewID()
	f.system(t, func(tx *db.SystemTx) error {
		for _, ip := range []string{"2001:db8:1:2::7", "203.0.113.7", ""} {
			ctx := access.WithOrigin(t.Context(), access.Origin{IP: ip})
			if _, err := f.StartTx(ctx, tx, session.App, subject, session.Proof{Method: "password"}); err != nil {
				return err
			}
		}
		return nil
	})
	for ip, want := range map[string]bool{
		"2001:db8:1:2::7": true, "2001:db8:1:2:ffff::1": true, "2001:db8:1:3::7": false, "203.0.113.7": true, "203.0.113.8": false, "": false,
	} {
		f.system(t, func(tx *db.SystemTx) error {
			got, err := f.FamiliarTx(t.Context(), tx, session.App, subject, ip)
			if got != want {
				t.Errorf("%q: familiar %v, want %v", ip, got, want)
			}
			return err
		})
	}
}
