package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/api"
	"saaskit/platform/fault"
	"saaskit/platform/limit"
	"saaskit/platform/observe"
	"saaskit/platform/server"
	"saaskit/platform/token"
)

const baseURL = "https://app.example.com"

// site is a running server with a small module of routes.
type site struct {
	t      *testing.T
	url    string
	server *server.Server
	logs   *lockedBuffer
	client *http.Client
}

// setup is what a test may change before the start.
type setup struct {
	server server.Config
	api    api.Config
	routes func(r *api.Router)
}

func start(t *testing.T, change ...func(*setup)) *site {
	t.Helper()
	logs := &lockedBuffer{}
	s := setup{
		server: server.Config{BaseURL: baseURL, Log: observe.NewLogger(logs, true, slog.LevelDebug), Web: webBuild()},
		api: api.Config{
			Title: "Test", Version: "1", Verify: verify,
			Actors:      api.Actors{api.AudienceApp: member, api.AudienceOperator: operator},
			Permissions: permissions,
			Take:        takeAlways,
		},
	}
	for _, c := range change {
		c(&s)
	}
	srv, err := server.New(s.server)
	if err != nil {
		t.Fatal(err)
	}
	a := api.New(srv.Fiber(), s.api)
	things(a.Router("things"))
	if s.routes != nil {
		s.routes(a.Router("extra"))
	}
	if err := a.Seal(); err != nil {
		t.Fatal(err)
	}
	if err := srv.Listen(t.Context(), "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	client := &http.Client{
		Timeout:       20 * time.Second,
		Transport:     &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	t.Cleanup(func() {
		client.CloseIdleConnections()
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := srv.Shutdown(ctx); err != nil {
			t.Errorf("shutdown: %v", err)
		}
	})
	return &site{t: t, url: "http://" + srv.Addr(), server: srv, logs: logs, client: client}
}

// Tokens of the tests name their bearer: "app.<subject>.<tenant>.<role>" or "operator.<subject>".
func verify(_ context.Context, raw string, audiences ...string) (token.Claims, error) {
	parts := strings.Split(raw, ".")
	if len(parts) < 2 || parts[0] != audiences[0] {
		return token.Claims{}, fault.New(fault.Unauthenticated, "invalid_token", "The access token is not valid.")
	}
	c := token.Claims{Audience: parts[0], Subject: uuid.MustParse(parts[1]), Session: session}
	if len(parts) == 4 && parts[2] != "" {
		c.Tenant = uuid.MustParse(parts[2])
	}
	return c, nil
}

var (
	session = uuid.MustParse("00000000-0000-7000-8000-0000000000aa")
	alice   = uuid.MustParse("00000000-0000-7000-8000-000000000001")
	acme    = uuid.MustParse("00000000-0000-7000-8000-000000000002")
	thing   = uuid.MustParse("00000000-0000-7000-8000-000000000003")
)

var permissions = access.Permissions{"things:read": access.Viewer, "things:write": access.Admin}

func tokenOf(role access.Role) string {
	return "app." + alice.String() + "." + acme.String() + "." + string(role)
}

func member(ctx context.Context, c token.Claims) (access.Actor, error) {
	return access.Actor{Kind: access.User, ID: c.Subject, Session: c.Session, Tenant: c.Tenant, Role: roleIn(ctx), Permissions: permissions.Of(roleIn(ctx))}, nil
}

func operator(_ context.Context, c token.Claims) (access.Actor, error) {
	return access.Actor{Kind: access.Operator, ID: c.Subject, Session: c.Session}, nil
}

// roleIn is the role that the test's cookie asks for; real rights come from the database.
func roleIn(ctx context.Context) access.Role {
	if role := api.Cookie(ctx, "role"); role != "" {
		return access.Role(role)
	}
	return access.Owner
}

func takeAlways(context.Context, limit.Rate, string, int) (limit.State, error) {
	return limit.State{}, nil
}

// request is one call; headers are "Name: value".
func (s *site) request(method, path, body string, headers ...string) *answer {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	res, err := s.client.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return &answer{t: s.t, status: res.StatusCode, header: res.Header, body: string(raw)}
}

func as(raw string) string { return "Authorization: Bearer " + raw }

type answer struct {
	t      *testing.T
	status int
	header http.Header
	body   string
}

type problem struct {
	Status    int
	Code      string
	Detail    string
	RequestID string `json:"request_id"`
	Errors    []struct{ Location, Message string }
}

func (a *answer) problem() problem {
	a.t.Helper()
	var p problem
	if err := json.Unmarshal([]byte(a.body), &p); err != nil {
		a.t.Fatalf("answer %d is no problem: %v\n%s", a.status, err, a.body)
	}
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		a.t.Errorf("content type of a problem: %q", got)
	}
	if p.Status != a.status || p.RequestID == "" || p.RequestID != a.header.Get("X-Request-Id") {
		a.t.Errorf("the problem does not match its answer (%d, %s): %s", a.status, a.header.Get("X-Request-Id"), a.body)
	}
	return p
}

// want checks status and code of a problem, or just the status when code is "".
func (a *answer) want(status int, code string) *answer {
	a.t.Helper()
	if a.status != status {
		a.t.Errorf("status %d, want %d: %s", a.status, status, a.body)
		return a
	}
	if code != "" && a.problem().Code != code {
		a.t.Errorf("code %q, want %q", a.problem().Code, code)
	}
	return a
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
