package onetime_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"saaskit/platform/db"
	"saaskit/platform/db/dbtest"
	"saaskit/platform/onetime"
	"saaskit/platform/secret"
)

type fixture struct {
	*onetime.Service
	db    *db.DB
	raw   *dbtest.Database
	clock *clock
}

// clock is a time that only the test moves.
type clock struct{ at atomic.Int64 }

func (c *clock) now() time.Time          { return time.Unix(0, c.at.Load()).UTC() }
func (c *clock) advance(d time.Duration) { c.at.Add(int64(d)) }

func setup(t *testing.T) fixture {
	t.Helper()
	raw := dbtest.New(t)
	f := fixture{db: raw.Open(t, func(c *db.Config) { c.SystemConns = 16 }), raw: raw, clock: &clock{}}
	f.clock.at.Store(time.Now().UnixNano())
	f.Service = onetime.New(f.db, root(t), f.clock.now)
	return f
}

func root(t *testing.T) secret.Root {
	t.Helper()
	r, err := secret.Parse(dbtest.Secret)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (f fixture) system(t *testing.T, fn func(tx *db.SystemTx) error) {
	t.Helper()
	if err := f.db.System(t.Context(), "test", fn); err != nil {
		t.Fatal(err)
	}
}

func (f fixture) issue(t *testing.T, kind, subject string, payload any) (token string) {
	t.Helper()
	f.system(t, func(tx *db.SystemTx) (err error) {
		token, err = f.IssueTx(t.Context(), tx, kind, subject, time.Hour, payload)
		return err
	})
	return token
}

func (f fixture) consume(ctx context.Context, kind, token string, payload any) (subject string, err error) {
	err = f.db.System(ctx, "test", func(tx *db.SystemTx) (err error) {
		subject, err = f.ConsumeTx(ctx, tx, kind, token, payload)
		return err
	})
	return subject, err
}

func (f fixture) code(t *testing.T, kind, subject string) (challenge, code string) {
	t.Helper()
	f.system(t, func(tx *db.SystemTx) (err error) {
		challenge, code, err = f.IssueCodeTx(t.Context(), tx, kind, subject, time.Hour, nil)
		return err
	})
	return challenge, code
}

// A5: of 64 submissions at once, one succeeds.
func TestRace_A5_SubmissionsHaveOneWinner(t *testing.T) {
	t.Parallel()
	f := setup(t)
	rounds := dbtest.Rounds(t)
	for round := range rounds {
		token := f.issue(t, "reset", "anna", nil)
		challenge, code := f.code(t, "sign-in", "anna")
		var links, codes atomic.Int32
		var all sync.WaitGroup
		for range 64 {
			all.Go(func() {
				subject, err := f.consume(t.Context(), "reset", token, nil)
				count(t, &links, subject, err, onetime.ErrLink)
			})
			all.Go(func() {
				subject, err := f.ConsumeCode(t.Context(), "sign-in", challenge, code, nil)
				count(t, &codes, subject, err, onetime.ErrCode)
			})
		}
		all.Wait()
		if links.Load() != 1 || codes.Load() != 1 {
			t.Fatalf("round %d: %d links and %d codes succeeded", round, links.Load(), codes.Load())
		}
	}
	t.Logf("race: one-time links and mailed codes: %d rounds, 64 at once: one success each", rounds)
}

func count(t *testing.T, wins *atomic.Int32, subject string, err, refusal error) {
	t.Helper()
	switch {
	case err == nil && subject == "anna":
		wins.Add(1)
	case !errors.Is(err, refusal):
		t.Errorf("%q, %v", subject, err)
	}
}

// A5: what is not exactly a live token of the kind is refused with one answer.
func TestA5_OnlyTheExactLiveTokenWorks(t *testing.T) {
	t.Parallel()
	f := setup(t)
	old := f.issue(t, "reset", "anna", nil)
	token := f.issue(t, "reset", "anna", nil)
	bertas := f.issue(t, "reset", "berta", nil)
	challenge, _ := f.code(t, "reset", "carla")
	for name, bad := range map[string]string{
		"replaced by a newer one": old,
		"truncated":               token[:42],
		"padded":                  token + "=",
		"with a space":            " " + token,
		"in another case":         strings.ToUpper(token),
		"empty":                   "",
		"with a NUL":              token[:42] + "\x00",
		"unknown":                 secret.NewToken(),
		"a challenge of a code":   challenge,
		"huge":                    strings.Repeat(token, 10000),
	} {
		if _, err := f.consume(t.Context(), "reset", bad, nil); !errors.Is(err, onetime.ErrLink) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// J4: a token of one kind is worth nothing to another.
	if _, err := f.consume(t.Context(), "verify", token, nil); !errors.Is(err, onetime.ErrLink) {
		t.Errorf("another kind: %v", err)
	}
	if subject, err := f.consume(t.Context(), "reset", token, nil); err != nil || subject != "anna" {
		t.Errorf("the real one: %q, %v", subject, err)
	}
	if _, err := f.consume(t.Context(), "reset", token, nil); !errors.Is(err, onetime.ErrLink) {
		t.Errorf("a second time: %v", err)
	}
	f.clock.advance(time.Hour)
	if _, err := f.consume(t.Context(), "reset", bertas, nil); !errors.Is(err, onetime.ErrLink) {
		t.Errorf("expired: %v", err)
	}
}

func TestPayloadComesBack(t *testing.T) {
	t.Parallel()
	f := setup(t)
	type invite struct{ Tenant, Role string }
	token := f.issue(t, "invite", "anna", invite{"acme", "admin"})
	var got invite
	if _, err := f.consume(t.Context(), "invite", token, &got); err != nil || got != (invite{"acme", "admin"}) {
		t.Errorf("%+v, %v", got, err)
	}
}

// A failed use case leaves the token for the next try.
func TestARollbackLeavesTheTokenUnspent(t *testing.T) {
	t.Parallel()
	f := setup(t)
	token := f.issue(t, "verify", "anna", nil)
	failure := errors.New("later step failed")
	err := f.db.System(t.Context(), "test", func(tx *db.SystemTx) error {
		if _, err := f.ConsumeTx(t.Context(), tx, "verify", token, nil); err != nil {
			return err
		}
		return failure
	})
	if !errors.Is(err, failure) {
		t.Fatal(err)
	}
	if _, err := f.consume(t.Context(), "verify", token, nil); err != nil {
		t.Error(err)
	}
}

// L1: neither tokens nor codes are in the table.
func TestL1_OnlyHashesAreStored(t *testing.T) {
	t.Parallel()
	f := setup(t)
	token := f.issue(t, "reset", "anna", nil)
	challenge, code := f.code(t, "sign-in", "anna")
	rows, err := f.raw.Admin(t).QueryContext(t.Context(), `SELECT kind || subject || encode(hash, 'escape') || coalesce(encode(code_hash, 'escape'), '') || payload::text FROM one_time_tokens`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	n := 0
	for ; rows.Next(); n++ {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		for _, value := range []string{token, challenge, code} {
			if strings.Contains(text, value) {
				t.Errorf("%q is stored in the clear", value)
			}
		}
	}
	if n != 2 || rows.Err() != nil {
		t.Errorf("%d rows, %v", n, rows.Err())
	}
}

func TestVoidAndPurge(t *testing.T) {
	t.Parallel()
	f := setup(t)
	voided, kept := f.issue(t, "reset", "anna", nil), f.issue(t, "reset", "berta", nil)
	f.system(t, func(tx *db.SystemTx) error { return f.VoidTx(t.Context(), tx, "reset", "anna") })
	if _, err := f.consume(t.Context(), "reset", voided, nil); !errors.Is(err, onetime.ErrLink) {
		t.Errorf("voided: %v", err)
	}
	purge := func() (n int64) {
		f.system(t, func(tx *db.SystemTx) (err error) { n, err = f.PurgeTx(t.Context(), tx); return err })
		return n
	}
	if n := purge(); n != 0 {
		t.Errorf("%d live tokens were purged", n)
	}
	if _, err := f.consume(t.Context(), "reset", kept, nil); err != nil {
		t.Error(err)
	}
	f.issue(t, "reset", "carla", nil)
	f.clock.advance(time.Hour)
	if n := purge(); n != 1 {
		t.Errorf("%d expired tokens were purged", n)
	}
}
