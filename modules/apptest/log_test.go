package apptest

import (
	"fmt"
	"strings"
	"testing"
)

// witness notes failures instead of failing.
type witness struct {
	testing.TB
	failures []string
}

func (w *witness) Helper() {}
func (w *witness) Errorf(format string, args ...any) {
	w.failures = append(w.failures, fmt.Sprintf(format, args...))
}

// Z6: an answer with a code that its operation does not document fails a test, once.
func TestZ6_UndocumentedCodesFailATest(t *testing.T) {
	t.Parallel()
	var l Log
	for _, line := range []string{"level=INFO operation=a code=known\n", "level=WARN operation=b code=odd undocumented=true\n"} {
		if _, err := l.Write([]byte(line)); err != nil {
			t.Fatal(err)
		}
	}
	var first, second witness
	l.check(&first)
	l.check(&second)
	if len(first.failures) != 1 || !strings.Contains(first.failures[0], "operation=b code=odd") || len(second.failures) != 0 {
		t.Errorf("first %q, second %q", first.failures, second.failures)
	}
	if !strings.Contains(l.String(), "operation=a") {
		t.Error("a line is missing")
	}
}
