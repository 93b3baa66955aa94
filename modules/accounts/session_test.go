package accounts_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"saaskit/modules/apptest"
)

// S3: after sign-out the access token is refused within a second, on a second replica too.
func TestS3_SignOutReachesEveryReplica(t *testing.T) {
	t.Parallel()
	w := start(t)
	user := w.user("ada@example.com", goodPassword)
	tenant := w.tenant(user, "Acme")
	here := w.signedIn(user, tenant)
	there := here.clone()
	there.base = w.replica()
	here.want(200, "GET", "/tenant", nil, nil)
	there.want(200, "GET", "/tenant", nil, nil)

	here.want(204, "POST", "/sign-out", nil, nil)
	w.refusedWithinASecond(there, "GET", "/tenant", 401)
	w.refusedWithinASecond(here, "GET", "/me", 401)
	there.refused(401, "session_expired", "POST", "/session/refresh", map[string]any{"tenant": ""})
}

// S3: a removed member and one whose role was lowered lose the right within a second, on a second replica too.
func TestS3_MembershipReachesEveryReplica(t *testing.T) {
	t.Parallel()
	w := start(t)
	boss, ada := w.user("boss@example.com", ""), w.user("ada@example.com", "")
	tenant := w.tenant(boss, "Acme")
	w.member(tenant, ada, "admin")
	owner, member := w.signedIn(boss, tenant), w.signedIn(ada, tenant)
	member.base = w.replica()
	path := "/members/" + ada.String()

	member.want(200, "PATCH", path, map[string]any{"role": "admin"}, nil)
	owner.want(200, "PATCH", path, map[string]any{"role": "viewer"}, nil)
	w.refusedWithinASecond(member, "PATCH", path, 403)
	member.want(200, "GET", "/members", nil, nil)

	owner.want(204, "DELETE", path, nil, nil)
	w.refusedWithinASecond(member, "GET", "/members", 401)
	if s := member.in("acme"); s.Tenant != nil || len(s.Tenants) != 0 {
		t.Errorf("still in the tenant: %+v", s)
	}
	member.want(200, "GET", "/me", nil, nil)
}

// A suspended tenant refuses within a second, and the session says why.
func TestT10_SuspensionStopsTheTenant(t *testing.T) {
	t.Parallel()
	w := start(t)
	user := w.user("ada@example.com", "")
	tenant := w.tenant(user, "Acme")
	b := w.signedIn(user, tenant)
	b.want(200, "GET", "/tenant", nil, nil)
	w.exec("UPDATE tenants SET status = 'suspended' WHERE id = $1", tenant)
	w.refusedWithinASecond(b, "GET", "/tenant", 403)
	b.refused(403, "tenant_suspended", "GET", "/members", nil)
	if s := b.in("acme"); s.Tenant == nil || s.Tenant.Status != "suspended" || s.Tenants[0].Status != "suspended" {
		t.Errorf("session: %+v", s)
	}
}

// S6: every sign-in starts a session of its own; a planted cookie is neither kept nor left alive.
func TestS6_SignInStartsAFreshSession(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.user("victim@example.com", goodPassword)
	attacker := w.signedIn(w.user("attacker@example.com", ""), none)

	victim := w.browser("")
	victim.cookie = attacker.cookie
	var s sessionView
	victim.want(200, "POST", "/sign-in", map[string]any{"email": "victim@example.com", "password": goodPassword}, &s)
	if victim.cookie == attacker.cookie || s.User.Email != "victim@example.com" {
		t.Fatalf("the planted cookie stayed: %+v", s)
	}
	attacker.refused(401, "session_expired", "POST", "/session/refresh", map[string]any{"tenant": ""})

	first := victim.cookie
	victim.cookie = strings.Repeat("A", 43)
	victim.want(200, "POST", "/sign-in", map[string]any{"email": "victim@example.com", "password": goodPassword}, nil)
	if victim.cookie == first || victim.cookie == strings.Repeat("A", 43) {
		t.Error("a sign-in took a cookie over")
	}
	refreshed := victim.cookie
	if victim.in(""); victim.cookie == refreshed {
		t.Error("a refresh did not rotate the cookie")
	}
}

