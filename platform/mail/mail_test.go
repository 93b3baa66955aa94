package mail_test

import (
	"context"
	"database/sql"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/db"
	"saaskit/platform/db/dbtest"
	"saaskit/platform/emulator/smtp"
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
	log    *lines
}

// lines are what was logged.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write implements io.Writer.
func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
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
	log := &lines{}
	w, err := jobs.NewWorker(opened, &r, slog.New(slog.NewTextHandler(log, nil)))
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
	return fixture{db: opened, admin: d.Admin(t), tenant: d.NewTenant(t), mailer: m, log: log}
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
		<-time.After(10 * time.Millisecond)
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
