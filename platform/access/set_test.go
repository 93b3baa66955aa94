package access_test

import (
	"slices"
	"testing"

	"saaskit/platform/access"
)

func TestSet(t *testing.T) {
	t.Parallel()
	s := access.NewSet("notes:write", "notes:read", "notes:read", "")
	if got := s.List(); !slices.Equal(got, []access.Permission{"notes:read", "notes:write"}) {
		t.Fatalf("list %v", got)
	}
	for p, want := range map[access.Permission]bool{"notes:read": true, "notes:write": true, "notes": false, "": false, "otes:read": false, "\n": false, "notes:read\n": false} {
		if s.Has(p) != want {
			t.Errorf("Has(%q) = %v", p, !want)
		}
	}
	if s != access.NewSet("notes:read", "notes:write") {
		t.Error("sets of the same are not equal")
	}
	less := access.NewSet("notes:read")
	if !s.Covers(less) || less.Covers(s) || !less.Covers(access.Set{}) || (access.Set{}).Covers(less) {
		t.Error("Covers is wrong")
	}
	if s.And(access.NewSet("notes:read", "members:read")) != less {
		t.Error("And is wrong")
	}
}

func TestPermissionsOfARole(t *testing.T) {
	t.Parallel()
	all := access.Permissions{"a": access.Viewer, "b": access.Admin, "c": access.Owner}
	for role, want := range map[access.Role]access.Set{
		access.Owner: access.NewSet("a", "b", "c"), access.Admin: access.NewSet("a", "b"), access.Viewer: access.NewSet("a"),
		access.Custom: {}, "": {}, "root": {},
	} {
		if all.Of(role) != want {
			t.Errorf("%q: %v", role, all.Of(role).List())
		}
	}
}
