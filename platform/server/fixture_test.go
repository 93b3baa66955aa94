package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
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
			Permissions: access.Permissions{"things:read": access.Viewer, "things:write": access.Admin},
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

func tokenOf(role access.Role) string {
	return "app." + alice.String() + "." + acme.String() + "." + string(role)
}

func member(ctx context.Context, c token.Claims) (access.Actor, error) {
	return access.Actor{Kind: access.User, ID: c.Subject, Session: c.Session, Tenant: c.Tenant, Role: roleIn(ctx)}, nil
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

func takeAlways(context.Context, limit.Rate, string) error { return nil }

type thingOut struct {
	ID   uuid.UUID `json:"id"`
	Name string    `json:"name"`
}

func (o *thingOut) Location() string { return "/things/" + o.ID.String() }

type byID struct {
	ID uuid.UUID `path:"id"`
}

type createInput struct {
	Body struct {
		Name  string     `json:"name" minLength:"1" maxLength:"20"`
		Count int32      `json:"count,omitempty" minimum:"0" maximum:"100"`
		Owner *uuid.UUID `json:"owner,omitempty"`
		Tags  []string   `json:"tags,omitempty" maxItems:"3"`
		Mail  string     `json:"mail,omitempty" format:"email"`
	}
}

type listInput struct {
	Limit int       `query:"limit" minimum:"1" maximum:"100" default:"20"`
	Owner uuid.UUID `query:"owner"`
}

type listOut struct {
	Items []thingOut `json:"items"`
	Limit int        `json:"limit"`
}

// things is the module of the tests.
func things(r *api.Router) {
	api.Get(r, "list", "List things", "/things", api.Needs("things:read"), func(_ context.Context, in *listInput) (*listOut, error) {
		return &listOut{Items: []thingOut{}, Limit: in.Limit}, nil
	})
	api.Get(r, "get", "Get a thing", "/things/{id}", api.Needs("things:read"), func(_ context.Context, in *byID) (*thingOut, error) {
		return &thingOut{ID: in.ID, Name: "a thing"}, nil
	})
	api.Post(r, "create", "Create a thing", "/things", api.Needs("things:write"), func(_ context.Context, in *createInput) (*thingOut, error) {
		return &thingOut{ID: thing, Name: in.Body.Name}, nil
	}, api.Errors("thing_exists"))
	api.Delete(r, "delete", "Delete a thing", "/things/{id}", api.Needs("things:write"), func(context.Context, *byID) error { return nil })
	api.Get(r, "me", "Who am I", "/me", api.SignedIn(), func(ctx context.Context, _ *struct{}) (*thingOut, error) {
		return &thingOut{ID: access.From(ctx).ID, Name: access.OriginFrom(ctx).IP}, nil
	})
	api.Get(r, "admin", "Operators only", "/admin", api.Operator(), func(ctx context.Context, _ *struct{}) (*thingOut, error) {
		return &thingOut{ID: access.From(ctx).ID}, nil
	})
	api.Command(r, "sign-in", "Sign in", "/sign-in", api.Public(limit.Rate{Name: "sign-in", Count: 5, Per: time.Minute}),
		func(ctx context.Context, _ *createInput) error {
			api.SetCookie(ctx, &http.Cookie{Name: "session", Value: "s3cret", Path: "/", HttpOnly: true})
			return nil
		})
	api.Get(r, "fail", "Fail in some way", "/fail/{how}", api.Public(), func(ctx context.Context, in *struct {
		How string `path:"how"`
	}) (*thingOut, error) {
		switch in.How {
		case "panic":
			panic("internal detail: hunter2")
		case "plain":
			return nil, errors.New("pq: relation secret_table does not exist")
		case "slow":
			<-ctx.Done()
			return nil, ctx.Err()
		case "nothing":
			return nil, nil
		}
		return nil, fault.New(fault.Conflict, "taken", "That is taken.")
	})
	api.Hook(r, "/provider", func(_ context.Context, body []byte, header http.Header) error {
		if header.Get("Signature") != "good" || string(body) != `{"a":1}` {
			return fault.New(fault.Malformed, "bad_signature", "The signature does not match.")
		}
		return nil
	})
}

func webBuild() fstest.MapFS {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	return fstest.MapFS{
		"index.html": file("<!doctype html>landing"), "app.html": file("<!doctype html>app"), "terms.html": file("<!doctype html>terms"),
		"docs.html": file("<!doctype html>docs"), "favicon.svg": file("<svg/>"),
		"assets/main-abc123.js": file("console.log(1)"), "assets/main-abc123.js.br": file("brotli"), "assets/main-abc123.js.gz": file("gzip"),
	}
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
