package notes_test

import (
	"fmt"
	"strings"
	"testing"

	"saaskit/modules/apptest"
	"saaskit/platform/access"
)

func TestListPagesThroughAllNotesNewestFirst(t *testing.T) {
	t.Parallel()
	ann := apptest.Shared(t).Tenant(t).Actor(t, access.Member)
	if empty := list(t, ann, ""); empty.Items == nil || len(empty.Items) != 0 || empty.NextCursor != "" {
		t.Errorf("the first list of a tenant: %+v", empty)
	}
	for i := range 5 {
		write(t, ann, fmt.Sprint(i))
	}
	first := list(t, ann, "?limit=2")
	write(t, ann, "5") // newer than the page: it moves nothing
	second := list(t, ann, "?limit=2&cursor="+first.NextCursor)
	third := list(t, ann, "?limit=2&cursor="+second.NextCursor)
	if got := titles(first) + "|" + titles(second) + "|" + titles(third); got != "4,3|2,1|0" || third.NextCursor != "" {
		t.Errorf("%s, then %q", got, third.NextCursor)
	}
	if all := list(t, ann, "?limit=100"); titles(all) != "5,4,3,2,1,0" || all.NextCursor != "" {
		t.Errorf("%s", titles(all))
	}
}

func TestT14_AForgedCursorIsRefused(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	ann := app.Tenant(t).Actor(t, access.Member)
	for range 2 {
		write(t, ann, "x")
	}
	foreign := list(t, ann, "?limit=1").NextCursor
	for _, cursor := range []string{"x", "%27%20OR%201=1", "e30", foreign + "x", strings.Repeat("a", 600)} {
		ann.Get(t, "/notes?cursor="+cursor).Status(t, 422)
	}
	ann.Get(t, "/notes?trash=true&cursor="+foreign).Problem(t, 422, "invalid_cursor")
	bob := app.Tenant(t).Actor(t, access.Member)
	if got := list(t, bob, "?cursor="+foreign); len(got.Items) != 0 {
		t.Errorf("another tenant's cursor opened %+v", got)
	}
}

func TestR3_TheSizeOfAPageIsBounded(t *testing.T) {
	t.Parallel()
	ann := apptest.Shared(t).Tenant(t).Actor(t, access.Viewer)
	for _, limit := range []string{"0", "-1", "101", "1000000", "x"} {
		problem := ann.Get(t, "/notes?limit="+limit).Problem(t, 422, "invalid_input")
		if len(problem.Errors) == 0 || problem.Errors[0].Location != "query.limit" {
			t.Errorf("limit=%s: %+v", limit, problem)
		}
	}
}
