package onetime_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"saaskit/platform/onetime"
	"saaskit/platform/secret"
)

// A code has five tries, counted although each answer is an error, also when they come at once.
func TestA5_CodesHaveFiveTries(t *testing.T) {
	t.Parallel()
	f := setup(t)
	wrong := func(code string) string {
		if code == "000000" {
			return "000001"
		}
		return "000000"
	}
	challenge, code := f.code(t, "sign-in", "anna")
	for range onetime.MaxTries - 1 {
		if _, err := f.ConsumeCode(t.Context(), "sign-in", challenge, wrong(code), nil); !errors.Is(err, onetime.ErrCode) {
			t.Fatal(err)
		}
	}
	if subject, err := f.ConsumeCode(t.Context(), "sign-in", challenge, code, nil); err != nil || subject != "anna" {
		t.Errorf("the fifth try: %q, %v", subject, err)
	}
	challenge, code = f.code(t, "sign-in", "anna")
	var all sync.WaitGroup
	for range 64 {
		all.Go(func() {
			if _, err := f.ConsumeCode(t.Context(), "sign-in", challenge, wrong(code), nil); !errors.Is(err, onetime.ErrCode) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if _, err := f.ConsumeCode(t.Context(), "sign-in", challenge, code, nil); !errors.Is(err, onetime.ErrCode) {
		t.Errorf("after 64 wrong tries: %v", err)
	}
	var tries int
	row := f.raw.Admin(t).QueryRowContext(t.Context(), `SELECT tries FROM one_time_tokens WHERE kind = 'sign-in'`)
	if err := row.Scan(&tries); err != nil || tries != onetime.MaxTries {
		t.Errorf("%d tries were counted: %v", tries, err)
	}
}

// A code belongs to its challenge and its kind, and a newer one voids the older.
func TestA5_ACodeBelongsToItsChallenge(t *testing.T) {
	t.Parallel()
	f := setup(t)
	first, firstCode := f.code(t, "sign-in", "anna")
	second, secondCode := f.code(t, "sign-in", "anna")
	other, otherCode := f.code(t, "sign-in", "berta")
	tries := []struct{ name, kind, challenge, code string }{
		{"replaced", "sign-in", first, firstCode},
		{"code of the older challenge", "sign-in", first, secondCode},
		{"of another kind", "reset", second, secondCode},
		{"without a challenge", "sign-in", "", secondCode},
		{"a fake challenge", "sign-in", secret.NewToken(), secondCode},
		{"padded", "sign-in", second, secondCode + " "},
		{"truncated", "sign-in", second, secondCode[:5]},
	}
	if otherCode != secondCode {
		tries = append(tries, struct{ name, kind, challenge, code string }{"code of somebody else", "sign-in", second, otherCode})
	}
	for _, try := range tries {
		if _, err := f.ConsumeCode(t.Context(), try.kind, try.challenge, try.code, nil); !errors.Is(err, onetime.ErrCode) {
			t.Errorf("%s: %v", try.name, err)
		}
	}
	if subject, err := f.ConsumeCode(t.Context(), "sign-in", second, secondCode, nil); err != nil || subject != "anna" {
		t.Errorf("the real one: %q, %v", subject, err)
	}
	f.clock.advance(time.Hour)
	if _, err := f.ConsumeCode(t.Context(), "sign-in", other, otherCode, nil); !errors.Is(err, onetime.ErrCode) {
		t.Errorf("expired: %v", err)
	}
}
