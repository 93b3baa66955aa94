package db_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"saaskit/platform/db"
	"saaskit/platform/db/dbtest"
	"saaskit/platform/fault"
)

const killAll = `SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity
	WHERE datname = current_database() AND usename IN ('saaskit_app', 'saaskit_system') AND pid <> pg_backend_pid()`

// TestH2_KilledBackend: a transaction whose backend dies leaves nothing behind and is answered as unavailable; the next request works.
func TestH2_KilledBackend(t *testing.T) {
	t.Parallel()
	d, h := open(t, func(c *db.Config) { c.AppConns = 4 })
	admin := d.Admin(t)
	tenant := d.NewTenant(t)
	ctx := within(dbtest.As(tenant), t, 30*time.Second)
	kill := func() {
		_, err := admin.Exec(killAll)
		ok(t, err)
	}
	find := func(tx *db.Tx) error { return tx.Find(&[]note{}).Error }

	wantFault(t, h.Tenant(ctx, func(tx *db.Tx) error {
		ok(t, tx.Create(newNote("half")).Error)
		kill()
		return tx.Create(newNote("whole")).Error
	}), fault.Unavailable, "unavailable")
	wantFault(t, h.Tenant(ctx, func(tx *db.Tx) error {
		ok(t, tx.Create(newNote("half")).Error)
		kill()
		return nil // COMMIT finds out
	}), fault.Unavailable, "unavailable")
	wantFault(t, h.Tenant(ctx, func(tx *db.Tx) error {
		ok(t, tx.Create(newNote("half")).Error)
		kill()
		_, err := tx.RiverTx(ctx)
		_, again := tx.RiverTx(ctx)
		return errors.Join(err, put(ctx, tx, tenant, "job"), again)
	}), fault.Unavailable, "unavailable")
	wantFault(t, h.System(ctx, "a test", func(tx *db.SystemTx) error {
		ok(t, tx.Exec("DELETE FROM test_notes").Error)
		kill()
		return nil
	}), fault.Unavailable, "unavailable")

	// Idle connections that died are noticed before they are used: no request is answered with an error.
	for range 5 {
		ok(t, h.Tenant(ctx, find))
		kill()
		ok(t, h.Tenant(ctx, find))
		kill()
		ok(t, h.One(ctx, find))
		kill()
		ok(t, h.System(ctx, "a test", func(tx *db.SystemTx) error { return tx.Find(&[]note{}).Error }))
	}
	ok(t, h.Ping(ctx))
	if list := titles(t, h, tenant); len(list) > 0 {
		t.Errorf("half a transaction was kept: %q", list)
	}
}

// TestStaleStatements: a migration under a running server makes prepared statements stale; nobody notices.
func TestStaleStatements(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(testing.TB, ...func(*db.Config)) (*dbtest.Database, *db.DB){"direct": open, "PgBouncer": openPooled} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, h := start(t, func(c *db.Config) { c.AppConns = 1; c.SystemConns = 1 })
			admin := d.Admin(t)
			tenant := d.NewTenant(t)
			ctx := dbtest.As(tenant)
			create(t, h, tenant, newNote("a"))
			all := func(tx *db.Tx) error {
				rows := []map[string]any{}
				if err := tx.Raw("SELECT * FROM test_notes").Scan(&rows).Error; err != nil {
					return err
				}
				if fmt.Sprint(rows[0]["version"]) != "1" || rows[0]["title"] != "a" {
					return fmt.Errorf("read %v", rows)
				}
				return nil
			}
			system := func() error {
				return h.System(ctx, "a test", func(tx *db.SystemTx) error { return tx.Raw("SELECT * FROM test_notes").Scan(&[]note{}).Error })
			}
			for _, change := range []string{
				"ADD COLUMN extra text", "ALTER COLUMN version TYPE bigint", "DROP COLUMN extra", "ADD COLUMN more text NOT NULL DEFAULT 'x'", "ALTER COLUMN version TYPE integer",
			} {
				ok(t, errors.Join(h.One(ctx, all), h.Tenant(ctx, all), system()))
				_, err := admin.Exec("ALTER TABLE test_notes " + change)
				ok(t, err)
				ok(t, h.One(ctx, all))
				_, err = admin.Exec("ALTER TABLE test_notes ADD COLUMN again int")
				ok(t, err)
				ok(t, h.Tenant(ctx, all))
				ok(t, system())
				_, err = admin.Exec("ALTER TABLE test_notes DROP COLUMN again")
				ok(t, err)
			}
			// In the middle of a transaction it cannot be mended; afterwards it is.
			_ = h.Tenant(ctx, func(tx *db.Tx) error {
				ok(t, tx.Exec("SELECT 1").Error)
				_, err := admin.Exec("ALTER TABLE test_notes ADD COLUMN late text")
				ok(t, err)
				return all(tx)
			})
			ok(t, errors.Join(h.One(ctx, all), h.Tenant(ctx, all), system()))
		})
	}
}

