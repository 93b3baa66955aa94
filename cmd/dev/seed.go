package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/google/uuid"

	"saaskit/modules"
	"saaskit/modules/accounts"
	"saaskit/platform/access"
	"saaskit/platform/app"
	"saaskit/platform/config"
)

// demoPassword signs in every demo user. The stack listens on this machine only.
const demoPassword = "try-the-local-stack"

// login is a demo account, for the report.
type login struct {
	Email string `json:"email"`
	Role  string `json:"role"`
}

var demoUsers = []struct {
	name, email string
	role        access.Role
}{
	{"Ada Owner", "ada@acme.test", access.Owner},
	{"Ben Admin", "ben@acme.test", access.Admin},
	{"Cleo Member", "cleo@acme.test", access.Member},
	{"Dora Viewer", "dora@acme.test", access.Viewer},
}

const demoOperator = "operator@saaskit.test"

// seed adds two demo tenants and an operator. What exists already stays as it is.
func seed(ctx context.Context, environ []string) error {
	cfg, err := config.Load(environ)
	if err != nil {
		return err
	}
	plans, err := modules.Plans()
	if err != nil {
		return err
	}
	p, err := app.Open(ctx, cfg, plans, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer p.Close()
	if err := seedTenants(ctx, p); err != nil {
		return fmt.Errorf("seed demo tenants: %w", err)
	}
	if _, err := modules.ProvisionOperator(ctx, p, demoOperator, "Olga Operator", demoPassword); err != nil {
		return fmt.Errorf("seed the operator: %w", err)
	}
	return nil
}

func seedTenants(ctx context.Context, p *app.Platform) error {
	provision := modules.Provision(p)
	users := make([]uuid.UUID, len(demoUsers))
	for i, u := range demoUsers {
		id, err := provision.User(ctx, u.email, u.name, demoPassword)
		if err != nil && !errors.Is(err, accounts.ErrExists) {
			return err
		}
		users[i] = id
	}
	owner := users[0]
	for _, tenant := range []struct{ name, slug string }{{"Acme", "acme"}, {"Globex", "globex"}} {
		id, err := provision.Tenant(ctx, owner, tenant.name, tenant.slug)
		if errors.Is(err, accounts.ErrExists) {
			continue
		}
		if err != nil {
			return err
		}
		for i, u := range demoUsers[1:] {
			if err := provision.Member(ctx, id, users[i+1], u.role); err != nil {
				return err
			}
		}
		if err := seedModules(access.With(ctx, access.Actor{Kind: access.User, ID: owner, Tenant: id, Role: access.Owner}), p); err != nil {
			return err
		}
	}
	return nil
}

// seedModules adds each module's sample rows to the tenant of ctx.
func seedModules(ctx context.Context, p *app.Platform) error {
	for _, m := range modules.All(p) {
		if m.Seed == nil {
			continue
		}
		if err := m.Seed(ctx); err != nil {
			return fmt.Errorf("seed %s: %w", m.Name, err)
		}
	}
	return nil
}
