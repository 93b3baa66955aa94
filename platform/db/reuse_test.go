package db_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"saaskit/platform/db"
	"saaskit/platform/db/dbtest"
	"saaskit/platform/fault"
)

const notesEach = 3

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
	switch n % 3 {
	case 0:
		err = a.db.One(ctx, read)
	case 1:
		err = a.db.Tenant(ctx, read)
	case 2:
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
		a.rawSet, a.poison, a.forgetsStatements, a.crossContext, a.injects, a.entersTwice, a.nested, a.endsTransaction,
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

func (a *abuse) rollback(ctx context.Context, _ uuid.UUID) error {
	return want(a.db.Tenant(ctx, func(tx *db.Tx) error { return errors.Join(tx.Create(newNote("never")).Error, errStop) }), errStop)
}

func (a *abuse) panics(ctx context.Context, _ uuid.UUID) (err error) {
	defer func() {
		if recover() == nil {
			err = errors.New("the panic was swallowed")
		}
	}()
	return a.db.Tenant(ctx, func(tx *db.Tx) error {
		if err := tx.Create(newNote("never")).Error; err != nil {
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
			_ = tx.Create(newNote("never")).Error
			runtime.Goexit()
			return nil
		})
	})
	exited.Wait()
	return nil
}

func (a *abuse) swallowedError(ctx context.Context, _ uuid.UUID) error {
	return want(a.db.Tenant(ctx, func(tx *db.Tx) error {
		_ = tx.Create(newNote("never")).Error
		_ = tx.Exec("SELECT 1 / 0").Error
		return nil
	}), db.ErrTxFailed)
}

func (a *abuse) cancelled(ctx context.Context, _ uuid.UUID) error {
	ctx, cancel := context.WithCancel(ctx)
	timer := time.AfterFunc(2*time.Millisecond, cancel)
	defer timer.Stop()
	return wantUnavailable(a.db.Tenant(ctx, func(tx *db.Tx) error {
		if err := tx.Create(newNote("never")).Error; err != nil {
			return err
		}
		return tx.Exec("SELECT pg_sleep(10)").Error
	}))
}

func (a *abuse) cancelledBefore(ctx context.Context, _ uuid.UUID) error {
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	return wantUnavailable(a.db.Tenant(ctx, func(tx *db.Tx) error { return tx.Create(newNote("never")).Error }))
}

func (a *abuse) deadline(ctx context.Context, _ uuid.UUID) error {
	ctx, cancel := context.WithTimeout(ctx, time.Millisecond)
	defer cancel()
	return wantUnavailable(a.db.One(ctx, func(tx *db.Tx) error { return tx.Exec("SELECT pg_sleep(10)").Error }))
}

func (a *abuse) rawSet(ctx context.Context, other uuid.UUID) error {
	for _, sql := range []string{"SET app.tenant_id = '%s'", " /* a /* b */ */ -- c\n set local app.tenant_id = '%s'", "DO $$ BEGIN SET app.tenant_id = '%s'; END $$"} {
		raw := fmt.Sprintf(sql, other)
		err := a.db.One(ctx, func(tx *db.Tx) error { return tx.Exec(raw).Error })
		if err := want(err, db.ErrStatement); err != nil {
			return err
		}
		if err := want(a.db.Tenant(ctx, func(tx *db.Tx) error { return tx.Exec(raw).Error }), db.ErrStatement); err != nil {
			return err
		}
	}
	return nil
}

// poison leaves settings on the session, past the driver.
func (a *abuse) poison(ctx context.Context, other uuid.UUID) error {
	return a.past(ctx, fmt.Sprintf("SET app.tenant_id = '%s'", other), "SET app.entered = '1'")
}

// forgetsStatements takes away from the session what the driver has prepared on it.
func (a *abuse) forgetsStatements(ctx context.Context, _ uuid.UUID) error {
	return a.past(ctx, "DEALLOCATE ALL")
}

func (a *abuse) past(ctx context.Context, statements ...string) error {
	return a.db.Tenant(ctx, func(tx *db.Tx) error {
		raw, err := tx.RiverTx(ctx)
		for _, sql := range statements {
			if err == nil {
				_, err = raw.Exec(ctx, sql)
			}
		}
		return err
	})
}

func (a *abuse) crossContext(ctx context.Context, other uuid.UUID) error {
	return want(a.db.Tenant(ctx, func(tx *db.Tx) error {
		return tx.WithContext(dbtest.As(other)).Create(newNote("never")).Error
	}), db.ErrTenantMismatch)
}

