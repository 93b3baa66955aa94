package accounts_test

import (
	"strings"
	"testing"
	"time"

	"saaskit/platform/limit"
)

// S6, S3: a new proof of identity moves the session to a new cookie, id and token; the old ones are worthless at once.
func TestS6_ReauthenticationReplacesTheSession(t *testing.T) {
	t.Parallel()
	w := start(t)
	ada := w.user("ada@example.com", goodPassword)
	tenant := w.tenant(ada, "Ada's place")
	b := w.signedIn(ada, tenant)
	old := b.clone()
	var s sessionView
	b.want(200, "POST", "/session/reauthenticate", map[string]any{"password": goodPassword}, &s)
	if b.cookie == old.cookie || s.AccessToken == old.token || s.Tenant == nil || s.Tenant.ID != tenant.String() {
		t.Fatalf("%+v", s)
	}
	b.token = s.AccessToken
	b.want(200, "GET", "/tenant", nil, nil)
	w.refusedWithinASecond(old, "GET", "/tenant", 401)
	old.refused(401, "session_expired", "POST", "/session/refresh", map[string]any{"tenant": ""})
	if n := w.count("SELECT count(*) FROM sessions WHERE subject_id = $1 AND ended_at IS NULL", ada); n != 1 {
		t.Errorf("%d live sessions", n)
	}
	if n := w.count("SELECT count(DISTINCT expires_at) FROM sessions WHERE subject_id = $1", ada); n != 1 {
		t.Error("the absolute end moved")
	}
	if n := w.count("SELECT count(*) FROM security_log WHERE action = 'user.reauthenticate' AND actor_id = $1", ada); n != 1 {
		t.Errorf("%d entries in the log", n)
	}
}

// A wrong answer proves nothing, is counted whatever session it comes from, and says nothing more.
func TestM1_WrongReauthenticationsAreCountedForThePerson(t *testing.T) {
	t.Parallel()
	w := start(t)
	ada := w.user("ada@example.com", goodPassword)
	for i := range 10 {
		b := w.signedIn(ada, none)
		body := map[string]any{"password": otherPassword}
		if i%2 == 1 {
			body = map[string]any{"code": "123456"}
		}
		b.refused(422, "reauthentication_failed", "POST", "/session/reauthenticate", body)
	}
	b := w.signedIn(ada, none)
	for range 3 {
		b.refused(429, "rate_limited", "POST", "/session/reauthenticate", map[string]any{"password": goodPassword})
	}
	b.want(200, "GET", "/me", nil, nil)
	if mails := w.mails("ada@example.com", 1); len(mails) != 1 || !strings.HasPrefix(mails[0], "Many tries") {
		t.Errorf("mails: %q", mails)
	}
}

// M1: tries are bounded by the day, too: slow ones get no further than some dozens.
func TestM1_TriesAreBoundedByTheDay(t *testing.T) {
	t.Parallel()
	w := start(t)
	b := w.signedIn(w.user("ada@example.com", goodPassword), none)
	daily := limit.Rate{Name: "accounts.second-factor.day", Count: 50, Per: 24 * time.Hour}
	if _, err := w.app.Limits.TakeN(t.Context(), daily, b.me().ID, 49); err != nil {
		t.Fatal(err)
	}
	body := map[string]any{"password": otherPassword}
	b.refused(422, "reauthentication_failed", "POST", "/session/reauthenticate", body)
	b.refused(429, "rate_limited", "POST", "/session/reauthenticate", body)
}

// L3: wrong answers of somebody who is to confirm who they are stay on record as what they are, with a code as with a password.
func TestL3_WrongReauthenticationsAreOnRecord(t *testing.T) {
	t.Parallel()
	w := start(t)
	ada := w.user("ada@example.com", goodPassword)
	b := w.signedIn(ada, none)
	recorded := func(action string, want int) {
		t.Helper()
		if n := w.count("SELECT count(*) FROM security_log WHERE action = $1 AND target = 'user:' || $2::text AND actor_id = $2::uuid", action, ada); n != want {
			t.Errorf("%d of %s on record, want %d", n, action, want)
		}
	}
	b.refused(422, "reauthentication_failed", "POST", "/session/reauthenticate", map[string]any{"password": otherPassword})
	recorded("user.reauthentication_failed", 1)
	b.withSecondFactor()
	b.refused(422, "reauthentication_failed", "POST", "/session/reauthenticate", map[string]any{"code": "abcdef"})
	recorded("user.reauthentication_failed", 2)
	recorded("user.second_factor_failed", 0)
}

// L3: where a wrong answer cannot be recorded, nobody is told that it was only wrong.
func TestL3_NoRecordNoOrdinaryAnswer(t *testing.T) {
	t.Parallel()
	w := start(t)
	b := w.signedIn(w.user("ada@example.com", goodPassword), none)
	w.exec("REVOKE INSERT ON security_log FROM saaskit_system")
	b.refused(500, "internal", "POST", "/session/reauthenticate", map[string]any{"password": otherPassword})
}

// What a stolen session must not do asks for a proof that is recent by the clock of the server.
func TestRecentProofIsAskedFor(t *testing.T) {
	t.Parallel()
	w := start(t)
	ada := w.user("ada@example.com", goodPassword)
	b := w.signedIn(ada, none)
	w.exec("UPDATE sessions SET proved_at = now() - interval '10 minutes' WHERE subject_id = $1", ada)
	w.forgotten(b, func() bool {
		return b.do("POST", "/me/password", map[string]any{"password": "short"}).problem().Code == "reauthentication_required"
	})
	var s sessionView
	b.want(200, "POST", "/session/reauthenticate", map[string]any{"password": goodPassword}, &s)
	b.token = s.AccessToken
	b.want(204, "POST", "/me/password", map[string]any{"password": otherPassword}, nil)
}

// M2: the cookie of a challenge is worth nothing but the second step, and a wrong cookie is no challenge.
func TestM2_NoChallengeNoSecondStep(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.user("ada@example.com", goodPassword)
	b := w.browser("")
	b.refused(401, "challenge_expired", "POST", "/sign-in/second-factor", map[string]any{"code": "123456"})
	b.cookie = w.signedIn(w.user("bob@example.com", ""), none).cookie
	b.refused(401, "challenge_expired", "POST", "/sign-in/second-factor", map[string]any{"code": "123456"})
}
