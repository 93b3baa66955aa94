// Package modules is the list of features, and every edge between two of them.
package modules

import (
	"io/fs"

	"saaskit/modules/accounts"
	"saaskit/modules/billing"
	"saaskit/modules/notes"
	"saaskit/modules/operator"
	"saaskit/platform/access"
	"saaskit/platform/app"
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
