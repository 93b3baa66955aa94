package session_test

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/db"
	"saaskit/platform/db/dbtest"
	"saaskit/platform/secret"
	"saaskit/platform/session"
)

// clock is a time that only the test moves.
type clock struct{ at atomic.Int64 }

func (c *clock) now() time.Time          { return time.Unix(0, c.at.Load()).UTC() }
func (c *clock) advance(d time.Duration) { c.at.Add(int64(d)) }

type fixture struct {
	*session.Service
	replica *session.Service // another process on the same database
	db      *db.DB
	raw     *dbtest.Database
	clock   *clock
}

func setup(t *testing.T) fixture {
	t.Helper()
	root, err := secret.Parse(dbtest.Secret)
	if err != nil {
		t.Fatal(err)
	}
	raw, clock := dbtest.New(t), &clock{}
	clock.at.Store(time.Now().Truncate(time.Microsecond).UnixNano())
	wide := func(c *db.Config) { c.SystemConns = 8 }
	first, second := raw.Open(t, wide), raw.Open(t, wide)
	return fixture{
		Service: session.New(first, root, clock.now), replica: session.New(second, root, clock.now),
		db: first, raw: raw, clock: clock,
	}
}

func (f fixture) system(t *testing.T, fn func(tx *db.SystemTx) error) {
	t.Helper()
	if err := f.db.System(t.Context(), "test", fn); err != nil {
		t.Fatal(err)
	}
}

func (f fixture) start(t *testing.T, audience string) (started session.Started, subject uuid.UUID) {
	t.Helper()
	subject = db.NewID()
	f.system(t, func(tx *db.SystemTx) (err error) {
		started, err = f.StartTx(t.Context(), tx, audience, subject, session.Proof{Method: "password"})
		return err
	})
	return started, subject
}

