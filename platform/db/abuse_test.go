package db_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/db"
	"saaskit/platform/db/dbtest"
	"saaskit/platform/fault"
)

// abuse runs well-behaved and ill-behaved requests of several tenants on one pool and counts what must never happen.
type abuse struct {
	t       *testing.T
	db      *db.DB
	tenants []uuid.UUID
	leaks   atomic.Int64 // a row of another tenant, or one of ours missing
	bricked atomic.Int64 // a well-behaved request failed
	calm    atomic.Int64
	wild    atomic.Int64
}

func newAbuse(t *testing.T, d *dbtest.Database, h *db.DB, tenants int) *abuse {
	t.Helper()
	a := &abuse{t: t, db: h}
	for range tenants {
		id := d.NewTenant(t)
		a.tenants = append(a.tenants, id)
		for i := range notesEach {
			ok(t, h.One(dbtest.As(id), func(tx *db.Tx) error { return tx.Create(newNote(fmt.Sprintf("%s %d", id, i))).Error }))
		}
	}
	return a
}

var errStop = errors.New("stop")

// check reports titles that are not exactly the tenant's.
func (a *abuse) check(tenant uuid.UUID, titles []string) {
	wrong := len(titles) != notesEach
	for _, title := range titles {
		wrong = wrong || !strings.HasPrefix(title, tenant.String())
	}
	if wrong && a.leaks.Add(1) == 1 {
		a.t.Errorf("tenant %s read %q", tenant, titles)
	}
}

// good is what a well-behaved request does: it must always work, and see its own rows and no others.
func (a *abuse) good(tenant uuid.UUID, n int) {
	ctx, cancel := context.WithTimeout(dbtest.As(tenant), 30*time.Second)
	defer cancel()
	var titles []string
	read := func(tx *db.Tx) error { return tx.Model(&note{}).Pluck("title", &titles).Error }
	var err error
	switch n % 8 {
	default:
		err = a.db.One(ctx, read)
	case 1, 5:
		err = a.db.Tenant(ctx, read)
	case 3:
		err = a.db.Tenant(ctx, func(tx *db.Tx) error {
			n := newNote(tenant.String() + " " + db.NewID().String())
			if err := tx.Create(n).Error; err != nil {
				return err
			}
			if err := tx.Delete(n).Error; err != nil {
				return err
			}
			return read(tx)
		})
	}
	a.calm.Add(1)
	if err != nil {
		if a.bricked.Add(1) == 1 {
			a.t.Errorf("a well-behaved request failed: %v", err)
		}
		return
	}
	a.check(tenant, titles)
}

// bad does one of the things that go wrong in requests.
func (a *abuse) bad(tenant, other uuid.UUID, n int) {
	a.wild.Add(1)
	ctx := dbtest.As(tenant)
	kinds := []func(ctx context.Context, other uuid.UUID) error{
		a.rollback, a.panics, a.panicsWithRows, a.exits, a.swallowedError, a.cancelled, a.cancelledBefore, a.deadline,
		a.rawSet, a.poison, a.forgetsStatements, a.crossContext, a.injects, a.entersTwice, a.nested, a.endsTransaction, a.outlives,
	}
	kind := n % len(kinds)
	if err := kinds[kind](ctx, other); err != nil {
		a.t.Errorf("abuse %d: %v", kind, err)
	}
}

func want(err, target error) error {
	if !errors.Is(err, target) {
		return fmt.Errorf("got %w, want %w", err, target)
	}
	return nil
}

func wantUnavailable(err error) error {
	if f := fault.From(err); f == nil || f.Kind != fault.Unavailable {
		return fmt.Errorf("got %w, want unavailable", err)
	}
	return nil
}

// never is a note that is never kept. Its title is its own: the backend of a cancelled request may still hold one for a while.
func never() *note { return newNote("never " + db.NewID().String()) }

func (a *abuse) rollback(ctx context.Context, _ uuid.UUID) error {
	return want(a.db.Tenant(ctx, func(tx *db.Tx) error { return errors.Join(tx.Create(never()).Error, errStop) }), errStop)
}

func (a *abuse) panics(ctx context.Context, _ uuid.UUID) (err error) {
	defer func() {
		if recover() == nil {
			err = errors.New("the panic was swallowed")
		}
	}()
	return a.db.Tenant(ctx, func(tx *db.Tx) error {
		if err := tx.Create(never()).Error; err != nil {
			return err
		}
		panic("in a test")
	})
}

func (a *abuse) panicsWithRows(ctx context.Context, _ uuid.UUID) (err error) {
	defer func() {
		if recover() == nil {
			err = errors.New("the panic was swallowed")
		}
	}()
	return a.db.One(ctx, func(tx *db.Tx) error {
		rows, err := tx.Model(&note{}).Rows()
		if err != nil {
			return err
		}
		rows.Next()
		panic("in a test")
	})
}

func (a *abuse) exits(ctx context.Context, _ uuid.UUID) error {
	var exited sync.WaitGroup
	exited.Go(func() {
		_ = a.db.Tenant(ctx, func(tx *db.Tx) error {
			_ = tx.Create(never()).Error
			runtime.Goexit()
			return nil
		})
	})
	exited.Wait()
	return nil
}

func (a *abuse) swallowedError(ctx context.Context, _ uuid.UUID) error {
	return want(a.db.Tenant(ctx, func(tx *db.Tx) error {
		_ = tx.Create(never()).Error
		_ = tx.Exec("SELECT 1 / 0").Error
		return nil
	}), db.ErrTxFailed)
}

func (a *abuse) cancelled(ctx context.Context, _ uuid.UUID) error {
	ctx, cancel := context.WithCancel(ctx)
	timer := time.AfterFunc(2*time.Millisecond, cancel)
	defer timer.Stop()
	return wantUnavailable(a.db.Tenant(ctx, func(tx *db.Tx) error {
		if err := tx.Create(never()).Error; err != nil {
			return err
		}
		return tx.Exec("SELECT pg_sleep(10)").Error
	}))
}

// outlives leaves a goroutine behind that goes on in the transaction until it is told that there is none.
func (a *abuse) outlives(ctx context.Context, _ uuid.UUID) error {
	var left sync.WaitGroup
	defer left.Wait()
	tenant := access.From(ctx).Tenant
	return a.db.Tenant(ctx, func(tx *db.Tx) error {
		left.Go(func() {
			for {
				var titles []string
				err := tx.Model(&note{}).Pluck("title", &titles).Error
				if err != nil {
					return
				}
				a.check(tenant, titles)
				var n int
				if tx.Raw("SELECT 1").Row().Scan(&n) != nil || tx.Exec("SELECT 1").Error != nil {
					return
				}
			}
		})
		return nil
	})
}

func (a *abuse) cancelledBefore(ctx context.Context, _ uuid.UUID) error {
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	return wantUnavailable(a.db.Tenant(ctx, func(tx *db.Tx) error { return tx.Create(never()).Error }))
}

func (a *abuse) deadline(ctx context.Context, _ uuid.UUID) error {
	ctx, cancel := context.WithTimeout(ctx, time.Millisecond)
	defer cancel()
	return wantUnavailable(a.db.One(ctx, func(tx *db.Tx) error { return tx.Exec("SELECT pg_sleep(10)").Error }))
}
