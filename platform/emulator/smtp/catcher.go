// Package smtp is a mail server for development and tests: it accepts every mail, keeps it and shows it on a page.
package smtp

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	gosmtp "github.com/emersion/go-smtp"
)

// keep is how many messages are held; the oldest make room.
const keep = 1000

// Message is a mail that arrived.
type Message struct {
	ID      string    `json:"id"`
	From    string    `json:"from"` // of the envelope
	To      []string  `json:"to"`   // of the envelope
	Subject string    `json:"subject"`
	Text    string    `json:"text"`
	HTML    string    `json:"html"`
	At      time.Time `json:"at"`
	Raw     string    `json:"-"` // as it came over the wire
}

// Catcher is the running server.
type Catcher struct {
	server   *gosmtp.Server
	listener net.Listener
	folder   string
	done     chan struct{}

	mu       sync.Mutex
	messages []Message // oldest first
}

// Option changes how the catcher runs.
type Option func(*Catcher)

// Folder keeps the messages as files in dir, so that they are there again after a restart.
func Folder(dir string) Option { return func(c *Catcher) { c.folder = dir } }

// Start listens on addr, such as "127.0.0.1:0".
func Start(addr string, opts ...Option) (*Catcher, error) {
	c := &Catcher{done: make(chan struct{})}
	for _, o := range opts {
		o(c)
	}
	if c.folder != "" {
		if err := c.load(); err != nil {
			return nil, fmt.Errorf("read the mailbox: %w", err)
		}
	}
	var err error
	if c.listener, err = (&net.ListenConfig{}).Listen(context.Background(), "tcp", addr); err != nil {
		return nil, fmt.Errorf("listen for mail: %w", err)
	}
	c.server = gosmtp.NewServer(gosmtp.BackendFunc(func(*gosmtp.Conn) (gosmtp.Session, error) { return &session{catcher: c}, nil }))
	c.server.Domain = "localhost"
	c.server.ReadTimeout, c.server.WriteTimeout = 30*time.Second, 30*time.Second
	c.server.MaxMessageBytes, c.server.MaxRecipients = 10<<20, 50
	go func() {
		defer close(c.done)
		_ = c.server.Serve(c.listener) // ends with Close
	}()
	return c, nil
}

// Close ends the server. What arrived stays readable.
func (c *Catcher) Close() error {
	err := c.server.Close()
	// The server knows its listener only once it has begun to serve.
	if closeErr := c.listener.Close(); !errors.Is(closeErr, net.ErrClosed) {
		err = errors.Join(err, closeErr)
	}
	<-c.done
	if errors.Is(err, gosmtp.ErrServerClosed) {
		return nil
	}
	return err
}

// SMTPURL is where to send mail, in the form of the product's SMTP_URL.
func (c *Catcher) SMTPURL() string { return "smtp://" + c.listener.Addr().String() }

// Messages are the mails to an address, newest first; all of them when to is "".
func (c *Catcher) Messages(to string) []Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	var found []Message
	for _, m := range slices.Backward(c.messages) {
		if to == "" || slices.ContainsFunc(m.To, func(a string) bool { return strings.EqualFold(a, to) }) {
			found = append(found, m)
		}
	}
	return found
}

func (c *Catcher) message(id string) (Message, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := slices.IndexFunc(c.messages, func(m Message) bool { return m.ID == id })
	if i < 0 {
		return Message{}, false
	}
	return c.messages[i], true
}

func (c *Catcher) add(m Message) error {
	if c.folder != "" {
		if err := os.WriteFile(filepath.Join(c.folder, m.ID+fileType), []byte(envelope(m)+m.Raw), 0o600); err != nil {
			return fmt.Errorf("keep the mail: %w", err)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.messages = append(c.messages, m)
	if over := len(c.messages) - keep; over > 0 {
		for _, old := range c.messages[:over] {
			if c.folder != "" {
				_ = os.Remove(filepath.Join(c.folder, old.ID+fileType))
			}
		}
		c.messages = slices.Delete(c.messages, 0, over)
	}
	return nil
}

// session is one client's connection.
type session struct {
	catcher *Catcher
	from    string
	to      []string
}

// Mail implements gosmtp.Session.
func (s *session) Mail(from string, _ *gosmtp.MailOptions) error {
	s.from = from
	return nil
}

// Rcpt implements gosmtp.Session.
func (s *session) Rcpt(to string, _ *gosmtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}

// Data implements gosmtp.Session.
func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	at := time.Now().UTC()
	// In order of time, as files too.
	id := at.Format("20060102150405.000000") + "-" + strings.ToLower(rand.Text()[:8])
	return s.catcher.add(parse(Message{ID: id, From: s.from, To: s.to, At: at, Raw: string(raw)}))
}

// Reset implements gosmtp.Session.
func (s *session) Reset() { s.from, s.to = "", nil }

// Logout implements gosmtp.Session.
func (s *session) Logout() error { return nil }
