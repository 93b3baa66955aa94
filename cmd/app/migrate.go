package main

import (
	"context"
	"flag"
	"fmt"
	"net/url"
	"strings"

	"saaskit/modules"
	"saaskit/platform/app"
	"saaskit/platform/db"
)

func migrate(ctx context.Context, c command) error {
	var bootstrap bool
	rest, err := c.flags(func(f *flag.FlagSet) {
		f.BoolVar(&bootstrap, "print-bootstrap", false, "print the SQL that creates the roles")
	})
	if err != nil || len(rest) > 0 {
		return errUsage
	}
	cfg, log, err := c.load("SECRET_KEY", "ADMIN_DATABASE_URL")
	if err != nil {
		return err
	}
	if bootstrap {
		address, err := url.Parse(cfg.AdminURL)
		if err != nil {
			return fmt.Errorf("read ADMIN_DATABASE_URL: %w", err)
		}
		fmt.Fprint(c.stdout, db.BootstrapSQL(app.Roles(cfg), strings.Trim(address.Path, "/")))
		return nil
	}
	return db.Migrate(ctx, cfg.AdminURL, app.Roles(cfg), log, modules.Migrations()...)
}
