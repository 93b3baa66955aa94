package session_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/db"
	"saaskit/platform/db/dbtest"
	"saaskit/platform/secret"
	"saaskit/platform/session"
)

// S1: each use gives a new token; within the grace the old one gives the same, on every replica.
func TestS1_RotationWithGrace(t *testing.T) {
	t.Parallel()
	f := setup(t)
	started, subject := f.start(t, session.App)
	next := f.mustRefresh(t, session.App, started.Refresh)
	if next.Refresh == started.Refresh || next.Session != started.Session || next.Subject != subject {
		t.Fatalf("%+v after %+v", next, started)
	}
	f.clock.advance(session.Grace)
	again, err := f.replica.Refresh(t.Context(), session.App, started.Refresh)
	if err != nil || again.Refresh != next.Refresh || again.Session != next.Session {
		t.Errorf("within the grace: %+v, %v", again, err)
	}
	if third := f.mustRefresh(t, session.App, next.Refresh); third.Refresh == next.Refresh || third.Refresh == started.Refresh {
		t.Error("the second rotation gave an old token")
	}
}

// S1: a replay after the grace ends the session, is logged and its owner is told.
func TestS1_ReplayAfterTheGraceEndsTheSession(t *testing.T) {
	t.Parallel()
	f := setup(t)
	var told atomic.Value
	f.OnReuse(func(_ context.Context, _ *db.SystemTx, audience string, subject uuid.UUID) error {
		told.Store(audience + subject.String())
		return errors.New("the mail could not be queued")
	})
	started, subject := f.start(t, session.App)
	next := f.mustRefresh(t, session.App, started.Refresh)
	f.clock.advance(session.Grace + time.Millisecond)
	f.refused(t, "the replay", session.App, started.Refresh)
	f.refused(t, "the honest successor", session.App, next.Refresh)
	if told.Load() != session.App+subject.String() {
		t.Errorf("told: %v", told.Load())
	}
	if n := f.number(t, `SELECT count(*) FROM security_log WHERE action = 'session.refresh_reused' AND target = $1`, "user:"+subject.String()); n != 1 {
		t.Errorf("%d entries in the security log", n)
	}
	if n := f.number(t, `SELECT count(*) FROM sessions WHERE id = $1 AND end_reason = 'refresh_reused'`, started.Session); n != 1 {
		t.Error("the session lives")
	}
}

// S1: an ancestor ends the session even within the grace.
func TestS1_AnAncestorEndsTheSession(t *testing.T) {
	t.Parallel()
	f := setup(t)
	started, _ := f.start(t, session.App)
	second := f.mustRefresh(t, session.App, started.Refresh)
	third := f.mustRefresh(t, session.App, second.Refresh)
	f.refused(t, "the grandparent", session.App, started.Refresh)
	f.refused(t, "the head", session.App, third.Refresh)
}

// S1: what is not a token of a session ends none, and neither does one that is sent to the other audience.
func TestS1_StrangeTokensEndNothing(t *testing.T) {
	t.Parallel()
	f := setup(t)
	started, _ := f.start(t, session.App)
	for name, token := range map[string]string{
		"empty": "", "unknown": secret.NewToken(), "truncated": started.Refresh[:42], "padded": started.Refresh + "=",
		"huge": strings.Repeat("a", 1<<20), "NUL": started.Refresh[:42] + "\x00", "another case": strings.ToUpper(started.Refresh),
	} {
		f.refused(t, name, session.App, token)
	}
	f.refused(t, "the other audience", session.Operator, started.Refresh)
	f.refused(t, "an unknown audience", "nobody", started.Refresh)
	f.mustRefresh(t, session.App, started.Refresh)
}

// S2: 64 refreshes at once with one token, on two replicas: one successor, nobody signed out, one live head.
func TestRace_S2_RefreshesHaveOneSuccessor(t *testing.T) {
	t.Parallel()
	f := setup(t)
	started, _ := f.start(t, session.App)
	current := started.Refresh
	rounds := dbtest.Rounds(t)
	for round := range rounds {
		var mu sync.Mutex
		successors := map[string]bool{}
		var all sync.WaitGroup
		for i := range 64 {
			replica := f.Service
			if i%2 == 1 {
				replica = f.replica
			}
			all.Go(func() {
				got, err := replica.Refresh(t.Context(), session.App, current)
				if err != nil {
					t.Errorf("round %d: %v", round, err)
					return
				}
				mu.Lock()
				defer mu.Unlock()
				successors[got.Refresh] = true
			})
		}
		all.Wait()
		if len(successors) != 1 {
			t.Fatalf("round %d: %d successors", round, len(successors))
		}
		for current = range successors {
		}
		if n := f.number(t, `SELECT count(*) FROM refresh_tokens WHERE session_id = $1 AND used_at IS NULL`, started.Session); n != 1 {
			t.Fatalf("round %d: %d live heads", round, n)
		}
	}
	t.Logf("race: refresh tokens: %d rounds, 64 at once on two replicas: one successor each, nobody signed out", rounds)
}
