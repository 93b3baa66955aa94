package accounts_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"
)

// grownOld makes the proof of the browser's session too old for what needs a recent one, and waits until that is known.
func (w *world) grownOld(b *browser) {
	w.t.Helper()
	w.exec("UPDATE sessions SET proved_at = now() - interval '11 minutes' WHERE subject_id = $1", uuid.MustParse(b.me().ID))
	w.forgotten(b, func() bool {
		return b.do("POST", "/me/password", map[string]any{"password": "short"}).problem().Code == "reauthentication_required"
	})
}

// A8, S3: a new password needs a recent proof, ends the other sessions on every replica within a second, makes mailed links worthless, and is
// told to its owner. The session that asked goes on.
func TestA8_PasswordChange(t *testing.T) {
	t.Parallel()
	w := start(t)
	user := w.user("ada.lovelace@example.com", goodPassword)
	tenant := w.tenant(user, "Acme")
	here, phone, bystander := w.signedIn(user, tenant), w.signedIn(user, tenant), w.signedIn(w.user("bob@example.com", ""), none)
	phone.base = w.replica()
	phone.want(200, "GET", "/tenant", nil, nil)
	here.want(202, "POST", "/password/forgot", map[string]any{"email": "ada.lovelace@example.com"}, nil)
	_, link := linkIn(t, w.mail("ada.lovelace@example.com"), "/reset")

	for weak, code := range map[string]string{
		"short": "password_too_short", "passwordpassword1": "password_too_common", "Lovelace-lovelace": "password_too_common",
		"ada.lovelace@example.com": "password_too_common", "SaaSKit-saaskit-1": "password_too_common", strings.Repeat("x y z ", 50): "password_too_long",
	} {
		p := here.refused(422, code, "POST", "/me/password", map[string]any{"password": weak})
		if len(p.Errors) != 1 || p.Errors[0].Location != "body.password" {
			t.Errorf("%s: %+v", weak, p)
		}
	}
	here.want(204, "POST", "/me/password", map[string]any{"password": otherPassword}, nil)
	w.refusedWithinASecond(phone, "GET", "/tenant", 401)
	phone.refused(401, "session_expired", "POST", "/session/refresh", map[string]any{"tenant": ""})
	here.want(200, "GET", "/tenant", nil, nil)
	here.in("acme")
	bystander.want(200, "GET", "/me", nil, nil)
	if text := w.mails("ada.lovelace@example.com", 2)[1]; !strings.Contains(text, "password was changed") {
		t.Errorf("mail: %s", text)
	}
	b := w.browser("")
	b.refused(401, "sign_in_failed", "POST", "/sign-in", map[string]any{"email": "ada.lovelace@example.com", "password": goodPassword})
	b.want(200, "POST", "/sign-in", map[string]any{"email": "ada.lovelace@example.com", "password": otherPassword}, nil)
	b.refused(422, "link_invalid", "POST", "/password/reset", map[string]any{"token": link, "password": goodPassword})

	w.grownOld(here)
	here.refused(403, "reauthentication_required", "POST", "/me/password", map[string]any{"password": goodPassword})
	if n := w.count("SELECT count(*) FROM security_log WHERE action = 'user.change_password' AND target = $1", "user:"+user.String()); n != 1 {
		t.Errorf("%d changes on record", n)
	}
}

// A person who signs in by other means gets a password with the session they have.
func TestFirstPassword(t *testing.T) {
	t.Parallel()
	w := start(t)
	b := w.signedIn(w.user("ada@example.com", ""), none)
	b.want(204, "POST", "/me/password", map[string]any{"password": goodPassword}, nil)
	if !b.me().HasPassword {
		t.Error("no password was set")
	}
	if text := w.mail("ada@example.com"); !strings.Contains(text, "You have a password now") {
		t.Errorf("mail: %s", text)
	}
	w.browser("").want(200, "POST", "/sign-in", map[string]any{"email": "ada@example.com", "password": goodPassword}, nil)
}

// A3 through HTTP: every character of a long password counts, at sign-up, at sign-in and after a change.
func TestA3_EveryCharacterCountsAtSignIn(t *testing.T) {
	t.Parallel()
	w := start(t)
	long := " " + strings.Repeat("vexing otter ", 8) + "Lamp\tпароль 🦊 "
	b := w.signedIn(w.user("ada@example.com", goodPassword), none)
	b.want(204, "POST", "/me/password", map[string]any{"password": long}, nil)
	try := w.browser("")
	for _, wrong := range []string{strings.TrimSpace(long), long[:72], long[:len(long)-1], strings.ToLower(long), long + " "} {
		try.refused(401, "sign_in_failed", "POST", "/sign-in", map[string]any{"email": "ada@example.com", "password": wrong})
	}
	try.want(200, "POST", "/sign-in", map[string]any{"email": "ada@example.com", "password": long}, nil)
}
