package main

import (
	"context"
	"fmt"

	"saaskit/modules"
)

func operatorCommand(ctx context.Context, c command) error {
	if len(c.args) != 2 || (c.args[0] != "add" && c.args[0] != "disable") {
		return errUsage
	}
	p, err := c.platform(ctx)
	if err != nil {
		return err
	}
	defer p.Close()
	email := c.args[1]
	if c.args[0] == "disable" {
		if err := modules.DisableOperator(ctx, p, email); err != nil {
			return err
		}
		fmt.Fprintf(c.stdout, "%s is shut out. app operator add lets them in again.\n", email)
		return nil
	}
	link, err := modules.AddOperator(ctx, p, email)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.stdout, "%s is an operator. The link sets the password; it works once, for one day:\n%s\n", email, link)
	return nil
}

func keysCommand(ctx context.Context, c command) error {
	if len(c.args) != 1 || c.args[0] != "rotate" {
		return errUsage
	}
	p, err := c.platform(ctx)
	if err != nil {
		return err
	}
	defer p.Close()
	if err := p.Tokens.Rotate(ctx); err != nil {
		return err
	}
	fmt.Fprintln(c.stdout, "A new signing key is published. It signs as soon as every replica knows it; the old one is valid until its tokens end.")
	return nil
}
