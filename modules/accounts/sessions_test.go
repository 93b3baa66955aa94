package accounts_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"saaskit/modules/apptest"
)

type sessionInfo struct {
	ID                        string
	Current                   bool
	Device, Place, IP, Method string
	CreatedAt                 time.Time `json:"created_at"`
	LastUsedAt                time.Time `json:"last_used_at"`
	ExpiresAt                 time.Time `json:"expires_at"`
}

func (b *browser) sessions() []sessionInfo {
	b.t.Helper()
	var list struct{ Items []sessionInfo }
	b.want(200, "GET", "/me/sessions", nil, &list)
	return list.Items
}

const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0"

// signIn signs in with the password, from the address and with the program.
func (w *world) signIn(email, address, agent string) *browser {
	w.t.Helper()
	b := w.browser(address)
	b.header.Set("User-Agent", agent)
	var s sessionView
	b.want(200, "POST", "/sign-in", map[string]any{"email": email, "password": goodPassword}, &s)
	b.token = s.AccessToken
	return b
}

// S7: a person sees all their sessions, with device, place and time, and ends one or all others; nobody else's are seen or ended.
func TestS7_SessionsAreListedAndEnded(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.user("ada@example.com", goodPassword)
	w.user("eve@example.com", goodPassword)
	laptop, script, phone := w.signIn("ada@example.com", "10.9.8.7", firefox), w.signIn("ada@example.com", "203.0.113.7", "curl/8.16.0"), w.signIn("ada@example.com", "2001:db8::7", "")
	eve := w.signIn("eve@example.com", "203.0.113.8", firefox)

	list := laptop.sessions()
	seen := map[string]string{}
	var current, scripts string
	for _, s := range list {
		seen[s.IP] = s.Device + ", " + s.Place + ", " + s.Method
		if s.Current {
			current = s.IP
		}
		if s.IP == "203.0.113.7" {
			scripts = s.ID
		}
		if time.Since(s.CreatedAt) > time.Minute || s.LastUsedAt.Before(s.CreatedAt) || s.ExpiresAt.Sub(s.LastUsedAt) != 7*24*time.Hour {
			t.Errorf("times: %+v", s)
		}
	}
	want := map[string]string{
		"10.9.8.7": "Firefox on Linux, Local network, password", "203.0.113.7": "API client, Unknown place, password", "2001:db8::7": "Unknown device, Unknown place, password",
	}
	if len(list) != 3 || current != "10.9.8.7" || seen["10.9.8.7"] != want["10.9.8.7"] || seen["203.0.113.7"] != want["203.0.113.7"] || !strings.HasSuffix(seen["2001:db8::7"], "Unknown place, password") {
		t.Fatalf("sessions: %v, current %s", seen, current)
	}

	foreign := eve.sessions()[0].ID
	for _, id := range []string{foreign, uuid.NewString()} {
		laptop.refused(404, "not_found", "DELETE", "/me/sessions/"+id, nil)
	}
	eve.refused(404, "not_found", "DELETE", "/me/sessions/"+scripts, nil)
	laptop.want(204, "DELETE", "/me/sessions/"+scripts, nil, nil)
	w.refusedWithinASecond(script, "GET", "/me", 401)
	script.refused(401, "session_expired", "POST", "/session/refresh", map[string]any{"tenant": ""})
	laptop.refused(404, "not_found", "DELETE", "/me/sessions/"+scripts, nil)

	phone.want(204, "POST", "/me/sessions/end-others", nil, nil)
	w.refusedWithinASecond(laptop, "GET", "/me", 401)
	if list := phone.sessions(); len(list) != 1 || !list[0].Current {
		t.Errorf("left: %+v", list)
	}
	eve.want(200, "GET", "/me", nil, nil)

	out := phone.want(204, "DELETE", "/me/sessions/"+phone.sessions()[0].ID, nil, nil)
	if out.Cookie == nil || out.Cookie.Value != "" {
		t.Errorf("ending the own session leaves the cookie: %v", out.Cookie)
	}
	w.refusedWithinASecond(phone, "GET", "/me", 401)
	if n := w.count("SELECT count(*) FROM security_log WHERE action IN ('user.end_session', 'user.end_other_sessions') AND actor_id = (SELECT id FROM users WHERE email = 'ada@example.com')"); n != 3 {
		t.Errorf("%d ends on record", n)
	}
}

