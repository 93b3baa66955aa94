package operator_test

import (
	"testing"

	"saaskit/modules/apptest"
)

// A8, S7: what somebody had begun when an operator signed them out does not bring them back: neither a change of address, nor a link to set a
// password, nor a sign-in that waits for its second factor.
func TestA8_AnOperatorEndsWhatWaits(t *testing.T) {
	t.Parallel()
	a := apptest.Shared(t)
	olga, n := a.Operator(t), a.Tenant(t)
	n.Owner.Post(t, "/me/email", map[string]any{"email": "eve-" + n.Owner.Email}).Status(t, 202)
	n.Owner.Post(t, "/password/forgot", map[string]any{"email": n.Owner.Email}).Status(t, 202)
	waiting := func(kind string) (found int) {
		row := a.Admin.QueryRowContext(t.Context(), "SELECT count(*) FROM one_time_tokens WHERE kind = $1 AND subject = $2", kind, n.Owner.ID.String())
		if err := row.Scan(&found); err != nil {
			t.Fatal(err)
		}
		return found
	}
	_, err := a.Admin.ExecContext(t.Context(), `INSERT INTO one_time_tokens (kind, subject, hash, payload, created_at, expires_at)
		VALUES ('accounts.second-factor', $1, sha256($1::text::bytea), '{}', now(), now() + interval '10 minutes')`, n.Owner.ID.String())
	if err != nil {
		t.Fatal(err)
	}
	kinds := []string{"accounts.email", "accounts.reset", "accounts.second-factor"}
	for _, kind := range kinds {
		if waiting(kind) != 1 {
			t.Fatalf("%s does not wait", kind)
		}
	}
	olga.Post(t, "/operator/users/"+n.Owner.ID.String()+"/end-sessions", map[string]any{"reason": "A stolen laptop"}).Status(t, 204)
	for _, kind := range kinds {
		if waiting(kind) != 0 {
			t.Errorf("%s still waits", kind)
		}
	}
}
