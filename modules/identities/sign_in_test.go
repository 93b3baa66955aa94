package identities_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"saaskit/modules/apptest"
	"saaskit/platform/emulator/oidc"
)

// Somebody new signs in with each provider, gets an account and a mail, and the second time the same account.
func TestSigningInWithEachProvider(t *testing.T) {
	t.Parallel()
	w := start(t)
	var list struct{ Items []struct{ Key, Name string } }
	w.browser().Get(t, "/sign-in/providers").Status(t, 200).JSON(t, &list)
	if len(list.Items) != 3 || list.Items[0].Name != "Google" || list.Items[2].Name != "Example SSO" {
		t.Errorf("providers %+v", list.Items)
	}
	for _, key := range []string{oidc.Google, oidc.GitHub, oidc.Custom} {
		who := somebody("ada")
		first := w.browser()
		a := first.arrives(signInAt, key, who)
		if a.Outcome != "signed_in" || a.Next != "/t/acme" || a.Session == nil || a.Session.User.Email != who.Email || a.Session.User.Name != who.Name {
			t.Fatalf("%s: %+v", key, a)
		}
		first.Get(t, "/me").Status(t, 200)
		first.Post(t, "/session/refresh", fields{"tenant": ""}).Status(t, 200)
		if mail := w.app.Mail(t, who.Email); mail.Subject != "Your account is ready" {
			t.Errorf("%s: mail %q", key, mail.Subject)
		}
		second := w.browser()
		if second.arrives(signInAt, key, who); second.ID != first.ID {
			t.Errorf("%s: %s came back as %s", key, first.ID, second.ID)
		}
		if all := second.identities(); len(all) != 1 || all[0].Provider != key || all[0].Email != who.Email || all[0].ProviderName == "" {
			t.Errorf("%s: identities %+v", key, all)
		}
	}
	if n := w.count("SELECT count(*) FROM security_log WHERE action = 'user.sign_in' AND detail->>'method' IN ('google', 'github', 'oidc')"); n != 6 {
		t.Errorf("%d sign-ins on record", n)
	}
}

// O1: an identity is issuer and subject. The same subject with another address is the same person; the same address with another subject, or
// at another provider, is not.
func TestO1_IdentityIsIssuerAndSubject(t *testing.T) {
	t.Parallel()
	w := start(t)
	who := somebody("ada")
	who.Subject, who.Number = "1001", 1001
	first := w.browser()
	first.arrives(signInAt, oidc.Google, who)

	moved := who
	moved.Email = somebody("renamed").Email
	second := w.browser()
	if a := second.arrives(signInAt, oidc.Google, moved); second.ID != first.ID || a.Session.User.Email != who.Email {
		t.Errorf("another address made %s of %s, with %s", second.ID, first.ID, a.Session.User.Email)
	}
	unsure := moved
	unsure.Unverified = true
	if second.arrives(signInAt, oidc.Google, unsure); second.ID != first.ID {
		t.Error("an address that is no longer verified made another person of somebody known")
	}
	impostor := who
	impostor.Subject, impostor.Number = "1002", 1002
	for _, key := range []string{oidc.Google, oidc.GitHub, oidc.Custom} {
		w.refused(w.browser().visit(signInAt, key, impostor), 409, "account_exists")
	}
	// Only the issuer differs.
	other := somebody("eve")
	other.Subject, other.Number = who.Subject, who.Number
	for _, key := range []string{oidc.GitHub, oidc.Custom} {
		other.Email = somebody("eve").Email
		b := w.browser()
		if b.arrives(signInAt, key, other); b.ID == first.ID {
			t.Errorf("the subject of one issuer opens the account of another: %s", key)
		}
	}
}

// O1: a provider that is broken and names nobody signs nobody in.
func TestO1_NobodyIsNotAPerson(t *testing.T) {
	t.Parallel()
	w := start(t)
	for _, fault := range []oidc.Fault{oidc.EmptySubject, oidc.ZeroSubject} {
		for _, key := range []string{oidc.Google, oidc.GitHub, oidc.Custom} {
			w.app.Providers.Misbehave(key, fault)
			w.refused(w.browser().visit(signInAt, key, somebody("ada")), 422, "provider_answer_invalid")
		}
	}
	if n := w.count("SELECT count(*) FROM identities") + w.count("SELECT count(*) FROM users"); n != 0 {
		t.Errorf("%d rows were made", n)
	}
}

// O5: whatever is wrong with an ID token, nobody is signed in, nobody is made, and the refusal is on record.
func TestO5_HostileProvidersSignNobodyIn(t *testing.T) {
	t.Parallel()
	w := start(t)
	faults := []oidc.Fault{
		oidc.WrongIssuer, oidc.WrongAudience, oidc.NoExpiry, oidc.AlgNone, oidc.ClientSecret, oidc.ForeignKey, oidc.WrongNonce, oidc.NoNonce, oidc.WrongIss,
	}
	for _, fault := range faults {
		b := w.browser()
		address := b.leave(signInAt, oidc.Custom)
		w.app.Providers.Misbehave(oidc.Custom, fault)
		w.refused(b.bring(b.at(address, somebody("ada"))), 422, "provider_answer_invalid")
		w.app.Providers.Misbehave(oidc.Custom)
	}
	if n := w.count("SELECT count(*) FROM users"); n != 0 {
		t.Errorf("%d people were made", n)
	}
	if n := w.count("SELECT count(*) FROM security_log WHERE action = 'user.sign_in_failed' AND detail->>'reason' = 'provider_answer_invalid'"); n != len(faults) {
		t.Errorf("%d refusals on record", n)
	}
	w.app.Providers.Misbehave(oidc.Google, oidc.WrongDiscovery)
	w.refused(w.browser().Post(t, signInAt+oidc.Google, fields{}), 503, "provider_unavailable")
}

