package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// result is what one workload reached.
type result struct {
	perSecond float64
	p50, p99  time.Duration
}

// work is one operation of a workload. It checks its own rows.
type work func(ctx context.Context, random *rand.Rand) error

// measure runs op from many workers for a time, after a warm-up of a fifth of it.
func measure(ctx context.Context, workers int, d time.Duration, op work) (result, error) {
	if _, err := burst(ctx, workers, d/5, op); err != nil {
		return result{}, err
	}
	began := time.Now()
	times, err := burst(ctx, workers, d, op)
	if err != nil {
		return result{}, err
	}
	took := time.Since(began)
	slices.Sort(times)
	if len(times) == 0 {
		return result{}, fmt.Errorf("no operation ended within %s", d)
	}
	return result{
		perSecond: float64(len(times)) / took.Seconds(),
		p50:       times[len(times)/2],
		p99:       times[len(times)*99/100],
	}, nil
}

// burst returns how long each operation took.
func burst(ctx context.Context, workers int, d time.Duration, op work) ([]time.Duration, error) {
	var (
		group sync.WaitGroup
		mu    sync.Mutex
		all   []time.Duration
		first error
	)
	until := time.Now().Add(d)
	for worker := range workers {
		group.Go(func() {
			random := rand.New(rand.NewPCG(uint64(worker), 42)) //nolint:gosec // a benchmark's choice of rows
			var times []time.Duration
			var err error
			for time.Now().Before(until) && err == nil {
				began := time.Now()
				err = op(ctx, random)
				times = append(times, time.Since(began))
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, times...)
			if first == nil {
				first = err
			}
		})
	}
	group.Wait()
	return all, first
}
