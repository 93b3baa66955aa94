package accounts_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"

	"saaskit/modules/apptest"
	"saaskit/platform/access"
	"saaskit/platform/db"
)

// workspace is a tenant with its owner, for tests of what tenants set for themselves.
type workspace struct {
	*world
	id      uuid.UUID
	owner   *browser
	ownerID uuid.UUID
}

// workspace makes a tenant with room for any number of members.
func (w *world) workspace(name string) *workspace {
	w.t.Helper()
	s := &workspace{world: w, ownerID: w.user("owner-of-"+name+"@example.com", "")}
	s.id = w.tenant(s.ownerID, name)
	w.roomy(s.id)
	s.owner = w.signedIn(s.ownerID, s.id)
	return s
}

func (w *world) roomy(tenant uuid.UUID) {
	w.t.Helper()
	err := w.app.DB.System(w.t.Context(), "set a plan in a test", func(tx *db.SystemTx) error {
		return w.app.Plans.SetTx(w.t.Context(), tx, tenant, "business", "active", nil)
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// join adds somebody with a built-in role.
func (s *workspace) join(email string, role access.Role) (uuid.UUID, *browser) {
	s.t.Helper()
	id := s.user(email, "")
	s.member(s.id, id, role)
	return id, s.signedIn(id, s.id)
}

// joinAs adds somebody with a role that the tenant made.
func (s *workspace) joinAs(email, role string) (uuid.UUID, *browser) {
	s.t.Helper()
	id, _ := s.join(email, access.Viewer)
	s.owner.want(200, "PATCH", "/members/"+id.String(), map[string]any{"role": role}, nil)
	return id, s.signedIn(id, s.id)
}

type roleView struct {
	ID, Name    string
	BuiltIn     bool `json:"built_in"`
	Permissions []string
	Members     int
	Version     int
}

// role makes a role as the owner.
func (s *workspace) role(name string, permissions ...string) roleView {
	s.t.Helper()
	var made roleView
	s.owner.want(http.StatusCreated, "POST", "/roles", map[string]any{"name": name, "permissions": permissions}, &made)
	return made
}

// proveSecondFactor lets all sessions of the person count as proved by a second factor.
func (w *world) proveSecondFactor(user uuid.UUID) {
	w.t.Helper()
	w.exec("UPDATE sessions SET second_factor = true WHERE subject_id = $1", user)
}

// recorded is how many entries of the tenant's log have the action.
func (s *workspace) recorded(action string) int {
	s.t.Helper()
	return s.count("SELECT count(*) FROM audit_log WHERE tenant_id = $1 AND action = $2", s.id, action)
}

type fields = map[string]any

// tireless lifts the limits that count every request, for races of many rounds.
func tireless(t *testing.T) *world {
	t.Helper()
	return start(t, apptest.WithEnv("RATE_LIMIT_USER", "1000000"), apptest.WithEnv("RATE_LIMIT_TENANT", "1000000"))
}

// watch signs in anew before access tokens end, in a test that lasts.
type watch struct{ since time.Time }

func (w *watch) renew(signIn func()) {
	if time.Since(w.since) > 2*time.Minute {
		w.since = time.Now()
		signIn()
	}
}
