package server_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"saaskit/platform/api"
	"saaskit/platform/observe"
	"saaskit/platform/server"
)

// H1: a stop turns readiness off, lets requests finish, closes idle connections and takes no new ones.
func TestH1_GracefulStop(t *testing.T) {
	t.Parallel()
	entered, release := make(chan struct{}), make(chan struct{})
	s := start(t, func(s *setup) {
		s.routes = func(r *api.Router) {
			api.Get(r, "wait", "Wait", "/wait", api.Public(), func(ctx context.Context, _ *struct{}) (*thingOut, error) {
				close(entered)
				<-release
				return &thingOut{Name: "finished"}, ctx.Err()
			})
		}
	})
	addr := strings.TrimPrefix(s.url, "http://")
	idle, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = idle.Close() }()
	_, _ = io.WriteString(idle, "GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n")
	reader := bufio.NewReader(idle)
	res, err := http.ReadResponse(reader, nil)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("ready before the stop: %v %v", res, err)
	}
	_, _ = io.Copy(io.Discard, res.Body)
	_ = res.Body.Close()
	answers := make(chan *answer, 1)
	go func() { answers <- s.request("GET", "/api/v1/wait", "") }()
	<-entered
	stopped := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		stopped <- s.server.Shutdown(ctx)
	}()
	_ = idle.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := reader.ReadByte(); !errors.Is(err, io.EOF) {
		t.Errorf("the idle connection was not closed: %v", err)
	}
	until(t, "new connections are refused", func() bool {
		conn, err := net.Dial("tcp", addr)
		if err == nil {
			_ = conn.Close()
		}
		return err != nil
	})
	select {
	case err := <-stopped:
		t.Fatalf("stopped before the request was finished: %v", err)
	default:
	}
	close(release)
	a := <-answers
	if a.want(200, ""); !strings.Contains(a.body, "finished") {
		t.Errorf("the request in flight got %s", a.body)
	}
	if err := <-stopped; err != nil {
		t.Errorf("stop: %v", err)
	}
}

// H1: connections that were opened and never used, as browsers do, do not hold a stop up.
func TestH1_SilentConnectionsDoNotDelayAStop(t *testing.T) {
	t.Parallel()
	srv, err := server.New(server.Config{BaseURL: baseURL})
	if err != nil {
		t.Fatal(err)
	}
	if err := srv.Listen(t.Context(), "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		conn, err := net.Dial("tcp", srv.Addr())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
	}
	// The connections are accepted in order: with an answer on the last one, the server knows all.
	last, err := net.Dial("tcp", srv.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = last.Close() }()
	_, _ = io.WriteString(last, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
	if _, err := bufio.NewReader(last).ReadByte(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := srv.Shutdown(ctx); err != nil {
		t.Errorf("stop: %v", err)
	}
}

// H1: a stop does not wait longer than it may.
func TestH1_StopIsBounded(t *testing.T) {
	t.Parallel()
	srv, err := server.New(server.Config{BaseURL: baseURL})
	if err != nil {
		t.Fatal(err)
	}
	entered, cancelled := make(chan struct{}), make(chan struct{})
	a := api.New(srv.Fiber(), api.Config{})
	api.Get(a.Router("stop"), "stuck", "Stuck", "/stuck", api.Public(), func(ctx context.Context, _ *struct{}) (*thingOut, error) {
		close(entered)
		<-ctx.Done()
		close(cancelled)
		return nil, ctx.Err()
	})
	if err := srv.Listen(t.Context(), "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", srv.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, _ = io.WriteString(conn, "GET /api/v1/stuck HTTP/1.1\r\nHost: x\r\n\r\n")
	<-entered
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	began := time.Now()
	if err := srv.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("stop: %v", err)
	}
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("the stop took %v", took)
	}
	<-cancelled
}

func TestHealth(t *testing.T) {
	t.Parallel()
	s := start(t, func(s *setup) {
		s.server.Ready = func(context.Context) error { return errors.New("dial tcp 10.1.2.3:5432: connection refused") }
		s.server.JWKS = func(context.Context) ([]byte, error) { return []byte(`{"keys":[]}`), nil }
	})
	s.request("GET", "/healthz", "").want(200, "")
	if a := s.request("GET", "/readyz", "").want(503, "not_ready"); strings.Contains(a.body, "10.1.2.3") {
		t.Errorf("readiness tells why: %s", a.body)
	}
	if a := s.request("GET", "/.well-known/jwks.json", "").want(200, ""); a.header.Get("Cache-Control") != "public, max-age=300" {
		t.Errorf("key set: %v", a.header)
	}
}

func TestBusyPort(t *testing.T) {
	t.Parallel()
	s := start(t)
	other, err := server.New(server.Config{BaseURL: baseURL})
	if err != nil {
		t.Fatal(err)
	}
	err = other.Listen(t.Context(), s.server.Addr())
	if err == nil || !strings.Contains(err.Error(), s.server.Addr()+" is in use") || strings.Contains(err.Error(), "\n") {
		t.Errorf("a busy port: %v", err)
	}
	for _, bad := range []string{"", "app.example.com", "ftp://x", "https://"} {
		if _, err := server.New(server.Config{BaseURL: bad}); err == nil {
			t.Errorf("base URL %q is accepted", bad)
		}
	}
}

// L7: metrics are on their own address only, by operation and status.
func TestL7_Metrics(t *testing.T) {
	t.Parallel()
	metrics := observe.NewMetrics()
	metrics.Pool("app", func() observe.PoolStats { return observe.PoolStats{Open: 3, InUse: 1, Max: 8} })
	s := start(t, func(s *setup) { s.server.Metrics = metrics })
	if err := metrics.Listen(t.Context(), "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = metrics.Shutdown(context.Background()) })
	s.request("GET", "/api/v1/things", "")
	s.request("GET", "/some/page", "")
	s.request("GET", "/nothing.php", "")
	res, err := s.client.Get("http://" + metrics.Addr() + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, _ := io.ReadAll(res.Body)
	for _, want := range []string{
		`http_request_duration_seconds_count{operation="things-list",status="401"} 1`, `http_request_duration_seconds_count{operation="web",status="200"} 1`,
		`http_request_duration_seconds_count{operation="none",status="404"} 1`, `http_requests_in_flight 0`, `db_pool_open_connections{pool="app"} 3`, "go_goroutines", "process_",
	} {
		if !strings.Contains(string(raw), want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
	for _, path := range []string{"/metrics", "/debug/pprof/", "/debug/vars"} {
		if a := s.request("GET", path, ""); strings.Contains(a.body, "go_goroutines") || strings.Contains(a.body, "goroutine") {
			t.Errorf("%s is public", path)
		}
	}
}
