package accounts_test

import (
	"strings"
	"testing"
	"time"
)

type meView struct {
	ID, Email, Name string
	HasPassword     bool      `json:"has_password"`
	SecondFactor    bool      `json:"second_factor"`
	PendingEmail    string    `json:"pending_email"`
	CreatedAt       time.Time `json:"created_at"`
}

func (b *browser) me() meView {
	b.t.Helper()
	var m meView
	b.want(200, "GET", "/me", nil, &m)
	return m
}

func TestProfile(t *testing.T) {
	t.Parallel()
	w := start(t)
	ada, bob := w.user("ada@example.com", goodPassword), w.user("bob@example.com", "")
	b, other := w.signedIn(ada, none), w.signedIn(bob, none)
	m := b.me()
	if m.ID != ada.String() || m.Email != "ada@example.com" || !m.HasPassword || m.SecondFactor || m.PendingEmail != "" || time.Since(m.CreatedAt) > time.Minute {
		t.Errorf("me: %+v", m)
	}
	if m := other.me(); m.HasPassword {
		t.Errorf("a person without a password has one: %+v", m)
	}
	b.want(200, "PATCH", "/me", map[string]any{"name": "  Ada <b>&\" Lovelace "}, &m)
	if m.Name != `Ada <b>&" Lovelace` || b.me() != m {
		t.Errorf("after the change: %+v", m)
	}
	b.want(200, "PATCH", "/me", map[string]any{"name": m.Name}, nil)
	for name, code := range map[string]string{"": "invalid_input", " \t": "name_invalid", "A\r\nBcc: x": "name_invalid", strings.Repeat("a", 101): "invalid_input"} {
		b.refused(422, code, "PATCH", "/me", map[string]any{"name": name})
	}
	if n := w.count("SELECT count(*) FROM security_log WHERE action = 'user.change_name' AND target = $1 AND actor_id = $2", "user:"+ada.String(), ada); n != 1 {
		t.Errorf("%d changes on record", n)
	}
	if n := w.count("SELECT count(*) FROM users WHERE name = $1", m.Name); n != 1 {
		t.Errorf("%d people have the name", n)
	}
}

// S8, A8: nothing of a person's identity comes from the client: what names it is refused, and stays as it was.
func TestS8_NoIdentityFromTheClient(t *testing.T) {
	t.Parallel()
	w := start(t)
	ada, bob := w.user("ada@example.com", goodPassword), w.user("bob@example.com", goodPassword)
	tenant := w.tenant(bob, "Acme")
	b, victim := w.signedIn(ada, none), w.signedIn(bob, tenant)
	before := b.me()
	identity := map[string]any{
		"id": bob, "user_id": bob, "subject": bob, "email": "bob@example.com", "email_verified": true, "verified": true, "tenant_id": tenant, "tid": tenant,
		"role": "owner", "permissions": []string{"tenant:write"}, "session": victim.cookie, "session_id": bob, "proved_at": time.Now(), "second_factor": true,
		"has_password": false, "pending_email": "", "created_at": time.Now(), "disabled_at": nil, "audience": "operator",
	}
	for _, c := range []struct {
		method, path string
		body         map[string]any
	}{
		{"PATCH", "/me", map[string]any{"name": "Ada"}},
		{"POST", "/me/password", map[string]any{"password": otherPassword}},
		{"POST", "/me/email", map[string]any{"email": "ada@example.org"}},
		{"POST", "/email/confirm", map[string]any{"token": "x"}},
		{"POST", "/session/refresh", map[string]any{"tenant": ""}},
		{"POST", "/session/reauthenticate", map[string]any{"password": goodPassword}},
		{"POST", "/sign-in", map[string]any{"email": "ada@example.com", "password": goodPassword}},
		{"POST", "/sign-in/second-factor", map[string]any{"code": "000000"}},
	} {
		for field, value := range identity {
			body := map[string]any{field: value}
			for k, v := range c.body {
				body[k] = v
			}
			if c.body[field] == nil {
				b.refused(422, "invalid_input", c.method, c.path, body)
			}
		}
	}
	for _, path := range []string{"/me", "/me/sessions", "/me/activity"} {
		for _, query := range []string{"?user_id=" + bob.String(), "?id=" + bob.String(), "?tenant_id=" + tenant.String()} {
			b.refused(422, "invalid_input", "GET", path+query, nil)
		}
	}
	if after := b.me(); after != before {
		t.Errorf("%+v, before %+v", after, before)
	}
	victim.want(200, "GET", "/tenant", nil, nil)
}
