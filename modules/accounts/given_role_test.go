package accounts_test

import (
	"fmt"
	"testing"
	"time"

	"saaskit/modules/apptest"
)

// Z3: who is just given a role is seen with what it holds by whoever waited for that, and not touched by somebody below.
func TestZ3_ARoleCountsFromTheMomentItIsGiven(t *testing.T) {
	t.Parallel()
	w := start(t)
	s := w.workspace("acme")
	low := s.role("Low", "members:read", "members:write")
	poor := s.role("Poor", "members:read")
	chief := s.role("Chief", "members:read", "members:write", "tenant:security")
	_, actor := s.joinAs("low@example.com", low.ID)
	for i, body := range []any{nil, fields{"role": low.ID}} {
		id, _ := s.joinAs(fmt.Sprintf("ada%d@example.com", i), poor.ID)
		given, err := w.db.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = given.Rollback() }()
		if _, err := given.ExecContext(t.Context(), "UPDATE memberships SET role_id = $1 WHERE tenant_id = $2 AND user_id = $3", chief.ID, s.id, id); err != nil {
			t.Fatal(err)
		}
		answered := make(chan string, 1)
		go func() {
			method := map[bool]string{true: "DELETE", false: "PATCH"}[body == nil]
			answered <- outcome(actor.send(method, "/members/"+id.String(), body))
		}()
		apptest.Eventually(t, 10*time.Second, func() bool {
			return w.count("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") > 0
		})
		if err := given.Commit(); err != nil {
			t.Fatal(err)
		}
		if got := <-answered; got != "403 role_above_own" {
			t.Errorf("with %v: %s", body, got)
		}
	}
}
