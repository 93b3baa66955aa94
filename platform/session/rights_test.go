package session_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"saaskit/platform/access"
	"saaskit/platform/db"
	"saaskit/platform/session"
	"saaskit/platform/token"
)

func claims() token.Claims {
	return token.Claims{Subject: db.NewID(), Session: db.NewID(), Tenant: db.NewID(), Audience: session.App}
}

// S3: a right is read again at the latest after RightsLife, and shared until then.
func TestS3_RightsAreRememberedForAMoment(t *testing.T) {
	t.Parallel()
	if session.RightsLife >= time.Second {
		t.Errorf("where no change is heard of, rights last %s: not under a second", session.RightsLife)
	}
	clock := &clock{}
	clock.at.Store(time.Now().UnixNano())
	var reads atomic.Int32
	rights := session.NewRights(func(_ context.Context, c token.Claims) (access.Actor, error) {
		reads.Add(1)
		return access.Actor{Kind: access.User, ID: c.Subject}, nil
	}, clock.now)
	one, other := claims(), claims()
	ask := func(c token.Claims) {
		t.Helper()
		if got, err := rights.Actor(t.Context(), c); err != nil || got.ID != c.Subject {
			t.Fatalf("%+v, %v", got, err)
		}
	}
	expect := func(want int32) {
		t.Helper()
		if n := reads.Load(); n != want {
			t.Errorf("%d reads, want %d", n, want)
		}
	}
	var all sync.WaitGroup
	for range 64 {
		all.Go(func() { ask(one) })
	}
	all.Wait()
	expect(1)
	ask(other)
	expect(2)
	clock.advance(session.RightsLife - time.Millisecond)
	ask(one)
	expect(2)
	clock.advance(time.Millisecond)
	ask(one)
	expect(3)
	ask(one)
	expect(3)
	sameButElsewhere := one
	sameButElsewhere.Tenant = db.NewID()
	ask(sameButElsewhere)
	expect(4)
	clock.advance(-time.Hour) // a clock that was set back keeps nothing alive
	ask(one)
	expect(5)
}

// Z7: failures are never remembered, and a panic is a failure.
func TestZ7_FailuresAreNeverRemembered(t *testing.T) {
	t.Parallel()
	var reads atomic.Int32
	failure := errors.New("database down")
	rights := session.NewRights(func(_ context.Context, c token.Claims) (access.Actor, error) {
		switch reads.Add(1) {
		case 1:
			return access.Actor{Kind: access.User}, failure
		case 2:
			panic("a bug")
		}
		return access.Actor{Kind: access.User, ID: c.Subject}, nil
	}, time.Now)
	c := claims()
	if _, err := rights.Actor(t.Context(), c); !errors.Is(err, failure) {
		t.Errorf("first: %v", err)
	}
	if got, err := rights.Actor(t.Context(), c); err == nil || got != (access.Actor{}) {
		t.Errorf("second: %+v, %v", got, err)
	}
	if got, err := rights.Actor(t.Context(), c); err != nil || got.ID != c.Subject {
		t.Errorf("third: %+v, %v", got, err)
	}
}

// A request that goes away neither fails those that wait with it nor waits itself.
func TestRightsOutliveTheRequestThatAsked(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	var reads atomic.Int32
	rights := session.NewRights(func(ctx context.Context, c token.Claims) (access.Actor, error) {
		reads.Add(1)
		<-release
		return access.Actor{Kind: access.User, ID: c.Subject}, ctx.Err()
	}, time.Now)
	c := claims()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := rights.Actor(ctx, c); !errors.Is(err, context.Canceled) {
		t.Errorf("the request that went away: %v", err)
	}
	close(release)
	if got, err := rights.Actor(t.Context(), c); err != nil || got.ID != c.Subject {
		t.Errorf("the one that stayed: %+v, %v", got, err)
	}
}
