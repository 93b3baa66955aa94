// Package modules is the list of features, and every edge between two of them.
package modules

import (
	"context"
	"io"
	"io/fs"

	"github.com/google/uuid"

	"saaskit/modules/accounts"
	"saaskit/modules/billing"
	"saaskit/modules/notes"
	"saaskit/modules/operator"
	"saaskit/platform/access"
	"saaskit/platform/app"
	"saaskit/platform/db"
	"saaskit/platform/plan"
)

// All returns the manifests of all modules. A new feature is one more entry here.
func All(p *app.Platform) []app.Module {
	var all []app.Module
	all = []app.Module{
		accounts.New(accountsDeps(p, func() access.Permissions { return app.Permissions(all) })),
		notes.New(notes.Deps{DB: p.DB, Plans: p.Plans, Queue: p.Queue, Now: p.Now}),
		billing.New(billingDeps(p)),
		operator.New(operatorDeps(p)),
	}
	return all
}

// Plans checks the price list against what the modules let a plan grant.
func Plans() (*plan.Service, error) { return plan.New(catalogue, notes.Entitlements) }

// Migrations lists the migrations of all modules.
func Migrations() []fs.FS {
	return app.Migrations(All(app.Describe(nil)))
}

// Provision makes users, tenants and sessions without their journeys by mail: for the local stack and tests.
func Provision(p *app.Platform) *accounts.Provision {
	permissions := app.Permissions(All(app.Describe(p.Plans)))
	return accounts.NewProvision(accountsDeps(p, func() access.Permissions { return permissions }))
}

// AddOperator makes the owner of the address an operator and returns the link on which they choose their password.
func AddOperator(ctx context.Context, p *app.Platform, email string) (string, error) {
	return operator.AddOperator(ctx, operatorDeps(p), email)
}

// DisableOperator shuts an operator out within a second.
func DisableOperator(ctx context.Context, p *app.Platform, email string) error {
	return operator.DisableOperator(ctx, operatorDeps(p), email)
}

// ProvisionOperator adds an operator with a password, without a mailed link: for the local stack and tests.
func ProvisionOperator(ctx context.Context, p *app.Platform, email, name, password string) (uuid.UUID, error) {
	return operator.Provision(ctx, operatorDeps(p), email, name, password)
}

// SyncBilling makes products, prices and the webhook endpoint at Stripe what the price list says, and writes a line for each change.
func SyncBilling(ctx context.Context, p *app.Platform, out io.Writer) error {
	return billing.Sync(ctx, billingDeps(p), out)
}

func accountsDeps(p *app.Platform, permissions func() access.Permissions) accounts.Deps {
	return accounts.Deps{
		DB: p.DB, Tokens: p.Tokens, Sessions: p.Sessions, OneTime: p.OneTime, Passwords: p.Passwords,
		Limits: p.Limits, Mail: p.Mail, Now: p.Now, BaseURL: p.Config.BaseURL,
		Permissions: permissions,
		Plan: func(ctx context.Context, tx *db.Tx) (string, error) {
			current, err := p.Plans.Current(ctx, tx)
			return current.Plan.Key, err
		},
	}
}

func operatorDeps(p *app.Platform) operator.Deps {
	return operator.Deps{
		DB: p.DB, Tokens: p.Tokens, Sessions: p.Sessions, OneTime: p.OneTime, Passwords: p.Passwords,
		Limits: p.Limits, Plans: p.Plans, Mail: p.Mail, Queue: p.Queue, Secret: p.Secret, Now: p.Now, BaseURL: p.Config.BaseURL,
		OwnedBy: accounts.OwnedBy, OwnerEmails: accounts.OwnerEmails,
		CountMembers: accounts.CountMembers, CountNotes: notes.CountByTenant,
		Members: func(ctx context.Context, tx *db.SystemTx, tenant uuid.UUID, limit int) ([]operator.Member, error) {
			found, err := accounts.MembersOf(ctx, tx, tenant, limit)
			members := make([]operator.Member, len(found))
			for i, member := range found {
				members[i] = operator.Member(member)
			}
			return members, err
		},
	}
}

func billingDeps(p *app.Platform) billing.Deps {
	return billing.Deps{
		DB: p.DB, Plans: p.Plans, Queue: p.Queue, Secret: p.Secret, Log: p.Log, Now: p.Now, BaseURL: p.Config.BaseURL,
		Stripe: billing.Config{
			SecretKey: p.Config.StripeSecretKey, APIURL: p.Config.StripeAPIURL,
			WebhookSecret: p.Config.StripeWebhookSecret, WebhookURL: p.Config.StripeWebhookURL,
		},
		Seats: accounts.Seats, OwnerEmail: accounts.OwnerEmail,
	}
}
