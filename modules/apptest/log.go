package apptest

import (
	"bytes"
	"log/slog"
	"sync"
	"testing"
)

const levelDebug = slog.LevelDebug

// Log keeps what was logged.
type Log struct {
	mu           sync.Mutex
	lines        bytes.Buffer
	undocumented []string // lines about answers that the API document does not have
}

// Write adds a line.
func (l *Log) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if bytes.Contains(line, []byte("undocumented=true")) {
		l.undocumented = append(l.undocumented, string(line))
	}
	return l.lines.Write(line)
}

// String returns all lines so far.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lines.String()
}

// check fails the test for each answer since the last check whose code its operation does not document. In a product that tests share,
// the test that ends first is the one that fails: the line names the operation.
func (l *Log) check(tb testing.TB) {
	tb.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, line := range l.undocumented {
		tb.Errorf("the API document lacks a code that was answered: %s", line)
	}
	l.undocumented = nil
}
