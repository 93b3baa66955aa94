// Command storm sends thousands of events from Stripe, in disorder, to two replicas of the product, kills one of them, and counts what went wrong.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"

	"saaskit/modules"
	"saaskit/platform/db/pgserver"
)

func main() {
	plan := plan{}
	flag.IntVar(&plan.tenants, "tenants", 500, "how many tenants subscribe")
	flag.IntVar(&plan.events, "events", 10_000, "how many events happen at Stripe")
	flag.Uint64Var(&plan.seed, "seed", 1, "chooses the changes, their order and what goes wrong")
	program := flag.String("app", ".bin/app", "the product's binary")
	flag.Parse()
	plan.replica = func(ctx context.Context) *exec.Cmd { return exec.CommandContext(ctx, *program, "serve") }
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, plan)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "storm: "+err.Error())
		os.Exit(1)
	}
}

// run is the storm on a Postgres of its own.
func run(ctx context.Context, p plan) error {
	folder, err := os.MkdirTemp("/var/tmp", "saaskit-storm")
	if err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	defer os.RemoveAll(folder)
	if err := os.Chmod(folder, 0o755); err != nil { //nolint:gosec // Postgres runs as another user
		return err
	}
	server, err := pgserver.Start(ctx, pgserver.Options{Dir: filepath.Join(folder, "postgres"), Fsync: true})
	if err != nil {
		return err
	}
	defer server.Stop() //nolint:errcheck // the folder goes anyway
	if p.database, err = server.Database(ctx, "storm", true); err != nil {
		return err
	}
	p.admin, p.secret = p.database, "rG8rW3mYw0Ck2Qd0rGvTn4u3yq7q9s5bJmJx0Ykq1fE="
	s, err := open(ctx, p, modules.Migrations()...)
	if err != nil {
		return err
	}
	defer s.close()
	found, err := s.run(ctx)
	if err != nil {
		return fmt.Errorf("%w\n%s", err, s.said())
	}
	fmt.Fprint(os.Stdout, found)
	return found.err()
}
