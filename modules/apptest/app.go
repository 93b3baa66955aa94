// Package apptest runs the whole product for tests: the real modules behind a real listener on a fresh database, with a mail catcher, a Stripe and signed-in people.
package apptest

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"saaskit/modules"
	"saaskit/platform/access"
	"saaskit/platform/app"
	"saaskit/platform/config"
	"saaskit/platform/db/dbtest"
	"saaskit/platform/emulator/smtp"
	"saaskit/platform/emulator/stripe"
	"saaskit/platform/observe"
	"saaskit/web"
)

// App is the running product. Its Platform is the one that the modules work with.
type App struct {
	*app.Platform
	URL     string           // where it listens, without a slash at the end
	Admin   *sql.DB          // a superuser's handle, for arranging and asserting behind the product's back
	Mailbox *smtp.Catcher    // every mail that it sends
	Stripe  *stripe.Emulator // nil unless started WithStripe
	Log     *Log             // every line that it logs

	database *dbtest.Database
	product  *app.App
	client   *http.Client
	env      map[string]string

	mu   sync.Mutex
	read map[string]bool // ids of the mails that Mail has returned
}

// Option changes how the product is run.
type Option func(*setup)

type setup struct {
	stripe bool
	noJobs bool
	env    map[string]string
}

// WithStripe connects the product to a Stripe emulator of its own. Without it billing is off.
func WithStripe() Option { return func(s *setup) { s.stripe = true } }

// WithoutJobs leaves the job worker out, for tests that look at jobs that wait.
func WithoutJobs() Option { return func(s *setup) { s.noJobs = true } }

// WithEnv sets a variable of the product's configuration.
func WithEnv(name, value string) Option {
	return func(s *setup) { s.env[name] = value }
}

// New runs the product on a database of its own until the test ends.
func New(t testing.TB, options ...Option) *App {
	t.Helper()
	s := setup{env: map[string]string{}}
	for _, o := range options {
		o(&s)
	}
	a := &App{database: dbtest.New(t, modules.Migrations()...), Log: &Log{}, env: s.env, read: map[string]bool{}}
	a.Admin = a.database.Admin(t)
	mailbox, err := smtp.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = mailbox.Close() })
	a.Mailbox = mailbox
	if s.stripe {
		emulator, err := stripe.Start(stripe.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(emulator.Stop)
		a.Stripe = emulator
	}
	a.start(t, !s.noJobs)
	if s.stripe {
		if err := modules.SyncBilling(t.Context(), a.Platform, io.Discard); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

var (
	shared     *App
	startShare sync.Once
)

// Shared is one running product for all tests of the test binary that need nothing but tenants of their own. It has a Stripe.
func Shared(t testing.TB) *App {
	t.Helper()
	startShare.Do(func() { shared = New(lasting{t}, WithStripe()) })
	if shared == nil {
		t.Fatal("the shared product did not start")
	}
	return shared
}

// lasting never cleans up: what it starts ends with the process.
type lasting struct{ testing.TB }

// Cleanup forgets fn.
func (lasting) Cleanup(func()) {}

// Replica runs the product a second time on the same database, mailbox and Stripe, until the test ends.
func (a *App) Replica(t testing.TB) *App {
	t.Helper()
	b := &App{database: a.database, Admin: a.Admin, Mailbox: a.Mailbox, Stripe: a.Stripe, Log: &Log{}, env: a.env, read: map[string]bool{}}
	b.start(t, true)
	return b
}

// start opens and serves. Another process can take the port between finding and using it, so that is tried again.
func (a *App) start(t testing.TB, withJobs bool) {
	t.Helper()
	var err error
	for range 5 {
		if err = a.try(t, withJobs); err == nil {
			return
		}
	}
	t.Fatalf("start the product: %v\n%s", err, a.Log)
}

func (a *App) try(t testing.TB, withJobs bool) error {
	port, err := freePort()
	if err != nil {
		return err
	}
	a.URL = fmt.Sprintf("http://localhost:%d", port)
	cfg, err := config.Load(a.environ(port))
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	plans, err := modules.Plans()
	if err != nil {
		stop()
		return err
	}
	a.Platform, err = app.Open(ctx, cfg, plans, observe.NewLogger(a.Log, false, levelDebug))
	if err != nil {
		stop()
		return err
	}
	a.product, err = app.New(a.Platform, modules.All(a.Platform), web.Files())
	if err != nil {
		stop()
		a.Close()
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- a.product.Serve(ctx, withJobs) }()
	a.client = &http.Client{
		Timeout:       60 * time.Second,
		Transport:     &http.Transport{MaxIdleConnsPerHost: 64},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	if err := a.await(ended); err != nil {
		stop()
		a.Close()
		return err
	}
	platform, client := a.Platform, a.client
	t.Cleanup(func() {
		client.CloseIdleConnections()
		stop()
		if err := <-ended; err != nil {
			t.Errorf("stop the product: %v", err)
		}
		platform.Close()
	})
	return nil
}

// await returns when the product is ready, or why it ended.
func (a *App) await(ended <-chan error) error {
	deadline := time.After(30 * time.Second)
	poll := time.NewTicker(3 * time.Millisecond)
	defer poll.Stop()
	for {
		select {
		case err := <-ended:
			return fmt.Errorf("it ended: %w", err)
		case <-deadline:
			return fmt.Errorf("it was not ready in 30 seconds")
		case <-poll.C:
			response, err := a.client.Get(a.URL + "/readyz")
			if err != nil {
				continue
			}
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
		}
	}
}

func (a *App) environ(port int) []string {
	env := map[string]string{
		"BASE_URL":        a.URL,
		"ADDR":            fmt.Sprintf("127.0.0.1:%d", port),
		"METRICS_ADDR":    "off",
		"SECRET_KEY":      dbtest.Secret,
		"DATABASE_URL":    a.database.URL,
		"SMTP_URL":        a.Mailbox.SMTPURL(),
		"TRUSTED_PROXIES": "127.0.0.1", // each actor has an address of its own, see Actor.Do
		"LOG_LEVEL":       "debug",
	}
	if a.Stripe != nil {
		env["STRIPE_SECRET_KEY"] = a.Stripe.SecretKey
		env["STRIPE_API_URL"] = a.Stripe.URL()
		env["STRIPE_WEBHOOK_URL"] = fmt.Sprintf("http://127.0.0.1:%d/hooks/stripe", port)
	}
	var all []string
	for name, value := range env {
		if own, set := a.env[name]; set {
			value = own
		}
		all = append(all, name+"="+value)
	}
	for name, value := range a.env {
		if _, known := env[name]; !known {
			all = append(all, name+"="+value)
		}
	}
	return all
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// Permissions is every permission of the product with the lowest role that has it.
func Permissions() access.Permissions {
	return app.Permissions(modules.All(app.Describe(nil)))
}
