package accounts_test

import (
	"fmt"
	"strings"
	"testing"

	"saaskit/modules/apptest"
	"saaskit/platform/access"
)

type settingsView struct {
	tenantView
	Logo                string
	RequireSecondFactor bool   `json:"require_second_factor"`
	CreatedAt           string `json:"created_at"`
	Version             string
}

// A tenant is renamed, in the product and in its addresses; what is not sent stays.
func TestChangeTenant(t *testing.T) {
	t.Parallel()
	w := start(t)
	s := w.workspace("acme")
	_, admin := s.join("admin@example.com", access.Admin)
	_, member := s.join("member@example.com", access.Member)
	var before, got settingsView
	admin.want(200, "GET", "/tenant", nil, &before)
	if before.Slug != "acme" || before.CreatedAt == "" || before.RequireSecondFactor || before.Logo != "" {
		t.Fatalf("before: %+v", before)
	}
	admin.want(200, "PATCH", "/tenant", fields{"name": " Acme & Sons "}, &got)
	if got.Name != "Acme & Sons" || got.Slug != "acme" || got.Version == before.Version {
		t.Errorf("renamed: %+v", got)
	}
	admin.want(200, "PATCH", "/tenant", fields{"slug": "acme-sons"}, &got)
	if got.Name != "Acme & Sons" || got.Slug != "acme-sons" {
		t.Errorf("moved: %+v", got)
	}
	admin.want(200, "PATCH", "/tenant", fields{}, nil)
	admin.want(200, "PATCH", "/tenant", fields{"name": "Acme & Sons", "slug": "acme-sons"}, nil)
	if n := s.recorded("tenant.change"); n != 2 {
		t.Errorf("%d changes on record", n)
	}
	member.refused(403, "forbidden", "PATCH", "/tenant", fields{"name": "Mine"})
	for _, name := range []string{" ", "a\nb", "\u200b"} {
		admin.refused(422, "name_invalid", "PATCH", "/tenant", fields{"name": name})
	}
	for _, slug := range []string{"", "ab", "Acme", "a--b", "-acme", "acme-", "a_b", "a.b", "xn--acme", "ac me", "../acme", "acme\n", "ácme", strings.Repeat("a", 41)} {
		admin.refused(422, "invalid_input", "PATCH", "/tenant", fields{"slug": slug})
	}
	for _, slug := range []string{"admin", "api", "settings", "sign-in", "new"} {
		admin.refused(409, "slug_taken", "PATCH", "/tenant", fields{"slug": slug})
	}
}

// T11: an address that a tenant gave up leads to it for ever, and to nobody else: it can neither be taken nor made.
func TestT11_AGivenUpAddressStaysItsOwn(t *testing.T) {
	t.Parallel()
	w := start(t)
	ours, theirs := w.workspace("acme"), w.workspace("evil")
	for _, slug := range []string{"acme-two", "acme-three"} {
		ours.owner.want(200, "PATCH", "/tenant", fields{"slug": slug}, nil)
	}
	for _, slug := range []string{"acme", "acme-two", "acme-three"} {
		theirs.owner.refused(409, "slug_taken", "PATCH", "/tenant", fields{"slug": slug})
		if got := ours.owner.clone().in(slug).Tenant; got == nil || got.Slug != "acme-three" || got.ID != ours.id.String() {
			t.Errorf("%s leads its owner to %+v", slug, got)
		}
		if got := theirs.owner.clone().in(slug).Tenant; got != nil {
			t.Errorf("%s leads a stranger to %+v", slug, got)
		}
	}
	var made tenantView
	theirs.owner.want(201, "POST", "/tenants", fields{"name": "Acme"}, &made)
	if made.Slug == "acme" || !strings.HasPrefix(made.Slug, "acme-") {
		t.Errorf("a new tenant got %s", made.Slug)
	}
	if _, err := w.provision.Tenant(t.Context(), theirs.ownerID, "Acme", "acme"); err == nil {
		t.Error("the command line gave the address away")
	}
	for statement, arguments := range map[string][]any{
		"UPDATE tenants SET slug = 'acme' WHERE id = $1":                                     {theirs.id},
		"INSERT INTO tenants (id, slug, name) VALUES (gen_random_uuid(), 'acme-two', 'Not')": nil,
	} {
		if _, err := w.db.Exec(statement, arguments...); err == nil {
			t.Errorf("the database took %s", statement)
		}
	}
	// Its own old address is free for it alone.
	ours.owner.want(200, "PATCH", "/tenant", fields{"slug": "acme"}, nil)
	theirs.owner.refused(409, "slug_taken", "PATCH", "/tenant", fields{"slug": "acme-three"})
}

