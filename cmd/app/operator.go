package main

import (
	"context"
	"fmt"

	"saaskit/modules"
)

func operatorCommand(ctx context.Context, c command) error {
	if len(c.args) != 2 || c.args[0] != "add" {
		return errUsage
	}
	p, err := c.platform(ctx)
	if err != nil {
		return err
	}
	defer p.Close()
	link, err := modules.AddOperator(ctx, p, c.args[1])
	if err != nil {
		return err
	}
	fmt.Fprintf(c.stdout, "%s is an operator. The link sets the password; it works once, for one day:\n%s\n", c.args[1], link)
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
