package modules_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"saaskit/modules/apptest"
)

// Every operation that is documented has a specimen, so that no walk passes one by.
func TestZ1_EveryOperationIsCovered(t *testing.T) {
	t.Parallel()
	documented := map[string]bool{}
	for _, o := range readDocument(t, apptest.Shared(t)).operations() {
		documented[o.ID] = true
		s, covered := specimens[o.ID]
		switch {
		case !covered:
			t.Errorf("%s %s (%s) has no specimen", o.method, o.path, o.ID)
		case !fitsPath("/api/v1"+s.path(&world{tenant: &apptest.Tenant{}, member: &apptest.Actor{}}), o.path):
			t.Errorf("the specimen of %s is not at %s", o.ID, o.path)
		case o.Access == "":
			t.Errorf("%s says nothing about access", o.ID)
		}
	}
	for id := range specimens {
		if !documented[id] {
			t.Errorf("the specimen %s has no operation any more", id)
		}
	}
}

func fitsPath(path, pattern string) bool {
	a, b := strings.Split(path, "/"), strings.Split(pattern, "/")
	return slices.EqualFunc(a, b, func(part, want string) bool { return part == want || strings.HasPrefix(want, "{") })
}

// T1: what belongs to one tenant does not exist for another, whatever operation is asked for it.
func TestT1_NothingOfAnotherTenant(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	d := readDocument(t, app)
	for _, o := range d.operations() {
		if o.Access == "operator" {
			continue
		}
		t.Run(o.ID, func(t *testing.T) {
			t.Parallel()
			theirs, ours := newWorld(t, app), newWorld(t, app)
			before := theirs.state(t)
			for _, caller := range []*apptest.Actor{ours.tenant.Owner, ours.member} {
				r := d.call(t, o, caller, theirs,
					"X-Tenant-ID", theirs.tenant.ID.String(), "X-Tenant", theirs.tenant.Slug, "X-Forwarded-Host", theirs.tenant.Slug+".localhost",
					"Cookie", "tenant="+theirs.tenant.Slug)
				if secret := theirs.leak(r); secret != "" {
					t.Errorf("%s of another tenant came back: %s", secret, r.Body)
				}
				if strings.Contains(o.path, "{") && !strings.Contains(o.path, "{key}") && caller == ours.tenant.Owner {
					r.Problem(t, 404, "not_found")
				}
			}
			if after := theirs.state(t); after != before {
				t.Errorf("the other tenant changed:\n%s\nwas\n%s", after, before)
			}
		})
	}
}

// T2: only the session decides which tenant is open.
func TestT2_NobodyNamesATenantOfOthers(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	theirs, eve := newWorld(t, app), app.Tenant(t).Owner
	for _, o := range readDocument(t, app).operations() {
		if o.method == "GET" && o.Access != "operator" && !strings.Contains(o.path, "{") {
			p := eve.Do(t, "GET", o.path+"?tenant_id="+theirs.tenant.ID.String(), nil).Problem(t, 422, "invalid_input")
			if len(p.Errors) != 1 || p.Errors[0].Location != "query.tenant_id" {
				t.Errorf("%s: %+v", o.ID, p)
			}
		}
	}
	r := eve.Do(t, "POST", "/api/v1/session/refresh", fields{"tenant": theirs.tenant.Slug}, "Cookie", "session="+eve.Refresh).Status(t, 200)
	var opened struct {
		Tenant      *fields
		AccessToken string `json:"access_token"`
	}
	r.JSON(t, &opened)
	if secret := theirs.leak(r); opened.Tenant != nil || secret != "" {
		t.Fatalf("a stranger opened the tenant: %s", r.Body)
	}
	eve.Token = opened.AccessToken
	eve.Get(t, "/notes").Problem(t, 403, "tenant_required")
}

// T10: a suspended tenant opens for none of its members.
func TestT10_ASuspendedTenantIsClosed(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	d := readDocument(t, app)
	w := newWorld(t, app)
	w.tenant.Suspend(t)
	refused(t, "a suspended tenant", http.StatusForbidden, func() *apptest.Response { return w.tenant.Owner.Get(t, "/notes") })
	before := w.state(t)
	for _, o := range d.operations() {
		if isPermission(o.Access) {
			d.call(t, o, w.tenant.Owner, w).Problem(t, 403, "tenant_suspended")
		}
	}
	if after := w.state(t); after != before {
		t.Errorf("the tenant changed:\n%s\nwas\n%s", after, before)
	}
}