// S4: a disabled person stays disabled at every provider, and cannot link or confirm either.
func TestS4_ADisabledPersonStaysDisabled(t *testing.T) {
	t.Parallel()
	w := start(t)
	who := somebody("ada")
	b := w.browser()
	b.arrives(signInAt, oidc.Google, who)
	b.arrives(linkAt, oidc.GitHub, who)
	linking := b.leave(linkAt, oidc.Custom)
	w.exec("UPDATE users SET disabled_at = now() WHERE id = $1", b.ID)
	back := b.at(linking, who)
	w.refused(b.bring(back), 401, "session_expired")
	for _, key := range []string{oidc.Google, oidc.GitHub} {
		w.refused(w.browser().visit(signInAt, key, who), 403, "account_disabled")
	}
	if r := w.browser().visit(signInAt, oidc.Custom, who); r.StatusCode != http.StatusConflict {
		t.Errorf("another identity with the address: %d %s", r.StatusCode, r.Body)
	}
	if n := w.count("SELECT count(*) FROM sessions WHERE subject_id = $1 AND created_at > (SELECT disabled_at FROM users WHERE id = $1)", b.ID); n != 0 {
		t.Errorf("%d sessions were started", n)
	}
	w.exec("UPDATE users SET disabled_at = NULL WHERE id = $1", b.ID)
	w.browser().arrives(signInAt, oidc.Google, who)
}

// M3: somebody with a second factor is asked for it at this door too.
func TestM3_AProviderDoesNotReplaceTheSecondFactor(t *testing.T) {
	t.Parallel()
	w := start(t)
	who := somebody("ada")
	b := w.browser()
	b.arrives(signInAt, oidc.Google, who)
	w.exec("INSERT INTO totp_factors (user_id, seed, created_at, confirmed_at) VALUES ($1, '\\x00', now(), now())", b.ID)
	before := w.count("SELECT count(*) FROM sessions")
	w.refused(w.browser().visit(signInAt, oidc.Google, who), 401, "second_factor_required")
	if n := w.count("SELECT count(*) FROM sessions"); n != before {
		t.Error("a session was started")
	}
	// And a provider is no way to confirm who one is, from the beginning and at the end.
	w.refused(b.Post(t, proveAt+oidc.Google, fields{}), 409, "code_required")
	w.exec("UPDATE totp_factors SET confirmed_at = NULL WHERE user_id = $1", b.ID)
	address := b.leave(proveAt, oidc.Google)
	w.exec("UPDATE totp_factors SET confirmed_at = now() WHERE user_id = $1", b.ID)
	w.refused(b.bring(b.at(address, who)), 409, "code_required")
}

// H5: a provider that is away stops neither the start nor any other way in, and says so.
func TestH5_AProviderThatIsAwayStopsNothingElse(t *testing.T) {
	t.Parallel()
	w := start(t)
	for _, fault := range []oidc.Fault{oidc.Down, oidc.Failing} {
		w.app.Providers.Misbehave(oidc.Google, fault)
		w.refused(w.browser().Post(t, signInAt+oidc.Google, fields{}), 503, "provider_unavailable")
	}
	w.user(somebody("bob").Email)
	w.browser().arrives(signInAt, oidc.GitHub, somebody("ada"))
	b := w.browser()
	address := b.leave(signInAt, oidc.Custom)
	back := b.at(address, somebody("ada"))
	w.app.Providers.Misbehave(oidc.Custom, oidc.Failing)
	w.refused(b.bring(back), 503, "provider_unavailable")
	w.app.Providers.Misbehave(oidc.Custom)
	w.refused(b.bring(back), 422, "flow_invalid")
	b.arrives(signInAt, oidc.Custom, somebody("ada"))
}

// Without configuration there is no provider, and nothing pretends that there is.
func TestProvidersThatAreOff(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	var list struct{ Items []any }
	app.Anonymous(t).Get(t, "/sign-in/providers").Status(t, 200).JSON(t, &list)
	if len(list.Items) != 0 {
		t.Errorf("providers %v", list.Items)
	}
	app.Anonymous(t).Post(t, signInAt+oidc.Google, fields{}).Problem(t, 404, "provider_unknown")
	// The report is logged beside the first requests.
	apptest.Eventually(t, 5*time.Second, func() bool { return strings.Contains(app.Log.String(), "none is set up") })
}

// A person who declines at the provider, or whom it refuses, is told so, and the way is used up.
func TestDecliningAtTheProvider(t *testing.T) {
	t.Parallel()
	w := start(t)
	for code, want := range map[string]struct {
		status int
		code   string
	}{
		"access_denied": {422, "provider_denied"}, "server_error": {503, "provider_unavailable"}, "<b>odd</b>": {422, "provider_answer_invalid"},
	} {
		b := w.browser()
		back := b.at(b.leave(signInAt, oidc.Google), somebody("ada"))
		spoiled := answerOf(back)
		spoiled["error"] = code
		w.refused(b.Post(t, "/sign-in/callback", spoiled), want.status, want.code)
		w.refused(b.bring(back), 422, "flow_invalid")
	}
}
