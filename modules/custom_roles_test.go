package modules_test

import (
	"maps"
	"net/http"
	"slices"
	"testing"

	"saaskit/modules"
	"saaskit/modules/apptest"
	"saaskit/platform/access"
	"saaskit/platform/app"
)

// reaching are the problems of somebody who may do a thing but not to somebody or with something above themselves.
var reaching = []string{"role_above_own", "scope_above_own", "scope_owners_only"}

// Z1: for every operation of the matrix that needs a permission, a member with a role of that permission alone may call it, and one with a role of
// all the others may not and changes nothing.
func TestZ1_EveryOperationAsACustomRole(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	all := slices.Sorted(maps.Keys(apptest.Permissions()))
	d := readDocument(t, app)
	for _, o := range d.operations() {
		needed := access.Permission(o.Access)
		if !isPermission(o.Access) {
			continue
		}
		t.Run(o.ID, func(t *testing.T) {
			t.Parallel()
			closed := newWorld(t, app)
			others := slices.DeleteFunc(slices.Clone(all), func(p access.Permission) bool { return p == needed })
			unchanged(t, d, o, closed, closed.tenant.Custom(t, others...), 403, "forbidden")

			w := newWorld(t, app)
			caller := w.tenant.Custom(t, needed)
			w.arrange(t, o)
			r := d.call(t, o, caller, w)
			if s := specimens[o.ID]; r.StatusCode == s.status {
				return
			}
			var p struct{ Code string }
			if r.JSON(t, &p); !slices.Contains(reaching, p.Code) {
				t.Errorf("a role of %s alone: %d %s", needed, r.StatusCode, r.Body)
			}
		})
	}
}

// M3: in a tenant that requires a second factor, every operation refuses whoever has not proved one, an owner and an API key too, shows nothing
// and changes nothing.
func TestM3_EveryOperationMeetsTheSecondFactorRule(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	d := readDocument(t, app)
	w := newWorld(t, app)
	key := keyIn(t, w, slices.Sorted(maps.Keys(apptest.Permissions())))
	callers := map[string]*apptest.Actor{"owner": w.tenant.Owner, "viewer": w.member, "API key": key}
	w.tenant.Owner.Get(t, "/notes").Status(t, 200)
	if _, err := app.Admin.ExecContext(t.Context(), "UPDATE tenants SET require_second_factor = true WHERE id = $1", w.tenant.ID); err != nil {
		t.Fatal(err)
	}
	for name, caller := range callers {
		refused(t, name, http.StatusForbidden, func() *apptest.Response { return caller.Get(t, "/notes") })
	}
	walked := 0
	for _, o := range d.operations() {
		if !isPermission(o.Access) {
			continue
		}
		walked++
		for _, caller := range callers {
			unchanged(t, d, o, w, caller, 403, "second_factor_required_here")
		}
	}
	if walked < 20 {
		t.Errorf("only %d operations need a permission", walked)
	}
	if _, err := app.Admin.ExecContext(t.Context(), "UPDATE sessions SET second_factor = true WHERE id = $1", w.tenant.Owner.Session); err != nil {
		t.Fatal(err)
	}
	apptest.Eventually(t, revocation, func() bool { return w.tenant.Owner.Get(t, "/notes").StatusCode == http.StatusOK })
}

// Every permission says what it is for: whoever makes roles reads it.
func TestEveryPermissionHasASummary(t *testing.T) {
	t.Parallel()
	summaries := app.Summaries(modules.All(app.Describe(nil)))
	for permission := range apptest.Permissions() {
		if summaries[permission] == "" {
			t.Errorf("%s has no summary", permission)
		}
	}
}
