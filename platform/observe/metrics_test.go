package observe_test

import (
	"net"
	"testing"

	"saaskit/platform/observe"
)

// A10: an address that is taken is said in one line, with the setting that changes it.
func TestA10_ABusyMetricsAddressNamesItsSetting(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	addr := taken.Addr().String()
	want := "metrics cannot listen on " + addr +
		", which is in use by another program: choose another with METRICS_ADDR, or turn metrics off with METRICS_ADDR=off"
	if err := observe.NewMetrics().Listen(t.Context(), addr); err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}
