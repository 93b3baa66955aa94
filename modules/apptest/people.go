package apptest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"saaskit/modules"
	"saaskit/platform/access"
	"saaskit/platform/db"
	"saaskit/platform/session"
	"saaskit/platform/token"
)

// Tenant is a fresh tenant.
type Tenant struct {
	ID    uuid.UUID
	Slug  string
	Name  string
	Owner *Actor

	app *App
}

// unique is a word that no other test uses.
func unique() string { return strings.ReplaceAll(db.NewID().String(), "-", "")[10:] }

// Anonymous is somebody who is not signed in.
func (a *App) Anonymous(t testing.TB) *Actor {
	t.Helper()
	return a.newActor(t)
}

// User is a person who is signed in, outside any tenant.
func (a *App) User(t testing.TB) *Actor {
	t.Helper()
	u := a.person(t)
	u.signIn(t, uuid.Nil)
	return u
}

// Tenant makes a tenant on the free plan, with its owner signed in.
func (a *App) Tenant(t testing.TB) *Tenant {
	t.Helper()
	owner := a.person(t)
	word := unique()
	tenant := &Tenant{Slug: "t-" + word, Name: "Tenant " + word, app: a}
	id, err := modules.Provision(a.Platform).Tenant(t.Context(), owner.ID, tenant.Name, tenant.Slug)
	if err != nil {
		t.Fatal(err)
	}
	tenant.ID = id
	owner.Tenant, owner.Role = tenant, access.Owner
	owner.signIn(t, id)
	tenant.Owner = owner
	return tenant
}

// Actor adds a member with the role and signs them in.
func (n *Tenant) Actor(t testing.TB, role access.Role) *Actor {
	t.Helper()
	return n.Join(t, n.app.person(t), role)
}

// Join adds a person to the tenant and returns them signed in there.
func (n *Tenant) Join(t testing.TB, person *Actor, role access.Role) *Actor {
	t.Helper()
	if err := modules.Provision(n.app.Platform).Member(t.Context(), n.ID, person.ID, role); err != nil {
		t.Fatal(err)
	}
	member := *person
	member.Tenant, member.Role = n, role
	member.signIn(t, n.ID)
	return &member
}

// SetPlan puts the tenant on a plan, as billing would.
func (n *Tenant) SetPlan(t testing.TB, plan string) {
	t.Helper()
	err := n.app.DB.System(t.Context(), "set a plan in a test", func(tx *db.SystemTx) error {
		return n.app.Plans.SetTx(t.Context(), tx, n.ID, plan, "active")
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Suspend closes the tenant, as an operator would.
func (n *Tenant) Suspend(t testing.TB) {
	t.Helper()
	n.app.Operator(t).Post(t, "/operator/tenants/"+n.ID.String()+"/suspend", map[string]any{"reason": "a test"}).Status(t, 200)
}

// Context is one in which the system works in the tenant, for calling the platform directly.
func (n *Tenant) Context(t testing.TB) context.Context {
	t.Helper()
	return access.With(t.Context(), access.Actor{Kind: access.Job, Tenant: n.ID})
}

func (a *App) person(t testing.TB) *Actor {
	t.Helper()
	word := unique()
	u := a.newActor(t)
	u.Email, u.Name = word+"@example.com", "Person "+word
	id, err := modules.Provision(a.Platform).User(t.Context(), u.Email, u.Name, "")
	if err != nil {
		t.Fatal(err)
	}
	u.ID = id
	return u
}

func (a *Actor) signIn(t testing.TB, tenant uuid.UUID) {
	t.Helper()
	live, err := modules.Provision(a.app.Platform).Session(t.Context(), a.ID, tenant)
	if err != nil {
		t.Fatal(err)
	}
	a.Session, a.Token, a.Refresh = live.Session, live.AccessToken, live.RefreshToken
}

// Operator is a person of the back office, signed in there.
func (a *App) Operator(t testing.TB) *Actor {
	t.Helper()
	o := a.newActor(t)
	o.Email = unique() + "@staff.example.com"
	if _, err := modules.AddOperator(t.Context(), a.Platform, o.Email); err != nil {
		t.Fatal(err)
	}
	if err := a.Admin.QueryRowContext(t.Context(), "SELECT id, name FROM operators WHERE email = $1", o.Email).Scan(&o.ID, &o.Name); err != nil {
		t.Fatal(err)
	}
	err := a.DB.System(t.Context(), "sign an operator in for a test", func(tx *db.SystemTx) error {
		started, err := a.Sessions.StartTx(t.Context(), tx, session.Operator, o.ID)
		o.Session, o.Refresh = started.Session, started.Refresh
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	claims := token.Claims{Subject: o.ID, Session: o.Session, Audience: session.Operator}
	if o.Token, _, err = a.Tokens.Issue(t.Context(), claims); err != nil {
		t.Fatal(fmt.Errorf("issue an operator's token: %w", err))
	}
	return o
}
