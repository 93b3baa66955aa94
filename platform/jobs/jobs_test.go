package jobs_test

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/db"
	"saaskit/platform/db/dbtest"
	"saaskit/platform/jobs"
)

// effects is a module's table that jobs write to.
var effects = fstest.MapFS{"20990101000000_effects.sql": {Data: []byte(`-- +goose Up
CREATE TABLE effects (tenant_id uuid, key text NOT NULL, note text NOT NULL DEFAULT '', PRIMARY KEY (tenant_id, key));
SELECT sec.protect('effects');
`)}}

type note struct {
	Text string `json:"text"`
}

func (note) Kind() string { return "test_note" }

type fixture struct {
	*dbtest.Database
	db    *db.DB
	queue *jobs.Queue
	admin *sql.DB
}

func setup(t *testing.T) fixture {
	t.Helper()
	d := dbtest.New(t, effects)
	opened := d.Open(t)
	return fixture{Database: d, db: opened, queue: jobs.NewQueue(opened), admin: d.Admin(t)}
}

// work runs a worker until the test ends.
func (f fixture) work(t *testing.T, r *jobs.Registry) *jobs.Worker {
	t.Helper()
	w, err := jobs.NewWorker(f.db, r, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := w.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return w
}

func (f fixture) enqueue(t *testing.T, tenant uuid.UUID, a jobs.Args, opts ...jobs.Option) {
	t.Helper()
	ctx := dbtest.As(tenant)
	if err := f.db.Tenant(ctx, func(tx *db.Tx) error { return f.queue.Enqueue(ctx, tx, a, opts...) }); err != nil {
		t.Fatal(err)
	}
}

func (f fixture) enqueueSystem(t *testing.T, a jobs.Args, opts ...jobs.Option) error {
	t.Helper()
	return f.db.System(t.Context(), "test", func(tx *db.SystemTx) error { return f.queue.Enqueue(t.Context(), tx, a, opts...) })
}

// count is the first column of a query by the superuser.
func (f fixture) count(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	if err := f.admin.QueryRow(query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("not within 20 s: %s", what)
		}
		<-time.After(10 * time.Millisecond)
	}
}

func TestQ1_RollbackTakesTheJobAway(t *testing.T) {
	t.Parallel()
	f := setup(t)
	tenant := f.NewTenant(t)
	ctx := dbtest.As(tenant)
	gone := errors.New("gone")
	err := f.db.Tenant(ctx, func(tx *db.Tx) error {
		// As the very first statement: nothing else has begun the transaction yet.
		if err := f.queue.Enqueue(ctx, tx, note{"a"}); err != nil {
			t.Error(err)
		}
		return gone
	})
	if !errors.Is(err, gone) {
		t.Errorf("error %v", err)
	}
	err = f.db.System(t.Context(), "test", func(tx *db.SystemTx) error {
		if err := f.queue.Enqueue(t.Context(), tx, note{"b"}); err != nil {
			t.Error(err)
		}
		return gone
	})
	if !errors.Is(err, gone) {
		t.Errorf("error %v", err)
	}
	if n := f.count(t, "SELECT count(*) FROM river.river_job"); n != 0 {
		t.Errorf("%d jobs after the rollbacks", n)
	}
}

type sweep struct{}

func (sweep) Kind() string { return "test_sweep" }
