package apptest

import (
	"context"
	"testing"
)

// checkAudit fails the test when somebody acted whom the audit log does not call by a name.
func (a *App) checkAudit(tb testing.TB) {
	tb.Helper()
	var nameless []string
	rows, err := a.Admin.QueryContext(context.Background(), `SELECT DISTINCT action FROM (SELECT action, actor_kind, actor_label FROM audit_log
		UNION ALL SELECT action, actor_kind, actor_label FROM security_log) entries
		WHERE actor_kind NOT IN ('', 'job') AND actor_label = ''`)
	if err != nil {
		tb.Errorf("read the audit log: %v", err)
		return
	}
	defer rows.Close()
	for rows.Next() {
		var action string
		if err := rows.Scan(&action); err != nil {
			tb.Error(err)
		}
		nameless = append(nameless, action)
	}
	if err := rows.Err(); err != nil || len(nameless) > 0 {
		tb.Errorf("the audit log does not say who did %v (%v)", nameless, err)
	}
}
