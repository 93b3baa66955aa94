package apptest

import (
	"testing"
	"time"

	"github.com/google/uuid"
)

// EndedMeanwhile holds the person as a reset of their password does, has do begin in one of their sessions, and once it waits for its turn ends
// all of them. It returns when do has.
func (a *App) EndedMeanwhile(tb testing.TB, person uuid.UUID, do func()) {
	tb.Helper()
	reset, err := a.Admin.BeginTx(tb.Context(), nil)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = reset.Rollback() }() // does nothing after the commit
	var holder int
	if err := reset.QueryRowContext(tb.Context(), "SELECT pg_backend_pid() FROM users WHERE id = $1 FOR NO KEY UPDATE", person).Scan(&holder); err != nil {
		tb.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		do()
	}()
	Eventually(tb, 20*time.Second, func() bool {
		var waiting bool
		row := a.Admin.QueryRowContext(tb.Context(), "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND $1 = ANY (pg_blocking_pids(pid)))", holder)
		if err := row.Scan(&waiting); err != nil {
			tb.Fatal(err)
		}
		select {
		case <-done:
			return true
		default:
			return waiting
		}
	})
	if _, err := reset.ExecContext(tb.Context(), "UPDATE sessions SET ended_at = now(), end_reason = 'ended_all' WHERE subject_id = $1 AND ended_at IS NULL", person); err != nil {
		tb.Fatal(err)
	}
	if err := reset.Commit(); err != nil {
		tb.Fatal(err)
	}
	<-done
}
