package accounts_test

import (
	"strings"
	"testing"
)

type activityPage struct {
	Items []struct {
		ID, Action, IP, Device, Place string
		Detail                        map[string]any
	}
	NextCursor string `json:"next_cursor"`
}

// A person sees what happened to their account and nothing of anybody else's, page by page, newest first.
func TestActivity(t *testing.T) {
	t.Parallel()
	w := start(t)
	ada := w.user("ada@example.com", goodPassword)
	w.user("bob@example.com", goodPassword)
	w.signIn("bob@example.com", "198.51.100.1", firefox)
	stranger := w.browser("203.0.113.66")
	stranger.refused(401, "sign_in_failed", "POST", "/sign-in", map[string]any{"email": "ada@example.com", "password": otherPassword})
	stranger.refused(401, "sign_in_failed", "POST", "/sign-in", map[string]any{"email": "bob@example.com", "password": otherPassword})
	b := w.signIn("ada@example.com", "10.9.8.7", firefox)
	b.want(204, "POST", "/me/password", map[string]any{"password": otherPassword}, nil)
	w.exec(`INSERT INTO security_log (id, actor_kind, actor_label, action, target, ip, user_agent) VALUES (gen_random_uuid(), 'operator', 'ops@example.com', 'user.look', $1, '192.0.2.99', 'x')`, "user:"+ada.String())

	var actions []string
	cursor := ""
	for range 10 {
		var page activityPage
		b.want(200, "GET", "/me/activity?limit=2"+cursor, nil, &page)
		for _, item := range page.Items {
			actions = append(actions, item.Action+" "+item.IP+" "+item.Device+" "+item.Place)
		}
		if page.NextCursor == "" {
			break
		}
		cursor = "&cursor=" + page.NextCursor
	}
	all := strings.Join(actions, "\n")
	for _, want := range []string{
		"user.change_password 10.9.8.7 Firefox on Linux Local network", "user.sign_in 10.9.8.7 Firefox on Linux Local network",
		"user.sign_in_failed 203.0.113.66 API client Unknown place", "user.look   ", "user.provision ",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is missing in:\n%s", want, all)
		}
	}
	if len(actions) != 5 || strings.Contains(all, "198.51.100.1") || strings.Contains(all, "192.0.2.99") {
		t.Errorf("activity:\n%s", all)
	}
	b.refused(422, "invalid_cursor", "GET", "/me/activity?cursor=abc", nil)
}

// A replayed cookie shows in the activity of its owner.
func TestS1_AReplayIsInTheActivity(t *testing.T) {
	t.Parallel()
	w := start(t)
	user := w.user("ada@example.com", "")
	b := w.signedIn(user, none)
	thief := b.clone()
	b.in("")
	b.in("")
	thief.refused(401, "session_expired", "POST", "/session/refresh", map[string]any{"tenant": ""})
	var page activityPage
	w.signedIn(user, none).want(200, "GET", "/me/activity", nil, &page)
	if page.Items[0].Action != "session.refresh_reused" {
		t.Errorf("activity: %+v", page.Items)
	}
}
