package apptest

import (
	"testing"
	"time"

	"saaskit/platform/db"
	"saaskit/platform/emulator/smtp"
)

// Eventually polls until the condition holds, and ends the test when it does not within the time.
func Eventually(tb testing.TB, within time.Duration, holds func() bool) {
	tb.Helper()
	deadline := time.After(within)
	poll := time.NewTicker(10 * time.Millisecond)
	defer poll.Stop()
	for !holds() {
		select {
		case <-deadline:
			tb.Fatalf("it does not hold after %s", within)
		case <-poll.C:
		}
	}
}

// Mail waits for a mail to the address that this App has not returned before, and returns the newest.
func (a *App) Mail(tb testing.TB, address string) smtp.Message {
	tb.Helper()
	var newest smtp.Message
	Eventually(tb, 20*time.Second, func() bool {
		all := a.Mailbox.Messages(address)
		a.mu.Lock()
		defer a.mu.Unlock()
		if len(all) == 0 || a.read[all[0].ID] {
			return false
		}
		newest = all[0]
		a.read[newest.ID] = true
		return true
	})
	return newest
}

// periodic is a periodic job without arguments, of any kind.
type periodic struct{ kind string }

// Kind names the job.
func (p periodic) Kind() string { return p.kind }

// RunJob has the worker run a periodic job now, and waits until it is done.
func (a *App) RunJob(tb testing.TB, kind string) {
	tb.Helper()
	err := a.DB.System(tb.Context(), "run a job in a test", func(tx *db.SystemTx) error {
		return a.Queue.Enqueue(tb.Context(), tx, periodic{kind})
	})
	if err != nil {
		tb.Fatal(err)
	}
	a.JobsDone(tb)
}

// JobsDone waits until no job is due or running. It fails for a job that went wrong.
func (a *App) JobsDone(tb testing.TB) {
	tb.Helper()
	Eventually(tb, 30*time.Second, func() bool {
		var due, failed int
		err := a.Admin.QueryRowContext(tb.Context(), `
SELECT count(*) FILTER (WHERE state IN ('available', 'running', 'pending')), count(*) FILTER (WHERE errors IS NOT NULL)
FROM river.river_job`).Scan(&due, &failed)
		if err != nil {
			tb.Fatal(err)
		}
		if failed > 0 {
			tb.Fatalf("%d jobs failed:\n%s", failed, a.Log)
		}
		return due == 0
	})
}
