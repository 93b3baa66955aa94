package db_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"saaskit/platform/db"
	"saaskit/platform/db/dbtest"
	"saaskit/platform/fault"
)

func create(tb testing.TB, h *db.DB, tenant uuid.UUID, n *note) {
	tb.Helper()
	ok(tb, h.One(dbtest.As(tenant), func(tx *db.Tx) error { return tx.Create(n).Error }))
}

func titles(tb testing.TB, h *db.DB, tenant uuid.UUID) (list []string) {
	tb.Helper()
	ok(tb, h.One(dbtest.As(tenant), func(tx *db.Tx) error { return tx.Model(&note{}).Order("title").Pluck("title", &list).Error }))
	return list
}

func TestDoors(t *testing.T) {
	t.Parallel()
	d, h := open(t)
	a, b := d.NewTenant(t), d.NewTenant(t)
	n := newNote("first")
	create(t, h, a, n)

	var got note
	ok(t, h.One(dbtest.As(a), func(tx *db.Tx) error { return tx.Where("id = ?", n.ID).First(&got).Error }))
	if got != *n {
		t.Errorf("read back %+v, wrote %+v", got, *n)
	}
	err := h.One(dbtest.As(b), func(tx *db.Tx) error { return tx.Where("id = ?", n.ID).First(&got).Error })
	wantFault(t, err, fault.NotFound, "not_found")

	var count int64
	ok(t, h.Tenant(dbtest.As(a), func(tx *db.Tx) error {
		if err := tx.Create(newNote("second")).Error; err != nil {
			return err
		}
		return tx.Model(&note{}).Count(&count).Error
	}))
	if count != 2 {
		t.Errorf("counted %d notes, want 2", count)
	}
	err = h.Tenant(dbtest.As(b), func(tx *db.Tx) error {
		ok(t, tx.Create(newNote("third")).Error)
		return errStop
	})
	wantIs(t, err, errStop)
	ok(t, h.System(context.Background(), "count in a test", func(tx *db.SystemTx) error {
		return tx.Model(&note{}).Count(&count).Error
	}))
	if count != 2 {
		t.Errorf("the system counts %d notes, want 2", count)
	}
	ok(t, h.Ping(context.Background()))
}

func TestDoorsNeedATenant(t *testing.T) {
	t.Parallel()
	d, h := open(t)
	never := func(*db.Tx) error { t.Error("the function ran"); return nil }
	wantIs(t, h.One(context.Background(), never), db.ErrNoTenant)
	wantIs(t, h.Tenant(context.Background(), never), db.ErrNoTenant)

	// In One, the context of a statement counts; without an actor there is no tenant.
	tenant := dbtest.As(d.NewTenant(t))
	wantIs(t, h.One(tenant, func(tx *db.Tx) error {
		return tx.WithContext(context.Background()).Find(&[]note{}).Error
	}), db.ErrNoTenant)
}

