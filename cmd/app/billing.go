package main

import (
	"context"
	"encoding/json"
	"flag"

	"saaskit/modules"
	"saaskit/modules/billing"
)

func billingCommand(ctx context.Context, c command) error {
	if len(c.args) == 0 {
		return errUsage
	}
	word := c.args[0]
	c.args = c.args[1:]
	switch {
	case word == "sync":
		return syncBilling(ctx, c)
	case word == "reconcile" && len(c.args) == 0:
		return reconcileBilling(ctx, c)
	case word == "plans" && len(c.args) == 0:
		return printPlans(c)
	default:
		return errUsage
	}
}

func syncBilling(ctx context.Context, c command) error {
	var dry bool
	rest, err := c.flags(func(f *flag.FlagSet) {
		f.BoolVar(&dry, "dry-run", false, "print what would change, and change nothing")
	})
	if err != nil || len(rest) > 0 {
		return errUsage
	}
	p, err := c.platform(ctx)
	if err != nil {
		return err
	}
	defer p.Close()
	if dry {
		return modules.DiffBilling(ctx, p, c.stdout)
	}
	return modules.SyncBilling(ctx, p, c.stdout)
}

func reconcileBilling(ctx context.Context, c command) error {
	p, err := c.platform(ctx)
	if err != nil {
		return err
	}
	defer p.Close()
	return modules.ReconcileBilling(ctx, p, c.stdout)
}

// printPlans writes the price list for the web build. It needs no database and no configuration.
func printPlans(c command) error {
	plans, err := modules.Plans()
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(c.stdout)
	encoder.SetIndent("", "  ")
	return encoder.Encode(billing.PriceList(plans))
}
