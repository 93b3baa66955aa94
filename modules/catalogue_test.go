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
		"identities":       "who people are at providers; system only",
		"operators":        "staff belong to no tenant",
		"passkeys":         "belongs to users; no grant for the application",
		"recovery_codes":   "belongs to users; no grant for the application",
		"stripe_events":    "the ledger of what Stripe sent; an event names a customer",
		"totp_factors":     "belongs to users; no grant for the application",
		"user_credentials": "belongs to users; no grant for the application",
		"users":            "a person may be a member of many tenants; a tenant sees its members",
	},
	Keys: map[string]string{
		"api_keys.api_keys_created_by_fkey":                   "users are global",
		"api_keys.api_keys_expires":                           "the daily purge visits all tenants",
		"api_keys.api_keys_hash":                              "finds the tenant of a key",
		"api_keys.api_keys_revoked":                           "the daily purge visits all tenants",
		"billing_customers.billing_customers_stripe_id":       "finds the tenant of Stripe's customer",
		"billing_reports.billing_reports_unsent":              "the job that reports usage visits all tenants",
		"billing_incidents.billing_incidents_created":         "the operator's list visits all tenants",
		"billing_subscriptions.billing_subscriptions_status":  "operators count, and the sweep of notices and the reconciliation visit all tenants",
		"billing_subscriptions.billing_subscriptions_updated": "the operator's list visits all tenants",
		"domains.domains_proven":                              "a proved domain is one tenant's; only the system writes verified_at, so the application cannot probe it",
		"former_members.former_members_user_id_fkey":          "users are global",
		"invitations.invitations_expires":                     "the daily purge visits all tenants",
		"invitations.invitations_token":                       "finds the tenant of a mailed link",
		"memberships.memberships_user":                        "lists a person's tenants",
		"memberships.memberships_user_id_fkey":                "users are global",
		"tenant_slugs.tenant_slugs_slug":                      "a name in addresses leads to one tenant, for ever",
	},
	Definers: map[string]string{
		"member_rights(uuid, uuid)": "tells in one statement whether session, membership and tenant are alive",
	},
	Grants: map[string]string{
		"api_keys": "SELECT (tenant_id, id, name, prefix, scopes, created_by, created_at, expires_at, last_used_at, revoked_at, revoked_reason), " +
			"INSERT, UPDATE (name, last_used_at, revoked_at, revoked_reason)",
		"billing_checkouts":     "SELECT",
		"billing_customers":     "SELECT",
		"billing_incidents":     "SELECT",
		"billing_notices":       "SELECT",
		"billing_reports":       "SELECT",
		"billing_subscriptions": "SELECT",
		"billing_terms":         "SELECT",
		"domains":               "SELECT, INSERT (id, domain, role, record_value), UPDATE (role, auto_join), DELETE",
		"former_members":        "INSERT (tenant_id, user_id)",
		"invitations": "SELECT (tenant_id, id, email, role, role_id, invited_by, invited_by_kind, created_at, sent_at, expires_at, accepted_at, revoked_at), " +
			"INSERT (id, email, role, role_id, invited_by, invited_by_kind, token_hash, created_at, sent_at, expires_at), " +
			"UPDATE (invited_by, invited_by_kind, token_hash, sent_at, expires_at, revoked_at)",
		"memberships":  "SELECT, UPDATE (role, role_id), DELETE",
		"notes":        "SELECT, INSERT, UPDATE, DELETE",
		"roles":        "SELECT, INSERT, UPDATE, DELETE",
		"tenant_logos": "SELECT, INSERT, UPDATE, DELETE",
		"tenant_slugs": "SELECT, INSERT",
		"users":        "SELECT (disabled_at, email, id, name)",
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
