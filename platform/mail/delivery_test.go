package mail_test

import (
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"saaskit/platform/db"
	"saaskit/platform/db/dbtest"
	"saaskit/platform/fault"
)

// wait returns when a job fulfils the condition.
func (f fixture) wait(t *testing.T, condition string) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for found := 0; found == 0; {
		if err := f.admin.QueryRow("SELECT count(*) FROM river.river_job WHERE " + condition).Scan(&found); err != nil {
			t.Fatal(err)
		}
		if time.Now().After(deadline) {
			t.Fatalf("no job with %s within 20 s", condition)
		}
		<-time.After(10 * time.Millisecond)
	}
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
	f.wait(t, "cardinality(errors) > 0")
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
	f.wait(t, "cardinality(errors) > 0")
	var row string
	if err := f.admin.QueryRow("SELECT j::text || args::text || array_to_string(errors, ' ') FROM river.river_job j").Scan(&row); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(row, "no mail server answers") {
		t.Errorf("the row does not tell why: %s", row)
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
	if err := f.send(full()); err != nil {
		t.Fatal(err)
	}
	arrived(t, c)
	if _, err := f.admin.Exec(`INSERT INTO river.river_job (args, kind, max_attempts, metadata)
		SELECT args, kind, max_attempts, jsonb_build_object('tenant', gen_random_uuid()) FROM river.river_job`); err != nil {
		t.Fatal(err)
	}
	f.wait(t, "state = 'cancelled'")
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
