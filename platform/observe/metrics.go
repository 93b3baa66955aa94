package observe

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are the process's Prometheus metrics, in a registry of their own.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	inFlight prometheus.Gauge
	server   *http.Server
	listener net.Listener
}

// NewMetrics returns metrics of the Go runtime, the process and HTTP requests.
func NewMetrics() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "http_request_duration_seconds",
			Help:    "Time from the end of the request's arrival to its answer, by operation and status.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 15},
		}, []string{"operation", "status"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "http_requests_in_flight",
			Help: "Requests being answered now.",
		}),
	}
	m.registry.MustRegister(m.requests, m.inFlight,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Start notes that a request is being answered.
func (m *Metrics) Start() { m.inFlight.Inc() }

// Done notes that it has been answered. Operation must come from a bounded set: an operation id, never an address.
func (m *Metrics) Done(operation string, status int, d time.Duration) {
	m.inFlight.Dec()
	m.requests.WithLabelValues(operation, strconv.Itoa(status)).Observe(d.Seconds())
}

// PoolStats is the state of a connection pool.
type PoolStats struct {
	Open  int           // connections
	InUse int           // of them, busy
	Max   int           // most there can be
	Waits int64         // how often somebody waited for one, since the start
	Wait  time.Duration // how long they waited together
}

// Pool exports a connection pool; stats is called for each scrape.
func (m *Metrics) Pool(name string, stats func() PoolStats) {
	labels := prometheus.Labels{"pool": name}
	gauge := func(metric, help string, value func(PoolStats) float64) {
		m.registry.MustRegister(prometheus.NewGaugeFunc(
			prometheus.GaugeOpts{Name: metric, Help: help, ConstLabels: labels},
			func() float64 { return value(stats()) }))
	}
	counter := func(metric, help string, value func(PoolStats) float64) {
		m.registry.MustRegister(prometheus.NewCounterFunc(
			prometheus.CounterOpts{Name: metric, Help: help, ConstLabels: labels},
			func() float64 { return value(stats()) }))
	}
	gauge("db_pool_open_connections", "Open database connections.", func(s PoolStats) float64 { return float64(s.Open) })
	gauge("db_pool_busy_connections", "Database connections in use.", func(s PoolStats) float64 { return float64(s.InUse) })
	gauge("db_pool_max_connections", "Most database connections there can be.", func(s PoolStats) float64 { return float64(s.Max) })
	counter("db_pool_waits_total", "How often a connection had to be waited for.", func(s PoolStats) float64 { return float64(s.Waits) })
	counter("db_pool_wait_seconds_total", "How long connections were waited for.", func(s PoolStats) float64 { return s.Wait.Seconds() })
}

// Gauge exports a number; value is called for each scrape.
func (m *Metrics) Gauge(name, help string, value func() float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value))
}

// Handler answers a scrape.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Listen starts to serve the metrics at /metrics of an internal address, and returns at once.
func (m *Metrics) Listen(ctx context.Context, addr string) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return listenError(addr, err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", m.Handler())
	m.listener = listener
	m.server = &http.Server{Handler: mux, ReadTimeout: 5 * time.Second, WriteTimeout: 10 * time.Second}
	go func() { _ = m.server.Serve(listener) }()
	return nil
}

func listenError(addr string, err error) error {
	what := "metrics cannot listen on " + addr
	if errors.Is(err, syscall.EADDRINUSE) {
		what += ", which is in use by another program"
	} else {
		what += fmt.Sprintf(" (%v)", err)
	}
	return errors.New(what + ": choose another with METRICS_ADDR, or turn metrics off with METRICS_ADDR=off")
}

// Addr is where the metrics are served; "" before Listen.
func (m *Metrics) Addr() string {
	if m.listener == nil {
		return ""
	}
	return m.listener.Addr().String()
}

// Shutdown stops serving the metrics.
func (m *Metrics) Shutdown(ctx context.Context) error {
	if m.server == nil {
		return nil
	}
	if err := m.server.Shutdown(ctx); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("stop the metrics: %w", err)
	}
	return nil
}
