package modules_test

import (
	"testing"
	"time"

	"saaskit/modules/apptest"
)

// Every periodic job runs soon after the start, and none goes wrong in a product in which nothing has happened yet.
func TestEveryPeriodicJobRuns(t *testing.T) {
	t.Parallel()
	app := apptest.New(t, apptest.WithStripe(), apptest.WithSchedule())
	const want = "apikeys.purge billing.catch_up_events billing.purge_events billing.purge_reports billing.report_usage billing.resume_events " +
		"billing.sweep_notices billing.sweep_subscriptions invitations.purge invitations.recheck_all notes.find_old_trash " +
		"platform.purge_usage platform.recount_usage platform.sweep"
	var done string
	apptest.Eventually(t, 30*time.Second, func() bool {
		err := app.Admin.QueryRow("SELECT coalesce(string_agg(DISTINCT kind, ' ' ORDER BY kind), '') FROM river.river_job WHERE state = 'completed'").Scan(&done)
		return err == nil && len(done) >= len(want)
	})
	app.JobsDone(t)
	if done != want {
		t.Errorf("these ran: %s", done)
	}
}
