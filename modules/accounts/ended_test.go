package accounts_test

import (
	"testing"
)

// A8, S3: what a session has begun when a reset ends it comes to nothing: neither the password nor the address is changed, nor a link mailed.
func TestA8_AnEndedSessionChangesNothing(t *testing.T) {
	t.Parallel()
	w := start(t)
	ada := w.user("ada@example.com", goodPassword)
	for _, c := range []struct {
		method, path string
		body         any
	}{
		{"POST", "/me/password", map[string]any{"password": otherPassword}},
		{"POST", "/me/email", map[string]any{"email": "eve@example.org"}},
		{"DELETE", "/me/email", nil},
		{"POST", "/me/sessions/end-others", nil},
	} {
		thief := w.signedIn(ada, none)
		thief.me()
		w.app.EndedMeanwhile(t, ada, func() {
			a, err := thief.send(c.method, c.path, c.body)
			if got := outcome(a, err); got != "401 session_expired" {
				t.Errorf("%s %s: %s", c.method, c.path, got)
			}
		})
	}
	w.browser("").want(200, "POST", "/sign-in", map[string]any{"email": "ada@example.com", "password": goodPassword}, nil)
	if n := w.count("SELECT count(*) FROM one_time_tokens WHERE kind = 'accounts.email'"); n != 0 {
		t.Errorf("%d changes of address wait", n)
	}
}

// A8: a change of address that somebody in another session asked for ends with it, however its owner gets rid of them.
func TestA8_APendingChangeEndsWithTheSession(t *testing.T) {
	t.Parallel()
	w := start(t)
	ada := w.user("ada@example.com", goodPassword)
	anybody := w.browser("")
	for what, end := range map[string]func(owner, thief *browser){
		"the end of the others": func(owner, _ *browser) { owner.want(204, "POST", "/me/sessions/end-others", nil, nil) },
		"the end of that one": func(owner, thief *browser) {
			for _, s := range thief.sessions() {
				if s.Current {
					owner.want(204, "DELETE", "/me/sessions/"+s.ID, nil, nil)
				}
			}
		},
		"a replayed cookie": func(_, thief *browser) {
			stolen := thief.clone()
			thief.want(200, "POST", "/session/refresh", map[string]any{"tenant": ""}, nil)
			thief.want(200, "POST", "/session/refresh", map[string]any{"tenant": ""}, nil)
			stolen.refused(401, "session_expired", "POST", "/session/refresh", map[string]any{"tenant": ""})
		},
	} {
		owner, thief := w.signedIn(ada, none), w.signedIn(ada, none)
		token := w.asked(thief, "eve@example.org")
		end(owner, thief)
		anybody.confirmRefused("after "+what, token)
		if m := owner.me(); m.PendingEmail != "" || m.Email != "ada@example.com" {
			t.Errorf("after %s: %+v", what, m)
		}
	}
	if n := w.count("SELECT count(*) FROM security_log WHERE action = 'user.cancel_email_change'"); n != 3 {
		t.Errorf("%d cancellations on record", n)
	}
}

// A8: confirming a new address ends every session but that of the browser in which it is confirmed, also when that has proved itself again since.
func TestA8_TheConfirmingBrowserGoesOn(t *testing.T) {
	t.Parallel()
	w := start(t)
	ada := w.user("ada@example.com", goodPassword)
	here, phone := w.signedIn(ada, none), w.signedIn(ada, none)
	token := w.asked(here, "ada@example.org")
	var s sessionView
	here.want(200, "POST", "/session/reauthenticate", map[string]any{"password": goodPassword}, &s)
	here.token = s.AccessToken
	here.want(204, "POST", "/email/confirm", map[string]any{"token": token}, nil)
	w.refusedWithinASecond(phone, "GET", "/me", 401)
	if m := here.me(); m.Email != "ada@example.org" {
		t.Errorf("after: %+v", m)
	}
	here.in("")

	// Somebody else's session is not kept instead, nor is it ended.
	eve := w.signedIn(w.user("eve@example.com", goodPassword), none)
	eve.want(204, "POST", "/email/confirm", map[string]any{"token": w.asked(here, "ada@example.net")}, nil)
	w.refusedWithinASecond(here, "GET", "/me", 401)
	eve.want(200, "GET", "/me", nil, nil)
}