func TestSystemLogsItsReason(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	_, h := open(t, func(c *db.Config) {
		c.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	ok(t, h.System(context.Background(), "look in a test", func(*db.SystemTx) error { return nil }))
	if !strings.Contains(log.String(), "look in a test") {
		t.Errorf("the log has no reason: %s", log.String())
	}
	if err := h.System(context.Background(), "", func(*db.SystemTx) error { return nil }); err == nil {
		t.Error("System without a reason was let in")
	}
}

func TestOneRunsOneStatement(t *testing.T) {
	t.Parallel()
	d, h := open(t, func(c *db.Config) { c.AppConns = 1 })
	ctx := within(dbtest.As(d.NewTenant(t)), t, 20*time.Second)
	find := func(tx *db.Tx) error { return tx.Find(&[]note{}).Error }
	second := map[string]func(tx *db.Tx) error{
		"query":    find,
		"exec":     func(tx *db.Tx) error { return tx.Create(newNote("x")).Error },
		"row":      func(tx *db.Tx) error { var n int; return tx.Raw("SELECT 1").Row().Scan(&n) },
		"swallow":  func(tx *db.Tx) error { _ = find(tx); return nil },
		"river":    func(tx *db.Tx) error { _, err := tx.RiverTx(ctx); return err },
		"nested":   func(tx *db.Tx) error { return tx.Transaction(func(*gorm.DB) error { return nil }) },
		"prepared": func(tx *db.Tx) error { _, err := tx.Statement.ConnPool.PrepareContext(ctx, "SELECT 1"); return err },
	}
	for name, fn := range second {
		if err := h.One(ctx, func(tx *db.Tx) error { return errors.Join(find(tx), fn(tx)) }); !errors.Is(err, db.ErrSecond) {
			t.Errorf("%s: got %v, want ErrSecond", name, err)
		}
	}
	// Results that nobody read to their end give the connection back all the same.
	ok(t, h.One(ctx, func(tx *db.Tx) error { _, err := tx.Model(&note{}).Rows(); return err }))
	ok(t, h.One(ctx, func(tx *db.Tx) error { tx.Raw("SELECT 1").Row(); return nil }))
	ok(t, h.Tenant(ctx, func(tx *db.Tx) error { _, err := tx.Raw("SELECT generate_series(1, 1000)").Rows(); return err }))
	ok(t, h.Tenant(ctx, func(tx *db.Tx) error { tx.Raw("SELECT generate_series(1, 1000)").Row(); return nil }))
	wantIs(t, h.Tenant(ctx, func(tx *db.Tx) error {
		_, err := tx.Raw("SELECT generate_series(1, 1000)").Rows()
		return errors.Join(err, errStop)
	}), errStop)
	ok(t, h.One(ctx, find))
	// After the door nothing runs any more.
	var kept *db.Tx
	ok(t, h.One(ctx, func(tx *db.Tx) error { kept = tx; return nil }))
	if find(kept) == nil {
		t.Error("a statement ran after One")
	}
	ok(t, h.Tenant(ctx, func(tx *db.Tx) error { kept = tx; return nil }))
	if find(kept) == nil {
		t.Error("a statement ran after Tenant")
	}
}

func TestAfterCommit(t *testing.T) {
	t.Parallel()
	d, h := open(t, func(c *db.Config) { c.AppConns = 1; c.SystemConns = 1 })
	ctx := within(dbtest.As(d.NewTenant(t)), t, 20*time.Second)
	var ran []string
	hook := func(name string) func() { return func() { ran = append(ran, name) } }
	ok(t, h.Tenant(ctx, func(tx *db.Tx) error {
		tx.AfterCommit(hook("a"))
		tx.AfterCommit(func() { panic("in a hook") })
		tx.AfterCommit(func() {
			ok(t, h.One(ctx, func(tx *db.Tx) error { return tx.Find(&[]note{}).Error })) // the connection is free again
			hook("b")()
		})
		return tx.Create(newNote("x")).Error
	}))
	ok(t, h.One(ctx, func(tx *db.Tx) error { tx.AfterCommit(hook("c")); return nil }))
	ok(t, h.System(ctx, "a test", func(tx *db.SystemTx) error { tx.AfterCommit(hook("d")); return nil }))
	wantIs(t, h.Tenant(ctx, func(tx *db.Tx) error { tx.AfterCommit(hook("never")); return errStop }), errStop)
	wantIs(t, h.One(ctx, func(tx *db.Tx) error { tx.AfterCommit(hook("never")); return errStop }), errStop)
	err := h.Tenant(ctx, func(tx *db.Tx) error {
		tx.AfterCommit(hook("never"))
		return tx.Create(&task{ID: db.NewID(), NoteID: db.NewID()}).Error // refused by COMMIT
	})
	wantFault(t, err, fault.Invalid, "invalid_reference")
	if got := strings.Join(ran, ""); got != "abcd" {
		t.Errorf("hooks ran: %s", got)
	}
}

func TestCommitErrorsSurface(t *testing.T) {
	t.Parallel()
	d, h := open(t)
	tenant := d.NewTenant(t)
	ctx := dbtest.As(tenant)
	orphan := func(tx *db.Tx) error { return tx.Create(&task{ID: db.NewID(), NoteID: db.NewID()}).Error }
	wantFault(t, h.One(ctx, orphan), fault.Invalid, "invalid_reference")
	wantFault(t, h.Tenant(ctx, orphan), fault.Invalid, "invalid_reference")
	returning := func(tx *db.Tx) error {
		var id string
		return tx.Raw("INSERT INTO test_tasks (id, note_id) VALUES (?, ?) RETURNING id", db.NewID(), db.NewID()).Scan(&id).Error
	}
	wantFault(t, h.One(ctx, returning), fault.Invalid, "invalid_reference")
	wantFault(t, h.Tenant(ctx, returning), fault.Invalid, "invalid_reference")
	wantFault(t, h.System(ctx, "a test", func(tx *db.SystemTx) error {
		return tx.Exec("INSERT INTO test_tasks (tenant_id, id, note_id) VALUES (?, ?, ?)", tenant, db.NewID(), db.NewID()).Error
	}), fault.Invalid, "invalid_reference")

	// A failed statement cannot be swallowed: COMMIT of the aborted transaction is an error, and so is one that failed to prepare.
	for _, sql := range []string{"SELECT 1 / 0", "SELECT nothing FROM nowhere"} {
		for _, first := range []bool{true, false} {
			err := h.Tenant(ctx, func(tx *db.Tx) error {
				if !first {
					ok(t, tx.Create(newNote(fmt.Sprint("before ", sql))).Error)
				}
				_ = tx.Exec(sql).Error
				return nil
			})
			wantIs(t, err, db.ErrTxFailed)
		}
	}
	wantIs(t, h.System(ctx, "a test", func(tx *db.SystemTx) error { _ = tx.Exec("SELECT 1 / 0").Error; return nil }), db.ErrTxFailed)
	if list := titles(t, h, tenant); len(list) > 0 {
		t.Errorf("left behind: %q", list)
	}
}

func TestNestedTransactionsAreSavepoints(t *testing.T) {
	t.Parallel()
	d, h := open(t)
	tenant := d.NewTenant(t)
	for _, first := range []bool{true, false} {
		ok(t, h.Tenant(dbtest.As(tenant), func(tx *db.Tx) error {
			if !first {
				ok(t, tx.Create(newNote("outer")).Error)
			}
			wantIs(t, tx.Transaction(func(inner *gorm.DB) error {
				ok(t, inner.Create(newNote("undone")).Error)
				return errStop
			}), errStop)
			return tx.Transaction(func(inner *gorm.DB) error { return inner.Create(newNote(fmt.Sprint("kept ", first))).Error })
		}))
	}
	if got := strings.Join(titles(t, h, tenant), ","); got != "kept false,kept true,outer" {
		t.Errorf("kept %s", got)
	}
	// The transaction itself is ended by its door.
	wantIs(t, h.Tenant(dbtest.As(tenant), func(tx *db.Tx) error { return tx.Commit().Error }), db.ErrDoor)
	wantIs(t, h.Tenant(dbtest.As(tenant), func(tx *db.Tx) error { return tx.Rollback().Error }), db.ErrDoor)
}

func TestNestedDoorShowsAsDeadline(t *testing.T) {
	t.Parallel()
	d, h := open(t, func(c *db.Config) { c.AppConns = 1; c.SystemConns = 1 })
	ctx := dbtest.As(d.NewTenant(t))
	find := func(tx *db.Tx) error { return tx.Find(&[]note{}).Error }
	nested := map[string]func(ctx context.Context) error{
		"One in Tenant": func(ctx context.Context) error {
			return h.Tenant(ctx, func(tx *db.Tx) error { return errors.Join(find(tx), h.One(ctx, find)) })
		},
		"Tenant in Tenant": func(ctx context.Context) error {
			return h.Tenant(ctx, func(*db.Tx) error { return h.Tenant(ctx, find) })
		},
		"System in System": func(ctx context.Context) error {
			return h.System(ctx, "outer", func(*db.SystemTx) error {
				return h.System(ctx, "inner", func(*db.SystemTx) error { return nil })
			})
		},
	}
	for name, door := range nested {
		t.Log(name)
		wantFault(t, door(within(ctx, t, 100*time.Millisecond)), fault.Unavailable, "unavailable")
		ok(t, h.One(within(ctx, t, 20*time.Second), find))
	}
}
