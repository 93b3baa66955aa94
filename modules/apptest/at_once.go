package apptest

import "sync"

// AtOnce calls do n times at the same moment, with 0 to n-1, and counts what it returned. It returns when all have.
func AtOnce(n int, do func(i int) string) map[string]int {
	var mu sync.Mutex
	outcomes := map[string]int{}
	var all sync.WaitGroup
	gate := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-gate
			outcome := do(i)
			mu.Lock()
			defer mu.Unlock()
			outcomes[outcome]++
		})
	}
	close(gate)
	all.Wait()
	return outcomes
}
