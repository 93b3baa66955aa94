// Package stripe is a Stripe that runs on this machine: stateful, with hosted checkout and billing portal pages and signed webhooks, so that the product can be tried and tested without an account.
//
// It speaks API version 2023-10-16 and refuses what Stripe's own OpenAPI document does not allow. What the document allows but the emulator cannot do is
// answered with an error that says so.
package stripe

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"saaskit/platform/emulator/web"
)

// APIVersion is the one version of Stripe's API that the emulator speaks.
const APIVersion = "2023-10-16"

// Options say where the emulator listens and what it remembers.
type Options struct {
	Addr      string           // "" is a free port of 127.0.0.1
	StatePath string           // a JSON file that keeps the state over a restart; "" keeps it in memory
	Now       func() time.Time // nil is time.Now; what the API calls the time
	Log       *slog.Logger     // nil is silent
}

// Emulator is one Stripe account in test mode. All methods are safe for concurrent use.
type Emulator struct {
	// SecretKey is the one API key that it accepts (sk_test_...).
	SecretKey string

	now      func() time.Time
	log      *slog.Logger
	document *document
	server   *web.Server
	client   *http.Client // delivers webhooks

	mu    sync.Mutex // guards what follows
	state *state
	held  bool
	fault func(method, path string) Fault
	rules []*FaultRule
	mode  DeliveryMode
	tries []attempt // the last ones, oldest first

	wake    chan struct{}
	stop    context.CancelFunc
	stopped sync.WaitGroup
}

// Start listens and serves until Stop.
func Start(o Options) (*Emulator, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	st, err := loadState(o.StatePath)
	if err != nil {
		return nil, err
	}
	server, err := web.Listen(o.Addr)
	if err != nil {
		return nil, fmt.Errorf("listen for the Stripe emulator: %w", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	e := &Emulator{
		SecretKey: st.SecretKey, now: o.Now, log: o.Log, document: sharedDocument, state: st,
		server: server, wake: make(chan struct{}, 1), stop: cancel,
		client: &http.Client{
			Timeout:       10 * time.Second,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	server.Serve(e.routes(), o.Log)
	e.stopped.Go(func() { e.deliverAll(ctx) })
	return e, nil
}

// URL is the base URL of the API and of the hosted pages, without a slash at the end.
func (e *Emulator) URL() string { return e.server.URL() }

// Stop ends serving and delivering. Deliveries that are still queued stay in the state file.
func (e *Emulator) Stop() {
	e.stop()
	e.client.CloseIdleConnections()
	e.server.Stop()
	e.stopped.Wait()
}
