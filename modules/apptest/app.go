// Package apptest runs the whole product for tests: the real modules behind a real listener on a fresh database, with a mail catcher, a Stripe and signed-in people.
package apptest

import (
	"database/sql"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"saaskit/modules"
	"saaskit/platform/access"
	"saaskit/platform/app"
	"saaskit/platform/db/dbtest"
	"saaskit/platform/emulator/dns"
	"saaskit/platform/emulator/oidc"
	"saaskit/platform/emulator/smtp"
	"saaskit/platform/emulator/stripe"
)

// App is the running product, without the built web app. Its Platform is the one that the modules work with.
type App struct {
	*app.Platform
	URL     string           // where it listens, without a slash at the end
	Admin   *sql.DB          // a superuser's handle, for arranging and asserting behind the product's back
	Mailbox *smtp.Catcher    // every mail that it sends
	DNS     *dns.Server      // the name server that it asks
	Stripe  *stripe.Emulator // nil unless started WithStripe
	Log     *Log             // every line that it logs

	Providers *oidc.Emulator // nil unless started WithProviders

	database *dbtest.Database
	product  *app.App
	client   *http.Client
	env      map[string]string
	now      func() time.Time // nil for the true time
	fullHash bool
	schedule bool
	base     string // BASE_URL; "" for URL

	mu   sync.Mutex
	read map[string]bool // ids of the mails that Mail has returned
}

// Option changes how the product is run.
type Option func(*setup)

type setup struct {
	stripe    bool
	providers bool
	noJobs    bool
	schedule  bool
	fullHash  bool
	now       func() time.Time
	env       map[string]string
}

// WithStripe connects the product to a Stripe emulator of its own. Without it billing is off.
func WithStripe() Option { return func(s *setup) { s.stripe = true } }

// WithProviders lets people sign in with identity providers of its own. Without it there are none.
func WithProviders() Option { return func(s *setup) { s.providers = true } }

// WithoutJobs leaves the job worker out, for tests that look at jobs that wait.
func WithoutJobs() Option { return func(s *setup) { s.noJobs = true } }

// WithSchedule runs each periodic job at the start and when it is due. Without it they run when a test says so, see RunJob.
func WithSchedule() Option { return func(s *setup) { s.schedule = true } }

// WithFullHashing hashes passwords as the product does. Without it that is a thousand times cheaper, which only tests of its cost notice.
func WithFullHashing() Option { return func(s *setup) { s.fullHash = true } }

// WithClock has the modules and their Stripe go by another clock. Sessions, tokens, limits and the database go by the true time.
func WithClock(now func() time.Time) Option { return func(s *setup) { s.now = now } }

// WithEnv sets a variable of the product's configuration.
func WithEnv(name, value string) Option {
	return func(s *setup) { s.env[name] = value }
}

// New runs the product on a database of its own until the test ends.
func New(tb testing.TB, options ...Option) *App {
	tb.Helper()
	s := setup{env: map[string]string{}}
	for _, o := range options {
		o(&s)
	}
	a := &App{database: dbtest.New(tb, modules.Migrations()...), Log: &Log{}, env: s.env, now: s.now, fullHash: s.fullHash, schedule: s.schedule, read: map[string]bool{}}
	a.Admin = a.database.Admin(tb)
	a.Admin.SetMaxOpenConns(8)
	mailbox, err := smtp.Start("127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = mailbox.Close() })
	a.Mailbox = mailbox
	if a.DNS, err = dns.Start(dns.Options{Addr: "127.0.0.1:0"}); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(a.DNS.Close)
	tb.Cleanup(func() { a.Log.check(tb) })
	if s.stripe {
		emulator, err := stripe.Start(stripe.Options{Now: s.now})
		if err != nil {
			tb.Fatal(err)
		}
		tb.Cleanup(emulator.Stop)
		a.Stripe = emulator
	}
	if s.providers {
		providers, err := oidc.Start(oidc.Options{})
		if err != nil {
			tb.Fatal(err)
		}
		tb.Cleanup(providers.Stop)
		a.Providers = providers
	}
	a.start(tb, !s.noJobs)
	tb.Cleanup(func() { a.checkAudit(tb) })
	if s.stripe {
		if err := modules.SyncBilling(tb.Context(), a.Platform, io.Discard); err != nil {
			tb.Fatal(err)
		}
	}
	return a
}

var (
	shared     *App
	startShare sync.Once
)

// Shared is one running product for all tests of the test binary that need nothing but tenants of their own. It has a Stripe and identity providers.
func Shared(tb testing.TB) *App {
	tb.Helper()
	startShare.Do(func() { shared = New(lasting{tb}, WithStripe(), WithProviders()) })
	if shared == nil {
		tb.Fatal("the shared product did not start")
	}
	tb.Cleanup(func() { shared.Log.check(tb) })
	tb.Cleanup(func() { shared.checkAudit(tb) })
	return shared
}

// lasting never cleans up: what it starts ends with the process.
type lasting struct{ testing.TB }

// Cleanup forgets fn.
func (lasting) Cleanup(func()) {}

// Replica runs the product a second time on the same database, mailbox, Stripe and providers, until the test ends.
func (a *App) Replica(tb testing.TB) *App {
	tb.Helper()
	b := &App{database: a.database, Admin: a.Admin, Mailbox: a.Mailbox, Stripe: a.Stripe, DNS: a.DNS, Providers: a.Providers, Log: &Log{}, env: a.env, now: a.now, fullHash: a.fullHash, schedule: a.schedule, read: map[string]bool{}}
	tb.Cleanup(func() { b.Log.check(tb) })
	b.base = a.Config.BaseURL // one product: its replicas take each other's tokens
	b.start(tb, true)
	return b
}

// Permissions is every permission of the product with the lowest role that has it.
func Permissions() access.Permissions {
	return app.Permissions(modules.All(app.Describe(nil)))
}
