package db_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/db"
	"saaskit/platform/db/dbtest"
	"saaskit/platform/fault"
)

// note is the tenant table of these tests, as a module would write it: no tenant in the model.
type note struct {
	ID        uuid.UUID `gorm:"primaryKey"`
	Title     string
	Version   int
	Done      bool
	CreatedAt time.Time
}

func (note) TableName() string { return "test_notes" }

// task refers to a note; the database checks that at the end of the transaction.
type task struct {
	ID     uuid.UUID `gorm:"primaryKey"`
	NoteID uuid.UUID
	Note   *note `gorm:"foreignKey:NoteID;references:ID"`
}

func (task) TableName() string { return "test_tasks" }

var source = fstest.MapFS{"20270101000001_test_notes.sql": {Data: []byte(`-- +goose Up
CREATE TABLE test_notes (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  title text NOT NULL CHECK (length(title) < 100),
  version integer NOT NULL DEFAULT 1,
  done boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT test_notes_title UNIQUE (tenant_id, title)
);
SELECT sec.protect('test_notes');
CREATE TABLE test_tasks (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  note_id uuid NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT test_tasks_note FOREIGN KEY (tenant_id, note_id) REFERENCES test_notes (tenant_id, id) DEFERRABLE INITIALLY DEFERRED
);
SELECT sec.protect('test_tasks');
`)}}

func open(tb testing.TB, change ...func(*db.Config)) (*dbtest.Database, *db.DB) {
	tb.Helper()
	d := dbtest.New(tb, source)
	return d, d.Open(tb, append([]func(*db.Config){silent}, change...)...)
}

func silent(c *db.Config) { c.Log = slog.New(slog.DiscardHandler) }

// within bounds what must not hang.
func within(ctx context.Context, tb testing.TB, limit time.Duration) context.Context {
	tb.Helper()
	ctx, cancel := context.WithTimeout(ctx, limit)
	tb.Cleanup(cancel)
	return ctx
}

func ok(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func wantFault(tb testing.TB, err error, kind fault.Kind, code string) {
	tb.Helper()
	f, is := errors.AsType[*fault.Error](err)
	if !is || f.Kind != kind || f.Code != code {
		tb.Fatalf("got error %v, want the fault %s", err, code)
	}
}

func wantIs(tb testing.TB, err, target error) {
	tb.Helper()
	if !errors.Is(err, target) {
		tb.Fatalf("got error %v, want %v", err, target)
	}
}

func newNote(title string) *note {
	return &note{ID: db.NewID(), Title: title, Version: 1, CreatedAt: time.Now().UTC().Truncate(time.Microsecond)}
}
