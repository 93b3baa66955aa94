package dbtest

import (
	"os"
	"strconv"
	"testing"
)

// Rounds is how often a race is run: RACE_ROUNDS, or 3.
func Rounds(tb testing.TB) int {
	tb.Helper()
	text, set := os.LookupEnv("RACE_ROUNDS")
	if !set || text == "" {
		return 3
	}
	rounds, err := strconv.Atoi(text)
	if err != nil || rounds < 1 {
		tb.Fatalf("RACE_ROUNDS is no number above 0: %q", text)
	}
	return rounds
}