func (f fixture) mustRefresh(t *testing.T, audience, refresh string) session.Refreshed {
	t.Helper()
	got, err := f.Refresh(t.Context(), audience, refresh)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func (f fixture) refused(t *testing.T, what, audience, refresh string) {
	t.Helper()
	if _, err := f.Refresh(t.Context(), audience, refresh); !errors.Is(err, session.ErrExpired) {
		t.Errorf("%s: %v", what, err)
	}
}

func (f fixture) number(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	if err := f.raw.Admin(t).QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// S5: a session that is not used ends, and one that is used ends too in the end.
func TestS5_IdleAndAbsoluteEnd(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for audience, life := range map[string]struct{ idle, absolute time.Duration }{
		session.App:      {7 * 24 * time.Hour, 30 * 24 * time.Hour},
		session.Operator: {time.Hour, 12 * time.Hour},
	} {
		started, _ := f.start(t, audience)
		if want := f.clock.now().Add(life.idle); !started.Expires.Equal(want) {
			t.Errorf("%s: expires %v, want %v", audience, started.Expires, want)
		}
		f.clock.advance(life.idle)
		f.refused(t, audience+" after idling", audience, started.Refresh)

		started, _ = f.start(t, audience)
		end := f.clock.now().Add(life.absolute)
		current := started.Refresh
		for f.clock.now().Add(life.idle - time.Minute).Before(end) {
			f.clock.advance(life.idle - time.Minute)
			got := f.mustRefresh(t, audience, current)
			current = got.Refresh
			if got.Expires.After(end) {
				t.Fatalf("%s: a token expires %v, after the end %v", audience, got.Expires, end)
			}
		}
		f.clock.advance(end.Sub(f.clock.now()))
		f.refused(t, audience+" at the absolute end", audience, current)
	}
}

// S3: what ends a session ends it for every replica at once.
func TestS3_Ending(t *testing.T) {
	t.Parallel()
	f := setup(t)
	alive := func(s session.Started, audience string, subject uuid.UUID) (alive bool) {
		f.system(t, func(tx *db.SystemTx) (err error) {
			_, alive, err = f.replica.LiveTx(t.Context(), tx, audience, s.Session, subject)
			return err
		})
		return alive
	}
	one, anna := f.start(t, session.App)
	if !alive(one, session.App, anna) {
		t.Fatal("a new session is not alive")
	}
	if alive(one, session.Operator, anna) || alive(one, session.App, db.NewID()) {
		t.Error("a session is alive for another audience or subject")
	}
	if err := f.EndByRefresh(t.Context(), session.App, one.Refresh); err != nil {
		t.Fatal(err)
	}
	if alive(one, session.App, anna) {
		t.Error("an ended session is alive")
	}
	f.refused(t, "after its end", session.App, one.Refresh)

	two, berta := f.start(t, session.App)
	var third, operators session.Started
	f.system(t, func(tx *db.SystemTx) (err error) {
		if third, err = f.StartTx(t.Context(), tx, session.App, berta, session.Proof{Method: "password"}); err != nil {
			return err
		}
		operators, err = f.StartTx(t.Context(), tx, session.Operator, berta, session.Proof{Method: "password"})
		return err
	})
	if err := f.EndByRefresh(t.Context(), session.Operator, two.Refresh); err != nil || !alive(two, session.App, berta) {
		t.Errorf("signing out of another audience: %v", err)
	}
	f.system(t, func(tx *db.SystemTx) error { return f.EndAllTx(t.Context(), tx, session.App, berta) })
	if alive(two, session.App, berta) || alive(third, session.App, berta) || !alive(operators, session.Operator, berta) {
		t.Error("ending all ended the wrong ones")
	}
	for _, token := range []string{operators.Refresh, operators.Refresh, secret.NewToken(), ""} {
		if err := f.EndByRefresh(t.Context(), session.Operator, token); err != nil {
			t.Error(err)
		}
	}
	if alive(operators, session.Operator, berta) {
		t.Error("signing out did not end the session")
	}
}

// S6: sessions share nothing, and a session remembers where it began.
func TestS6_EverySignInIsASessionOfItsOwn(t *testing.T) {
	t.Parallel()
	f := setup(t)
	ctx := access.WithOrigin(t.Context(), access.Origin{IP: "192.0.2.7", UserAgent: "test"})
	subject := db.NewID()
	var a, b session.Started
	f.system(t, func(tx *db.SystemTx) (err error) {
		if a, err = f.StartTx(ctx, tx, session.App, subject, session.Proof{Method: "password"}); err != nil {
			return err
		}
		b, err = f.StartTx(ctx, tx, session.App, subject, session.Proof{Method: "password"})
		return err
	})
	if a.Session == b.Session || a.Refresh == b.Refresh {
		t.Error("two sign-ins share a session or a token")
	}
	if n := f.number(t, `SELECT count(*) FROM sessions WHERE subject_id = $1 AND ip = '192.0.2.7' AND user_agent = 'test'`, subject); n != 2 {
		t.Errorf("%d sessions know their origin", n)
	}
	if n := f.number(t, `SELECT count(*) FROM refresh_tokens WHERE encode(hash, 'escape') LIKE '%' || $1 || '%'`, a.Refresh); n != 0 {
		t.Error("a token is stored in the clear")
	}
	err := f.db.System(t.Context(), "test", func(tx *db.SystemTx) error {
		_, err := f.StartTx(ctx, tx, "nobody", subject, session.Proof{Method: "password"})
		return err
	})
	if err == nil {
		t.Error("a session was started for an unknown audience")
	}
}

func TestPurgeKeepsWhatMayStillBeReplayed(t *testing.T) {
	t.Parallel()
	f := setup(t)
	started, _ := f.start(t, session.Operator)
	f.mustRefresh(t, session.Operator, started.Refresh)
	purge := func() (n int64) {
		f.system(t, func(tx *db.SystemTx) (err error) { n, err = f.PurgeTx(t.Context(), tx); return err })
		return n
	}
	f.clock.advance(20 * 24 * time.Hour)
	if n := purge(); n != 0 {
		t.Errorf("%d sessions were purged too early", n)
	}
	f.clock.advance(12 * 24 * time.Hour)
	if n := purge(); n != 1 {
		t.Errorf("%d sessions were purged", n)
	}
	if n := f.number(t, `SELECT count(*) FROM refresh_tokens`); n != 0 {
		t.Errorf("%d tokens are left", n)
	}
}

// A session's rotated tokens go 30 days after it is over, not 30 days after the last day that it could have had.
func TestPurgeCountsFromTheEndOfASession(t *testing.T) {
	t.Parallel()
	f := setup(t)
	const day = 24 * time.Hour
	left := func(session uuid.UUID) bool {
		f.system(t, func(tx *db.SystemTx) error { _, err := f.PurgeTx(t.Context(), tx); return err })
		return f.number(t, `SELECT count(*) FROM refresh_tokens WHERE session_id = $1`, session) > 0
	}
	signedOut, _ := f.start(t, session.App)
	f.mustRefresh(t, session.App, signedOut.Refresh)
	if err := f.EndByRefresh(t.Context(), session.App, signedOut.Refresh); err != nil {
		t.Fatal(err)
	}
	idle, _ := f.start(t, session.App)
	used, _ := f.start(t, session.App)
	f.clock.advance(6 * day)
	f.mustRefresh(t, session.App, used.Refresh)
	f.clock.advance(24 * day)
	if !left(signedOut.Session) {
		t.Error("a session was purged on the 30th day after it ended")
	}
	f.clock.advance(day)
	if left(signedOut.Session) {
		t.Error("a session that ended 31 days ago is still there")
	}
	f.clock.advance(7 * day)
	if left(idle.Session) || !left(used.Session) {
		t.Error("38 days after the last use only that session is purged")
	}
}
