-- +goose Up

-- What each tenant subscribes to. Only the system role writes it; a tenant without a row is on the default plan.
CREATE TABLE tenant_plans (
	tenant_id  uuid        PRIMARY KEY REFERENCES tenants (id),
	plan       text        NOT NULL CHECK (plan <> ''),
	status     text        NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'trialing', 'past_due', 'unpaid', 'paused', 'canceled', 'incomplete', 'incomplete_expired')),
	updated_at timestamptz NOT NULL DEFAULT now()
);

SELECT sec.protect('tenant_plans', 'SELECT');

-- How much of each limit is used, kept exact by plan.Reserve and plan.Release in the transaction of the change.
CREATE TABLE plan_usage (
	tenant_id uuid   NOT NULL REFERENCES tenants (id),
	key       text   NOT NULL,
	used      bigint NOT NULL CHECK (used >= 0),
	PRIMARY KEY (tenant_id, key)
) WITH (fillfactor = 80);

SELECT sec.protect('plan_usage', 'SELECT, INSERT, UPDATE');
