// Package mail writes mails and sends them by jobs over SMTP, after the transaction that asked for them has committed.
//
// A mail is tried 100 times over about 24 hours: after 1, 16, 81, 256 and 625 seconds, then every quarter of an hour. So a mail server that
// is away, or refuses everything because it is set up wrong, loses nothing until it is mended within that day. Only an answer that the
// recipient's address is bad (enhanced status 5.1.x) is final at once. A mail that is given up or discarded is an error in the log, with
// kind=mail_send and the server's answer; its job stays in the database, sealed.
package mail

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"saaskit/platform/access"
	"saaskit/platform/db"
	"saaskit/platform/fault"
	"saaskit/platform/jobs"
	"saaskit/platform/secret"
)

// Message is a mail to one person, as content: its form is the same for all mails.
type Message struct {
	To, Subject string
	Title       string   // the heading
	Paragraphs  []string // plain text
	Button      *Button  // what to do, if anything
	Code        string   // a code to type, if any
	Footnote    string   // why the person gets this, and what to do if it was a mistake
}

// Button is the link of a mail.
type Button struct {
	Label, URL string
}

// Config is how mail leaves.
type Config struct {
	SMTPURL string // smtp://user:password@host:587 or smtps://user:password@host:465; "" is off
	From    string // "Name <address>"
	Brand   string // the product's name
}

// Mailer sends mails.
type Mailer struct {
	queue *jobs.Queue
	root  secret.Root
	cfg   Config
}

// New returns a Mailer. With an empty SMTPURL it refuses to send.
func New(queue *jobs.Queue, root secret.Root, cfg Config) *Mailer {
	return &Mailer{queue: queue, root: root, cfg: cfg}
}

var errOff = fault.New(fault.Unavailable, "mail_off", "Mail is not set up on this server.")

// attempts spans about a day, as the waits between them grow to a quarter of an hour: longer than a mail server is usually away.
const attempts = 100

// sealLabel names the key under which waiting mails are sealed.
const sealLabel = "mail"

// letter is a mail that waits. What it says, links and codes among it, is sealed: the job's row shows nothing of it.
type letter struct {
	Sealed []byte `json:"sealed"`
}

// Kind implements jobs.Args.
func (letter) Kind() string { return "mail_send" }

// Send puts the mail into the transaction: a rollback takes it away, and after the commit it is tried until the mail server takes it.
func (m *Mailer) Send(ctx context.Context, tx db.Enqueuer, message Message) error {
	if m.cfg.SMTPURL == "" {
		return errOff
	}
	to, err := Address(message.To)
	if err != nil {
		return err
	}
	message.To = to
	// Names that people chose may be in the subject, and a line break in a header begins another header.
	message.Subject = strings.Join(strings.FieldsFunc(message.Subject, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if message.Subject == "" {
		return errors.New("mail: the subject is empty")
	}
	plain, err := json.Marshal(message)
	if err != nil {
		return fmt.Errorf("write the mail: %w", err)
	}
	tenant := tx.JobTenant()
	return m.queue.Enqueue(ctx, tx, letter{Sealed: m.root.Seal(sealLabel, plain, tenant[:])}, jobs.MaxAttempts(attempts))
}

// Register adds the job that sends.
func (m *Mailer) Register(r *jobs.Registry) {
	jobs.HandleAny(r, m.send)
}

func (m *Mailer) send(ctx context.Context, l letter) error {
	tenant := access.From(ctx).Tenant
	plain, err := m.root.Open(sealLabel, l.Sealed, tenant[:])
	if err != nil {
		return jobs.GiveUp(fmt.Errorf("open the waiting mail: %w", err))
	}
	var message Message
	if err := json.Unmarshal(plain, &message); err != nil {
		return jobs.GiveUp(fmt.Errorf("read the waiting mail: %w", err))
	}
	text, html, err := m.render(message)
	if err != nil {
		return jobs.GiveUp(fmt.Errorf("write the mail: %w", err))
	}
	return m.deliver(ctx, message, text, html)
}
