package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"sync"
	"time"

	"saaskit/platform/api"
	"saaskit/platform/db"
	"saaskit/platform/jobs"
	"saaskit/platform/limit"
	"saaskit/platform/observe"
	"saaskit/platform/plan"
	"saaskit/platform/server"
)

// Version is the version of the API document.
const Version = "1"

// App is the product, ready to run.
type App struct {
	*Platform
	modules  []Module
	registry *jobs.Registry
	metrics  *observe.Metrics
	server   *server.Server
	api      *api.API
}

// New checks the modules' manifests and builds the product. Files is the built web app.
func New(p *Platform, modules []Module, files fs.FS) (*App, error) {
	if err := validate(modules); err != nil {
		return nil, err
	}
	a := &App{Platform: p, modules: modules, registry: &jobs.Registry{}, metrics: observe.NewMetrics()}
	a.observePools()
	p.Mail.Register(a.registry)
	a.housekeeping()
	for _, m := range modules {
		if m.Jobs != nil {
			m.Jobs(a.registry)
		}
	}
	if err := a.buildServer(files); err != nil {
		return nil, err
	}
	return a, nil
}

func (a *App) buildServer(files fs.FS) error {
	s, err := server.New(server.Config{
		BaseURL: a.Config.BaseURL, TrustedProxies: a.Config.TrustedProxies,
		BodyLimit: a.Config.BodyLimit, Deadline: a.Config.RequestTimeout,
		Log: a.Log, Metrics: a.metrics, Web: files, JWKS: a.Tokens.JWKS, Ready: a.ready,
	})
	if err != nil {
		return err
	}
	actors := map[string]api.ActorFunc{}
	var keys api.KeyFunc
	var keyUsed func(context.Context) error
	for _, m := range a.modules {
		maps.Copy(actors, m.Actors)
		if m.APIKey != nil {
			keys, keyUsed = m.APIKey, m.KeyUsed
		}
	}
	a.server = s
	a.api = api.New(s.Fiber(), api.Config{
		Title: Brand, Version: Version, Description: "The API of " + Brand + ". Send as a bearer token an API key of a workspace or, after signing in there, an access token.",
		Verify: a.Tokens.Verify, Actors: actors, APIKey: keys, Now: a.Now, Take: a.Limits.TakeN, Spend: requestRates(a.Config, limit.NewLeases(a.Limits, a.Now)), Used: keyUsed, Permissions: Permissions(a.modules),
	})
	for _, m := range a.modules {
		if m.Routes != nil {
			m.Routes(a.api.Router(m.Name))
		}
	}
	if err := a.api.Seal(); err != nil {
		return fmt.Errorf("routes: %w", err)
	}
	return nil
}

// Unschedule has no job run because its time has come, for tests that put such jobs in themselves.
func (a *App) Unschedule() { a.registry.Unschedule() }

// Document is the OpenAPI document of the product.
func (a *App) Document() ([]byte, error) { return a.api.Document() }

// Addr is where the server listens; "" before Start.
func (a *App) Addr() string { return a.server.Addr() }

func (a *App) ready(ctx context.Context) error { return a.DB.Ping(ctx) }

// Serve runs the web server, and the job worker with it if withJobs, until ctx ends; then it stops gracefully.
func (a *App) Serve(ctx context.Context, withJobs bool) error {
	if err := a.checkDatabase(ctx); err != nil {
		return err
	}
	if err := a.server.Listen(ctx, a.Config.Addr); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	var listening sync.WaitGroup
	listening.Go(func() { a.Changes.Listen(ctx, a.DB) })
	defer listening.Wait()
	defer cancel()
	return a.run(ctx, withJobs, a.server.Failed())
}

// Work runs the job worker alone until ctx ends; then it stops gracefully.
func (a *App) Work(ctx context.Context) error {
	if err := a.checkDatabase(ctx); err != nil {
		return err
	}
	return a.run(ctx, true, nil)
}

func (a *App) run(ctx context.Context, withJobs bool, failed <-chan error) (err error) {
	var worker *jobs.Worker
	if withJobs {
		if worker, err = jobs.NewWorker(a.DB, a.registry, a.Log); err != nil {
			return errors.Join(err, a.stop(nil))
		}
		if err := worker.Start(context.WithoutCancel(ctx)); err != nil {
			return errors.Join(fmt.Errorf("start jobs: %w", err), a.stop(nil))
		}
	}
	if err := a.exposeMetrics(ctx); err != nil {
		return errors.Join(err, a.stop(worker))
	}
	a.report(ctx, withJobs)
	select {
	case <-ctx.Done():
		a.Log.Info("stopping")
	case err = <-failed:
	}
	return errors.Join(err, a.stop(worker))
}

// stop ends requests and jobs side by side, so that neither uses up the time of the other, and the metrics last. Requests that wait for a
// change are answered at once. A job that a last request put in waits in the database for another worker.
func (a *App) stop(worker *jobs.Worker) error {
	ctx, cancel := context.WithTimeout(context.Background(), a.Config.StopTimeout)
	defer cancel()
	a.Changes.Stop()
	var server, work error
	var stopping sync.WaitGroup
	stopping.Go(func() { server = a.server.Shutdown(ctx) })
	if worker != nil {
		stopping.Go(func() { work = worker.Stop(ctx) })
	}
	stopping.Wait()
	if work != nil {
		work = fmt.Errorf("stop jobs: %w", work)
	}
	return errors.Join(server, work, a.metrics.Shutdown(ctx))
}

func (a *App) observePools() {
	if a.DB == nil {
		return
	}
	a.metrics.Gauge("changes_waiting_requests", "Requests that wait to be told of a change; they are in flight, too.",
		func() float64 { return float64(a.Changes.Waiting()) })
	a.metrics.Gauge("changes_heard", "1 while the database tells of changes as they happen, 0 while waiting requests look for themselves.",
		func() float64 {
			if a.Changes.Hearing() {
				return 1
			}
			return 0
		})
	for name := range a.DB.Stats() {
		a.metrics.Pool(name, func() observe.PoolStats {
			s := a.DB.Stats()[name]
			return observe.PoolStats{Open: s.OpenConnections, InUse: s.InUse, Max: s.MaxOpenConnections, Waits: s.WaitCount, Wait: s.WaitDuration}
		})
	}
}

func (a *App) exposeMetrics(ctx context.Context) error {
	if a.Config.MetricsAddr == "off" || a.Config.MetricsAddr == "" {
		return nil
	}
	return a.metrics.Listen(ctx, a.Config.MetricsAddr)
}

// checkDatabase refuses a database that is behind this program's migrations.
func (a *App) checkDatabase(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	url := a.Config.DirectURL
	if url == "" {
		url = a.Config.DatabaseURL
	}
	return db.CheckMigrated(ctx, url, Roles(a.Config).System, Migrations(a.modules)...)
}

func (a *App) counters() plan.Counters {
	all := plan.Counters{}
	for _, m := range a.modules {
		maps.Copy(all, m.Counters)
	}
	return all
}