// S1: a cookie that is replayed after its successor was used ends the session, and the owner is told.
func TestS1_ReplayedCookieEndsTheSession(t *testing.T) {
	t.Parallel()
	w := start(t)
	b := w.signedIn(w.user("ada@example.com", ""), none)
	thief := b.clone()
	b.in("")
	b.in("")
	thief.refused(401, "session_expired", "POST", "/session/refresh", map[string]any{"tenant": ""})
	b.refused(401, "session_expired", "POST", "/session/refresh", map[string]any{"tenant": ""})
	w.refusedWithinASecond(b, "GET", "/me", 401)
	if text := w.mail("ada@example.com"); !strings.Contains(text, "signed you out") {
		t.Errorf("mail: %s", text)
	}
}

// T2: the token's tenant is one of the user's own, whatever slug, id or header the client sends.
func TestT2_OnlyOwnTenants(t *testing.T) {
	t.Parallel()
	w := start(t)
	ada, bob := w.user("ada@example.com", ""), w.user("bob@example.com", "")
	own, foreign := w.tenant(ada, "Ada's place"), w.tenant(bob, "Bob's place")
	b := w.signedIn(ada, own)
	for _, slug := range []string{"bobs-place", "nowhere", foreign.String(), "BOBS-PLACE", "' OR 1=1 --", "%"} {
		s := b.in(slug)
		if s.Tenant != nil || len(s.Tenants) != 1 || s.Tenants[0].Slug != "adas-place" {
			t.Errorf("%q: %+v", slug, s)
		}
		b.refused(403, "tenant_required", "GET", "/tenant", nil)
	}
	if n := w.count("SELECT count(*) FROM security_log WHERE action = 'tenant.refuse' AND actor_id = $1", ada); n != 6 {
		t.Errorf("%d refusals on record", n)
	}
	b.in("adas-place")
	b.header = http.Header{"X-Tenant-Id": {foreign.String()}, "X-Tenant": {"bobs-place"}, "Host": {"bobs-place.example.com"}}
	var current tenantView
	if b.want(200, "GET", "/tenant", nil, &current); current.ID != own.String() {
		t.Errorf("in %s", current.Slug)
	}
	if _, err := w.provision.Session(t.Context(), ada, foreign); err == nil {
		t.Error("a session was provisioned in a foreign tenant")
	}
}

// W2: the cookie is HttpOnly, SameSite, host-only and short; Secure with the __Host- prefix wherever the product has https.
func TestW2_Cookie(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, base string
		secure     bool
	}{
		{"session", "http://localhost:8080", false},
		{"__Host-session", "https://app.example.com", true},
	} {
		w := start(t, apptest.WithEnv("BASE_URL", c.base))
		w.user("ada@example.com", goodPassword)
		b := w.browser("")
		check := func(what string, a answer) {
			t.Helper()
			got := a.Cookie
			if got == nil {
				t.Fatalf("%s %s: no cookie", c.base, what)
			}
			if got.Name != c.name || got.Secure != c.secure || !got.HttpOnly || got.SameSite != http.SameSiteStrictMode ||
				got.Path != "/" || got.Domain != "" || len(got.Raw) > 4096 {
				t.Errorf("%s %s: %s", c.base, what, got.Raw)
			}
			if strings.Contains(string(a.Body), b.cookie) && b.cookie != "" {
				t.Errorf("%s %s: the body holds the refresh token", c.base, what)
			}
		}
		in := b.want(200, "POST", "/sign-in", map[string]any{"email": "ada@example.com", "password": goodPassword}, nil)
		check("sign-in", in)
		if life := time.Until(in.Cookie.Expires); life < 6*24*time.Hour || life > 8*24*time.Hour {
			t.Errorf("the cookie lives for %v", life)
		}
		b.header.Set("Cookie", c.name+"="+b.cookie)
		b.cookie = ""
		refreshed := b.want(200, "POST", "/session/refresh", map[string]any{"tenant": ""}, nil)
		check("refresh", refreshed)
		b.header.Set("Cookie", c.name+"="+b.cookie)
		b.cookie = ""
		out := b.want(204, "POST", "/sign-out", nil, nil)
		check("sign-out", out)
		if out.Cookie.Value != "" || out.Cookie.MaxAge >= 0 {
			t.Errorf("sign-out leaves the cookie: %s", out.Cookie.Raw)
		}
	}
}
