package db_test

import (
	"math/rand/v2"
	"sync"
	"testing"

	"saaskit/platform/db"
)

const notesEach = 3

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