func isPermission(access string) bool { return strings.Contains(access, ":") }

// R3: no text with a NUL gets past decoding, whatever operation it is sent to: Postgres could not keep it. Only a password may have one.
func TestR3_NoOperationTakesNUL(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	d, w := readDocument(t, app), newWorld(t, app)
	operator := app.Operator(t)
	for _, o := range d.operations() {
		caller, s := w.tenant.Owner, specimens[o.ID]
		if o.Access == "operator" {
			caller = operator
		}
		caller.Address = apptest.NewAddress()
		caller.Do(t, o.method, "/api/v1"+s.path(w)+"?q=a%00b", s.bodyFor(w)).Problem(t, 400, "malformed_query")
		body := d.body(o)
		if body == nil {
			continue
		}
		for name, property := range body.Properties {
			if !slices.Contains(d.resolve(property).Type, "string") {
				continue
			}
			sent, _ := s.bodyFor(w).(fields)
			sent = maps.Clone(sent)
			sent[name] = "a\x00b"
			r := caller.Do(t, o.method, "/api/v1"+s.path(w), sent)
			if name == "password" {
				if strings.Contains(string(r.Body), "NUL") || strings.Contains(string(r.Body), "invalid_value") {
					t.Errorf("%s: a password with NUL: %s", o.ID, r.Body)
				}
				continue
			}
			p := r.Problem(t, 422, "invalid_input")
			if len(p.Errors) != 1 || p.Errors[0].Location != "body."+name || !strings.Contains(p.Errors[0].Message, "NUL") {
				t.Errorf("%s: %+v", o.ID, p.Errors)
			}
		}
	}
}

// serverOnly are fields that no client may set, unless an operation is made for it.
var serverOnly = []string{
	"id", "tenant_id", "tenant", "user_id", "owner", "owner_id", "created_by", "role", "permissions", "plan", "status", "version", "slug",
	"created_at", "updated_at", "deleted_at", "email_verified", "verified", "verified_at", "password_hash", "disabled_at", "suspended", "suspended_reason",
	"quota", "used", "limit", "price", "quantity", "seats", "customer", "customer_id", "stripe_customer_id", "subscription_id", "success_url",
}

// settable are the fields of that list which an operation is made for.
var settable = map[string][]string{
	"accounts-member-role":      {"role"},
	"accounts-role-create":      {"permissions"},
	"accounts-role-update":      {"permissions", "version"},
	"accounts-tenant-transfer":  {"user_id"},
	"accounts-tenant-update":    {"slug"},
	"accounts-session-refresh":  {"tenant"},
	"billing-change":            {"plan"},
	"billing-checkout":          {"plan"},
	"billing-preview":           {"plan"},
	"invitations-create":        {"role"},
	"invitations-domain-create": {"role"},
	"invitations-domain-update": {"role"},
	"notes-update":              {"version"},
}

// Z5: a field that the server alone sets is refused in every body, and nothing changes.
func TestZ5_NobodySetsWhatTheServerSets(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	d := readDocument(t, app)
	for _, o := range d.operations() {
		body := d.body(o)
		if body == nil {
			continue
		}
		t.Run(o.ID, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, app)
			caller := w.tenant.Owner
			if o.Access == "operator" {
				caller = app.Operator(t)
			}
			before := w.state(t)
			for _, field := range serverOnly {
				if _, documented := body.Properties[field]; documented {
					if !slices.Contains(settable[o.ID], field) {
						t.Errorf("the body documents %s, which the server alone sets", field)
					}
					continue
				}
				sent, _ := specimens[o.ID].bodyFor(w).(fields)
				sent = maps.Clone(sent)
				sent[field] = "x"
				caller.Address = apptest.NewAddress()
				p := caller.Do(t, o.method, "/api/v1"+specimens[o.ID].path(w), sent).Problem(t, 422, "invalid_input")
				if len(p.Errors) != 1 || p.Errors[0].Location != "body."+field {
					t.Errorf("%s: %+v", field, p.Errors)
				}
			}
			if after := w.state(t); after != before {
				t.Errorf("the tenant changed:\n%s\nwas\n%s", after, before)
			}
		})
	}
}
