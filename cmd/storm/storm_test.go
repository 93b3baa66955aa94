package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"saaskit/modules"
	"saaskit/platform/app"
	"saaskit/platform/config"
	"saaskit/platform/db/dbtest"
	"saaskit/platform/observe"
)

// The variable that makes this test binary a replica of the product.
const replicaVariable = "STORM_TEST_REPLICA"

func TestMain(m *testing.M) {
	if os.Getenv(replicaVariable) == "" {
		os.Exit(m.Run())
	}
	if err := serve(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serve is what `app serve` does, without the web app.
func serve(ctx context.Context) error {
	cfg, err := config.Load(os.Environ())
	if err != nil {
		return err
	}
	level, err := observe.ParseLevel(cfg.LogLevel)
	if err != nil {
		return err
	}
	plans, err := modules.Plans()
	if err != nil {
		return err
	}
	p, err := app.Open(ctx, cfg, plans, observe.NewLogger(os.Stderr, false, level))
	if err != nil {
		return err
	}
	product, err := app.New(p, modules.All(p), nil)
	if err != nil {
		return err
	}
	return product.Serve(ctx, true)
}

// B1-B4: after events that were shuffled, tripled, lost and forged, and the death of a replica amid them, every subscription is as Stripe's.
func TestB2_B3_B4_ASmallStormLeavesNothingWrong(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t, modules.Migrations()...)
	s, err := open(t.Context(), plan{
		tenants: 20, events: 400, seed: 1, database: d.URL, admin: d.AdminURL, secret: dbtest.Secret, impatient: true,
		replica: func(ctx context.Context) *exec.Cmd {
			replica := exec.CommandContext(ctx, os.Args[0])
			replica.Env = []string{replicaVariable + "=1"}
			return replica
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.close)
	found, err := s.run(t.Context())
	if err != nil {
		t.Fatalf("%v\n%s", err, s.said())
	}
	t.Logf("\n%s", found)
	if err := found.err(); err != nil {
		t.Errorf("%v\n%s", err, s.said())
	}
}
