package smtp_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	netsmtp "net/smtp"
	"strings"
	"testing"

	"saaskit/platform/emulator/smtp"
)

const mixed = "From: a@example.com\r\nTo: b@example.com\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n" +
	"Content-Type: multipart/alternative; boundary=xx\r\n\r\n" +
	"--xx\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" +
	"See https://app.example/verify#t=3D1 <now>.\r\n" +
	"--xx\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\nPGI+aGk8L2I+\r\n--xx--\r\n"

func send(t *testing.T, c *smtp.Catcher, to, body string) {
	t.Helper()
	if err := netsmtp.SendMail(strings.TrimPrefix(c.SMTPURL(), "smtp://"), nil, "a@example.com", []string{to}, []byte(body)); err != nil {
		t.Fatal(err)
	}
}

func start(t *testing.T, opts ...smtp.Option) *smtp.Catcher {
	t.Helper()
	c, err := smtp.Start("127.0.0.1:0", opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func TestCatcherReadsMail(t *testing.T) {
	t.Parallel()
	c := start(t)
	send(t, c, "b@example.com", mixed)
	send(t, c, "c@example.com", "Subject: plain\r\n\r\nhello\r\n")
	send(t, c, "c@example.com", "no header at all")
	if all := c.Messages(""); len(all) != 3 || all[0].Subject != "(unreadable)" || all[1].Text != "hello\n" {
		t.Errorf("all mail: %+v", all)
	}
	found := c.Messages("B@example.com")
	if len(found) != 1 {
		t.Fatalf("%d mails to b", len(found))
	}
	m := found[0]
	if m.Subject != "Grüße" || m.Text != "See https://app.example/verify#t=1 <now>." || m.HTML != "<b>hi</b>" || m.From != "a@example.com" {
		t.Errorf("read as %+v", m)
	}
}

func TestCatcherKeepsMailInFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := start(t, smtp.Folder(dir))
	send(t, first, "b@example.com", mixed)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	before, after := first.Messages(""), start(t, smtp.Folder(dir)).Messages("")
	if fmt.Sprint(before) != fmt.Sprint(after) || len(after) != 1 {
		t.Errorf("before the restart %+v, after it %+v", before, after)
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	c := start(t)
	server := httptest.NewServer(http.StripPrefix("/mail", c.Handler()))
	defer server.Close()
	get := func(path string) (body, status, policy string) {
		t.Helper()
		r, err := http.Get(server.URL + "/mail" + path)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		text, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(text), r.Status, r.Header.Get("Content-Security-Policy")
	}
	if page, _, _ := get("/"); !strings.Contains(page, "No mail yet") {
		t.Error("the empty mailbox does not say so")
	}
	if body, _, _ := get("/messages.json"); strings.TrimSpace(body) != "[]" {
		t.Errorf("no mail as JSON: %s", body)
	}
	send(t, c, "b@example.com", strings.Replace(mixed, "=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "<script>x</script>", 1))
	id := c.Messages("")[0].ID
	for path, parts := range map[string][]string{
		"/":                               {`href="messages/` + id + `"`, "&lt;script&gt;x", "b@example.com"},
		"/?to=nobody@example.com":         {"No mail yet"},
		"/messages.json?to=b@example.com": {`"id":"` + id + `"`},
		"/messages/" + id:                 {`src="` + id + `/html"`, `sandbox="allow-popups`, "?as=text"},
		"/messages/" + id + "?as=text":    {`<a href="https://app.example/verify#t=1"`, "&lt;now&gt;"},
		"/messages/" + id + "/html":       {`<base target="_blank">`, "<b>hi</b>"},
	} {
		page, status, policy := get(path)
		if status != "200 OK" || !strings.Contains(policy, "default-src 'none'") {
			t.Errorf("%s: %s, policy %q", path, status, policy)
		}
		for _, part := range parts {
			if !strings.Contains(page, part) {
				t.Errorf("%s lacks %q:\n%s", path, part, page)
			}
		}
	}
	if _, status, _ := get("/messages/none"); status != "404 Not Found" {
		t.Errorf("an unknown mail: %s", status)
	}
}
