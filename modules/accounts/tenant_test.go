package accounts_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

var slugForm = regexp.MustCompile(`^[a-z0-9](-?[a-z0-9])*$`)

// Names become readable addresses; nothing that is reserved, empty or taken is handed out.
func TestTenantSlugs(t *testing.T) {
	t.Parallel()
	w := start(t)
	b := w.signedIn(w.user("ada@example.com", ""), none)
	for name, want := range map[string]string{
		"Acme Ltd":                      "acme-ltd",
		"  Émile Zola's Büro!! ":        "emile-zolas-buro",
		"a--b__c..d":                    "a-b-c-d",
		"株式会社":                          "workspace",
		"Admin":                         "admin-*",
		"API":                           "api-*",
		"x":                             "x-*",
		"<script>alert(1)</script>":     "script-alert-1-script",
		"' OR 1=1; DROP TABLE tenants;": "or-1-1-drop-table-tenants",
		strings.Repeat("ab ", 33):       "ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-a",
	} {
		var made tenantView
		b.want(201, "POST", "/tenants", map[string]any{"name": name}, &made)
		prefix, open := strings.CutSuffix(want, "*")
		if (!open && made.Slug != want) || (open && (!strings.HasPrefix(made.Slug, prefix) || len(made.Slug) != len(prefix)+6)) {
			t.Errorf("%q: %s, want %s", name, made.Slug, want)
		}
		if !slugForm.MatchString(made.Slug) || made.Name != strings.TrimSpace(name) {
			t.Errorf("%q: %+v", name, made)
		}
		if s := b.in(made.Slug); s.Tenant == nil || s.Tenant.ID != made.ID {
			t.Errorf("%q leads to %+v", made.Slug, s.Tenant)
		}
	}
	for _, name := range []string{"", " ", "--", "\u200b", "a\nb", strings.Repeat("a", 101)} {
		a := b.do("POST", "/tenants", map[string]any{"name": name})
		p := a.problem()
		if a.Status != 422 || len(p.Errors) != 1 || p.Errors[0].Location != "body.name" {
			t.Errorf("%q: %d %s", name, a.Status, a.Body)
		}
	}
}

// One name for many at once: every tenant gets an address of its own.
func TestTenantSlugsUnderARace(t *testing.T) {
	t.Parallel()
	w := start(t)
	browsers := make([]*browser, 16)
	for i := range browsers {
		browsers[i] = w.signedIn(w.user(fmt.Sprintf("u%d@example.com", i), ""), none)
	}
	results := parallel(len(browsers), func(i int) string {
		return outcome(browsers[i].send("POST", "/tenants", map[string]any{"name": "Acme"}))
	})
	if results["201"] != len(browsers) {
		t.Errorf("outcomes: %v", results)
	}
	if n := w.count("SELECT count(DISTINCT slug) FROM tenants WHERE slug = 'acme' OR slug LIKE 'acme-______'"); n != len(browsers) {
		t.Errorf("%d addresses", n)
	}
}

// A person sees their own tenants only, page by page, by name.
func TestTenantList(t *testing.T) {
	t.Parallel()
	w := start(t)
	ada, bob := w.user("ada@example.com", ""), w.user("bob@example.com", "")
	for _, name := range []string{"Delta", "Alpha", "Charlie", "Bravo"} {
		w.tenant(ada, name)
	}
	w.member(w.tenant(bob, "Bob's"), ada, "viewer")
	w.tenant(bob, "Bob's other")
	b := w.signedIn(ada, none)
	var names []string
	cursor := ""
	for {
		var page struct {
			Items      []tenantView
			NextCursor string `json:"next_cursor"`
		}
		b.want(200, "GET", "/tenants?limit=2"+cursor, nil, &page)
		for _, item := range page.Items {
			names = append(names, item.Name+" "+item.Role)
		}
		if page.NextCursor == "" {
			break
		}
		cursor = "&cursor=" + page.NextCursor
	}
	if got := strings.Join(names, ", "); got != "Alpha owner, Bob's viewer, Bravo owner, Charlie owner, Delta owner" {
		t.Errorf("tenants: %s", got)
	}
	if s := b.in(""); len(s.Tenants) != 5 || s.Tenants[0].Name != "Alpha" {
		t.Errorf("session: %+v", s.Tenants)
	}
}
