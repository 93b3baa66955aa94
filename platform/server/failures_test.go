package server_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"saaskit/platform/access"
	"saaskit/platform/api"
	"saaskit/platform/fault"
	"saaskit/platform/token"
)

const failures = 60 // of one address in a minute

// badly answers keys that begin with good, and refuses all others with the fault.
type badly struct{ looks atomic.Int32 }

func (b *badly) bears(_ context.Context, raw string) (access.Actor, error) {
	b.looks.Add(1)
	if !strings.HasPrefix(raw, "good") {
		return access.Actor{}, fault.New(fault.Unauthenticated, "api_key_invalid", "This API key does not work.")
	}
	return access.Actor{Kind: access.APIKey, ID: thing, Tenant: acme, Permissions: permissions.Of(access.Viewer)}, nil
}

// R1, H3: an address that tries keys out is stopped before they are looked up. Whoever has a token, or a key that worked before, gets in from
// there all the same.
func TestR1_WhoTriesKeysOutIsStopped(t *testing.T) {
	t.Parallel()
	keys := &badly{}
	now := time.Now()
	s := start(t, func(c *setup) {
		c.api.APIKey, c.api.Now = keys.bears, func() time.Time { return now }
	})
	get := func(raw string) *answer { return s.request("GET", "/api/v1/things", "", as(raw)) }
	get("good1").want(200, "")
	for range failures {
		get("bad").want(401, "api_key_invalid")
	}
	looked := keys.looks.Load()
	for range failures {
		if a := get("bad").want(429, "rate_limited"); a.header.Get("Retry-After") == "" {
			t.Fatal("nothing says when to try again")
		}
		get("good2").want(429, "rate_limited")
	}
	if n := keys.looks.Load(); n != looked {
		t.Errorf("%d keys of an address that was stopped were looked up", n-looked)
	}
	get("good1").want(200, "")
	get(tokenOf(access.Owner)).want(200, "")
	get("forged.token").want(429, "rate_limited")
	now = now.Add(2 * time.Minute)
	get("good2").want(200, "")
}

// R1: sessions and tokens that are over are no attack, so that pages that were left open do not shut an office out.
func TestR1_WhatIsOverIsNoAttack(t *testing.T) {
	t.Parallel()
	keys := &badly{}
	s := start(t, func(c *setup) {
		c.api.APIKey = keys.bears
		genuine := c.api.Verify
		c.api.Verify = func(ctx context.Context, raw string, audiences ...string) (token.Claims, error) {
			if strings.HasPrefix(raw, "expired.") {
				return token.Claims{}, token.ErrExpired
			}
			return genuine(ctx, raw, audiences...)
		}
		c.api.Actors = api.Actors{api.AudienceApp: func(_ context.Context, claims token.Claims) (access.Actor, error) {
			return access.Actor{}, fault.New(fault.Unauthenticated, "session_expired", "You have been signed out.")
		}}
	})
	get := func(raw string) *answer { return s.request("GET", "/api/v1/things", "", as(raw)) }
	for range failures + 1 {
		get("expired.").want(401, "token_expired")
		get(tokenOf(access.Owner)).want(401, "session_expired")
		s.request("GET", "/api/v1/things", "").want(401, "unauthenticated")
	}
	get("bad").want(401, "api_key_invalid")
}

// S6: a proof of a replica whose clock is a little ahead is recent; one of the far future is none.
func TestS6_ClocksOfReplicasMayDifferALittle(t *testing.T) {
	t.Parallel()
	now := time.Now()
	var proved atomic.Int64 // after now
	s := start(t, func(c *setup) {
		c.api.Now = func() time.Time { return now }
		c.api.Actors = api.Actors{api.AudienceApp: func(_ context.Context, claims token.Claims) (access.Actor, error) {
			return access.Actor{
				Kind: access.User, ID: claims.Subject, Session: claims.Session, Tenant: claims.Tenant,
				ProvedAt: now.Add(time.Duration(proved.Load())),
			}, nil
		}}
		c.routes = func(r *api.Router) {
			api.Command(r, "prove", "Prove", "/prove", api.SignedIn().Recent(), func(context.Context, *struct{}) error { return nil })
		}
	})
	for after, want := range map[time.Duration]int{
		0: 204, 30 * time.Second: 204, time.Minute: 204, 61 * time.Second: 403, time.Hour: 403, -9 * time.Minute: 204, -api.RecentFor: 403,
	} {
		proved.Store(int64(after))
		if a := s.request("POST", "/api/v1/prove", "", as("app."+alice.String())); a.status != want {
			t.Errorf("proved %s after now: %d, want %d: %s", after, a.status, want, a.body)
		}
	}
}
