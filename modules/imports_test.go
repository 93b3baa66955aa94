package modules_test

import (
	"go/ast"
	"maps"
	"slices"
	"strings"
	"testing"
)

const self = "saaskit/"

// fences says which folders may import a third-party package. Test files of other folders may not either.
var fences = map[string][]string{
	"github.com/alexedwards/argon2id": {"platform/password"},
	"github.com/boombuler/barcode":    {"modules/factors"},
	"github.com/caarlos0/env":         {"platform/config"},
	"github.com/coreos/go-oidc":       {"platform/oidc"},
	"github.com/danielgtaylor/huma":   {"platform/api"},
	"github.com/emersion":             {"platform/emulator/smtp"},
	"github.com/fxamacker/cbor":       {"modules/factors"},
	"github.com/go-webauthn/webauthn": {"modules/factors"},
	"github.com/gofiber/fiber":        {"platform/server", "platform/api"},
	"github.com/golang-jwt/jwt":       {"platform/token"},
	"github.com/jackc/pgx":            {"platform/db", "cmd/bench", "cmd/storm"},
	"github.com/maxmind":              {"platform/place"},
	"github.com/oschwald":             {"platform/place"},
	"github.com/pquerna/otp":          {"modules/factors"},
	"github.com/pressly/goose":        {"platform/db"},
	"github.com/prometheus":           {"platform/observe"},
	"github.com/riverqueue/river":     {"platform/jobs", "platform/db"},
	"github.com/stripe/stripe-go":     {"modules/billing", "platform/emulator/stripe"},
	"github.com/stripe/stripe-mock":   {"platform/emulator/stripe"},
	"github.com/valyala/fasthttp":     {"platform/server", "platform/api"},
	"github.com/wneessen/go-mail":     {"platform/mail"},
	"golang.org/x/oauth2":             {"platform/oidc"},
	"gorm.io":                         {"platform/db", "modules", "cmd/bench"},
	self + "platform/emulator":        {"platform/emulator", "cmd/dev", "cmd/storm", "modules/apptest"},
	self + "platform/db/pgserver":     {"platform/db", "cmd/dev", "cmd/bench", "cmd/storm"},
	self + "platform/db/dbtest":       {"platform/db/dbtest", "modules/apptest"},
	self + "modules/apptest":          {"modules/apptest"},
	"testing":                         {"platform/db/dbtest", "modules/apptest"},
}

// testFences are the fences that tests of any folder may cross: what arranges tests, authenticator apps, and Postgres behind the product's back.
var testFences = []string{"testing", "github.com/pquerna/otp", "github.com/jackc/pgx", self + "platform/emulator", self + "platform/db/dbtest", self + "platform/db/pgserver", self + "modules/apptest"}

func TestThirdPartyPackagesStayBehindTheirFences(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, s := range allSources(t) {
		for _, target := range s.imports {
			for fence, folders := range fences {
				if !within(target, fence) {
					continue
				}
				used[fence] = true
				if s.test && slices.Contains(testFences, fence) {
					continue
				}
				if !within(s.dir, folders...) {
					t.Errorf("%s imports %s, which only %s may", s.path, target, strings.Join(folders, ", "))
				}
			}
		}
	}
	for fence := range fences {
		if !used[fence] {
			t.Errorf("nothing imports %s any more: take its fence away", fence)
		}
	}
}

// cmd imports modules, modules import platform, and two modules meet only in modules/modules.go.
func TestLayersPointDownwards(t *testing.T) {
	t.Parallel()
	for _, s := range allSources(t) {
		for _, target := range s.imports {
			to, ours := strings.CutPrefix(target, self)
			if !ours {
				continue
			}
			switch {
			case within(s.dir, "platform") && within(to, "modules", "cmd"):
				t.Errorf("%s: platform knows no feature, but imports %s", s.path, to)
			case within(s.dir, "modules") && within(to, "cmd"):
				t.Errorf("%s: a module imports the command %s", s.path, to)
			case s.test && (to == "modules" || to == "modules/apptest"):
				// A test runs the whole product.
			case isModule(s.dir) && within(to, "modules") && moduleOf(to) != moduleOf(s.dir):
				t.Errorf("%s: a module imports %s; let modules/modules.go join the two", s.path, to)
			}
		}
	}
}

