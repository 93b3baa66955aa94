package apptest

import (
	"testing"

	"saaskit/platform/db/dbtest"
)

// Rounds is how often a race is run: RACE_ROUNDS, or 3.
func Rounds(tb testing.TB) int {
	tb.Helper()
	return dbtest.Rounds(tb)
}
