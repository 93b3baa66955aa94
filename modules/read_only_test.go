package modules_test

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"testing"
	"time"

	"saaskit/modules/apptest"
	"saaskit/platform/access"
)

// whileReadOnly are the operations that change something in a tenant also while it is read only: they pay, or take access away.
var whileReadOnly = []string{
	"accounts-member-remove", "accounts-tenant-leave",
	"apikeys-revoke",
	"billing-cancel", "billing-change", "billing-checkout", "billing-pause", "billing-portal", "billing-preview", "billing-resume",
}

var invited = regexp.MustCompile(`/invite#([A-Za-z0-9_-]{43})`)

// isReadOnly makes the tenant read only from a moment on: in that time by the database's clock, or never again with nil.
func isReadOnly(t *testing.T, n *apptest.Tenant, app *apptest.App, in *time.Duration) {
	t.Helper()
	var seconds *float64
	if in != nil {
		s := in.Seconds()
		seconds = &s
	}
	app.Exec(t, `
INSERT INTO tenant_plans (tenant_id, plan, status, read_only_at) VALUES ($1, 'pro', 'past_due', clock_timestamp() + $2 * interval '1 second')
ON CONFLICT (tenant_id) DO UPDATE SET plan = excluded.plan, status = excluded.status, read_only_at = excluded.read_only_at`, n.ID, seconds)
}

// B8: in a tenant that is read only because a payment failed, every operation that changes something in it is refused, to people and to keys,
// and nothing changes; what reads, pays and takes access away goes on.
func TestB8_AReadOnlyTenantIsReadAndNotChanged(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	d := readDocument(t, app)
	long := -time.Hour
	refusals := 0
	for _, o := range d.operations() {
		if !isPermission(o.Access) {
			continue
		}
		allowed := o.method == http.MethodGet || slices.Contains(whileReadOnly, o.ID)
		if !allowed {
			refusals++
		}
		t.Run(o.ID, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, app)
			w.arrange(t, o)
			var key *apptest.Actor
			if !o.Recent {
				key = keyIn(t, w, slices.Sorted(maps.Keys(apptest.Permissions())))
			}
			isReadOnly(t, w.tenant, app, &long)
			refused(t, "a tenant that is read only", http.StatusForbidden, func() *apptest.Response { return w.tenant.Owner.Post(t, "/notes", fields{"title": "x"}) })
			if !allowed {
				before := w.state(t)
				d.call(t, o, w.tenant.Owner, w).Problem(t, 403, "workspace_read_only")
				if after := w.state(t); after != before {
					t.Errorf("the tenant changed:\n%s\nwas\n%s", after, before)
				}
				if key != nil {
					d.call(t, o, key, w).Problem(t, 403, "workspace_read_only")
				}
				return
			}
			if key != nil && o.method == http.MethodGet {
				d.call(t, o, key, w).Status(t, specimens[o.ID].status)
			}
			r := d.call(t, o, w.tenant.Owner, w)
			if s := specimens[o.ID]; r.StatusCode != s.status {
				t.Errorf("status %d, want %d: %s", r.StatusCode, s.status, r.Body)
			}
		})
	}
	if refusals < 15 {
		t.Errorf("only %d operations are refused", refusals)
	}
	for _, id := range whileReadOnly {
		if !slices.ContainsFunc(d.operations(), func(o *operation) bool { return o.ID == id }) {
			t.Errorf("%s is no operation any more", id)
		}
	}
}

