package main

import (
	"context"
	"encoding/json"

	"saaskit/modules"
	"saaskit/modules/billing"
)

func billingCommand(ctx context.Context, c command) error {
	if len(c.args) != 1 {
		return errUsage
	}
	switch c.args[0] {
	case "sync":
		return syncBilling(ctx, c)
	case "plans":
		return printPlans(c)
	default:
		return errUsage
	}
}

func syncBilling(ctx context.Context, c command) error {
	p, err := c.platform(ctx)
	if err != nil {
		return err
	}
	defer p.Close()
	return modules.SyncBilling(ctx, p, c.stdout)
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
