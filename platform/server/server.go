// Package server answers HTTP: the chain every request goes through, the web app's files, health, and a stop that loses nothing.
package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"saaskit/platform/api"
	"saaskit/platform/observe"
)

// Config says how to serve. The zero value of each field is its default.
type Config struct {
	BaseURL        string         // public address, such as https://app.example.com: the only origin that may change anything
	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed; none by default
	BodyLimit      int            // bytes; 1 MiB
	Deadline       time.Duration  // of one request; 15 s
	ReadTimeout    time.Duration  // for a request to arrive; 15 s
	IdleTimeout    time.Duration  // of a connection without a request; 60 s
	MaxConns       int            // connections in all; 16384
	MaxConnsPerIP  int            // connections of one address that is not a trusted proxy; 4096
	Log            *slog.Logger
	Metrics        *observe.Metrics // nil: none
	Web            fs.FS            // the built web app; nil: a page that says how to build it
	JWKS           func(ctx context.Context) ([]byte, error)
	Ready          func(ctx context.Context) error // nil: ready as soon as it listens
}

// Server is one HTTP server. Add operations to Fiber() before Listen.
type Server struct {
	cfg      Config
	origin   string // of the base URL
	secure   bool
	log      *slog.Logger
	app      *fiber.App
	http     *fasthttp.Server
	handler  fasthttp.RequestHandler
	web      *web
	listener *listener
	base     context.Context //nolint:containedctx // the parent of every request, ended by a stop that had to cut them off
	cancel   context.CancelFunc
	stopping atomic.Bool
	failed   chan error
}

// New returns a server that does not listen yet.
func New(cfg Config) (*Server, error) {
	base, err := parseBaseURL(cfg.BaseURL)
	if err != nil {
		return nil, err
	}
	if err := checkProxies(cfg.TrustedProxies); err != nil {
		return nil, err
	}
	cfg = withDefaults(cfg)
	files, err := loadWeb(cfg.Web)
	if err != nil {
		return nil, err
	}
	s := &Server{
		cfg: cfg, origin: originOf(base), secure: base.Scheme == "https",
		log: cfg.Log, web: files, failed: make(chan error, 1),
	}
	s.base, s.cancel = context.WithCancel(context.Background())
	s.app = fiber.New(s.fiberConfig())
	s.http = s.transport()
	s.app.Use(s.edge)
	s.routes()
	return s, nil
}

func withDefaults(cfg Config) Config {
	setDefault(&cfg.BodyLimit, 1<<20)
	setDefault(&cfg.Deadline, 15*time.Second)
	setDefault(&cfg.ReadTimeout, 15*time.Second)
	setDefault(&cfg.IdleTimeout, 60*time.Second)
	setDefault(&cfg.MaxConns, 16384)
	setDefault(&cfg.MaxConnsPerIP, 4096)
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	return cfg
}

func setDefault[T comparable](value *T, otherwise T) {
	var zero T
	if *value == zero {
		*value = otherwise
	}
}

// fiberConfig keeps Fiber's own idea of a client as strict as ours, although nothing here asks it.
func (s *Server) fiberConfig() fiber.Config {
	proxies := make([]string, 0, len(s.cfg.TrustedProxies))
	for _, p := range s.cfg.TrustedProxies {
		proxies = append(proxies, p.String())
	}
	return fiber.Config{
		CaseSensitive: true, StrictRouting: true,
		EnableTrustedProxyCheck: true, TrustedProxies: proxies, EnableIPValidation: true,
		DisableStartupMessage: true, ErrorHandler: api.Fail,
		BodyLimit: s.cfg.BodyLimit,
	}
}

// Fiber is the app to which platform/api adds operations.
func (s *Server) Fiber() *fiber.App { return s.app }

// Listen binds addr, starts to serve and returns. No route can be added afterwards.
func (s *Server) Listen(ctx context.Context, addr string) error {
	raw, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return listenError(addr, err)
	}
	s.app.Use(s.serveWeb)
	s.handler = s.app.Handler()
	s.listener = newListener(raw, s.cfg.MaxConns, s.cfg.MaxConnsPerIP, s.cfg.TrustedProxies)
	go func() {
		if err := s.http.Serve(s.listener); err != nil && !s.stopping.Load() {
			s.failed <- fmt.Errorf("serve: %w", err)
		}
	}()
	return nil
}

// Addr is the address that Listen bound; "" before.
func (s *Server) Addr() string {
	if s.listener == nil {
		return ""
	}
	return s.listener.Addr().String()
}

// Failed delivers the error that ended serving without a Shutdown.
func (s *Server) Failed() <-chan error { return s.failed }

// Shutdown stops gracefully: not ready any more, no new connections, requests that have begun finish, idle connections close.
// When ctx ends first, the rest is cancelled and cut, and the error says so.
func (s *Server) Shutdown(ctx context.Context) error {
	s.stopping.Store(true)
	defer s.cancel()
	if s.listener == nil {
		return nil
	}
	stopped := make(chan struct{})
	defer close(stopped)
	go s.listener.cutSilent(stopped)
	if err := s.http.ShutdownWithContext(ctx); err != nil {
		s.cancel()
		s.listener.cut()
		return fmt.Errorf("stop the server: requests were cut off: %w", err)
	}
	return nil
}

func listenError(addr string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%s is in use by another program: stop it, or choose another address with ADDR", addr)
	}
	if errors.Is(err, syscall.EACCES) {
		return fmt.Errorf("%s may not be used by this user: choose a port above 1023 with ADDR", addr)
	}
	return fmt.Errorf("cannot listen on %s: %w", addr, err)
}

func parseBaseURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return nil, errors.New("the base URL must look like https://app.example.com")
	}
	return u, nil
}

// checkProxies refuses to trust everybody.
func checkProxies(proxies []netip.Prefix) error {
	for _, p := range proxies {
		if !p.IsValid() || p.Bits() == 0 {
			return fmt.Errorf("trusted proxies: %s is everybody; name the networks of your proxies", p)
		}
	}
	return nil
}
