package modules_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"saaskit/modules/apptest"
	"saaskit/platform/access"
)

const waitForMail = 20 * time.Second

var update = flag.Bool("update", false, "write testdata/access.txt anew")

const matrixFile = "testdata/access.txt"

// callers are the columns of the matrix.
var callers = []string{"anonymous", "user", "viewer", "member", "admin", "owner", "operator"}

// Z1: who may do what is written down, so that a change of it shows in the diff of that file.
// After a change that is meant, run: go test ./modules -run TestZ1 -update
func TestZ1_TheMatrixIsAsWritten(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	var b strings.Builder
	fmt.Fprintf(&b, "%-7s%-42s%-16s%s\n", "method", "path", "access", strings.Join(callers, " "))
	for _, o := range sorted(readDocument(t, app)) {
		fmt.Fprintf(&b, "%-7s%-42s%-16s", o.method, strings.TrimPrefix(o.path, "/api/v1"), o.Access)
		for _, c := range callers {
			mark := "-"
			if mayCall(o, c) {
				mark = "+"
			}
			fmt.Fprintf(&b, "%-*s", len(c)+1, mark)
		}
		b.WriteString("\n")
	}
	got := trimLines(b.String())
	if *update {
		if err := os.WriteFile(matrixFile, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(matrixFile)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the document's matrix differs from %s:\n%s", matrixFile, got)
	}
}

func trimLines(s string) string {
	var lines []string
	for line := range strings.Lines(s) {
		lines = append(lines, strings.TrimRight(line, " \n"))
	}
	return strings.Join(lines, "\n") + "\n"
}

func sorted(d *document) []*operation {
	all := d.operations()
	slices.SortStableFunc(all, func(a, b *operation) int {
		return strings.Compare(a.path+" "+a.method, b.path+" "+b.method)
	})
	return all
}

// mayCall says what the operation's x-access means for a caller.
func mayCall(o *operation, caller string) bool {
	switch {
	case o.Access == "public":
		return true
	case o.Access == "operator" || caller == "operator":
		return o.Access == "operator" && caller == "operator"
	case o.Access == "signed-in":
		return caller != "anonymous"
	default:
		return apptest.Permissions().Allows(access.Role(caller), access.Permission(o.Access))
	}
}

// Z1, Z6: each operation, called as each of them, does what the matrix says, answers what the document says, and a refused call changes nothing.
func TestZ1_EveryOperationAsEveryCaller(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	d := readDocument(t, app)
	for _, o := range d.operations() {
		t.Run(o.ID, func(t *testing.T) {
			t.Parallel()
			closed := newWorld(t, app)
			before := closed.state(t)
			for _, name := range callers {
				if mayCall(o, name) {
					w := newWorld(t, app)
					caller := callerIn(t, w, name)
					w.arrange(t, o)
					r := d.call(t, o, caller, w)
					if s := specimens[o.ID]; r.StatusCode != s.status {
						t.Errorf("%s: status %d, want %d: %s", name, r.StatusCode, s.status, r.Body)
					} else if s.code != "" {
						r.Problem(t, s.status, s.code)
					}
					continue
				}
				caller := callerIn(t, closed, name)
				before = later(before, closed.state(t), caller)
				r := d.call(t, o, caller, closed)
				status, code := refusal(o, name)
				r.Problem(t, status, code)
				if secret := closed.leak(r); secret != "" {
					t.Errorf("%s: %s came back with a refusal: %s", name, secret, r.Body)
				}
				if after := closed.state(t); after != before {
					t.Errorf("%s: the tenant changed:\n%s\nwas\n%s", name, after, before)
				}
			}
		})
	}
}

// later is the state to compare with: making a caller who joins the tenant is a change of its own.
func later(before, now string, caller *apptest.Actor) string {
	if caller.Tenant != nil {
		return now
	}
	return before
}

func refusal(o *operation, caller string) (status int, code string) {
	switch {
	case caller == "anonymous":
		return 401, "unauthenticated"
	case caller == "operator" || o.Access == "operator":
		return 401, "invalid_token"
	case caller == "user":
		return 403, "tenant_required"
	default:
		return 403, "forbidden"
	}
}

func callerIn(t *testing.T, w *world, name string) *apptest.Actor {
	t.Helper()
	switch name {
	case "anonymous":
		return w.app.Anonymous(t)
	case "user":
		return w.app.User(t)
	case "operator":
		return w.app.Operator(t)
	case "owner":
		return w.tenant.Owner
	default:
		return w.tenant.Actor(t, access.Role(name))
	}
}
