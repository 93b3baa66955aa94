package apptest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"runtime"
	"testing"
	"time"

	"saaskit/modules"
	"saaskit/platform/app"
	"saaskit/platform/config"
	"saaskit/platform/db/dbtest"
	"saaskit/platform/observe"
	"saaskit/platform/password"
)

// start opens and serves. Another process can take the port between finding and using it, so that is tried again.
func (a *App) start(tb testing.TB, withJobs bool) {
	tb.Helper()
	var err error
	for range 5 {
		if err = a.try(tb, withJobs); err == nil {
			return
		}
	}
	tb.Fatalf("start the product: %v\n%s", err, a.Log)
}

func (a *App) try(tb testing.TB, withJobs bool) error {
	tb.Helper()
	port, err := freePort()
	if err != nil {
		return err
	}
	a.URL = fmt.Sprintf("http://localhost:%d", port)
	cfg, err := config.Load(a.environ(port))
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	plans, err := modules.Plans()
	if err != nil {
		stop()
		return err
	}
	a.Platform, err = app.Open(ctx, cfg, plans, observe.NewLogger(a.Log, false, levelDebug))
	if err != nil {
		stop()
		return err
	}
	if a.now != nil {
		a.Now = a.now
	}
	if !a.fullHash {
		a.Passwords = password.NewHasherForTests(runtime.GOMAXPROCS(0))
	}
	a.product, err = app.New(a.Platform, modules.All(a.Platform), nil)
	if err != nil {
		stop()
		a.Close()
		return err
	}
	if !a.schedule {
		a.product.Unschedule()
	}
	ended := make(chan error, 1)
	go func() { ended <- a.product.Serve(ctx, withJobs) }()
	a.client = &http.Client{
		Timeout:       60 * time.Second,
		Transport:     &http.Transport{MaxIdleConnsPerHost: 64},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	if err := a.await(ended); err != nil {
		stop()
		a.Close()
		return err
	}
	platform, client := a.Platform, a.client
	tb.Cleanup(func() {
		client.CloseIdleConnections()
		stop()
		if err := <-ended; err != nil {
			tb.Errorf("stop the product: %v", err)
		}
		platform.Close()
	})
	return nil
}

// await returns when the product is ready, or why it ended.
func (a *App) await(ended <-chan error) error {
	deadline := time.After(30 * time.Second)
	poll := time.NewTicker(3 * time.Millisecond)
	defer poll.Stop()
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, a.URL+"/readyz", http.NoBody)
	if err != nil {
		return fmt.Errorf("ask for readiness: %w", err)
	}
	for {
		select {
		case err := <-ended:
			return fmt.Errorf("it ended: %w", err)
		case <-deadline:
			return errors.New("it was not ready in 30 seconds")
		case <-poll.C:
			response, err := a.client.Do(request)
			if err != nil {
				continue
			}
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
		}
	}
}

func (a *App) environ(port int) []string {
	env := map[string]string{
		"BASE_URL":        cmp.Or(a.base, a.URL),
		"ADDR":            fmt.Sprintf("127.0.0.1:%d", port),
		"METRICS_ADDR":    "off",
		"SECRET_KEY":      dbtest.Secret,
		"DATABASE_URL":    a.database.URL,
		"SMTP_URL":        a.Mailbox.SMTPURL(),
		"DNS_SERVER":      a.DNS.Addr(),
		"TRUSTED_PROXIES": "127.0.0.1", // each actor has an address of its own, see Actor.Do
		// Tests send a thousand requests at once, on a machine that runs others beside them: slow is not wrong here.
		"DATABASE_MAX_WAIT": "50s",
		"REQUEST_TIMEOUT":   "50s",
		"LOG_LEVEL":         "debug",
	}
	if a.Stripe != nil {
		env["STRIPE_SECRET_KEY"] = a.Stripe.SecretKey
		env["STRIPE_API_URL"] = a.Stripe.URL()
		env["STRIPE_WEBHOOK_URL"] = fmt.Sprintf("http://127.0.0.1:%d/hooks/stripe", port)
	}
	if a.Providers != nil {
		maps.Copy(env, a.Providers.Environ())
	}
	var all []string
	for name, value := range env {
		if own, set := a.env[name]; set {
			value = own
		}
		all = append(all, name+"="+value)
	}
	for name, value := range a.env {
		if _, known := env[name]; !known {
			all = append(all, name+"="+value)
		}
	}
	return all
}

func freePort() (int, error) {
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}
