package db_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"saaskit/platform/db"
	"saaskit/platform/db/dbtest"
	"saaskit/platform/fault"
)

// TestH3_BusyTenantLeavesRoom: one tenant cannot take every connection, who waits too long is told so at once,
// and the health check passes all of them.
func TestH3_BusyTenantLeavesRoom(t *testing.T) {
	t.Parallel()
	d, h := open(t, func(c *db.Config) { c.AppConns, c.SystemConns, c.MaxWait = 4, 1, 50*time.Millisecond })
	busy, quiet := d.NewTenant(t), d.NewTenant(t)
	find := func(tx *db.Tx) error { return tx.Find(&[]note{}).Error }
	var inside, done sync.WaitGroup
	leave := make(chan struct{})
	hold := func(tx *db.Tx) error {
		err := find(tx)
		inside.Done()
		<-leave
		return err
	}
	inside.Add(3)
	for range 3 {
		done.Go(func() { ok(t, h.Tenant(dbtest.As(busy), hold)) })
	}
	inside.Wait()
	wantFault(t, h.One(dbtest.As(busy), find), fault.Unavailable, "unavailable")
	ok(t, h.One(dbtest.As(quiet), find))
	inside.Add(1)
	done.Go(func() { ok(t, h.Tenant(dbtest.As(quiet), hold)) })
	inside.Wait()
	wantFault(t, h.Tenant(dbtest.As(d.NewTenant(t)), find), fault.Unavailable, "unavailable")
	wantFault(t, h.One(within(dbtest.As(quiet), t, time.Millisecond), find), fault.Unavailable, "unavailable")
	ok(t, h.System(context.Background(), "a test", func(*db.SystemTx) error {
		wantFault(t, h.System(context.Background(), "a test", func(*db.SystemTx) error { return nil }), fault.Unavailable, "unavailable")
		return h.Ping(context.Background())
	}))
	close(leave)
	done.Wait()
	ok(t, h.One(dbtest.As(busy), find))
}

// TestH3_WaitersGetTheirTurn: many more callers than connections all get through.
func TestH3_WaitersGetTheirTurn(t *testing.T) {
	t.Parallel()
	d, h := open(t, func(c *db.Config) { c.AppConns, c.MaxWait = 2, 30*time.Second })
	a, b := d.NewTenant(t), d.NewTenant(t)
	var all sync.WaitGroup
	for i := range 200 {
		tenant := a
		if i%2 == 0 {
			tenant = b
		}
		all.Go(func() {
			ok := h.Tenant(dbtest.As(tenant), func(tx *db.Tx) error { return tx.Find(&[]note{}).Error })
			if ok != nil {
				t.Error(ok)
			}
		})
	}
	all.Wait()
}
