// Command bench measures the product against what Postgres alone can do on the same machine, in one run and as ratios.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"saaskit/modules"
	"saaskit/platform/app"
	"saaskit/platform/config"
	"saaskit/platform/db"
	"saaskit/platform/db/pgserver"
)

const (
	tenants   = 1000
	perTenant = 500
	workers   = 8
)

// benchmark is one run.
type benchmark struct {
	out      io.Writer
	each     time.Duration // how long one workload runs
	only     string        // the one operation to compare, or empty for all of the benchmark
	program  string        // the product's binary
	server   *pgserver.Server
	address  string // superuser's address of the database
	environ  []string
	platform *app.Platform
}

func main() {
	b := &benchmark{out: os.Stdout}
	flag.DurationVar(&b.each, "each", 5*time.Second, "how long each workload runs, in turns with those it is compared with")
	flag.StringVar(&b.only, "only", "", "compare only this operation (list 20, get, insert), and leave out the rest of the benchmark")
	flag.StringVar(&b.program, "app", ".bin/app", "the product's binary")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := b.run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench: "+err.Error())
		os.Exit(1)
	}
}

func (b *benchmark) run(ctx context.Context) error {
	folder, err := os.MkdirTemp("/var/tmp", "saaskit-bench")
	if err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	defer os.RemoveAll(folder)
	if err := os.Chmod(folder, 0o755); err != nil { //nolint:gosec // Postgres runs as another user
		return err
	}
	b.server, err = pgserver.Start(ctx, pgserver.Options{Dir: filepath.Join(folder, "postgres"), Fsync: true, Settings: map[string]string{"shared_buffers": "512MB", "max_wal_size": "4GB"}})
	if err != nil {
		return err
	}
	defer b.server.Stop() //nolint:errcheck // the folder goes anyway
	if err := b.prepare(ctx); err != nil {
		return err
	}
	defer b.platform.Close()
	fmt.Fprintf(b.out, "%d cores hold client and server, %s each, %d workers, %d tenants x %d notes; every operation checks its rows\n",
		runtime.NumCPU(), b.each, workers, tenants, perTenant)
	parts := []func(context.Context) error{b.layers, b.http, b.growth, b.footprint}
	if b.only != "" {
		parts = parts[:1]
	}
	for _, part := range parts {
		if err := part(ctx); err != nil {
			return err
		}
	}
	return nil
}

// prepare makes the database, its tables and its rows, and opens the platform on it.
func (b *benchmark) prepare(ctx context.Context) (err error) {
	if b.address, err = b.server.Database(ctx, "bench", true); err != nil {
		return err
	}
	b.environ = append(os.Environ(), "BASE_URL=http://localhost:8080", "SECRET_KEY=rG8rW3mYw0Ck2Qd0rGvTn4u3yq7q9s5bJmJx0Ykq1fE=",
		"DATABASE_URL="+b.address, "ADMIN_DATABASE_URL="+b.address, "SMTP_URL=smtp://127.0.0.1:1",
		"RATE_LIMIT_USER=10000000", "RATE_LIMIT_TENANT=10000000")
	cfg, err := config.Load(b.environ)
	if err != nil {
		return err
	}
	quiet := slog.New(slog.DiscardHandler)
	if err := db.Migrate(ctx, b.address, app.Roles(cfg), quiet, modules.Migrations()...); err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, b.address)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Close(ctx)
	if err := grow(ctx, conn, 0, tenants, perTenant); err != nil {
		return err
	}
	for _, statement := range []string{
		`INSERT INTO tenant_plans (tenant_id, plan, status) SELECT id, 'business', 'active' FROM tenants`,
		// The usual way sets the tenant itself, which our app role may not.
		`CREATE ROLE saaskit_bench LOGIN PASSWORD 'bench'`,
		`GRANT USAGE ON SCHEMA public TO saaskit_bench`,
		`GRANT SELECT, INSERT ON notes TO saaskit_bench`,
		`GRANT EXECUTE ON FUNCTION set_config(text, text, boolean) TO saaskit_bench`,
		`GRANT USAGE ON SCHEMA sec TO saaskit_bench`,
		`GRANT EXECUTE ON FUNCTION sec.enter(uuid) TO saaskit_bench`,
	} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("prepare the database: %w", err)
		}
	}
	plans, err := modules.Plans()
	if err != nil {
		return err
	}
	cfg.AppConns = workers
	b.platform, err = app.Open(ctx, cfg, plans, quiet)
	return err
}