func (a *abuse) injects(ctx context.Context, other uuid.UUID) error {
	var titles []string
	err := a.db.One(ctx, func(tx *db.Tx) error {
		return tx.Raw("SELECT title FROM test_notes WHERE (SELECT set_config('app.tenant_id', ?, true)) IS NOT NULL", other.String()).Scan(&titles).Error
	})
	if err == nil || len(titles) > 0 {
		return fmt.Errorf("set_config: error %w, %d rows", err, len(titles))
	}
	return nil
}

func (a *abuse) entersTwice(ctx context.Context, other uuid.UUID) error {
	var titles []string
	steal := func(tx *db.Tx) error {
		return tx.Raw("SELECT title FROM test_notes, LATERAL sec.enter(?)", other).Scan(&titles).Error
	}
	if err := a.db.One(ctx, steal); err == nil || len(titles) > 0 {
		return fmt.Errorf("sec.enter in One: error %w, %d rows", err, len(titles))
	}
	if err := a.db.Tenant(ctx, steal); err == nil || len(titles) > 0 {
		return fmt.Errorf("sec.enter in Tenant: error %w, %d rows", err, len(titles))
	}
	return nil
}

func (a *abuse) nested(ctx context.Context, _ uuid.UUID) error {
	return want(a.db.Tenant(ctx, func(tx *db.Tx) error {
		err := tx.Transaction(func(inner *gorm.DB) error { return inner.Exec("SELECT 1 / 0").Error })
		if err == nil {
			return errors.New("the nested error was lost")
		}
		return errors.Join(tx.Create(newNote("never")).Error, errStop)
	}), errStop)
}

func (a *abuse) endsTransaction(ctx context.Context, _ uuid.UUID) error {
	for _, sql := range []string{"COMMIT", "ROLLBACK", "END", "ABORT", "BEGIN", "DISCARD ALL", "RESET ALL", "PREPARE TRANSACTION 'x'"} {
		if err := want(a.db.Tenant(ctx, func(tx *db.Tx) error { return tx.Exec(sql).Error }), db.ErrStatement); err != nil {
			return err
		}
	}
	// Past the driver, the transaction can be ended; then nothing runs in it any more.
	return want(a.db.Tenant(ctx, func(tx *db.Tx) error {
		raw, err := tx.RiverTx(ctx)
		if err != nil {
			return err
		}
		if _, err := raw.Exec(ctx, "ROLLBACK"); err != nil {
			return err
		}
		return tx.Create(newNote("never")).Error
	}), db.ErrTxFailed)
}

// sequence is T6: one connection, requests of two tenants in turns, every tenth one ill-behaved.
func (a *abuse) sequence(requests int) {
	for i := range requests {
		tenant, other := a.tenants[i%2], a.tenants[(i+1)%2]
		if i%10 == 9 {
			a.bad(tenant, other, i/10)
			continue
		}
		a.good(tenant, i)
	}
	a.report()
}

// fuzz runs goroutines that each choose at random.
func (a *abuse) fuzz(goroutines, requests int) {
	var all sync.WaitGroup
	for g := range goroutines {
		all.Go(func() {
			random := rand.New(rand.NewPCG(uint64(g), 6))
			for range requests {
				tenant, other := random.IntN(len(a.tenants)), random.IntN(len(a.tenants)-1)
				if other >= tenant {
					other++
				}
				if random.IntN(6) == 0 {
					a.bad(a.tenants[tenant], a.tenants[other], random.IntN(1000))
					continue
				}
				a.good(a.tenants[tenant], random.IntN(1000))
			}
		})
	}
	all.Wait()
	a.report()
}

func (a *abuse) report() {
	leaks, bricked := a.leaks.Load(), a.bricked.Load()
	a.t.Logf("%d well-behaved and %d ill-behaved requests: %d leaks, %d bricked", a.calm.Load(), a.wild.Load(), leaks, bricked)
	if leaks > 0 || bricked > 0 {
		a.t.Errorf("%d leaks, %d bricked connections", leaks, bricked)
	}
}

func TestT6_OneConnectionTwoTenants(t *testing.T) {
	t.Parallel()
	d, h := open(t, func(c *db.Config) { c.AppConns = 1 })
	newAbuse(t, d, h, 2).sequence(10_000)
}

func TestT6_Fuzz64Goroutines(t *testing.T) {
	t.Parallel()
	d, h := open(t, func(c *db.Config) { c.AppConns = 8 })
	newAbuse(t, d, h, 10).fuzz(64, 100)
}
