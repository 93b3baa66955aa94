package invitations_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"saaskit/modules/apptest"
	"saaskit/platform/access"
	"saaskit/platform/db"
)

// O6, T8: a domain that another tenant has proved cannot be proved again. Only who controls the domain learns that, and not whose it is.
func TestO6_ADomainIsOneTenants(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	name := word() + ".example"
	first, d := open(t, app, name)
	second := app.Tenant(t)
	theirs := claim(t, second.Owner, name)
	if theirs.RecordValue == d.RecordValue {
		t.Fatal("two tenants prove by one record")
	}
	second.Owner.Post(t, theirs.path()+"/verify", nil).Problem(t, 409, "record_not_found")
	if err := app.DNS.Set(d.RecordName, d.RecordValue, theirs.RecordValue); err != nil {
		t.Fatal(err)
	}
	r := second.Owner.Post(t, theirs.path()+"/verify", nil)
	r.Problem(t, 409, "domain_taken")
	for _, secret := range []string{first.ID.String(), first.Slug, first.Name, first.Owner.Email} {
		if strings.Contains(string(r.Body), secret) {
			t.Errorf("the answer tells %s", secret)
		}
	}
	// When the first gives it up, it is the second's, and nothing of the first comes along.
	ada := userAt(t, app, "ada@"+name)
	first.Owner.Delete(t, d.path()).Status(t, 204)
	second.Owner.Post(t, theirs.path()+"/verify", nil).Status(t, 200)
	if got := joinable(t, ada); len(got) != 0 {
		t.Fatalf("%+v", got)
	}
}

// T8: the application itself, were its SQL in other hands, can neither take a proof nor learn of one.
func TestT8_TheApplicationCannotProbeDomains(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	name := word() + ".example"
	open(t, app, name)
	probe := app.Tenant(t)
	as := func(statement string, args ...any) error {
		return app.DB.Tenant(probe.Context(t), func(tx *db.Tx) error { return tx.Exec(statement, args...).Error })
	}
	if err := as("INSERT INTO domains (id, domain, role, record_value) VALUES (?, ?, 'member', 'x')", uuid.New(), name); err != nil {
		t.Fatalf("the claim tells of the other tenant's proof: %v", err)
	}
	for _, statement := range []string{
		"UPDATE domains SET verified_at = now()",
		"INSERT INTO domains (id, domain, role, record_value, verified_at) VALUES (gen_random_uuid(), '" + name + "', 'member', 'x', now())",
		"UPDATE domains SET domain = 'other.example'",
		"UPDATE invitations SET accepted_at = now()",
		"SELECT token_hash FROM invitations",
	} {
		if err := as(statement); err == nil || !strings.Contains(err.Error(), "permission denied") {
			t.Errorf("%s: %v", statement, err)
		}
	}
}

// O6: the record is looked for each day. Gone for three days in a row, the proof is lost and the owners are told; a day of absence in between,
// or a name server that does not answer, loses nothing.
func TestO6_ProofsAreRechecked(t *testing.T) {
	t.Parallel()
	var c clock
	app := apptest.New(t, apptest.WithClock(c.now))
	name := word() + ".example"
	tenant, d := open(t, app, name)
	second := tenant.Actor(t, access.Owner)
	ada := userAt(t, app, "ada@"+name)
	day := func(n int) {
		c.set(time.Now().Add(time.Duration(n) * 24 * time.Hour))
		app.RunJob(t, "invitations.recheck_all")
	}
	now := func() (d domain) {
		var list struct{ Items []domain }
		tenant.Owner.Get(t, "/domains").Status(t, 200).JSON(t, &list)
		return list.Items[0]
	}
	day(1)
	record(t, app, d, false)
	day(2)
	join(t, ada, tenant).Problem(t, 404, "not_found") // nobody joins by what may be somebody else's by now
	if got := now(); got.MissingSince == nil || got.VerifiedAt == nil || !got.AutoJoin {
		t.Fatalf("%+v", got)
	}
	day(4)
	record(t, app, d, true)
	day(5)
	if got := now(); got.MissingSince != nil || !got.AutoJoin || len(joinable(t, ada)) != 1 {
		t.Fatalf("%+v", got)
	}
	record(t, app, d, false)
	for n := 6; n < 9; n++ {
		day(n)
		if got := now(); !got.AutoJoin || got.VerifiedAt == nil || len(joinable(t, ada)) != 0 {
			t.Fatalf("day %d: %+v", n, got)
		}
		join(t, ada, tenant).Problem(t, 404, "not_found")
	}
	app.DNS.Break(true)
	day(20)
	if got := now(); !got.AutoJoin {
		t.Fatalf("a broken name server took the proof: %+v", got)
	}
	app.DNS.Break(false)
	if n := len(app.Mailbox.Messages(tenant.Owner.Email)); n != 0 {
		t.Fatalf("%d mails before the proof was lost", n)
	}
	day(21)
	if got := now(); got.AutoJoin || got.VerifiedAt != nil || got.MissingSince != nil {
		t.Fatalf("%+v", got)
	}
	join(t, ada, tenant).Problem(t, 404, "not_found")
	for _, owner := range []string{tenant.Owner.Email, second.Email} {
		if text := app.Mail(t, owner).Text; !strings.Contains(text, d.RecordName) {
			t.Fatal(text)
		}
	}
	// Another tenant proves it now, and nothing comes back by itself.
	other := app.Tenant(t)
	theirs := prove(t, app, other.Owner, claim(t, other.Owner, name))
	if theirs.VerifiedAt == nil {
		t.Fatalf("%+v", theirs)
	}
	record(t, app, d, true)
	day(22)
	tenant.Owner.Post(t, d.path()+"/verify", nil).Problem(t, 409, "domain_taken")
}

// R4: what a tenant can claim is bounded, also when it claims all at once.
func TestR4_DomainsAreBounded(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant := app.Tenant(t)
	tenant.SetPlan(t, "pro")
	made := apptest.AtOnce(32, func(int) string {
		r := tenant.Owner.Post(t, "/domains", fields{"domain": word() + ".example", "role": "member"})
		if r.StatusCode == http.StatusCreated {
			return "made"
		}
		return r.Problem(t, 409, "too_many_domains").Code
	})
	if made["made"] != 20 {
		t.Fatalf("%v", made)
	}
}
