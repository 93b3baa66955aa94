package accounts_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// A password that the rules accept, and another.
const (
	goodPassword  = "vexing otter lamp oboe"
	otherPassword = "kumquat drizzle zeppelin"
)

// browser is a client that keeps one session cookie and one access token, as a tab does.
type browser struct {
	t       *testing.T
	base    string
	address string
	http    *http.Client
	cookie  string // value of the session cookie
	token   string
	header  http.Header // added to each request; Host is sent as the host
}

type answer struct {
	Status int
	Header http.Header
	Body   []byte
	Cookie *http.Cookie // the session cookie of the answer, if it sets one
}

type problem struct {
	Code   string
	Errors []struct{ Location, Message string }
}

func (a answer) problem() problem {
	var p problem
	if err := json.Unmarshal(a.Body, &p); err != nil {
		return problem{Code: "no problem: " + string(a.Body)}
	}
	return p
}

// send makes one request and changes nothing in the browser. It may run on any goroutine.
func (b *browser) send(method, path string, body any) (answer, error) {
	var content io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return answer{}, err
		}
		content = bytes.NewReader(raw)
	}
	r, err := http.NewRequest(method, b.base+"/api/v1"+path, content)
	if err != nil {
		return answer{}, err
	}
	for name, values := range b.header {
		r.Header[name] = values
	}
	r.Host = b.header.Get("Host")
	r.Header.Set("X-Forwarded-For", b.address)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if b.token != "" {
		r.Header.Set("Authorization", "Bearer "+b.token)
	}
	if b.cookie != "" {
		r.AddCookie(&http.Cookie{Name: cookieName, Value: b.cookie})
	}
	response, err := b.http.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		return answer{}, err
	}
	out := answer{Status: response.StatusCode, Header: response.Header, Body: raw}
	for _, c := range response.Cookies() {
		if strings.HasSuffix(c.Name, cookieName) {
			out.Cookie = c
		}
	}
	return out, nil
}

// do makes a request and keeps the cookie of the answer.
func (b *browser) do(method, path string, body any) answer {
	b.t.Helper()
	a, err := b.send(method, path, body)
	if err != nil {
		b.t.Fatalf("%s %s: %v", method, path, err)
	}
	if a.Cookie != nil {
		b.cookie = a.Cookie.Value
	}
	return a
}

// want makes a request that must have the status, and decodes its answer into out unless that is nil.
func (b *browser) want(status int, method, path string, body, out any) answer {
	b.t.Helper()
	a := b.do(method, path, body)
	if a.Status != status {
		b.t.Fatalf("%s %s: status %d, want %d: %s", method, path, a.Status, status, a.Body)
	}
	if out != nil {
		if err := json.Unmarshal(a.Body, out); err != nil {
			b.t.Fatalf("%s %s: %v", method, path, err)
		}
	}
	return a
}

// refused makes a request that must fail with the status and the code.
func (b *browser) refused(status int, code, method, path string, body any) problem {
	b.t.Helper()
	p := b.want(status, method, path, body, nil).problem()
	if p.Code != code {
		b.t.Fatalf("%s %s: code %q, want %q", method, path, p.Code, code)
	}
	return p
}

// in makes the browser work in the tenant with the slug and returns its session.
func (b *browser) in(slug string) sessionView {
	b.t.Helper()
	var s sessionView
	b.want(200, "POST", "/session/refresh", map[string]any{"tenant": slug}, &s)
	b.token = s.AccessToken
	return s
}

// clone is a second tab: the same cookie and token, a state of its own.
func (b *browser) clone() *browser {
	c := *b
	c.header = b.header.Clone()
	return &c
}

type tenantView struct {
	ID, Slug, Name, Role, Status, Plan string
	Permissions                        []string
}

type sessionView struct {
	AccessToken string    `json:"access_token"`
	ExpiresAt   time.Time `json:"expires_at"`
	User        struct{ ID, Email, Name string }
	Tenants     []tenantView
	Tenant      *tenantView
}

type memberView struct {
	UserID   string `json:"user_id"`
	Name     string
	Email    string
	Role     string
	JoinedAt time.Time `json:"joined_at"`
}

var links = regexp.MustCompile(`https?://[^\s"'<>]+`)

// linkIn returns the link with the path that a mail's text holds, and the token in its fragment.
func linkIn(t *testing.T, text, path string) (link, token string) {
	t.Helper()
	t.Helper()
	for _, link := range links.FindAllString(text, -1) {
		if before, token, found := strings.Cut(link, "#"); found && strings.HasSuffix(before, path) {
			return link, token
		}
	}
	t.Fatalf("no link to %s in: %s", path, text)
	return "", ""
}
