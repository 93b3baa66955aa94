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
func (a *App) Anonymous(tb testing.TB) *Actor {
	tb.Helper()
	return a.newActor(tb)
}

// User is a person who is signed in, outside any tenant.
func (a *App) User(tb testing.TB) *Actor {
	tb.Helper()
	u := a.person(tb)
	u.signIn(tb, uuid.Nil)
	return u
}

// Tenant makes a tenant on the free plan, with its owner signed in.
func (a *App) Tenant(tb testing.TB) *Tenant {
	tb.Helper()
	owner := a.person(tb)
	word := unique()
	tenant := &Tenant{Slug: "t-" + word, Name: "Tenant " + word, app: a}
	id, err := modules.Provision(a.Platform).Tenant(tb.Context(), owner.ID, tenant.Name, tenant.Slug)
	if err != nil {
		tb.Fatal(err)
	}
	tenant.ID = id
	owner.Tenant, owner.Role = tenant, access.Owner
	owner.signIn(tb, id)
	tenant.Owner = owner
	return tenant
}

// Actor adds a member with the role and signs them in.
func (n *Tenant) Actor(tb testing.TB, role access.Role) *Actor {
	tb.Helper()
	return n.Join(tb, n.app.person(tb), role)
}

// Join adds a person to the tenant and returns them signed in there.
func (n *Tenant) Join(tb testing.TB, person *Actor, role access.Role) *Actor {
	tb.Helper()
	if err := modules.Provision(n.app.Platform).Member(tb.Context(), n.ID, person.ID, role); err != nil {
		tb.Fatal(err)
	}
	member := *person
	member.Tenant, member.Role = n, role
	member.signIn(tb, n.ID)
	return &member
}

// SetPlan puts the tenant on a plan, as billing would.
func (n *Tenant) SetPlan(tb testing.TB, plan string) {
	tb.Helper()
	err := n.app.DB.System(tb.Context(), "set a plan in a test", func(tx *db.SystemTx) error {
		return n.app.Plans.SetTx(tb.Context(), tx, n.ID, plan, "active", nil)
	})
	if err != nil {
		tb.Fatal(err)
	}
}

// Suspend closes the tenant, as an operator would.
func (n *Tenant) Suspend(tb testing.TB) {
	tb.Helper()
	n.app.Operator(tb).Post(tb, "/operator/tenants/"+n.ID.String()+"/suspend", map[string]any{"reason": "a test"}).Status(tb, 200)
}

// Context is one in which the system works in the tenant, for calling the platform directly.
func (n *Tenant) Context(tb testing.TB) context.Context {
	tb.Helper()
	return access.With(tb.Context(), access.Actor{Kind: access.Job, Tenant: n.ID})
}

func (a *App) person(tb testing.TB) *Actor {
	tb.Helper()
	word := unique()
	u := a.newActor(tb)
	u.Email, u.Name = word+"@example.com", "Person "+word
	id, err := modules.Provision(a.Platform).User(tb.Context(), u.Email, u.Name, "")
	if err != nil {
		tb.Fatal(err)
	}
	u.ID = id
	return u
}

func (a *Actor) signIn(tb testing.TB, tenant uuid.UUID) {
	tb.Helper()
	live, err := modules.Provision(a.app.Platform).Session(tb.Context(), a.ID, tenant)
	if err != nil {
		tb.Fatal(err)
	}
	a.Session, a.Token, a.Refresh = live.Session, live.AccessToken, live.RefreshToken
}

// Operator is a person of the back office, signed in there.
func (a *App) Operator(tb testing.TB) *Actor {
	tb.Helper()
	o := a.newActor(tb)
	o.Email = unique() + "@staff.example.com"
	if _, err := modules.AddOperator(tb.Context(), a.Platform, o.Email); err != nil {
		tb.Fatal(err)
	}
	if err := a.Admin.QueryRowContext(tb.Context(), "SELECT id, name FROM operators WHERE email = $1", o.Email).Scan(&o.ID, &o.Name); err != nil {
		tb.Fatal(err)
	}
	err := a.DB.System(tb.Context(), "sign an operator in for a test", func(tx *db.SystemTx) error {
		started, err := a.Sessions.StartTx(tb.Context(), tx, session.Operator, o.ID, session.Proof{Method: "provisioned", SecondFactor: true})
		o.Session, o.Refresh = started.Session, started.Refresh
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	claims := token.Claims{Subject: o.ID, Session: o.Session, Audience: session.Operator}
	if o.Token, _, err = a.Tokens.Issue(tb.Context(), claims); err != nil {
		tb.Fatal(fmt.Errorf("issue an operator's token: %w", err))
	}
	return o
}
