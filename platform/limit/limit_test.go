package limit_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"saaskit/platform/db/dbtest"
	"saaskit/platform/fault"
	"saaskit/platform/limit"
)

func TestTakeAllowsTheCountThenRefuses(t *testing.T) {
	t.Parallel()
	l := limit.New(dbtest.New(t).Open(t))
	rate := limit.Rate{Name: "test", Count: 3, Per: time.Hour}
	for range 3 {
		if err := l.Take(t.Context(), rate, "a"); err != nil {
			t.Fatal(err)
		}
	}
	err := l.Take(t.Context(), rate, "a")
	if !errors.Is(err, limit.ErrLimited) {
		t.Fatalf("the fourth event: %v", err)
	}
	if wait := fault.From(err).RetryAfter; wait < 19*time.Minute || wait > 20*time.Minute {
		t.Fatalf("one of three an hour comes back after 20 minutes, not %s", wait)
	}
	if err := l.Take(t.Context(), rate, "b"); err != nil {
		t.Fatalf("another key: %v", err)
	}
	other := limit.Rate{Name: "test2", Count: 1, Per: time.Hour}
	if err := l.Take(t.Context(), other, "a"); err != nil {
		t.Fatalf("another rate: %v", err)
	}
}

func TestTakeRefills(t *testing.T) {
	t.Parallel()
	l := limit.New(dbtest.New(t).Open(t))
	rate := limit.Rate{Name: "test", Count: 2, Per: 200 * time.Millisecond}
	deadline := time.Now().Add(10 * time.Second)
	taken := 0
	for started := time.Now(); taken < 6; {
		if time.Now().After(deadline) {
			t.Fatalf("only %d events were taken", taken)
		}
		switch err := l.Take(t.Context(), rate, "a"); {
		case err == nil:
			taken++
		case !errors.Is(err, limit.ErrLimited):
			t.Fatal(err)
		}
		if taken == 6 && time.Since(started) < 390*time.Millisecond {
			t.Fatalf("6 events in %s: two at once and one each 100 ms make at least 400 ms", time.Since(started))
		}
	}
}

func TestRace_R1_OneCountForAllReplicas(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	replicas := []*limit.Limiter{limit.New(d.Open(t)), limit.New(d.Open(t))}
	rate := limit.Rate{Name: "test", Count: 25, Per: time.Hour}
	rounds := dbtest.Rounds(t)
	for round := range rounds {
		raceToTake(t, replicas, rate, fmt.Sprint("client ", round))
	}
	t.Logf("race: rate limits: %d rounds, 200 at once on two replicas: never over", rounds)
}

func raceToTake(t *testing.T, replicas []*limit.Limiter, rate limit.Rate, client string) {
	t.Helper()
	var taken, refused atomic.Int64
	var wait sync.WaitGroup
	for i := range 200 {
		wait.Go(func() {
			switch err := replicas[i%2].Take(t.Context(), rate, client); {
			case err == nil:
				taken.Add(1)
			case errors.Is(err, limit.ErrLimited) && fault.From(err).RetryAfter > 0:
				refused.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if taken.Load() != 25 || refused.Load() != 175 {
		t.Fatalf("%d taken and %d refused of 200 at a rate of 25", taken.Load(), refused.Load())
	}
}

func TestT9_KeysNeverCollide(t *testing.T) {
	t.Parallel()
	l := limit.New(dbtest.New(t).Open(t))
	for _, pair := range [][2]string{{"ab", "c"}, {"a", "bc"}, {"abc", ""}, {"a", "b\x00c"}} {
		if err := l.Take(t.Context(), limit.Rate{Name: pair[0], Count: 1, Per: time.Hour}, pair[1]); err != nil {
			t.Errorf("%q: %v", pair, err)
		}
	}
}

func TestR1_KeyLengthIsBounded(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	l := limit.New(d.Open(t))
	if err := l.Take(t.Context(), limit.Rate{Name: "test", Count: 1, Per: time.Hour}, fmt.Sprintf("%1000000d", 1)); err != nil {
		t.Fatal(err)
	}
	var length int
	if err := d.Admin(t).QueryRow("SELECT octet_length(key) FROM rate_limits").Scan(&length); err != nil || length != 32 {
		t.Fatalf("a stored key of %d bytes, %v", length, err)
	}
}

func TestSweepForgetsOnlyFullBuckets(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	l := limit.New(d.Open(t))
	if err := l.Take(t.Context(), limit.Rate{Name: "long", Count: 1, Per: time.Hour}, "a"); err != nil {
		t.Fatal(err)
	}
	if err := l.Take(t.Context(), limit.Rate{Name: "short", Count: 1, Per: time.Millisecond}, "a"); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(5 * time.Second)
	for rows := 0; rows != 1; {
		if time.Now().After(deadline) {
			t.Fatalf("%d rows are left", rows)
		}
		if err := l.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := d.Admin(t).QueryRow("SELECT count(*) FROM rate_limits").Scan(&rows); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Take(t.Context(), limit.Rate{Name: "long", Count: 1, Per: time.Hour}, "a"); !errors.Is(err, limit.ErrLimited) {
		t.Fatalf("the long rate after the sweep: %v", err)
	}
}

func TestR1_AddressesOfOneNetworkAreOneKey(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"203.0.113.7":          "203.0.113.7",
		"::ffff:203.0.113.7":   "203.0.113.7",
		"2001:DB8::1":          "2001:db8::/64",
		"2001:db8:0:0:ffff::2": "2001:db8::/64",
		"2001:db8:0:1::2":      "2001:db8:0:1::/64",
		"fe80::1%eth0":         "fe80::/64",
		"not an address":       "not an address",
	} {
		if got := limit.Address(in); got != want {
			t.Errorf("Address(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestTakeRefusesARateThatMakesNoSense(t *testing.T) {
	t.Parallel()
	l := limit.New(nil)
	for _, rate := range []limit.Rate{{}, {Name: "a", Count: 1}, {Name: "a", Per: time.Hour}, {Count: 1, Per: time.Hour}} {
		if err := l.Take(t.Context(), rate, "a"); err == nil || errors.Is(err, limit.ErrLimited) {
			t.Errorf("%+v: %v", rate, err)
		}
	}
}