// moduleOf is modules/notes for that folder and every folder below it.
func moduleOf(dir string) string {
	parts := strings.SplitN(dir, "/", 3)
	return strings.Join(parts[:min(2, len(parts))], "/")
}

func isModule(dir string) bool {
	return within(dir, "modules") && dir != "modules" && moduleOf(dir) != "modules/apptest"
}

// C5: what serves for development and tests is not in the product's binary.
func TestC5_TheProductLinksNothingForDevelopment(t *testing.T) {
	t.Parallel()
	graph := map[string]map[string]bool{}
	for _, s := range allSources(t) {
		if s.test {
			continue
		}
		if graph[s.dir] == nil {
			graph[s.dir] = map[string]bool{}
		}
		for _, target := range s.imports {
			graph[s.dir][strings.TrimPrefix(target, self)] = true
		}
	}
	reached := map[string]string{"cmd/app": ""}
	for queue := []string{"cmd/app"}; len(queue) > 0; queue = queue[1:] {
		for to := range graph[queue[0]] {
			if _, seen := reached[to]; !seen {
				reached[to] = queue[0]
				queue = append(queue, to)
			}
		}
	}
	if len(reached) < 30 {
		t.Fatalf("cmd/app reaches only %d packages", len(reached))
	}
	for to, from := range reached {
		if to == "testing" || within(to, "platform/emulator", "platform/db/pgserver", "platform/db/dbtest", "modules/apptest", "cmd/dev") {
			t.Errorf("cmd/app reaches %s through %s", to, from)
		}
	}
}

// crossing lists the packages that may open the door to all tenants, and why. Every other package works in one tenant.
var crossing = map[string]string{
	"modules/accounts":    "users, credentials and memberships are looked up before any tenant is known",
	"modules/apikeys":     "a key's bearer names no tenant, and the daily purge visits all",
	"modules/billing":     "Stripe's events name a customer, not a tenant",
	"modules/factors":     "factors belong to people, not to tenants",
	"modules/identities":  "people at providers are no tenant's, and they come before any tenant is known",
	"modules/invitations": "mailed links are opened before any tenant is known, and a person's domain may be any tenant's",
	"modules/notes":       "the daily purge finds the tenants that have old trash",
	"modules/operator":    "operators work across tenants",
	"platform/limit":      "rates are counted before anybody is known",
	"platform/onetime":    "mailed links are opened before anybody is known",
	"platform/session":    "sessions belong to users, not to tenants",
	"platform/token":      "signing keys belong to the installation",
	"modules/apptest":     "it arranges tests",
	"platform/app":        "the daily recount visits every tenant, and expired sessions and old usage are swept",
}

func TestT3_OnlyTheseCrossTenants(t *testing.T) {
	t.Parallel()
	found := map[string]string{}
	for _, s := range allSources(t) {
		if s.test {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if door, ok := call.Fun.(*ast.SelectorExpr); ok && door.Sel.Name == "System" && len(call.Args) == 3 {
				found[s.dir] = s.line(n)
			}
			return true
		})
	}
	for dir, line := range found {
		if crossing[dir] == "" {
			t.Errorf("%s: %s may not cross tenants; if it must, say why in the list", line, dir)
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(crossing)) {
		if found[dir] == "" {
			t.Errorf("%s does not cross tenants any more: take it off the list", dir)
		}
	}
}

// A4: hashes that are cheap to guess are made in tests only.
func TestA4_OnlyTestsHashCheaply(t *testing.T) {
	t.Parallel()
	uses := 0
	for _, s := range allSources(t) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			if name, ok := n.(*ast.SelectorExpr); ok && name.Sel.Name == "NewHasherForTests" {
				uses++
				if s.dir != "modules/apptest" {
					t.Errorf("%s hashes cheaply", s.line(n))
				}
			}
			return true
		})
	}
	if uses != 1 {
		t.Errorf("%d uses were found", uses)
	}
}
