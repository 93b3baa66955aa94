package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"os/exec"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"saaskit/modules"
	"saaskit/platform/app"
	"saaskit/platform/config"
	"saaskit/platform/db"
	"saaskit/platform/emulator/smtp"
	"saaskit/platform/emulator/stripe"
)

// plan is what a storm is to be.
type plan struct {
	tenants, events int
	seed            uint64
	database        string // as the product gets it
	admin           string // of a superuser
	secret          string // SECRET_KEY
	// replica is a command that serves the product with the environment that it is given.
	replica func(context.Context) *exec.Cmd
	// impatient gives the jobs of the killed replica to the other at once, not after the minute and a half that the product waits, and begins in the
	// end jobs that wait to collect changes.
	impatient bool
}

const (
	replicas    = 2
	copies      = 3 // of each delivery
	lostPercent = 5
	forgePerMil = 50 // of the events, beside them
	hookURL     = "http://127.0.0.1:1/hooks/stripe"
)

// storm is one run.
type storm struct {
	plan
	environ  []string
	stripe   *stripe.Emulator
	mails    *smtp.Catcher
	db       *pgxpool.Pool
	platform *app.Platform
	replicas []*replica
	random   *rand.Rand // of the changes
	wanted   map[string]bool
	prices   []price
	accounts []*account
	owners   map[string]*account // by customer
	deck     *deck
	last     string // the newest event that was seen
	happened int    // events
	lost     int
	genuine  []string // ids of the events that are not lost
	forged   []string

	turn, sent, again, refused, accepted atomic.Int64 // deliveries; refused and accepted are forged ones

	mu  sync.Mutex
	log bytes.Buffer
}

// open starts Stripe, makes the tables and the price list, and opens the product's services.
func open(ctx context.Context, p plan, migrations ...fs.FS) (s *storm, err error) {
	s = &storm{plan: p, random: rand.New(rand.NewPCG(p.seed, 1)), owners: map[string]*account{}, wanted: map[string]bool{}} //nolint:gosec // it is to repeat
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if s.stripe, err = stripe.Start(stripe.Options{}); err != nil {
		return s, err
	}
	s.stripe.Hold()
	if s.mails, err = smtp.Start("127.0.0.1:0"); err != nil {
		return s, err
	}
	s.environ = []string{
		"BASE_URL=http://localhost:8080", "SECRET_KEY=" + p.secret, "DATABASE_URL=" + p.database, "ADMIN_DATABASE_URL=" + p.admin,
		"SMTP_URL=" + s.mails.SMTPURL(), "STRIPE_SECRET_KEY=" + s.stripe.SecretKey, "STRIPE_API_URL=" + s.stripe.URL(),
		"STRIPE_WEBHOOK_URL=" + hookURL, "METRICS_ADDR=off", "LOG_LEVEL=error",
	}
	cfg, err := config.Load(s.environ)
	if err != nil {
		return s, err
	}
	quiet := slog.New(slog.DiscardHandler)
	if len(migrations) > 0 {
		if err := db.Migrate(ctx, p.admin, app.Roles(cfg), quiet, migrations...); err != nil {
			return s, err
		}
	}
	if s.db, err = pgxpool.New(ctx, p.admin); err != nil {
		return s, fmt.Errorf("open the database: %w", err)
	}
	plans, err := modules.Plans()
	if err != nil {
		return s, err
	}
	if s.platform, err = app.Open(ctx, cfg, plans, quiet); err != nil {
		return s, err
	}
	if err := modules.SyncBilling(ctx, s.platform, io.Discard); err != nil {
		return s, err
	}
	return s, s.readShop(ctx)
}

func (s *storm) close() {
	for _, r := range s.replicas {
		r.kill()
	}
	if s.platform != nil {
		s.platform.Close()
	}
	if s.db != nil {
		s.db.Close()
	}
	if s.mails != nil {
		_ = s.mails.Close()
	}
	if s.stripe != nil {
		s.stripe.Stop()
	}
}

// run is the storm from fair weather to the count of the damage.
func (s *storm) run(ctx context.Context) (found findings, err error) {
	if err := s.populate(ctx); err != nil {
		return found, err
	}
	for range replicas {
		r, err := s.startReplica(ctx)
		if err != nil {
			return found, err
		}
		s.replicas = append(s.replicas, r)
	}
	s.slowAnswers()
	began := time.Now()
	if err := s.rage(ctx); err != nil {
		return found, err
	}
	found.raged = time.Since(began)
	if err := s.applied(ctx); err != nil {
		return found, err
	}
	found.applied = time.Since(began) - found.raged
	if err := s.judge(ctx, &found); err != nil {
		return found, err
	}
	if err := s.settle(ctx); err != nil {
		return found, err
	}
	found.settled = time.Since(began) - found.raged
	if err := s.reconcile(ctx, &found); err != nil {
		return found, err
	}
	return found, nil
}

// slowAnswers has Stripe answer some questions about subscriptions late, so that an older answer arrives after a newer one.
func (s *storm) slowAnswers() {
	var mu sync.Mutex
	random := rand.New(rand.NewPCG(s.seed, 2)) //nolint:gosec // it is to repeat
	s.stripe.SetFault(func(method, path string) stripe.Fault {
		mu.Lock()
		defer mu.Unlock()
		if method != "GET" || path != "/v1/subscriptions" || random.IntN(8) > 0 {
			return stripe.Fault{}
		}
		late := make(chan struct{})
		time.AfterFunc(time.Duration(100+random.IntN(400))*time.Millisecond, func() { close(late) })
		return stripe.Fault{Hold: late}
	})
}

// Write keeps what the replicas log, all of which is about errors.
func (s *storm) Write(text []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.Write(text)
}

// said is the end of what the replicas logged.
func (s *storm) said() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := s.log.String()
	return text[max(0, len(text)-4000):]
}
