-- +goose Up

-- What else Stripe says of a subscription. amount is what a renewal costs before usage, discounts and tax: the price times the quantity.
ALTER TABLE billing_subscriptions
	ADD COLUMN item           text        NOT NULL DEFAULT '', -- the id of the item that has the plan's price
	ADD COLUMN interval       text        NOT NULL DEFAULT '',
	ADD COLUMN currency       text        NOT NULL DEFAULT '',
	ADD COLUMN amount         bigint      NOT NULL DEFAULT 0,
	ADD COLUMN started_at     timestamptz,
	ADD COLUMN ended_at       timestamptz,
	ADD COLUMN trial_end      timestamptz,
	ADD COLUMN paused_until   timestamptz,
	ADD COLUMN past_due_since timestamptz,
	ADD COLUMN trial_used     boolean     NOT NULL DEFAULT false, -- once true, always true: a tenant has one trial
	-- The change of plan that is being made at Stripe until change_until, or NULL, when it was made; of two, one waits. changed_at is when the
	-- last one was made: what was reckoned before it does not hold any more.
	ADD COLUMN change_key     text        NOT NULL DEFAULT '',
	ADD COLUMN change_until   timestamptz,
	ADD COLUMN changed_at     timestamptz;

-- seen_at is when the subscription was last in Stripe's list of all.
ALTER TABLE billing_subscriptions ADD COLUMN seen_at timestamptz;

-- For the console of operators.
CREATE INDEX billing_subscriptions_updated ON billing_subscriptions (updated_at, tenant_id) WHERE status <> '';
CREATE INDEX billing_subscriptions_status ON billing_subscriptions (status, updated_at, tenant_id) WHERE status <> '';

ALTER TABLE billing_checkouts
	ADD COLUMN interval   text   NOT NULL DEFAULT 'month',
	ADD COLUMN currency   text   NOT NULL DEFAULT 'usd',
	ADD COLUMN trial_days bigint NOT NULL DEFAULT 0,
	ADD COLUMN metered    text   NOT NULL DEFAULT '', -- the ids of the prices of the plan's meters, between spaces
	ADD COLUMN tax        boolean NOT NULL DEFAULT false;

-- object is the id of what the event is about; error is why the last attempt to apply it failed.
ALTER TABLE stripe_events
	ADD COLUMN object   text    NOT NULL DEFAULT '',
	ADD COLUMN attempts integer NOT NULL DEFAULT 0,
	ADD COLUMN error    text    NOT NULL DEFAULT '' CHECK (length(error) <= 500);

CREATE INDEX stripe_events_received ON stripe_events (received_at, id);
CREATE INDEX stripe_events_state ON stripe_events (state, received_at, id);

-- What one answer of Stripe's covers.
CREATE INDEX stripe_events_waiting ON stripe_events (customer, received_at) WHERE state = 'pending';
DROP INDEX stripe_events_pending;

-- Refunds and disputes, as Stripe last said: for operators.
CREATE TABLE billing_incidents (
	tenant_id  uuid        NOT NULL DEFAULT nullif(current_setting('app.tenant_id', true), '')::uuid REFERENCES tenants (id),
	id         text        NOT NULL, -- at Stripe: re_... or dp_...
	kind       text        NOT NULL CHECK (kind IN ('refund', 'dispute')),
	charge     text        NOT NULL,
	amount     bigint      NOT NULL,
	currency   text        NOT NULL,
	status     text        NOT NULL,
	reason     text        NOT NULL DEFAULT '',
	created_at timestamptz NOT NULL,
	asked_at   timestamptz NOT NULL, -- when Stripe was asked: an older answer never replaces a newer one
	PRIMARY KEY (tenant_id, id)
);

SELECT sec.protect('billing_incidents', 'SELECT');

CREATE INDEX billing_incidents_created ON billing_incidents (created_at, id);

-- Every subscription that a tenant had, for the operator's numbers: the tenant's row in billing_subscriptions knows the last one alone. paid_at is
-- from when on it was paid, NULL for one whose trial has not become paid.
CREATE TABLE billing_terms (
	tenant_id uuid        NOT NULL DEFAULT nullif(current_setting('app.tenant_id', true), '')::uuid REFERENCES tenants (id),
	stripe_id text        NOT NULL,
	trial_end timestamptz,
	paid_at   timestamptz,
	ended_at  timestamptz,
	PRIMARY KEY (tenant_id, stripe_id)
);

SELECT sec.protect('billing_terms', 'SELECT');

-- What was told to Stripe's meters, one row for each meter event. identifier is what Stripe knows it by: sent again, it counts once.
CREATE TABLE billing_reports (
	tenant_id  uuid        NOT NULL DEFAULT nullif(current_setting('app.tenant_id', true), '')::uuid REFERENCES tenants (id),
	identifier uuid        NOT NULL,
	customer   text        NOT NULL, -- at Stripe
	key        text        NOT NULL,
	day        date        NOT NULL,
	quantity   bigint      NOT NULL CHECK (quantity > 0),
	created_at timestamptz NOT NULL DEFAULT now(),
	tries      bigint      NOT NULL DEFAULT 0,
	tried_at   timestamptz, -- for the first time
	sent_at    timestamptz, -- when it was known that Stripe has it
	PRIMARY KEY (tenant_id, identifier)
);

SELECT sec.protect('billing_reports', 'SELECT');

CREATE INDEX billing_reports_unsent ON billing_reports (created_at, identifier) WHERE sent_at IS NULL;

CREATE INDEX billing_reports_of_day ON billing_reports (tenant_id, key, day);
