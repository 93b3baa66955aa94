package identities_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"saaskit/modules/apptest"
	"saaskit/platform/emulator/oidc"
)

// A person links providers from inside, signs in with them, sees them and removes them again; each change is mailed and on record.
func TestLinkingAndRemoving(t *testing.T) {
	t.Parallel()
	w := start(t)
	b := w.user(somebody("ada").Email)
	who := somebody("elsewhere") // another address than here
	if a := b.arrives(linkAt, oidc.Google, who); a.Outcome != "linked" || a.Session != nil || a.Next != "/t/acme" {
		t.Errorf("%+v", a)
	}
	if mail := w.app.Mail(t, b.Email); mail.Subject != "Google was linked to your account" {
		t.Errorf("mail %q", mail.Subject)
	}
	b.arrives(linkAt, oidc.Google, who) // again: nothing new
	again := w.browser()
	if again.arrives(signInAt, oidc.Google, who); again.ID != b.ID {
		t.Error("the linked identity leads elsewhere")
	}
	all := b.identities()
	if len(all) != 1 || all[0].Email != who.Email || all[0].ProviderName != "Google" {
		t.Fatalf("identities %+v", all)
	}
	stranger := w.user(somebody("eve").Email)
	stranger.Delete(t, linkAt+all[0].ID.String()).Problem(t, 404, "not_found")
	b.Delete(t, linkAt+all[0].ID.String()).Status(t, 204)
	if mail := w.app.Mail(t, b.Email); mail.Subject != "Google was removed from your account" {
		t.Errorf("mail %q", mail.Subject)
	}
	b.Delete(t, linkAt+all[0].ID.String()).Problem(t, 404, "not_found")
	if fresh := w.browser(); fresh.arrives(signInAt, oidc.Google, who).Session.User.ID == b.ID {
		t.Error("the removed identity still opens the account")
	}
	for action, want := range map[string]int{"user.link_identity": 1, "user.unlink_identity": 1} {
		if n := w.count("SELECT count(*) FROM security_log WHERE action = $1 AND target = $2 AND actor_id = $3 AND detail->>'provider' = 'google'",
			action, "user:"+b.ID.String(), b.ID); n != want {
			t.Errorf("%d times %s on record", n, action)
		}
	}
}

// The last way in stays: without a password and a passkey one identity is left, however many removals come at once.
func TestTheLastWayInStays(t *testing.T) {
	t.Parallel()
	w := start(t)
	who := somebody("ada")
	b := w.browser()
	b.arrives(signInAt, oidc.Google, who)
	only := linkAt + b.identities()[0].ID.String()
	b.Delete(t, only).Problem(t, 409, "last_sign_in_method")
	b.arrives(linkAt, oidc.GitHub, who)
	b.arrives(linkAt, oidc.Custom, who)
	all := b.identities()
	outcomes := apptest.AtOnce(3*len(all), func(i int) string { return b.Delete(t, linkAt+all[i%len(all)].ID.String()).Outcome(t) })
	if outcomes["204"] != 2 {
		t.Errorf("%v", outcomes)
	}
	if left := b.identities(); len(left) != 1 {
		t.Errorf("%d identities are left", len(left))
	}
	w.exec("INSERT INTO passkeys (id, user_id, name, credential_id, public_key, sign_count, flags, transports, aaguid, created_at) "+
		"VALUES ($1, $2, 'Phone', '\\x01', '\\x01', 0, 0, '', '\\x00', now())", uuid.New(), b.ID)
	b.Delete(t, linkAt+b.identities()[0].ID.String()).Status(t, 204)
}

// stale makes the browser's sessions look as if they were proved long ago.
func (b *browser) stale() {
	b.w.t.Helper()
	b.w.exec("UPDATE sessions SET proved_at = now() - interval '1 hour' WHERE subject_id = $1", b.ID)
	apptest.Eventually(b.w.t, waitForRights, func() bool {
		return b.Delete(b.w.t, "/me/totp").StatusCode == http.StatusForbidden
	})
}

// M4: linking and removing need a recent proof, which a linked provider can give again.
func TestM4_ChangesNeedARecentProof(t *testing.T) {
	t.Parallel()
	w := start(t)
	who, other := somebody("ada"), somebody("eve")
	b := w.browser()
	b.arrives(signInAt, oidc.Google, who)
	b.arrives(linkAt, oidc.Custom, who)
	w.browser().arrives(signInAt, oidc.GitHub, other)
	all := b.identities()
	b.stale()
	b.Post(t, linkAt+oidc.Google, fields{}).Problem(t, 403, "reauthentication_required")
	b.Delete(t, linkAt+all[0].ID.String()).Problem(t, 403, "reauthentication_required")

	// Somebody else's identity, nobody's identity and an old proof do not do.
	w.refused(b.visit(proveAt, oidc.GitHub, other), 422, "reauthentication_failed")
	w.refused(b.visit(proveAt, oidc.Google, somebody("nobody")), 422, "reauthentication_failed")
	w.app.Providers.Misbehave(oidc.Custom, oidc.StaleProof)
	w.refused(b.visit(proveAt, oidc.Custom, who), 422, "provider_answer_invalid")
	w.app.Providers.Misbehave(oidc.Custom)
	b.Post(t, linkAt+oidc.Google, fields{}).Problem(t, 403, "reauthentication_required")

	old := *b.Actor
	if a := b.arrives(proveAt, oidc.Custom, who); a.Outcome != "reauthenticated" || a.Session == nil {
		t.Errorf("%+v", a)
	}
	b.Delete(t, linkAt+all[0].ID.String()).Status(t, 204)
	apptest.Eventually(t, waitForRights, func() bool { return old.Get(t, "/me").StatusCode == http.StatusUnauthorized })
}