// T11: of 64 who want one address at once, by moving, by making or by the one who leaves it, one gets it.
func TestRace_T11_OneTenantGetsAnAddress(t *testing.T) {
	t.Parallel()
	w := tireless(t)
	const n = 64
	rounds := apptest.Rounds(t)
	spaces := make([]*workspace, n)
	for i := range spaces {
		spaces[i] = w.workspace(fmt.Sprintf("space-%d", i))
	}
	var clock watch
	for round := range rounds {
		clock.renew(func() {
			for _, s := range spaces {
				s.owner = w.signedIn(s.ownerID, s.id)
			}
		})
		w.exec("DELETE FROM rate_limits")
		w.exec("DELETE FROM tenant_slugs s WHERE NOT EXISTS (SELECT FROM tenants t WHERE t.slug = s.slug)") // no tenant has room for all rounds
		left := fmt.Sprintf("left-%d", round)
		spaces[0].owner.want(200, "PATCH", "/tenant", fields{"slug": left}, nil)
		wanted := fmt.Sprintf("wanted-%d", round)
		results := parallel(n, func(i int) string {
			switch {
			case i == 0: // gives up what the odd ones want
				return "left " + outcome(spaces[0].owner.send("PATCH", "/tenant", fields{"slug": wanted + "-0"}))
			case i%2 == 1:
				return "old " + outcome(spaces[i].owner.send("PATCH", "/tenant", fields{"slug": left}))
			case i%4 == 0:
				return "made " + outcome(spaces[i].owner.send("POST", "/tenants", fields{"name": wanted}))
			default:
				return "new " + outcome(spaces[i].owner.send("PATCH", "/tenant", fields{"slug": wanted}))
			}
		})
		if results["left 200"] != 1 || results["old 409 slug_taken"] != n/2 || results["made 201"] != 15 || results["new 200"] > 1 {
			t.Errorf("round %d: %v", round, results)
		}
		for _, slug := range []string{left, wanted} {
			if got := w.count("SELECT count(*) FROM tenant_slugs WHERE slug = $1", slug); got != 1 {
				t.Errorf("round %d: %d tenants have %s", round, got, slug)
			}
		}
	}
	t.Logf("race: %d rounds, 64 at once: one tenant for each address", rounds)
}

// R4: a tenant takes so many addresses from all others and no more, also when the last are taken at once. Its own are always free for it.
func TestR4_AddressesAreCapped(t *testing.T) {
	t.Parallel()
	w := start(t)
	s, other := w.workspace("acme"), w.workspace("other")
	for i := range 7 {
		s.owner.want(200, "PATCH", "/tenant", fields{"slug": fmt.Sprintf("acme-%d", i)}, nil)
	}
	results := parallel(8, func(i int) string {
		return outcome(s.owner.send("PATCH", "/tenant", fields{"slug": fmt.Sprintf("last-%d", i)}))
	})
	if results["200"] != 2 || results["409 too_many_slugs"] != 6 {
		t.Errorf("outcomes: %v", results)
	}
	s.owner.want(200, "PATCH", "/tenant", fields{"slug": "acme"}, nil)
	s.owner.refused(409, "too_many_slugs", "PATCH", "/tenant", fields{"name": "Not this", "slug": "acme-again"})
	if n := w.count("SELECT count(*) FROM tenants WHERE id = $1 AND name = 'acme' AND slug = 'acme'", s.id); n != 1 {
		t.Error("a refused change was done in part")
	}
	other.owner.want(200, "PATCH", "/tenant", fields{"slug": "acme-again"}, nil)
}

// Z4: who renames a tenant and who changes its members at the same time wait for each other in turn, and never both.
func TestRace_Z4_RenamesAndRolesGoOn(t *testing.T) {
	t.Parallel()
	w := tireless(t)
	s := w.workspace("acme")
	second, b := s.join("second@example.com", access.Owner)
	third, _ := s.join("third@example.com", access.Viewer)
	required := fields{"required": false}
	rounds := apptest.Rounds(t)
	var clock watch
	for round := range rounds {
		clock.renew(func() { s.owner, b = w.signedIn(s.ownerID, s.id), w.signedIn(second, s.id) })
		w.exec("DELETE FROM rate_limits")
		results := parallel(64, func(i int) string {
			switch i % 4 {
			case 0:
				return outcome(s.owner.send("PATCH", "/tenant", fields{"name": fmt.Sprintf("Acme %d %d", round, i)}))
			case 1:
				return outcome(b.send("PATCH", "/members/"+third.String(), fields{"role": []string{"member", "admin"}[i/4%2]}))
			case 2:
				return outcome(b.send("PATCH", "/tenant", fields{"name": fmt.Sprintf("Acme %d %d", round, i)}))
			default:
				return outcome(s.owner.send("POST", "/tenant/second-factor", required))
			}
		})
		if results["200"] != 64 {
			t.Errorf("round %d: %v", round, results)
		}
	}
	t.Logf("race: %d rounds, 64 at once: all done", rounds)
}

// T9, R1: what counts for one tenant does not count for another.
func TestT9_LimitsOfTenantsDoNotCollide(t *testing.T) {
	t.Parallel()
	w := start(t)
	ours, theirs := w.workspace("ours"), w.workspace("theirs")
	for i := range 20 {
		ours.owner.want(200, "PATCH", "/tenant", fields{"slug": fmt.Sprintf("ours-%d", i%2)}, nil)
	}
	ours.owner.refused(429, "rate_limited", "PATCH", "/tenant", fields{"slug": "ours-again"})
	theirs.owner.want(200, "PATCH", "/tenant", fields{"slug": "theirs-too"}, nil)
	ours.owner.want(200, "PATCH", "/tenant", fields{"name": "Still ours"}, nil)
}
