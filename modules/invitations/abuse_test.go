package invitations_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"saaskit/modules/apptest"
	"saaskit/platform/access"
)

// I5: names in a mail are words. Only our own link is in it, in both forms, whatever host the inviter came by (A6).
func TestI5_MailsHoldNoLinkOfOthers(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant := app.Tenant(t)
	app.Exec(t, "UPDATE tenants SET name = $1 WHERE id = $2", `<a href="https://evil.example/t">evil.example</a>`, tenant.ID)
	app.Exec(t, "UPDATE users SET name = $1 WHERE id = $2", "Win at http://evil.example/u\u202e www.evil.example", tenant.Owner.ID)
	email := word() + "@example.com"
	tenant.Owner.Do(t, "POST", "/api/v1/invitations", fields{"emails": []string{email}, "role": "member"},
		"X-Forwarded-Host", "evil.example", "X-Forwarded-Proto", "ftp").Status(t, 201)
	m := app.Mail(t, email)
	if want := "Win at http evil example u www evil example invited you to a href https evil example t evil example a"; m.Subject != want {
		t.Errorf("subject %q", m.Subject)
	}
	for form, text := range map[string]string{"text": m.Text, "html": m.HTML, "subject": m.Subject} {
		if strings.Contains(text, "evil.example") || strings.Contains(text, "<a href=\"https://evil") {
			t.Errorf("%s: %s", form, text)
		}
		for _, link := range regexp.MustCompile(`https?://[^\s"<]+`).FindAllString(text, -1) {
			if !strings.HasPrefix(link, app.Config.BaseURL+"/invite#") {
				t.Errorf("%s holds the link %s", form, link)
			}
		}
	}
}

// I5, R5: mails are bounded by tenant, by inviter wherever they are, and by recipient whoever asks.
func TestI5_MailsAreLimited(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant := app.Tenant(t)
	send := func(by *apptest.Actor, emails []string) (sent, limited int) {
		t.Helper()
		r := by.Post(t, "/invitations", fields{"emails": emails, "role": "viewer"})
		if r.StatusCode == http.StatusTooManyRequests {
			r.Problem(t, 429, "rate_limited")
			if r.Header.Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
			return 0, len(emails)
		}
		var c created
		r.Status(t, 201).JSON(t, &c)
		for _, s := range c.Skipped {
			if s.Reason != "rate_limited" {
				t.Fatalf("%+v", s)
			}
		}
		return len(c.Items), len(c.Skipped)
	}
	batch := func(n int) []string {
		list := make([]string, n)
		for i := range list {
			list[i] = word() + "@example.com"
		}
		return list
	}
	total := func(by *apptest.Actor, batches int) (sent int) {
		for range batches {
			n, _ := send(by, batch(50))
			sent += n
		}
		return sent
	}
	if sent := total(tenant.Owner, 5); sent < 200 || sent > 205 {
		t.Errorf("one inviter sent %d", sent)
	}
	second := tenant.Actor(t, access.Admin)
	if sent := total(second, 4); sent < 45 || sent > 105 { // what was refused to the inviter counted against the tenant
		t.Errorf("another inviter of the tenant sent %d more", sent)
	}
	victim := word() + "@example.com"
	mails := 0
	for range 14 {
		sent, _ := send(app.Tenant(t).Owner, []string{victim})
		mails += sent
	}
	if mails != 10 {
		t.Errorf("one address got %d mails from many tenants", mails)
	}
	// Sending again counts as well.
	other := app.Tenant(t)
	guest := invite(t, other.Owner, "viewer", word()+"@example.com")[0]
	again := 0
	for range 14 {
		if other.Owner.Post(t, "/invitations/"+guest.ID.String()+"/resend", nil).StatusCode == http.StatusNoContent {
			again++
		}
	}
	if again != 9 {
		t.Errorf("one invitation was sent again %d times", again)
	}
}

