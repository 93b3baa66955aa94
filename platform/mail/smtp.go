package mail

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"saaskit/platform/jobs"
)

// sendTimeout is below the time that a job may take.
const sendTimeout = 30 * time.Second

// deliver hands the mail to the server. Its errors name no address: they are kept with the job and logged.
func (m *Mailer) deliver(ctx context.Context, message Message, text, html string) error {
	client, at, err := m.client()
	if err != nil {
		return err
	}
	msg := gomail.NewMsg(gomail.WithCharset(gomail.CharsetUTF8))
	from, err := netmail.ParseAddress(m.cfg.From)
	if err != nil {
		return fmt.Errorf("the sender of mail cannot be read: expected Name <address>: %w", err)
	}
	msg.FromMailAddress(from)
	if err := msg.To(message.To); err != nil {
		return jobs.GiveUp(errors.New("the recipient's address is not one that mail can be sent to"))
	}
	msg.Subject(message.Subject)
	msg.SetDate()
	// The same in each attempt, so that a receiver can tell a second copy.
	_, domain, _ := strings.Cut(from.Address, "@")
	msg.SetMessageIDWithValue(m.messageID(jobs.Key(ctx)) + "@" + domain)
	// No out-of-office answers to a machine (RFC 3834).
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetBodyString(gomail.TypeTextPlain, text)
	msg.AddAlternativeString(gomail.TypeTextHTML, html)

	err = client.DialAndSendWithContext(ctx, msg)
	if refused, ok := errors.AsType[*gomail.SendError](err); ok {
		// Only what is wrong with the address itself (RFC 3463, 3.2) is final. A relay that is set up wrong answers a 5xx here as well,
		// such as 554 5.7.1, and will take the mail when that is mended.
		if refused.Reason == gomail.ErrSMTPRcptTo && strings.HasPrefix(refused.EnhancedStatusCode(), "5.1.") {
			return jobs.GiveUp(fmt.Errorf("the mail server refuses the recipient: %d %s", refused.ErrorCode(), refused.EnhancedStatusCode()))
		}
		return fmt.Errorf("the mail server at %s does not take the mail: %s: %d %s", at, refused.Reason, refused.ErrorCode(), refused.EnhancedStatusCode())
	}
	return unreachable(at, err)
}

// Ping asks whether the mail server answers. The error is one line.
func (m *Mailer) Ping(ctx context.Context) error {
	if m.cfg.SMTPURL == "" {
		return errOff
	}
	client, at, err := m.client()
	if err != nil {
		return err
	}
	if err := client.DialWithContext(ctx); err != nil {
		return unreachable(at, err)
	}
	return client.Close()
}

func unreachable(at string, err error) error {
	if err == nil {
		return nil
	}
	if opErr, ok := errors.AsType[*net.OpError](err); ok {
		return fmt.Errorf("no mail server answers at %s: %w", at, opErr.Err)
	}
	return fmt.Errorf("the mail server at %s: %w", at, err)
}

// client is made anew for each mail: a job may run an hour after the last one, on a connection long dead.
func (m *Mailer) client() (*gomail.Client, string, error) {
	u, err := url.Parse(m.cfg.SMTPURL)
	if err != nil || u.Hostname() == "" || (u.Scheme != "smtp" && u.Scheme != "smtps") {
		return nil, "", errors.New("the mail server's URL cannot be read: expected smtp://user:password@host:587")
	}
	opts := []gomail.Option{gomail.WithTimeout(sendTimeout)}
	defaultPort := "587"
	switch {
	case u.Scheme == "smtps":
		defaultPort = "465"
		opts = append(opts, gomail.WithSSL())
	case loopback(u.Hostname()):
		opts = append(opts, gomail.WithTLSPolicy(gomail.TLSOpportunistic))
	default:
		opts = append(opts, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	port, err := strconv.Atoi(cmp.Or(u.Port(), defaultPort))
	if err != nil {
		return nil, "", errors.New("the mail server's URL cannot be read: its port is no number")
	}
	opts = append(opts, gomail.WithPort(port))
	if u.User != nil {
		password, _ := u.User.Password()
		opts = append(opts, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(u.User.Username()), gomail.WithPassword(password))
	}
	client, err := gomail.NewClient(u.Hostname(), opts...)
	if err != nil {
		return nil, "", fmt.Errorf("set up mail: %w", err)
	}
	return client, net.JoinHostPort(u.Hostname(), strconv.Itoa(port)), nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

func (m *Mailer) messageID(key string) string {
	mac := hmac.New(sha256.New, m.root.Key("mail/id"))
	mac.Write([]byte(key))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}
