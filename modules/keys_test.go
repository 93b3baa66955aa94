package modules_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"saaskit/modules/apptest"
	"saaskit/platform/access"
)

// keyIn makes a key in the world's tenant, in the owner's name, and waits until its first use is written down: that changes a row of the tenant.
func keyIn(t *testing.T, w *world, scopes []access.Permission) *apptest.Actor {
	t.Helper()
	key := w.tenant.Owner.Key(t, scopes...)
	key.Get(t, "/me").Problem(t, 403, "user_required")
	apptest.Eventually(t, 20*time.Second, func() bool {
		return column(t, w.app, "SELECT (last_used_at IS NOT NULL)::text FROM api_keys WHERE id = $1", key.ID)[0] == "true"
	})
	return key
}

// refusals are the codes of the rule of an operation that needs a permission: any other answer has passed it.
var refusals = []string{
	"unauthenticated", "invalid_token", "token_expired", "session_expired", "api_key_invalid", "not_a_member",
	"forbidden", "tenant_required", "tenant_suspended", "second_factor_required_here", "user_required", "reauthentication_required",
}

// K2: for every operation of the document, a key with all scopes but the needed one is refused and changes nothing; one with only the needed one
// passes; and what takes a person takes no key, whatever its scopes.
func TestK2_EveryOperationTakesItsScopeAndNoOther(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	all := slices.Sorted(maps.Keys(apptest.Permissions()))
	d := readDocument(t, app)
	walked := 0
	for _, o := range d.operations() {
		needed := access.Permission(o.Access)
		walked++
		t.Run(o.ID, func(t *testing.T) {
			t.Parallel()
			switch {
			case o.Access == "public":
				if len(o.Security) != 0 {
					t.Errorf("a public operation names the security schemes %v", o.Security)
				}
				return
			case !isPermission(o.Access):
				w := newWorld(t, app)
				status, code := 403, "user_required"
				if o.Access == "operator" {
					status, code = 401, "invalid_token"
				}
				unchanged(t, d, o, w, keyIn(t, w, all), status, code)
				return
			}
			others := newWorld(t, app)
			without := keyIn(t, others, slices.DeleteFunc(slices.Clone(all), func(p access.Permission) bool { return p == needed }))
			unchanged(t, d, o, others, without, 403, "forbidden")
			if o.Recent {
				w := newWorld(t, app)
				unchanged(t, d, o, w, keyIn(t, w, all), 403, "user_required")
				return
			}
			if scopes, named := o.scopes(); !named || !slices.Equal(scopes, []string{o.Access}) {
				t.Errorf("the document names the scopes %v for API keys", scopes)
			}
			w := newWorld(t, app)
			r := d.call(t, o, keyIn(t, w, []access.Permission{needed}), w)
			if r.StatusCode == specimens[o.ID].status {
				return
			}
			var p struct{ Code string }
			if r.JSON(t, &p); p.Code == "" || (slices.Contains(refusals, p.Code) && !slices.Contains(peopleOnly, o.ID)) {
				t.Errorf("a key with the scope %s: %d %s", needed, r.StatusCode, r.Body)
			}
		})
	}
	t.Logf("K2: %d operations walked", walked)
	if walked != len(specimens) {
		t.Errorf("%d operations were walked of %d", walked, len(specimens))
	}
}

// peopleOnly are the operations that need a permission and that only a person can do, because they are about that person.
var peopleOnly = []string{"accounts-tenant-leave"}

// unchanged calls the operation, which must answer with the problem, show nothing and change nothing.
func unchanged(t *testing.T, d *document, o *operation, w *world, caller *apptest.Actor, status int, code string) {
	t.Helper()
	before := w.state(t)
	r := d.call(t, o, caller, w)
	r.Problem(t, status, code)
	if secret := w.leak(r); secret != "" {
		t.Errorf("%s came back with a refusal: %s", secret, r.Body)
	}
	if after := w.state(t); after != before {
		t.Errorf("the tenant changed:\n%s\nwas\n%s", after, before)
	}
}

// T1: what belongs to another tenant does not exist for a key, whatever its scopes.
func TestT1_NothingOfAnotherTenantForKeys(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	d := readDocument(t, app)
	theirs, ours := newWorld(t, app), newWorld(t, app)
	theirs.tenant.Owner.Key(t, "notes:read")
	key := keyIn(t, ours, slices.Sorted(maps.Keys(apptest.Permissions())))
	before := theirs.state(t)
	for _, o := range d.operations() {
		if !isPermission(o.Access) {
			continue
		}
		r := d.call(t, o, key, theirs, "X-Tenant-ID", theirs.tenant.ID.String(), "X-Tenant", theirs.tenant.Slug, "Cookie", "tenant="+theirs.tenant.Slug)
		if secret := theirs.leak(r); secret != "" {
			t.Errorf("%s: %s of another tenant came back: %s", o.ID, secret, r.Body)
		}
		if strings.Contains(o.path, "{") && !o.Recent && !slices.Contains(peopleOnly, o.ID) && r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d %s", o.ID, r.StatusCode, r.Body)
		}
	}
	if after := theirs.state(t); after != before {
		t.Errorf("the other tenant changed:\n%s\nwas\n%s", after, before)
	}
}

// scopes are what the operation needs of an API key, and whether it takes keys at all.
func (o *operation) scopes() ([]string, bool) {
	for _, scheme := range o.Security {
		if scopes, named := scheme["api_key"]; named {
			return scopes, true
		}
	}
	return nil, false
}