func TestErrorsBecomeFaults(t *testing.T) {
	t.Parallel()
	d, h := open(t)
	tenant := d.NewTenant(t)
	ctx := dbtest.As(tenant)
	create(t, h, tenant, newNote("taken"))
	exec := func(sql string, args ...any) func(tx *db.Tx) error {
		return func(tx *db.Tx) error { return tx.Exec(sql, args...).Error }
	}
	own := fault.New(fault.Conflict, "own", "A use case's own.")
	cases := map[string]struct {
		fn   func(tx *db.Tx) error
		kind fault.Kind
		code string
	}{
		"unique":     {func(tx *db.Tx) error { return tx.Create(newNote("taken")).Error }, fault.Conflict, "already_exists"},
		"check":      {func(tx *db.Tx) error { return tx.Create(newNote(strings.Repeat("x", 100))).Error }, fault.Invalid, "invalid_value"},
		"NUL byte":   {func(tx *db.Tx) error { return tx.Create(newNote("a\x00b")).Error }, fault.Invalid, "invalid_value"},
		"bad UTF-8":  {func(tx *db.Tx) error { return tx.Create(newNote("a\xffb")).Error }, fault.Invalid, "invalid_value"},
		"bad uuid":   {exec("SELECT 'x'::text::uuid"), fault.Invalid, "invalid_value"},
		"too large":  {exec("SELECT 99999999999::int"), fault.Invalid, "invalid_value"},
		"not found":  {func(tx *db.Tx) error { return tx.First(&note{}, "id = ?", db.NewID()).Error }, fault.NotFound, "not_found"},
		"no row":     {func(tx *db.Tx) error { var n int; return tx.Raw("SELECT 1 WHERE false").Row().Scan(&n) }, fault.NotFound, "not_found"},
		"own":        {func(*db.Tx) error { return fmt.Errorf("wrapped: %w", own) }, fault.Conflict, "own"},
		"cancelled":  {func(*db.Tx) error { return context.DeadlineExceeded }, fault.Unavailable, "unavailable"},
		"no grant":   {exec("SELECT * FROM sessions"), fault.Internal, "internal"},
		"nonsense":   {exec("SELECT nonsense"), fault.Internal, "internal"},
		"arguments":  {exec("SELECT 1", 2), fault.Internal, "internal"},
		"bad value":  {exec("SELECT $1::int", "not a number"), fault.Invalid, "invalid_value"},
		"statements": {exec("SELECT 1; SELECT 2"), fault.Internal, "internal"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, err := range []error{h.One(ctx, c.fn), h.Tenant(ctx, c.fn)} {
				if f := fault.From(err); f == nil || f.Kind != c.kind || f.Code != c.code {
					t.Errorf("got %v, want %s", err, c.code)
				}
			}
		})
	}
	err := h.One(ctx, func(tx *db.Tx) error {
		err := tx.Create(newNote("taken")).Error
		if !db.IsUnique(err, "test_notes_title") || !db.IsUnique(err, "") || db.IsUnique(err, "other") {
			t.Errorf("IsUnique does not know %v", err)
		}
		return err
	})
	if !db.IsUnique(err, "test_notes_title") || db.IsUnique(nil, "") || db.IsUnique(errStop, "") {
		t.Errorf("IsUnique does not know %v behind the door", err)
	}
}

// TestDeadlocksCanBeTriedAgain: of two transactions that wait for each other one is told, and can be run once more.
func TestDeadlocksCanBeTriedAgain(t *testing.T) {
	t.Parallel()
	d, h := open(t)
	tenant := d.NewTenant(t)
	ctx := within(dbtest.As(tenant), t, 30*time.Second)
	rows := []*note{newNote("a"), newNote("b")}
	create(t, h, tenant, rows[0])
	create(t, h, tenant, rows[1])
	var locked, both sync.WaitGroup
	locked.Add(2)
	errs := make([]error, 2)
	for i := range 2 {
		both.Go(func() {
			errs[i] = h.Tenant(ctx, func(tx *db.Tx) error {
				err := tx.Model(rows[i]).Update("done", true).Error
				locked.Done()
				locked.Wait()
				return errors.Join(err, tx.Model(rows[1-i]).Update("done", true).Error)
			})
		})
	}
	both.Wait()
	lost := errors.Join(errs...)
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Errorf("got %v and %v, want one deadlock", errs[0], errs[1])
	}
	wantFault(t, lost, fault.Unavailable, "unavailable")
}

// TestTimeouts: what waits too long in Postgres comes back as unavailable, and the connection stays good.
func TestTimeouts(t *testing.T) {
	t.Parallel()
	d, h := open(t)
	tenant := d.NewTenant(t)
	ctx := within(dbtest.As(tenant), t, 30*time.Second)
	create(t, h, tenant, newNote("a"))
	admin := d.Admin(t)
	var name string
	ok(t, admin.QueryRow("SELECT current_database()").Scan(&name))
	_, err := admin.Exec("ALTER ROLE saaskit_app IN DATABASE " + name + " SET statement_timeout = '500ms'")
	ok(t, err)
	again := d.Open(t, silent, func(c *db.Config) { c.AppConns = 1 })
	wantFault(t, again.One(ctx, func(tx *db.Tx) error { return tx.Exec("SELECT pg_sleep(5)").Error }), fault.Unavailable, "unavailable")
	wantFault(t, again.Tenant(ctx, func(tx *db.Tx) error { return tx.Exec("SELECT pg_sleep(5)").Error }), fault.Unavailable, "unavailable")
	ok(t, again.One(ctx, func(tx *db.Tx) error { return tx.First(&note{}).Error }))
}
