package invitations_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"saaskit/modules/apptest"
	"saaskit/platform/access"
)

type domain struct {
	ID           uuid.UUID
	Domain       string
	RecordName   string     `json:"record_name"`
	RecordValue  string     `json:"record_value"`
	VerifiedAt   *time.Time `json:"verified_at"`
	MissingSince *time.Time `json:"missing_since"`
	Role         string
	AutoJoin     bool `json:"auto_join"`
}

func (d domain) path() string { return "/domains/" + d.ID.String() }

// claim claims a domain, on the smallest plan that has them, without a proof.
func claim(t *testing.T, by *apptest.Actor, name string) (d domain) {
	t.Helper()
	by.Tenant.SetPlan(t, "pro")
	by.Post(t, "/domains", fields{"domain": name, "role": "member"}).Status(t, 201).JSON(t, &d)
	return d
}

// prove puts the record there and proves the domain.
func prove(t *testing.T, app *apptest.App, by *apptest.Actor, d domain) (proved domain) {
	t.Helper()
	record(t, app, d, true)
	by.Post(t, d.path()+"/verify", nil).Status(t, 200).JSON(t, &proved)
	return proved
}

func record(t *testing.T, app *apptest.App, d domain, there bool) {
	t.Helper()
	values := []string{"some other record", d.RecordValue}
	if !there {
		values = values[:1]
	}
	if err := app.DNS.Set(d.RecordName, values...); err != nil {
		t.Fatal(err)
	}
}

// open is a tenant that people of a domain may join.
func open(t *testing.T, app *apptest.App, name string) (*apptest.Tenant, domain) {
	t.Helper()
	tenant := app.Tenant(t)
	d := prove(t, app, tenant.Owner, claim(t, tenant.Owner, name))
	tenant.Owner.Patch(t, d.path(), fields{"auto_join": true}).Status(t, 200).JSON(t, &d)
	return tenant, d
}

func joinable(t *testing.T, a *apptest.Actor) []struct {
	TenantID     uuid.UUID `json:"tenant_id"`
	Name, Domain string
} {
	t.Helper()
	var out struct {
		Items []struct {
			TenantID     uuid.UUID `json:"tenant_id"`
			Name, Domain string
		}
	}
	a.Get(t, "/me/joinable").Status(t, 200).JSON(t, &out)
	return out.Items
}

func join(t *testing.T, a *apptest.Actor, tenant *apptest.Tenant) *apptest.Response {
	t.Helper()
	return a.Post(t, "/me/joinable/"+tenant.ID.String()+"/join", nil)
}

func TestPeopleOfAProvedDomainJoin(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	name := word() + ".example"
	tenant, d := open(t, app, strings.ToUpper(name)+".")
	if d.Domain != name || d.RecordName != "_saaskit-challenge."+name || len(d.RecordValue) < 30 || d.VerifiedAt == nil || !d.AutoJoin || d.Role != "member" {
		t.Fatalf("%+v", d)
	}
	ada, stranger := userAt(t, app, "ada@"+name), userAt(t, app, "ada@sub."+name)
	list := joinable(t, ada)
	if len(list) != 1 || list[0].TenantID != tenant.ID || list[0].Name != tenant.Name || list[0].Domain != name {
		t.Fatalf("%+v", list)
	}
	if got := joinable(t, stranger); len(got) != 0 {
		t.Fatalf("%+v", got)
	}
	join(t, stranger, tenant).Problem(t, 404, "not_found")
	var ref tenantRef
	join(t, ada, tenant).Status(t, 200).JSON(t, &ref)
	if ref.ID != tenant.ID || ref.Role != "member" || roleOf(t, app, tenant, ada.ID) != "member" || seats(t, app, tenant) != 2 {
		t.Fatalf("%+v, %d seats", ref, seats(t, app, tenant))
	}
	join(t, ada, tenant).Problem(t, 409, "already_member")
	if got := joinable(t, ada); len(got) != 0 {
		t.Fatalf("a member may join: %+v", got)
	}
	tenant.Owner.Patch(t, d.path(), fields{"role": "viewer"}).Status(t, 200)
	ben := userAt(t, app, "ben@"+name)
	join(t, ben, tenant).Status(t, 200)
	if role := roleOf(t, app, tenant, ben.ID); role != "viewer" {
		t.Fatalf("ben is %s", role)
	}
	for action, want := range map[string]int{"domain.create": 1, "domain.verify": 1, "domain.update": 2, "domain.join": 2} {
		if n := app.Count(t, "SELECT count(*) FROM audit_log WHERE tenant_id = $1 AND action = $2", tenant.ID, action); n != want {
			t.Errorf("%d lines of %s", n, action)
		}
	}
}

