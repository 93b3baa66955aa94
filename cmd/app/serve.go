package main

import (
	"context"
	"flag"

	"saaskit/modules"
	"saaskit/platform/app"
	"saaskit/web"
)

func serve(ctx context.Context, c command) error {
	var noJobs bool
	rest, err := c.flags(func(f *flag.FlagSet) { f.BoolVar(&noJobs, "no-jobs", false, "leave jobs to app worker") })
	if err != nil || len(rest) > 0 {
		return errUsage
	}
	product, closeAll, err := c.product(ctx)
	if err != nil {
		return err
	}
	defer closeAll()
	return product.Serve(ctx, !noJobs)
}

func work(ctx context.Context, c command) error {
	if len(c.args) > 0 {
		return errUsage
	}
	product, closeAll, err := c.product(ctx)
	if err != nil {
		return err
	}
	defer closeAll()
	return product.Work(ctx)
}

// product builds the whole product: configuration, database, services and modules.
func (c command) product(ctx context.Context) (*app.App, func(), error) {
	p, err := c.platform(ctx, "SMTP_URL")
	if err != nil {
		return nil, nil, err
	}
	product, err := app.New(p, modules.All(p), web.Files())
	if err != nil {
		p.Close()
		return nil, nil, err
	}
	return product, p.Close, nil
}

// platform reads the configuration, opens the database and builds the services.
func (c command) platform(ctx context.Context, required ...string) (*app.Platform, error) {
	cfg, log, err := c.load(append(required, "BASE_URL", "SECRET_KEY", "DATABASE_URL")...)
	if err != nil {
		return nil, err
	}
	plans, err := modules.Plans()
	if err != nil {
		return nil, err
	}
	return app.Open(ctx, cfg, plans, log)
}