// O3: a link is completed only in the browser, the session and by the person that began it, while all of that lasts.
func TestO3_OnlyTheBeginnerLinks(t *testing.T) {
	t.Parallel()
	w := start(t)
	eve := somebody("eve")
	for name, spoil := range map[string]func(victim *browser, at string) (*browser, string){
		"another browser": func(_ *browser, at string) (*browser, string) { return w.browser(), at },
		"another person's browser": func(_ *browser, at string) (*browser, string) {
			other := w.user(somebody("mallory").Email)
			other.leave(linkAt, oidc.Google)
			return other, at
		},
		"after signing out": func(b *browser, at string) (*browser, string) {
			b.Post(t, "/sign-out", nil).Status(t, 204)
			return b, at
		},
		"after somebody else signed in": func(b *browser, at string) (*browser, string) {
			other := w.user(somebody("mallory").Email)
			b.Post(t, "/sign-in", fields{"email": other.Email, "password": somePassword}).Status(t, 200)
			return b, at
		},
		"after signing in anew": func(b *browser, at string) (*browser, string) {
			b.Post(t, "/sign-in", fields{"email": b.Email, "password": somePassword}).Status(t, 200)
			return b, at
		},
		"after the session was ended from elsewhere": func(b *browser, at string) (*browser, string) {
			w.exec("UPDATE sessions SET ended_at = now(), end_reason = 'ended' WHERE subject_id = $1", b.ID)
			return b, at
		},
	} {
		victim := w.user(somebody("victim").Email)
		b, address := spoil(victim, victim.leave(linkAt, oidc.Google))
		r := b.bring(b.at(address, eve))
		if r.StatusCode != http.StatusUnprocessableEntity && r.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: %d %s", name, r.StatusCode, r.Body)
		}
	}
	if n := w.count("SELECT count(*) FROM identities"); n != 0 {
		t.Errorf("%d identities were linked", n)
	}
}

// O3: whoever plants the cookie of their own way in somebody else's browser does not get that person's identity linked to their account.
func TestO3_APlantedWayLinksNothing(t *testing.T) {
	t.Parallel()
	w := start(t)
	attacker, victim := w.user(somebody("eve").Email), w.user(somebody("victim").Email)
	r := attacker.Post(t, linkAt+oidc.Google, fields{}).Status(t, 200)
	planted := cookie(r, "provider-flow")
	var started struct{ URL string }
	r.JSON(t, &started)
	back := victim.at(started.URL, somebody("victim"))
	w.refused(victim.Do(t, http.MethodPost, "/api/v1/sign-in/callback", answerOf(back), "Cookie", "provider-flow="+planted.Value), 422, "flow_invalid")
	// Nor without any session, while the attacker's own is still alive.
	r = attacker.Post(t, linkAt+oidc.Google, fields{}).Status(t, 200)
	planted = cookie(r, "provider-flow")
	r.JSON(t, &started)
	nobody := w.browser()
	back = nobody.at(started.URL, somebody("victim"))
	w.refused(nobody.Do(t, http.MethodPost, "/api/v1/sign-in/callback", answerOf(back), "Cookie", "provider-flow="+planted.Value), 422, "flow_invalid")
	if n := w.count("SELECT count(*) FROM identities"); n != 0 {
		t.Errorf("%d identities were linked", n)
	}
}

// O3: without a session nobody begins to link, and what somebody has is not linked to somebody else.
func TestO3_LinkingIsForOneselfOnly(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.browser().Post(t, linkAt+oidc.Google, fields{}).Problem(t, 401, "unauthenticated")
	who := somebody("ada")
	owner := w.browser()
	owner.arrives(signInAt, oidc.Google, who)
	thief := w.user(somebody("eve").Email)
	w.refused(thief.visit(linkAt, oidc.Google, who), 409, "identity_taken")
	if again := w.browser(); again.arrives(signInAt, oidc.Google, who).Session.User.ID != owner.ID {
		t.Error("the identity moved")
	}
	// Coming to sign in with what was begun as a link, or the other way round, is decided by the server alone.
	b := w.user(somebody("bob").Email)
	back := b.at(b.leave(linkAt, oidc.Google), somebody("new"))
	spoiled := answerOf(back)
	spoiled["intent"] = "sign_in"
	if r := b.Post(t, "/sign-in/callback", spoiled); r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(string(r.Body), "invalid_input") {
		t.Errorf("%d %s", r.StatusCode, r.Body)
	}
}