// O6: without a proof, an owner's word, or an active tenant nobody joins by a domain.
func TestO6_NobodyJoinsWithoutAProof(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant, name := app.Tenant(t), word()+".example"
	ada := userAt(t, app, "ada@"+name)
	closed := func(why string) {
		t.Helper()
		if got := joinable(t, ada); len(got) != 0 {
			t.Errorf("%s: %+v", why, got)
		}
		join(t, ada, tenant).Problem(t, 404, "not_found")
	}
	d := claim(t, tenant.Owner, name)
	closed("only claimed")
	tenant.Owner.Patch(t, d.path(), fields{"auto_join": true}).Problem(t, 409, "domain_unproven")
	tenant.Owner.Post(t, d.path()+"/verify", nil).Problem(t, 409, "record_not_found")
	wrong := d
	wrong.RecordValue += "x"
	record(t, app, wrong, true)
	tenant.Owner.Post(t, d.path()+"/verify", nil).Problem(t, 409, "record_not_found")
	closed("a wrong record")
	prove(t, app, tenant.Owner, d)
	closed("proved, and not opened")
	tenant.Owner.Patch(t, d.path(), fields{"auto_join": true}).Status(t, 200)
	if got := joinable(t, ada); len(got) != 1 {
		t.Fatalf("%+v", got)
	}
	tenant.Owner.Patch(t, d.path(), fields{"auto_join": false}).Status(t, 200)
	closed("closed again")
	tenant.Owner.Patch(t, d.path(), fields{"auto_join": true}).Status(t, 200)
	tenant.Owner.Delete(t, d.path()).Status(t, 204)
	closed("given up")
	tenant.Owner.Delete(t, d.path()).Problem(t, 404, "not_found")
	d = claim(t, tenant.Owner, name)
	if d.VerifiedAt != nil {
		t.Fatal("a new claim has the old proof")
	}
	prove(t, app, tenant.Owner, d)
	tenant.Owner.Patch(t, d.path(), fields{"auto_join": true}).Status(t, 200)
	tenant.Suspend(t)
	closed("suspended")
}

// O6: the name server that does not answer proves nothing.
func TestO6_ABrokenNameServerProvesNothing(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	tenant := app.Tenant(t)
	d := claim(t, tenant.Owner, word()+".example")
	record(t, app, d, true)
	app.DNS.Break(true)
	tenant.Owner.Post(t, d.path()+"/verify", nil).Problem(t, 503, "dns_unavailable")
	app.DNS.Break(false)
	tenant.Owner.Post(t, d.path()+"/verify", nil).Status(t, 200)
}

// O6: public mail domains, and what is no domain, are refused in every spelling; so is a role above member.
func TestO6_WhatCannotBeClaimed(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant := app.Tenant(t)
	for _, name := range []string{"gmail.com", "GMAIL.COM.", "ｇmail.com", "mail.yahoo.co.uk"} {
		tenant.Owner.Post(t, "/domains", fields{"domain": name, "role": "member"}).Problem(t, 422, "domain_public")
	}
	for _, name := range []string{"localhost", "acme", "127.0.0.1", "https://acme.example", "a@acme.example", "*.acme.example"} {
		tenant.Owner.Post(t, "/domains", fields{"domain": name, "role": "member"}).Problem(t, 422, "domain_invalid")
	}
	for _, role := range []string{"admin", "owner", "custom", uuid.NewString()} {
		tenant.Owner.Post(t, "/domains", fields{"domain": "acme.example", "role": role}).Problem(t, 422, "invalid_input")
	}
	d := claim(t, tenant.Owner, "Bücher.example")
	if d.Domain != "xn--bcher-kva.example" {
		t.Fatalf("%+v", d)
	}
	tenant.Owner.Post(t, "/domains", fields{"domain": "XN--BCHER-KVA.example.", "role": "viewer"}).Problem(t, 409, "domain_exists")
	tenant.Owner.Patch(t, d.path(), fields{"role": "admin"}).Problem(t, 422, "invalid_input")
	tenant.Actor(t, access.Admin).Post(t, "/domains", fields{"domain": "acme.example", "role": "member"}).Problem(t, 403, "forbidden")
}

// O6: a change of the role at the same moment does not open again what an owner closes.
func TestRace_O6_AClosedWorkspaceStaysClosed(t *testing.T) {
	t.Parallel()
	app := apptest.New(t, apptest.WithEnv("REQUEST_TIMEOUT", "100s"))
	rounds := apptest.Rounds(t)
	for range rounds {
		tenant, d := open(t, app, word()+".example")
		apptest.AtOnce(32, func(i int) string {
			if i == 16 {
				tenant.Owner.Patch(t, d.path(), fields{"auto_join": false}).Status(t, 200)
			} else {
				tenant.Owner.Patch(t, d.path(), fields{"role": "viewer"}).Status(t, 200)
			}
			return ""
		})
		if n := app.Count(t, "SELECT count(*) FROM domains WHERE tenant_id = $1 AND NOT auto_join AND role = 'viewer'", tenant.ID); n != 1 {
			t.Fatal("the workspace is open again")
		}
	}
	t.Logf("race: %d rounds, 32 at once: closed is closed", rounds)
}
