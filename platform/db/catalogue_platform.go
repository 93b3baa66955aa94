package db

// PlatformAllow are the exceptions and grants of the platform's own tables.
func PlatformAllow() Allow {
	return Allow{
		Global: map[string]string{
			"tenants":                  "is the list of tenants; a tenant sees its own row",
			"security_log":             "notes what happened outside any tenant",
			"signing_keys":             "signs access tokens of all tenants",
			"sessions":                 "belongs to users and operators, who may be in several tenants",
			"refresh_tokens":           "belongs to sessions",
			"one_time_tokens":          "belongs to users and to those who are not yet",
			"rate_limits":              "counts addresses and accounts",
			"sec.migrations":           "notes the migrations that were applied",
			"river.river_job":          "carries its tenant in the metadata, which its policy reads",
			"river.river_leader":       "holds which worker leads",
			"river.river_migration":    "notes the version of River's tables",
			"river.river_notification": "wakes workers",
			"river.river_queue":        "holds the queues' states",
		},
		Keys: map[string]string{
			"audit_log.audit_log_id":           "serves the operator's list across tenants",
			"usage_days.usage_days_unreported": "finds what was not reported, of all tenants",
			"usage_events.usage_events_old":    "the daily purge visits all tenants",
		},
		Definers: map[string]string{
			"sec.enter(uuid)": "chooses the tenant of the transaction, once",
		},
		Grants: map[string]string{
			"tenants":                "SELECT, UPDATE (name, require_second_factor, slug, updated_at)",
			"tenant_plans":           "SELECT",
			"plan_usage":             "SELECT, INSERT, UPDATE",
			"usage_months":           "SELECT, INSERT, UPDATE",
			"usage_days":             "SELECT, INSERT, UPDATE",
			"usage_events":           "SELECT, INSERT",
			"audit_log":              "SELECT, INSERT",
			"river.river_job":        "SELECT, INSERT, UPDATE (kind)",
			"river.river_job_id_seq": "USAGE",
		},
	}
}
