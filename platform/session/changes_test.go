package session_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/db"
	"saaskit/platform/session"
	"saaskit/platform/token"
)

func eventually(t *testing.T, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); <-time.After(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it does not hold after 20 seconds")
		}
	}
}

// S3: where changes are heard of, a remembered right ends with the commit that ends it, and only that one. The clock stands still, so that no right is
// forgotten for its age.
func TestS3_RightsAreForgottenWhenTheDatabaseTells(t *testing.T) {
	t.Parallel()
	f := setup(t)
	var reads atomic.Int32
	rights := session.NewRights(func(_ context.Context, c token.Claims) (access.Actor, error) {
		reads.Add(1)
		return access.Actor{Kind: access.User, ID: c.Subject}, nil
	}, f.clock.now)
	changes := session.NewChanges(1)
	changes.OnChange(rights.Forget)
	go changes.Listen(t.Context(), f.db)
	eventually(t, changes.Hearing)

	started, subject := f.start(t, session.App)
	own := token.Claims{Subject: subject, Session: started.Session, Audience: session.App}
	ask := func(c token.Claims) int32 {
		t.Helper()
		if _, err := rights.Actor(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		return reads.Load()
	}
	ask(own)
	if n := ask(claims()); n != 2 {
		t.Fatalf("%d reads", n)
	}
	refreshed := f.mustRefresh(t, session.App, started.Refresh)
	if err := f.EndByRefresh(t.Context(), session.App, refreshed.Refresh); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { return ask(own) == 3 })
	if n := ask(own); n != 3 {
		t.Errorf("%d reads, want 3: more was forgotten than what has changed", n)
	}
}

func TestChanges_AreWaitedForUpToALimit(t *testing.T) {
	t.Parallel()
	changes := session.NewChanges(2)
	somebody := func() access.Actor { return access.Actor{ID: db.NewID(), Session: db.NewID(), Tenant: db.NewID()} }
	first, err := changes.Open(somebody())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := changes.Open(somebody()); err != nil {
		t.Fatal(err)
	}
	if _, err := changes.Open(somebody()); !errors.Is(err, session.ErrTooManyWait) {
		t.Errorf("one too many: %v", err)
	}
	first.Close()
	first.Close()
	last, err := changes.Open(somebody())
	if err != nil || changes.Waiting() != 2 {
		t.Errorf("after one has gone: %v, %d wait", err, changes.Waiting())
	}
	changes.Stop()
	if sign := last.Next(t.Context()); sign != session.Over {
		t.Errorf("after the stop: sign %d", sign)
	}
}

// R2: one tenant has an eighth of all waits at most, so that the others are told of their changes too.
func TestR2_OneTenantLeavesRoomToWait(t *testing.T) {
	t.Parallel()
	changes := session.NewChanges(32)
	busy := db.NewID()
	in := func(tenant uuid.UUID) error {
		wait, err := changes.Open(access.Actor{ID: db.NewID(), Session: db.NewID(), Tenant: tenant})
		if err == nil {
			t.Cleanup(wait.Close)
		}
		return err
	}
	for range 4 {
		if err := in(busy); err != nil {
			t.Fatal(err)
		}
	}
	if err := in(busy); !errors.Is(err, session.ErrTooManyWait) {
		t.Errorf("the fifth of 32: %v", err)
	}
	if err := in(db.NewID()); err != nil {
		t.Errorf("another tenant: %v", err)
	}
}
