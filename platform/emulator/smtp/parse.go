package smtp

import (
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// parse fills in subject, text and HTML from the raw mail. What cannot be read is shown as the text.
func parse(m Message) Message {
	parsed, err := mail.ReadMessage(strings.NewReader(m.Raw))
	if err != nil {
		m.Subject, m.Text = "(unreadable)", m.Raw
		return m
	}
	if m.Subject, err = new(mime.WordDecoder).DecodeHeader(parsed.Header.Get("Subject")); err != nil {
		m.Subject = parsed.Header.Get("Subject")
	}
	if err := m.read(textproto.MIMEHeader(parsed.Header), parsed.Body, 0); err != nil {
		m.Text = m.Raw
	}
	return m
}

// read takes the first text and the first HTML part, however they are nested.
func (m *Message) read(header textproto.MIMEHeader, body io.Reader, depth int) error {
	kind, params, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		kind = "text/plain"
	}
	if strings.HasPrefix(kind, "multipart/") && depth < 5 {
		parts := multipart.NewReader(body, params["boundary"])
		for {
			part, err := parts.NextRawPart()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			if err := m.read(part.Header, part, depth+1); err != nil {
				return err
			}
		}
	}
	switch strings.ToLower(header.Get("Content-Transfer-Encoding")) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	content, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	switch {
	case kind == "text/plain" && m.Text == "":
		m.Text = strings.ReplaceAll(string(content), "\r\n", "\n")
	case kind == "text/html" && m.HTML == "":
		m.HTML = string(content)
	}
	return nil
}

const fileType = ".eml"

// envelope is what a kept file starts with, as header lines, because the mail itself does not tell its envelope.
func envelope(m Message) string {
	return fmt.Sprintf("X-Envelope-From: %s\r\nX-Envelope-To: %s\r\nX-Received: %s\r\n", m.From, strings.Join(m.To, ", "), m.At.Format(time.RFC3339Nano))
}

func (c *Catcher) load() error {
	if err := os.MkdirAll(c.folder, 0o700); err != nil {
		return err
	}
	// Glob sorts by name, which is the order of arrival.
	files, err := filepath.Glob(filepath.Join(c.folder, "*"+fileType))
	if err != nil {
		return err
	}
	for _, file := range files[max(0, len(files)-keep):] {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		m := Message{ID: strings.TrimSuffix(filepath.Base(file), fileType), Raw: string(text)}
		for range 3 {
			line, rest, _ := strings.Cut(m.Raw, "\r\n")
			name, value, found := strings.Cut(line, ": ")
			switch {
			case !found:
			case name == "X-Envelope-From":
				m.From, m.Raw = value, rest
			case name == "X-Envelope-To":
				m.To, m.Raw = strings.Split(value, ", "), rest
			case name == "X-Received":
				m.At, _ = time.Parse(time.RFC3339Nano, value)
				m.Raw = rest
			}
		}
		c.messages = append(c.messages, parse(m))
	}
	return nil
}
