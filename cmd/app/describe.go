package main

import (
	"context"
	"fmt"

	"saaskit/modules"
	"saaskit/platform/app"
	"saaskit/platform/config"
)

// openapi prints the API document. It needs no database and no configuration.
func openapi(_ context.Context, c command) error {
	if len(c.args) > 0 {
		return errUsage
	}
	plans, err := modules.Plans()
	if err != nil {
		return err
	}
	p := app.Describe(plans)
	product, err := app.New(p, modules.All(p), nil)
	if err != nil {
		return err
	}
	document, err := product.Document()
	if err != nil {
		return err
	}
	_, err = c.stdout.Write(document)
	return err
}

// describeConfig prints every setting as a Markdown table.
func describeConfig(_ context.Context, c command) error {
	if len(c.args) > 0 {
		return errUsage
	}
	_, err := fmt.Fprint(c.stdout, config.Table())
	return err
}
