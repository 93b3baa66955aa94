package modules_test

import (
	"testing"

	"saaskit/modules"
	"saaskit/platform/db"
	"saaskit/platform/db/dbtest"
)

// allow is what the modules' tables hold besides plain tenant tables, and what the application may do with each table.
// Whatever a migration adds must be written here, so that it is seen in a review.
var allow = db.Allow{
	Global: map[string]string{
		"billing_settings": "what Stripe gave this installation, such as the webhook's secret",
		"operators":        "staff belong to no tenant",
		"stripe_events":    "the ledger of what Stripe sent; an event names a customer",
		"user_credentials": "belongs to users; no grant for the application",
		"users":            "a person may be a member of many tenants; a tenant sees its members",
	},
	Keys: map[string]string{
		"billing_customers.billing_customers_stripe_id": "finds the tenant of Stripe's customer",
		"memberships.memberships_user":                  "lists a person's tenants",
		"memberships.memberships_user_id_fkey":          "users are global",
	},
	Definers: map[string]string{
		"member_rights(uuid, uuid)": "tells in one statement whether session, membership and tenant are alive",
	},
	Grants: map[string]string{
		"billing_checkouts":     "SELECT",
		"billing_customers":     "SELECT",
		"billing_subscriptions": "SELECT",
		"memberships":           "SELECT, UPDATE (role), DELETE",
		"notes":                 "SELECT, INSERT, UPDATE, DELETE",
		"users":                 "SELECT (id, name, email)",
	},
}

// T4, T5, T7, T8: all tables, keys, policies, views, functions and grants of the product, as its migrations leave them.
func TestT5_CatalogueOfAllModules(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t, modules.Migrations()...)
	found, err := db.Catalogue(t.Context(), d.Admin(t), db.PlatformAllow(), allow)
	if err != nil {
		t.Fatal(err)
	}
	for _, violation := range found {
		t.Error(violation)
	}
}
