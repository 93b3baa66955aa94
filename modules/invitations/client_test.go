package invitations_test

import (
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"saaskit/modules"
	"saaskit/modules/apptest"
)

type fields = map[string]any

const goodPassword = "vexing otter lamp oboe"

type invitation struct {
	ID        uuid.UUID
	Email     string
	Role      string
	RoleName  string `json:"role_name"`
	InvitedBy struct {
		ID         uuid.UUID
		Kind, Name string
	} `json:"invited_by"`
	SentAt    time.Time `json:"sent_at"`
	ExpiresAt time.Time `json:"expires_at"`
	Expired   bool
}

type created struct {
	Items   []invitation
	Skipped []struct{ Email, Reason string }
}

type opened struct {
	TenantName string `json:"tenant_name"`
	Inviter    string
	Email      string
	RoleName   string `json:"role_name"`
	Registered bool
}

type tenantRef struct {
	ID       uuid.UUID
	Slug     string
	Role     string
	RoleName string `json:"role_name"`
}

// invite has the actor invite the addresses, all of which must get an invitation.
func invite(t *testing.T, by *apptest.Actor, role string, emails ...string) []invitation {
	t.Helper()
	var c created
	by.Post(t, "/invitations", fields{"emails": emails, "role": role}).Status(t, 201).JSON(t, &c)
	if len(c.Items) != len(emails) || len(c.Skipped) != 0 {
		t.Fatalf("invited %v: %+v", emails, c)
	}
	return c.Items
}

// waiting are the invitations that the actor sees.
func waiting(t *testing.T, by *apptest.Actor) []invitation {
	t.Helper()
	var page struct{ Items []invitation }
	by.Get(t, "/invitations?limit=100").Status(t, 200).JSON(t, &page)
	return page.Items
}

var links = regexp.MustCompile(`(\S+)/invite#([A-Za-z0-9_-]{43})`)

// token is that of the newest mail to the address.
func token(t *testing.T, app *apptest.App, email string) string {
	t.Helper()
	found := links.FindStringSubmatch(app.Mail(t, email).Text)
	if found == nil || found[1] != app.Config.BaseURL {
		t.Fatalf("no link in the mail to %s: %v", email, found)
	}
	return found[2]
}

// invited invites one address and returns the link's token.
func invited(t *testing.T, app *apptest.App, by *apptest.Actor, role, email string) string {
	t.Helper()
	invite(t, by, role, email)
	return token(t, app, email)
}

// userAt is a person with the address, signed in.
func userAt(t *testing.T, app *apptest.App, email string) *apptest.Actor {
	t.Helper()
	u := app.User(t)
	app.Exec(t, "UPDATE users SET email = $1 WHERE id = $2", email, u.ID)
	u.Email = email
	return u
}

// word is one that no other test uses.
func word() string { return "w" + uuid.NewString()[:13] }

func accept(t *testing.T, by *apptest.Actor, token string) *apptest.Response {
	t.Helper()
	return by.Post(t, "/invitations/accept", fields{"token": token})
}

func acceptNew(t *testing.T, by *apptest.Actor, token string) *apptest.Response {
	t.Helper()
	return by.Post(t, "/invitations/accept-new", fields{"token": token, "name": "Newcomer", "password": goodPassword})
}

func members(t *testing.T, app *apptest.App, tenant *apptest.Tenant) int {
	t.Helper()
	return app.Count(t, "SELECT count(*) FROM memberships WHERE tenant_id = $1", tenant.ID)
}

// seats is what is counted against the plan.
func seats(t *testing.T, app *apptest.App, tenant *apptest.Tenant) int {
	t.Helper()
	return app.Count(t, "SELECT used FROM plan_usage WHERE tenant_id = $1 AND key = 'members.max'", tenant.ID)
}

func roleOf(t *testing.T, app *apptest.App, tenant *apptest.Tenant, user uuid.UUID) (role string) {
	t.Helper()
	err := app.Admin.QueryRowContext(t.Context(), "SELECT coalesce(role_id::text, role) FROM memberships WHERE tenant_id = $1 AND user_id = $2", tenant.ID, user).Scan(&role)
	if err != nil {
		t.Fatal(err)
	}
	return role
}

// person adds somebody with an account at the address, who is not signed in.
func person(t *testing.T, app *apptest.App, email, password string) uuid.UUID {
	t.Helper()
	id, err := modules.Provision(app.Platform).User(t.Context(), email, "Registered", password)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// clock is a clock that tests move.
type clock struct {
	mu    sync.Mutex
	fixed time.Time // zero for the true time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fixed.IsZero() {
		return time.Now()
	}
	return c.fixed
}

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fixed = t
}