// B8: nobody joins a tenant that is read only, and its people manage themselves as ever.
func TestB8_NobodyJoinsAReadOnlyTenant(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	n := app.Tenant(t)
	guest := app.User(t)
	n.Owner.Post(t, "/invitations", fields{"emails": []string{guest.Email}, "role": "viewer"}).Status(t, 201)
	token := invited.FindStringSubmatch(app.Mail(t, guest.Email).Text)[1]
	ago := time.Duration(0)
	isReadOnly(t, n, app, &ago)
	guest.Post(t, "/invitations/accept", fields{"token": token}).Problem(t, 403, "workspace_read_only")
	n.Owner.Patch(t, "/me", fields{"name": "Ada"}).Status(t, 200)
	n.Owner.Post(t, "/me/sessions/end-others", nil).Status(t, 204)
	n.Owner.Post(t, "/tenants", fields{"name": "Another"}).Status(t, 201)
	isReadOnly(t, n, app, nil)
	guest.Post(t, "/invitations/accept", fields{"token": token}).Status(t, 200)
	n.Owner.Do(t, "POST", "/api/v1/sign-out", nil, "Cookie", "session="+n.Owner.Refresh).Status(t, 204)
}

// B8: the grace ends at its second by the database's clock: not a microsecond before, and not later.
func TestB8_TheGraceEndsAtItsSecond(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	n := app.Tenant(t)
	isReadOnly(t, n, app, new(time.Duration))
	tx, err := app.Admin.BeginTx(t.Context(), nil) // in which time stands still
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	for left, want := range map[string]bool{"1 microsecond": false, "0": true, "-1 microsecond": true, "1 day": false} {
		if _, err := tx.ExecContext(t.Context(), "UPDATE tenant_plans SET read_only_at = now() + cast($1 AS interval) WHERE tenant_id = $2", left, n.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := tx.ExecContext(t.Context(), "SELECT set_config('app.tenant_id', $1, true)", n.ID.String()); err != nil {
			t.Fatal(err)
		}
		var is bool
		if err := tx.QueryRowContext(t.Context(), "SELECT read_only FROM member_rights($1, $2)", n.Owner.Session, n.Owner.ID).Scan(&is); err != nil {
			t.Fatal(err)
		}
		if is != want {
			t.Errorf("with %s of the grace left: read only %v, expected %v", left, is, want)
		}
	}
}

// B8: the end of the grace and its lifting hold on every replica within a second, for people and keys, and never too early.
func TestB8_TheGraceEndsAndIsLiftedEverywhereWithinASecond(t *testing.T) {
	t.Parallel()
	here := apptest.New(t)
	there := here.Replica(t)
	n := here.Tenant(t)
	n.SetPlan(t, "business")
	member, key := n.Actor(t, access.Member), n.Owner.Key(t, "notes:read", "notes:write")
	var callers []*apptest.Actor
	for _, a := range []*apptest.Actor{n.Owner, member, key} {
		callers = append(callers, a, a.On(there))
	}
	write := func(a *apptest.Actor) *apptest.Response { return a.Post(t, "/notes", fields{"title": "x"}) }
	for _, a := range callers {
		write(a).Status(t, 201)
	}
	soon := 1500 * time.Millisecond
	isReadOnly(t, n, here, &soon)
	over := func() (since float64) {
		t.Helper()
		row := here.Admin.QueryRowContext(t.Context(), "SELECT extract(epoch FROM clock_timestamp() - read_only_at) FROM tenant_plans WHERE tenant_id = $1", n.ID)
		if err := row.Scan(&since); err != nil {
			t.Fatal(err)
		}
		return since
	}
	for _, a := range callers {
		for {
			began := over()
			r := write(a)
			if r.StatusCode == http.StatusForbidden {
				r.Problem(t, 403, "workspace_read_only")
				if over() < 0 {
					t.Error("refused before the end of the grace")
				}
				break
			}
			r.Status(t, 201)
			if began > revocation.Seconds() {
				t.Fatalf("%f seconds after the end of the grace still %d", began, r.StatusCode)
			}
		}
		a.Get(t, "/notes").Status(t, 200)
	}
	lifted := time.Now()
	isReadOnly(t, n, here, nil)
	for _, a := range callers {
		for r := write(a); r.StatusCode != http.StatusCreated; r = write(a) {
			if time.Since(lifted) > revocation {
				t.Fatalf("%s after the payment still %d: %s", time.Since(lifted), r.StatusCode, r.Body)
			}
		}
	}
}
