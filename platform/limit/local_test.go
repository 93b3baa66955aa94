package limit_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"saaskit/platform/fault"
	"saaskit/platform/limit"
)

// R1: a count in memory refuses who used up the rate, and nobody else, until it has come back.
func TestR1_LocalRefusesWhoUsedUpTheRate(t *testing.T) {
	t.Parallel()
	now := time.Now()
	local := limit.NewLocal(limit.Rate{Name: "test", Count: 3, Per: time.Minute}, func() time.Time { return now })
	for range 3 {
		if err := local.Check("a"); err != nil {
			t.Fatal(err)
		}
		local.Count("a")
	}
	for range 10 {
		err := local.Check("a")
		if wait := fault.From(err).RetryAfter; !errors.Is(err, limit.ErrLimited) || wait <= 0 || wait > 20*time.Second {
			t.Fatalf("%v, %s", err, wait)
		}
	}
	if err := local.Check("b"); err != nil {
		t.Fatalf("another key: %v", err)
	}
	for range 100 {
		local.Count("a") // came at once with the others
	}
	if wait := fault.From(local.Check("a")).RetryAfter; wait <= 0 || wait > time.Minute {
		t.Errorf("what is far over the rate waits %s", wait)
	}
	now = now.Add(30 * time.Second)
	local.Count("b") // others go on counting
	now = now.Add(60 * time.Second)
	if err := local.Check("a"); err != nil {
		t.Errorf("after a period and a half: %v", err)
	}
	now = now.Add(-24 * time.Hour)
	if err := local.Check("a"); err != nil {
		t.Errorf("the clock was set back: %v", err)
	}
}

// R1: very many keys do not fill the memory, and the latest are still known.
func TestR1_LocalIsBounded(t *testing.T) {
	t.Parallel()
	local := limit.NewLocal(limit.Rate{Name: "test", Count: 1, Per: time.Hour}, time.Now)
	const keys = 1 << 17
	for i := range keys {
		local.Count(fmt.Sprint(i))
	}
	refused := 0
	for i := range keys {
		if local.Check(fmt.Sprint(i)) != nil {
			refused++
		}
	}
	if refused < keys/8 || refused > keys/2 {
		t.Errorf("%d of %d keys are remembered", refused, keys)
	}
}
