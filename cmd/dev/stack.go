package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"saaskit/platform/db/pgserver"
	"saaskit/platform/emulator/oidc"
	"saaskit/platform/emulator/smtp"
	"saaskit/platform/emulator/stripe"
	"saaskit/platform/emulator/web"
)

// stack is the product with all that it stands on, on this machine.
type stack struct {
	options
	dir      string
	ports    *ports
	log      *slog.Logger
	settings settings
	program  string // the product's binary, built beside this one

	postgres *pgserver.Server
	mailbox  *smtp.Catcher
	pages    *web.Server // the mailbox page
	stripe   *stripe.Emulator
	identity *oidc.Emulator
	names    names
	web      *process // the web development server, with --watch

	mu  sync.Mutex
	app *process
}

func newStack(dir string, o options) (*stack, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find the product's binary: %w", err)
	}
	return &stack{
		options: o, dir: dir, ports: &ports{given: map[int]bool{}}, program: filepath.Join(filepath.Dir(self), "app"),
		log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
	}, nil
}

// start brings up every part in the order in which each finds what it needs.
func (s *stack) start(ctx context.Context) error {
	for _, step := range []struct {
		what string
		do   func(context.Context) error
	}{
		{"choose ports", s.choosePorts},
		{"start Postgres", s.startPostgres},
		{"start the mailbox", s.startMailbox},
		{"start the Stripe emulator", s.startStripe},
		{"start the name server", s.startNames},
		{"start the identity providers", s.startProviders},
		{"create tables", s.migrate},
		{"add demo data", func(ctx context.Context) error { return seed(ctx, s.settings.environ()) }},
		{"create products and prices at the Stripe emulator", func(ctx context.Context) error {
			return runOnce(ctx, s.settings.environ(), s.program, "billing", "sync")
		}},
		{"start the app", func(context.Context) error { return s.startApp() }},
		{"wait for the app", s.awaitApp},
		{"start the web development server", s.startWeb},
	} {
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.what, err)
		}
	}
	return nil
}

func (s *stack) choosePorts(context.Context) (err error) {
	if s.settings.secretKey, err = secretKey(s.dir); err != nil {
		return err
	}
	if s.settings.appPort, err = s.ports.take("the app", s.port); err != nil {
		return err
	}
	if s.settings.metrics, err = s.ports.take("metrics", s.wish(9090)); err != nil {
		return err
	}
	s.settings.baseURL = "http://localhost:" + strconv.Itoa(s.settings.appPort)
	if s.watch {
		port, err := s.ports.take("the web development server", s.wish(5173))
		if err != nil {
			return err
		}
		// The browser talks to the web development server, which hands API calls on.
		s.settings.baseURL = "http://localhost:" + strconv.Itoa(port)
	}
	return nil
}

// wish is the port to ask for: any free one when the app's port is left open too.
func (s *stack) wish(port int) int {
	if s.port == 0 {
		return 0
	}
	return port
}

func (s *stack) startPostgres(ctx context.Context) (err error) {
	s.postgres, err = pgserver.Start(ctx, pgserver.Options{Dir: filepath.Join(s.dir, "postgres"), Fsync: true, Log: s.log})
	if err != nil {
		return err
	}
	s.settings.adminURL, err = s.postgres.Database(ctx, "saaskit", s.reset)
	return err
}

func (s *stack) startMailbox(context.Context) (err error) {
	if s.mailbox, err = smtp.Start("127.0.0.1:0", smtp.Folder(filepath.Join(s.dir, "mailbox"))); err != nil {
		return err
	}
	s.settings.smtpURL = s.mailbox.SMTPURL()
	s.pages, err = s.servePages("the mailbox page", 8025, s.mailbox.Handler())
	return err
}

// servePages serves the pages of an emulator that has no HTTP server of its own, on the port or another free one.
func (s *stack) servePages(what string, port int, pages http.Handler) (*web.Server, error) {
	port, err := s.ports.take(what, s.wish(port))
	if err != nil {
		return nil, err
	}
	server, err := web.Listen("127.0.0.1:" + strconv.Itoa(port))
	if err != nil {
		return nil, err
	}
	server.Serve(pages, s.log)
	return server, nil
}

func (s *stack) startStripe(context.Context) error {
	port, err := s.ports.take("the Stripe emulator", s.wish(12111))
	if err != nil {
		return err
	}
	state := filepath.Join(s.dir, "stripe.json")
	if s.reset {
		if err := os.RemoveAll(state); err != nil {
			return err
		}
	}
	s.stripe, err = stripe.Start(stripe.Options{Addr: "127.0.0.1:" + strconv.Itoa(port), StatePath: state, Log: s.log})
	if err != nil {
		return err
	}
	s.settings.stripeURL, s.settings.stripeKey = s.stripe.URL(), s.stripe.SecretKey
	return nil
}

// startProviders starts Google, GitHub and another provider as far as signing in needs them. They keep nothing: who is chosen on their pages
// is the same person each time.
func (s *stack) startProviders(context.Context) error {
	port, err := s.ports.take("the identity providers", s.wish(8440))
	if err != nil {
		return err
	}
	people := []oidc.Person{
		{Name: "Grace Newcomer", Email: "grace@example.test"},
		{Name: demoUsers[0].name, Email: demoUsers[0].email},
		{Name: "Uma Unverified", Email: "uma@example.test", Unverified: true},
	}
	s.identity, err = oidc.Start(oidc.Options{Addr: "127.0.0.1:" + strconv.Itoa(port), People: people, Log: s.log})
	if err != nil {
		return err
	}
	s.settings.providers = s.identity.Environ()
	return nil
}

func (s *stack) migrate(ctx context.Context) error {
	return runOnce(ctx, s.settings.environ(), s.program, "migrate")
}

// stop takes the parts down in the opposite order. Parts that never started are skipped.
func (s *stack) stop() {
	s.web.stop()
	s.mu.Lock()
	s.app.stop()
	s.mu.Unlock()
	s.names.stop()
	if s.stripe != nil {
		s.stripe.Stop()
	}
	if s.identity != nil {
		s.identity.Stop()
	}
	if s.pages != nil {
		s.pages.Stop()
	}
	if s.mailbox != nil {
		s.mailbox.Close()
	}
	if s.postgres != nil {
		if err := s.postgres.Stop(); err != nil {
			s.log.Error("Postgres did not stop cleanly", "error", err)
		}
	}
}
