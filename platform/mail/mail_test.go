package mail_test

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/db"
	"saaskit/platform/db/dbtest"
	"saaskit/platform/emulator/smtp"
	"saaskit/platform/fault"
	"saaskit/platform/jobs"
	"saaskit/platform/mail"
	"saaskit/platform/secret"
)

const recipient = "ada@example.com"

type fixture struct {
	db     *db.DB
	admin  *sql.DB
	tenant uuid.UUID
	mailer *mail.Mailer
}

// setup has a worker that sends to the server of the URL.
func setup(t *testing.T, smtpURL string) fixture {
	t.Helper()
	d := dbtest.New(t)
	opened := d.Open(t)
	root, err := secret.Parse(dbtest.Secret)
	if err != nil {
		t.Fatal(err)
	}
	m := mail.New(jobs.NewQueue(opened), root, mail.Config{SMTPURL: smtpURL, From: "SaaSKit <no-reply@saaskit.example>", Brand: "SaaSKit"})
	var r jobs.Registry
	m.Register(&r)
	w, err := jobs.NewWorker(opened, &r, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := w.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return fixture{db: opened, admin: d.Admin(t), tenant: d.NewTenant(t), mailer: m}
}

func (f fixture) send(message mail.Message) error {
	ctx := dbtest.As(f.tenant)
	return f.db.Tenant(ctx, func(tx *db.Tx) error { return f.mailer.Send(ctx, tx, message) })
}

func catcher(t *testing.T, addr string) *smtp.Catcher {
	t.Helper()
	c, err := smtp.Start(addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// arrived waits for the first mail to the recipient.
func arrived(t *testing.T, c *smtp.Catcher) smtp.Message {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for time.Now().Before(deadline) {
		if found := c.Messages(recipient); len(found) > 0 {
			return found[0]
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("no mail within 20 s")
	return smtp.Message{}
}

func full() mail.Message {
	return mail.Message{
		To: recipient, Subject: "Confirm your address – now", Title: "Confirm <your> address",
		Paragraphs: []string{"Somebody signed up.", `Name: <script>alert(1)</script> "Bobby"`},
		Button:     &mail.Button{Label: "Confirm address", URL: "https://app.example/verify#the-token"},
		Code:       "123456", Footnote: "Not you? Do nothing.",
	}
}

func TestMailArrivesAsTextAndHTML(t *testing.T) {
	t.Parallel()
	c := catcher(t, "127.0.0.1:0")
	f := setup(t, c.SMTPURL())
	if err := f.send(full()); err != nil {
		t.Fatal(err)
	}
	got := arrived(t, c)
	if got.Subject != "Confirm your address – now" || got.From != "no-reply@saaskit.example" {
		t.Errorf("subject %q from %q", got.Subject, got.From)
	}
	for _, part := range []string{"Confirm <your> address", "Somebody signed up.", "123456", "Confirm address:\nhttps://app.example/verify#the-token", "Not you?"} {
		if !strings.Contains(got.Text, part) {
			t.Errorf("the text lacks %q:\n%s", part, got.Text)
		}
	}
	for _, part := range []string{"Confirm &lt;your&gt; address", "&lt;script&gt;", `href="https://app.example/verify#the-token"`, "123456", "prefers-color-scheme: dark", `name="color-scheme"`} {
		if !strings.Contains(got.HTML, part) {
			t.Errorf("the HTML lacks %q:\n%s", part, got.HTML)
		}
	}
	if strings.Contains(got.HTML, "<script") {
		t.Error("a name became a script")
	}
	for _, header := range []string{"Message-ID: <", "Auto-Submitted: auto-generated", "multipart/alternative", "From: \"SaaSKit\" <no-reply@saaskit.example>"} {
		if !strings.Contains(got.Raw, header) {
			t.Errorf("the mail lacks %q:\n%s", header, got.Raw[:min(len(got.Raw), 900)])
		}
	}
}

func TestMailOfTheSystem(t *testing.T) {
	t.Parallel()
	c := catcher(t, "127.0.0.1:0")
	f := setup(t, c.SMTPURL())
	err := f.db.System(t.Context(), "test", func(tx *db.SystemTx) error { return f.mailer.Send(t.Context(), tx, full()) })
	if err != nil {
		t.Fatal(err)
	}
	arrived(t, c)
}

func TestQ1_RollbackSendsNothing(t *testing.T) {
	t.Parallel()
	c := catcher(t, "127.0.0.1:0")
	f := setup(t, c.SMTPURL())
	ctx, gone := dbtest.As(f.tenant), errors.New("gone")
	err := f.db.Tenant(ctx, func(tx *db.Tx) error {
		if err := f.mailer.Send(ctx, tx, full()); err != nil {
			t.Error(err)
		}
		return gone
	})
	if !errors.Is(err, gone) {
		t.Fatal(err)
	}
	var waiting int
	if err := f.admin.QueryRow("SELECT count(*) FROM river.river_job").Scan(&waiting); err != nil || waiting != 0 {
		t.Errorf("%d mails wait after the rollback, %v", waiting, err)
	}
	second := full()
	second.Subject = "Second"
	if err := f.send(second); err != nil {
		t.Fatal(err)
	}
	if got := arrived(t, c); got.Subject != "Second" || len(c.Messages("")) != 1 {
		t.Errorf("%d mails, the newest is %q", len(c.Messages("")), got.Subject)
	}
}

func TestH5_DeadMailServerLosesNothing(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	f := setup(t, "smtp://"+addr)
	if err := f.mailer.Ping(t.Context()); err == nil || err.Error() != "no mail server answers at "+addr+": connect: connection refused" {
		t.Errorf("ping: %v", err)
	}
	if err := f.send(full()); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(20 * time.Second)
	for failed := 0; failed == 0; {
		if err := f.admin.QueryRow("SELECT count(*) FROM river.river_job WHERE cardinality(errors) > 0").Scan(&failed); err != nil {
			t.Fatal(err)
		}
		if time.Now().After(deadline) {
			t.Fatal("the first attempt did not fail within 20 s")
		}
		time.Sleep(10 * time.Millisecond)
	}
	c := catcher(t, addr)
	arrived(t, c)
	if err := f.mailer.Ping(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestL1_WaitingMailIsSealed(t *testing.T) {
	t.Parallel()
	f := setup(t, "smtp://127.0.0.1:1")
	if err := f.send(full()); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(20 * time.Second)
	var row string
	for !strings.Contains(row, "no mail server answers") {
		if err := f.admin.QueryRow("SELECT j::text || coalesce(array_to_string(errors, ' '), '') FROM river.river_job j").Scan(&row); err != nil {
			t.Fatal(err)
		}
		if time.Now().After(deadline) {
			t.Fatal("the first attempt did not fail within 20 s")
		}
		time.Sleep(10 * time.Millisecond)
	}
	for _, canary := range []string{"the-token", "123456", recipient, "Confirm"} {
		if strings.Contains(row, canary) {
			t.Errorf("the job's row shows %q: %s", canary, row)
		}
	}
}

func TestQ4_SealedMailOpensForItsTenantOnly(t *testing.T) {
	t.Parallel()
	c := catcher(t, "127.0.0.1:0")
	f := setup(t, c.SMTPURL())
	ctx := dbtest.As(f.tenant)
	err := f.db.Tenant(ctx, func(tx *db.Tx) error {
		if err := f.mailer.Send(ctx, tx, full()); err != nil {
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	arrived(t, c)
	if _, err := f.admin.Exec(`INSERT INTO river.river_job (args, kind, max_attempts, metadata)
		SELECT args, kind, max_attempts, jsonb_build_object('tenant', gen_random_uuid()) FROM river.river_job`); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(20 * time.Second)
	for cancelled := 0; cancelled == 0; {
		if err := f.admin.QueryRow("SELECT count(*) FROM river.river_job WHERE state = 'cancelled'").Scan(&cancelled); err != nil {
			t.Fatal(err)
		}
		if time.Now().After(deadline) {
			t.Fatal("the copied mail was not given up within 20 s")
		}
		time.Sleep(10 * time.Millisecond)
	}
	if n := len(c.Messages("")); n != 1 {
		t.Errorf("%d mails were sent", n)
	}
}

func TestA9_HeadersCannotBeInjected(t *testing.T) {
	t.Parallel()
	c := catcher(t, "127.0.0.1:0")
	f := setup(t, c.SMTPURL())
	message := full()
	message.Subject = "Hello\r\nBcc: eve@example.com\r\n\r\n<b>body</b>\x00"
	if err := f.send(message); err != nil {
		t.Fatal(err)
	}
	got := arrived(t, c)
	if got.Subject != "Hello Bcc: eve@example.com <b>body</b>" || strings.Contains(got.Raw, "\nBcc:") || len(got.To) != 1 {
		t.Errorf("subject %q to %v", got.Subject, got.To)
	}
	message.To = "ada@example.com\r\nBcc: eve@example.com"
	if err := f.send(message); fault.From(err).Code != "email_invalid" {
		t.Errorf("error %v", err)
	}
}

func TestMailIsOffWithoutServer(t *testing.T) {
	t.Parallel()
	f := setup(t, "")
	if err := f.send(full()); fault.From(err).Code != "mail_off" {
		t.Errorf("error %v", err)
	}
}
