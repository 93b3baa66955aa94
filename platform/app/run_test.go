package app_test

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"saaskit/platform/api"
	"saaskit/platform/app"
	"saaskit/platform/config"
	"saaskit/platform/db"
	"saaskit/platform/db/dbtest"
	"saaskit/platform/jobs"
	"saaskit/platform/plan"
)

const things plan.Key = "things.max"

// lines are what was logged.
type lines struct {
	mu   sync.Mutex
	text []byte
}

// Write implements io.Writer.
func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, p...)
	return len(p), nil
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.text)
}

// product is one of the module on a fresh database, not started.
type product struct {
	*app.App
	admin *sql.DB
	log   *lines
}

func build(t *testing.T, module app.Module, environ ...string) product {
	t.Helper()
	data, log := dbtest.New(t), &lines{}
	cfg, err := config.Load(append([]string{
		"BASE_URL=http://localhost:8080", "ADDR=127.0.0.1:0", "METRICS_ADDR=off", "SECRET_KEY=" + dbtest.Secret, "DATABASE_URL=" + data.URL,
		"SMTP_URL=smtp://127.0.0.1:1",
	}, environ...))
	if err != nil {
		t.Fatal(err)
	}
	plans, err := plan.New(plan.Catalogue{{Key: "free", Name: "Free"}}, module.Entitlements)
	if err != nil {
		t.Fatal(err)
	}
	p, err := app.Open(t.Context(), cfg, plans, slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	a, err := app.New(p, []app.Module{module}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return product{a, data.Admin(t), log}
}

func await(t *testing.T, log *lines, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(60 * time.Second); !holds(); <-time.After(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it does not hold after 60 seconds:\n%s", log)
		}
	}
}

type endless struct{}

func (endless) Kind() string { return "test.endless" }

// H1: a request that does not end takes no time from the jobs, and both are over when STOP_TIMEOUT is.
func TestH1_RequestsAndJobsStopSideBySide(t *testing.T) {
	t.Parallel()
	requested, working, jobOver := make(chan struct{}), make(chan struct{}), make(chan struct{})
	jobFirst := make(chan bool, 1)
	a := build(t, app.Module{
		Name: "test",
		Routes: func(r *api.Router) {
			api.Get(r, "wait", "Wait", "/wait", api.Public(), func(ctx context.Context, _ *struct{}) (*struct{}, error) {
				close(requested)
				<-ctx.Done()
				select {
				case <-jobOver:
					jobFirst <- true
				default:
					jobFirst <- false
				}
				return nil, ctx.Err()
			})
		},
		Jobs: func(r *jobs.Registry) {
			jobs.HandleSystem(r, func(ctx context.Context, _ endless) error {
				close(working)
				<-ctx.Done()
				close(jobOver)
				return ctx.Err()
			})
		},
	}, "STOP_TIMEOUT=4s", "REQUEST_TIMEOUT=60s")
	err := a.DB.System(t.Context(), "test", func(tx *db.SystemTx) error { return a.Queue.Enqueue(t.Context(), tx, endless{}) })
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- a.Serve(ctx, true) }()
	await(t, a.log, func() bool { return strings.Contains(a.log.String(), "listening on") })
	go func() {
		if res, err := http.Get("http://" + a.Addr() + "/api/v1/wait"); err == nil {
			_ = res.Body.Close()
		}
	}()
	<-requested
	<-working
	stop()
	if err := <-ended; !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a request that was cut off is not told of: %v", err)
	}
	if !<-jobFirst {
		t.Error("the job was stopped only after the request")
	}
}

// The daily recount reaches every tenant, through a job of each.
func TestRecountReachesEveryTenant(t *testing.T) {
	t.Parallel()
	const tenants = 510 // more than one page
	a := build(t, app.Module{
		Name: "test", Entitlements: plan.Entitlements{things: plan.Limit("Things")},
		Counters: plan.Counters{things: func(context.Context, *db.Tx) (int64, error) { return 1, nil }},
	})
	if _, err := a.admin.Exec(`INSERT INTO tenants (id, slug, name, status, created_at, updated_at)
		SELECT gen_random_uuid(), 't-' || i, 'T', 'active', now(), now() FROM generate_series(1, $1::int) AS i`, tenants); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- a.Work(ctx) }()
	await(t, a.log, func() bool {
		var right int
		if err := a.admin.QueryRow("SELECT count(*) FROM plan_usage WHERE used = 1").Scan(&right); err != nil {
			t.Fatal(err)
		}
		return right == tenants
	})
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	var own int
	if err := a.admin.QueryRow("SELECT count(DISTINCT metadata ->> 'tenant') FROM river.river_job WHERE kind = 'platform.recount_tenant'").Scan(&own); err != nil || own != tenants {
		t.Errorf("%d tenants had a job of their own, %v", own, err)
	}
}