// S5: what idled too long or reached its absolute end is neither refreshed nor listed.
func TestS5_EndedByItself(t *testing.T) {
	t.Parallel()
	w := start(t)
	user := w.user("ada@example.com", "")
	idle, old, live := w.signedIn(user, none), w.signedIn(user, none), w.signedIn(user, none)
	id := func(b *browser) string {
		for _, s := range b.sessions() {
			if s.Current {
				return s.ID
			}
		}
		t.Fatal("no current session")
		return ""
	}
	w.exec("UPDATE sessions SET last_used_at = now() - interval '7 days' WHERE id = $1", id(idle))
	w.exec("UPDATE sessions SET created_at = now() - interval '30 days', expires_at = now() WHERE id = $1", id(old))
	if list := live.sessions(); len(list) != 1 || !list[0].Current {
		t.Errorf("listed: %+v", list)
	}
	w.refusedWithinASecond(old, "GET", "/me", 401)
	for _, b := range []*browser{idle, old} {
		b.refused(401, "session_expired", "POST", "/session/refresh", map[string]any{"tenant": ""})
	}
	live.in("")
}

// S6: a step-up gives the session another id, cookie and token; what was there before is worthless at once.
func TestS6_StepUpChangesTheSession(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.user("ada@example.com", goodPassword)
	b := w.signIn("ada@example.com", "", firefox)
	before, stolen := b.sessions()[0], b.clone()
	var s sessionView
	b.want(200, "POST", "/session/reauthenticate", map[string]any{"password": goodPassword}, &s)
	if b.cookie == stolen.cookie || s.AccessToken == stolen.token {
		t.Fatal("cookie or token stayed")
	}
	w.refusedWithinASecond(stolen, "GET", "/me", 401)
	stolen.refused(401, "session_expired", "POST", "/session/refresh", map[string]any{"tenant": ""})
	b.token = s.AccessToken
	if after := b.sessions(); len(after) != 1 || after[0].ID == before.ID || !after[0].Current || !after[0].CreatedAt.Equal(before.CreatedAt) {
		t.Errorf("after: %+v, before: %+v", after, before)
	}
}

// S2: 64 refreshes of one cookie at once end with one head and sign nobody out.
func TestRace_S2_RefreshesHaveOneHead(t *testing.T) {
	t.Parallel()
	w := start(t, patient)
	user := w.user("ada@example.com", "")
	for range apptest.Rounds(t) {
		w.exec("DELETE FROM rate_limits")
		b := w.signedIn(user, none)
		cookies := map[string]int{}
		results := parallel(64, func(int) string {
			a, err := b.send("POST", "/session/refresh", map[string]any{"tenant": ""})
			if a.Cookie == nil {
				return outcome(a, err)
			}
			return outcome(a, err) + " " + a.Cookie.Value
		})
		for result, n := range results {
			cookies[result] = n
		}
		if len(cookies) != 1 {
			t.Fatalf("successors: %v", cookies)
		}
		if n := w.count("SELECT count(*) FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id WHERE s.subject_id = $1 AND s.ended_at IS NULL AND t.used_at IS NULL", user); n != 1 {
			t.Fatalf("%d live heads", n)
		}
		for result := range results {
			b.cookie = strings.TrimPrefix(result, "200 ")
		}
		b.in("")
		b.want(204, "POST", "/sign-out", nil, nil)
	}
	t.Logf("race: %d rounds, 64 at once: one successor and one live head each", apptest.Rounds(t))
}

// The start-up report says whether places are named, and why not.
func TestPlacesAreReported(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]string{
		"": `part=places state=off detail="sessions show no place; GEOIP_DATABASE names a MaxMind database"`,
		filepath.Join(t.TempDir(), "missing.mmdb"): `part=places state=waiting detail="GEOIP_DATABASE cannot be read`,
	} {
		w := start(t, apptest.WithEnv("GEOIP_DATABASE", file))
		// The report comes after the product is ready.
		apptest.Eventually(t, 10*time.Second, func() bool { return strings.Contains(w.app.Log.String(), want) })
	}
}
