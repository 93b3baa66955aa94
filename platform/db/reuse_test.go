package db_test

import (
	"math/rand/v2"
	"sync"
	"testing"

	"saaskit/platform/db"
	"saaskit/platform/db/dbtest"
)

const notesEach = 3

// cycle is how many requests of a sequence have each way to behave ill once.
const cycle = 17 * 20

// sequence is T6: one connection, requests of two tenants in turns, every twentieth one ill-behaved.
func (a *abuse) sequence(requests int) {
	for i := range requests {
		tenant, other := a.tenants[i%2], a.tenants[(i+1)%2]
		if i%20 == 19 {
			a.bad(tenant, other, i/20)
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

// poolsOfOne runs the requests of two tenants each on four pools that have one connection each, side by side.
func poolsOfOne(t *testing.T, d *dbtest.Database, requests int, open func(change ...func(*db.Config)) *db.DB) {
	t.Helper()
	var all sync.WaitGroup
	for range 4 {
		a := newAbuse(t, d, open(func(c *db.Config) { c.AppConns = 1 }), 2)
		all.Go(func() { a.sequence(requests) })
	}
	all.Wait()
}

// Of these 10,000 requests no connection sees more than some hundred: the ill-behaved ones break it, and the pool opens another.
func TestT6_OneConnectionTwoTenants(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t, source)
	poolsOfOne(t, d, 2_500, func(change ...func(*db.Config)) *db.DB { return d.Open(t, append(change, silent)...) })
}

func TestT6_Fuzz64Goroutines(t *testing.T) {
	t.Parallel()
	d, h := open(t, func(c *db.Config) { c.AppConns = 8 })
	newAbuse(t, d, h, 10).fuzz(64, 100)
}
