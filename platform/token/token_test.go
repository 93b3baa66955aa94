package token_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/secret"
	"saaskit/platform/token"
)

func TestIssuedTokensVerifyOnEveryReplica(t *testing.T) {
	t.Parallel()
	f := setup(t)
	outside := claims()
	outside.Tenant = uuid.Nil
	for _, want := range []token.Claims{claims(), outside} {
		raw, expires, err := f.Issue(t.Context(), want)
		if err != nil {
			t.Fatal(err)
		}
		if life := expires.Sub(f.clock.now()); life != token.Life {
			t.Errorf("lives %v", life)
		}
		for _, service := range []*token.Service{f.Service, f.Service, f.replica} {
			if got, err := service.Verify(t.Context(), raw, "operator", "app"); err != nil || got != want {
				t.Errorf("%+v, %v", got, err)
			}
		}
		if header := decode(t, raw, 0); len(header) != 3 || header["alg"] != "EdDSA" || header["typ"] != "at+jwt" || header["kid"] == "" {
			t.Errorf("header: %v", header)
		}
	}
	for _, bad := range []token.Claims{{}, {Subject: uuid.New(), Session: uuid.New()}, {Subject: uuid.New(), Audience: "app"}, {Session: uuid.New(), Audience: "app"}} {
		if _, _, err := f.Issue(t.Context(), bad); err == nil {
			t.Errorf("a token was issued for %+v", bad)
		}
	}
}

// J3: the expiry is checked on every use, also of a token that was verified before.
func TestJ3_ExpiryIsCheckedOnEveryUse(t *testing.T) {
	t.Parallel()
	f := setup(t)
	raw := f.issue(t, claims())
	f.clock.advance(token.Life - time.Second)
	if _, err := f.Verify(t.Context(), raw, "app"); err != nil {
		t.Fatal(err)
	}
	f.clock.advance(time.Second)
	f.refused(t, "remembered", raw, token.ErrExpired)
	f.clock.advance(time.Hour)
	f.refused(t, "long expired", raw, token.ErrExpired)
	if _, err := f.replica.Verify(t.Context(), raw, "app"); !errors.Is(err, token.ErrExpired) {
		t.Errorf("never seen: %v", err)
	}
}

// J4: an audience is nobody else's, also when the token was just verified for its own.
func TestJ4_AudiencesExcludeEachOther(t *testing.T) {
	t.Parallel()
	f := setup(t)
	raw := f.issue(t, claims())
	for range 2 {
		if _, err := f.Verify(t.Context(), raw, "operator"); !errors.Is(err, token.ErrInvalid) {
			t.Errorf("operator: %v", err)
		}
		if _, err := f.Verify(t.Context(), raw); !errors.Is(err, token.ErrInvalid) {
			t.Errorf("no audience: %v", err)
		}
		if _, err := f.Verify(t.Context(), raw, "app"); err != nil {
			t.Fatal(err)
		}
	}
	f.refused(t, "a refresh token", secret.NewToken(), token.ErrInvalid)
}

// J5: rubbish costs nothing, whatever its size.
func TestJ5_RubbishIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	f := setup(t)
	good := f.issue(t, claims())
	parts := strings.Split(good, ".")
	for name, raw := range map[string]string{
		"empty":             "",
		"dots":              "..",
		"a million dots":    strings.Repeat(".", 1_000_000),
		"ten megabytes":     strings.Repeat("a", 10<<20),
		"our header, long":  parts[0] + "." + strings.Repeat("a", 10<<20),
		"our header, dots":  parts[0] + strings.Repeat(".", 1000),
		"not base64":        "%%%.%%%.%%%",
		"NUL":               "\x00.\x00.\x00",
		"two parts":         parts[0] + "." + parts[1],
		"four parts":        good + "." + parts[2],
		"no signature":      parts[0] + "." + parts[1] + ".",
		"padded":            good + "==",
		"with a line break": good + "\n",
		"twice":             good + good,
	} {
		best := time.Hour
		for range 3 {
			start := time.Now()
			_, err := f.Verify(t.Context(), raw, "app")
			best = min(best, time.Since(start))
			if !errors.Is(err, token.ErrInvalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if best > 5*time.Millisecond {
			t.Errorf("%s took %v", name, best)
		}
	}
}

// J5: not parallel, because it counts allocations.
func TestJ5_RubbishAllocatesNothing(t *testing.T) {
	f := setup(t)
	huge := strings.Repeat(".", 1_000_000)
	if n := testing.AllocsPerRun(100, func() { _, _ = f.Verify(t.Context(), huge, "app") }); n > 2 {
		t.Errorf("refusing a huge token allocates %v times", n)
	}
}

// H4: a replica whose clock is some seconds behind issues and takes tokens like the others.
func TestH4_ClocksMayDiffer(t *testing.T) {
	t.Parallel()
	f := setup(t)
	early := f.issue(t, claims())
	late := token.New(f.db, f.root, issuer, func() time.Time { return f.clock.now().Add(-20 * time.Second) })
	if _, err := late.Verify(t.Context(), early, "app"); err != nil {
		t.Errorf("a token from the future: %v", err)
	}
	raw, _, err := late.Issue(t.Context(), claims())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Verify(t.Context(), raw, "app"); err != nil {
		t.Errorf("a token from the past: %v", err)
	}
}

// H2: without the database, keys in memory go on.
func TestH2_VerifyingNeedsNoDatabase(t *testing.T) {
	t.Parallel()
	f := setup(t)
	raw := f.issue(t, claims())
	if err := f.db.Close(); err != nil {
		t.Fatal(err)
	}
	f.clock.advance(time.Minute)
	if _, err := f.Verify(t.Context(), raw, "app"); err != nil {
		t.Error(err)
	}
}