// R4: what waits in a tenant is bounded, also when two requests race for the last places.
func TestR4_WaitingInvitationsAreBounded(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant := app.Tenant(t)
	app.Exec(t, `INSERT INTO invitations (tenant_id, id, email, role, invited_by, invited_by_kind, token_hash, created_at, sent_at, expires_at)
		SELECT $1, gen_random_uuid(), 'waits' || i || '@example.com', 'viewer', $2, 'user', sha256(i::text::bytea), now(), now(), now() + interval '1 day'
		FROM generate_series(1, 495) AS i`, tenant.ID, tenant.Owner.ID)
	outcomes := apptest.AtOnce(8, func(int) string {
		r := tenant.Owner.Post(t, "/invitations", fields{"emails": []string{word() + "@example.com", word() + "@example.com"}, "role": "viewer"})
		if r.StatusCode == http.StatusCreated {
			return "made"
		}
		return r.Problem(t, 409, "too_many_invitations").Code
	})
	if n := app.Count(t, "SELECT count(*) FROM invitations WHERE tenant_id = $1", tenant.ID); n != 499 || outcomes["made"] != 2 {
		t.Fatalf("%d wait, %v", n, outcomes)
	}
}

// A5: an address has one live invitation, also when many are sent at once.
func TestA5_OneLiveInvitationForAnAddress(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant := app.Tenant(t)
	email := word() + "@example.com"
	apptest.AtOnce(8, func(int) string {
		return fmt.Sprint(tenant.Owner.Post(t, "/invitations", fields{"emails": []string{email}, "role": "viewer"}).Status(t, 201).StatusCode)
	})
	app.JobsDone(t)
	if n := len(app.Mailbox.Messages(email)); n != 1 || len(waiting(t, tenant.Owner)) != 1 {
		t.Fatalf("%d mails, %d invitations", n, len(waiting(t, tenant.Owner)))
	}
}

// R5: what nobody accepted is forgotten in the end.
func TestR5_OldInvitationsAreForgotten(t *testing.T) {
	t.Parallel()
	var c clock
	app := apptest.New(t, apptest.WithClock(c.now))
	tenant := app.Tenant(t)
	invite(t, tenant.Owner, "viewer", word()+"@example.com")
	c.set(time.Now().Add(96 * 24 * time.Hour))
	app.RunJob(t, "invitations.purge")
	if n := app.Count(t, "SELECT count(*) FROM invitations"); n != 1 {
		t.Fatalf("%d are left too early", n)
	}
	c.set(time.Now().Add(98 * 24 * time.Hour))
	app.RunJob(t, "invitations.purge")
	if n := app.Count(t, "SELECT count(*) FROM invitations"); n != 0 {
		t.Fatalf("%d are left", n)
	}
}

// I5: only a mail that is sent counts: asking again and again for somebody who is invited already keeps nobody else from inviting them.
func TestI5_OnlyMailsCount(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant, email := app.Tenant(t), word()+"@example.com"
	invite(t, tenant.Owner, "viewer", email)
	for range 12 {
		var c created
		tenant.Owner.Post(t, "/invitations", fields{"emails": []string{email, tenant.Owner.Email}, "role": "viewer"}).Status(t, 201).JSON(t, &c)
		if len(c.Items) != 0 || len(c.Skipped) != 2 {
			t.Fatalf("%+v", c)
		}
	}
	invite(t, app.Tenant(t).Owner, "viewer", email)
	// A batch that is refused as a whole counts against no recipient.
	batch := make([]string, 50)
	for range 3 {
		for i := range batch {
			batch[i] = word() + "@example.com"
		}
		invite(t, tenant.Owner, "viewer", batch...)
	}
	before := app.Count(t, "SELECT count(*) FROM rate_limits")
	for i := range batch {
		batch[i] = word() + "@example.com"
	}
	tenant.Owner.Post(t, "/invitations", fields{"emails": batch, "role": "viewer"}).Problem(t, 429, "rate_limited")
	if after := app.Count(t, "SELECT count(*) FROM rate_limits"); after-before >= 50 {
		t.Errorf("%d rates more after a batch that was refused", after-before)
	}
}
