package db_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"saaskit/platform/db"
	"saaskit/platform/db/dbtest"
)

// put writes a row as River writes a job: past GORM, in the open transaction.
func put(ctx context.Context, tx db.Enqueuer, tenant uuid.UUID, title string) error {
	raw, err := tx.RiverTx(ctx)
	if err != nil {
		return err
	}
	_, err = raw.Exec(ctx, "INSERT INTO test_notes (tenant_id, id, title) VALUES ($1, $2, $3)", tenant, db.NewID(), title)
	return err
}

// TestRiverTxBelongsToTheDoor: what River writes as the first or a later statement is kept and undone with the transaction,
// in both pools, direct and through PgBouncer.
func TestRiverTxBelongsToTheDoor(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(testing.TB, ...func(*db.Config)) (*dbtest.Database, *db.DB){"direct": open, "PgBouncer": openPooled} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, h := start(t, func(c *db.Config) { c.AppConns = 1; c.SystemConns = 1 })
			tenant := d.NewTenant(t)
			ctx := dbtest.As(tenant)
			doors := map[string]func(fn func(tx db.Enqueuer) error) error{
				"tenant": func(fn func(tx db.Enqueuer) error) error {
					return h.Tenant(ctx, func(tx *db.Tx) error { return fn(tx) })
				},
				"system": func(fn func(tx db.Enqueuer) error) error {
					return h.System(ctx, "a test", func(tx *db.SystemTx) error { return fn(tx) })
				},
			}
			for door, through := range doors {
				wantIs(t, through(func(tx db.Enqueuer) error { return errors.Join(put(ctx, tx, tenant, "first, undone"), errStop) }), errStop)
				ok(t, through(func(tx db.Enqueuer) error { return put(ctx, tx, tenant, "first, kept "+door) }))
				wantIs(t, through(func(tx db.Enqueuer) error {
					return errors.Join(put(ctx, tx, tenant, "a"), put(ctx, tx, tenant, "b"), errStop)
				}), errStop)
			}
			wantIs(t, h.Tenant(ctx, func(tx *db.Tx) error {
				return errors.Join(tx.Create(newNote("before")).Error, put(ctx, tx, tenant, "second, undone"), errStop)
			}), errStop)
			if got := fmt.Sprint(titles(t, h, tenant)); got != "[first, kept system first, kept tenant]" {
				t.Errorf("kept %s", got)
			}
			// The transaction of a tenant is in that tenant for River too.
			other := d.NewTenant(t)
			if err := h.Tenant(ctx, func(tx *db.Tx) error { return put(ctx, tx, other, "theirs") }); err == nil {
				t.Error("wrote into another tenant")
			}
		})
	}
}

func TestRiverTxNestsAsSavepoints(t *testing.T) {
	t.Parallel()
	d, h := open(t)
	tenant := d.NewTenant(t)
	ctx := dbtest.As(tenant)
	insert := func(tx pgx.Tx, title string) {
		t.Helper()
		_, err := tx.Exec(ctx, "INSERT INTO test_notes (id, title) VALUES ($1, $2)", db.NewID(), title)
		ok(t, err)
	}
	var kept pgx.Tx
	ok(t, h.Tenant(ctx, func(tx *db.Tx) error {
		if tx.JobTenant() != tenant {
			t.Errorf("jobs are for %s", tx.JobTenant())
		}
		raw, err := tx.RiverTx(ctx)
		ok(t, err)
		kept = raw
		undone, err := raw.Begin(ctx)
		ok(t, err)
		insert(undone, "undone")
		inner, err := undone.Begin(ctx)
		ok(t, err)
		insert(inner, "undone too")
		ok(t, inner.Commit(ctx))
		ok(t, undone.Rollback(ctx))
		wantIs(t, undone.Rollback(ctx), pgx.ErrTxClosed)

		failed, err := raw.Begin(ctx)
		ok(t, err)
		if _, err := failed.Exec(ctx, "SELECT 1 / 0"); err == nil {
			t.Error("1 / 0 is fine")
		}
		ok(t, failed.Rollback(ctx))

		done, err := raw.Begin(ctx)
		ok(t, err)
		insert(done, "kept")
		ok(t, done.Commit(ctx))
		// The transaction itself belongs to the door.
		ok(t, raw.Rollback(ctx))
		ok(t, raw.Commit(ctx))
		insert(raw, "kept too")
		return tx.Create(newNote("last")).Error
	}))
	if got := fmt.Sprint(titles(t, h, tenant)); got != "[kept kept too last]" {
		t.Errorf("kept %s", got)
	}
	for name, err := range map[string]error{
		"Exec":  second(kept.Exec(ctx, "SELECT 1")),
		"Query": second(kept.Query(ctx, "SELECT 1")),
		"Begin": second(kept.Begin(ctx)),
		"Row":   kept.QueryRow(ctx, "SELECT 1").Scan(new(int)),
		"Batch": kept.SendBatch(ctx, &pgx.Batch{}).Close(),
		"Copy":  second(kept.CopyFrom(ctx, pgx.Identifier{"test_notes"}, []string{"id"}, pgx.CopyFromRows(nil))),
	} {
		if !errors.Is(err, pgx.ErrTxClosed) {
			t.Errorf("%s after the door: %v", name, err)
		}
	}
	ok(t, h.System(ctx, "a test", func(tx *db.SystemTx) error {
		if tx.JobTenant() != uuid.Nil {
			t.Errorf("the system's jobs are for %s", tx.JobTenant())
		}
		return nil
	}))
}

func second[T any](_ T, err error) error { return err }

// TestRiverTxAfterAFailure: a transaction in which a statement failed takes no job.
func TestRiverTxAfterAFailure(t *testing.T) {
	t.Parallel()
	d, h := open(t)
	ctx := dbtest.As(d.NewTenant(t))
	for _, sql := range []string{"SELECT 1 / 0", "SELECT nothing FROM nowhere"} {
		wantIs(t, h.Tenant(ctx, func(tx *db.Tx) error {
			_ = tx.Exec(sql).Error
			_, err := tx.RiverTx(ctx)
			wantIs(t, err, db.ErrTxFailed)
			return errStop
		}), errStop)
	}
}

func TestRiverPoolIsTheSystems(t *testing.T) {
	t.Parallel()
	_, h := openPooled(t)
	pool, err := h.RiverPool(context.Background())
	ok(t, err)
	again, err := h.RiverPool(context.Background())
	ok(t, err)
	var role string
	ok(t, pool.QueryRow(context.Background(), "SELECT current_user").Scan(&role))
	if role != "saaskit_system" || again != pool {
		t.Errorf("River's pool is of role %s, the same again: %v", role, again == pool)
	}
}
