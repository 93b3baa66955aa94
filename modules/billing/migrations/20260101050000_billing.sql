-- +goose Up

-- The tables of a tenant are written by the system role alone: a tenant cannot give itself a customer, a subscription or a plan.

-- Who a tenant is at Stripe. The row stands before the customer is made there, so that all who try at once send the same request.
CREATE TABLE billing_customers (
	tenant_id  uuid        PRIMARY KEY DEFAULT nullif(current_setting('app.tenant_id', true), '')::uuid REFERENCES tenants (id),
	name       text        NOT NULL,
	email      text        NOT NULL,
	stripe_id  text        CHECK (stripe_id LIKE 'cus\_%'),
	generation bigint      NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT now()
);

SELECT sec.protect('billing_customers', 'SELECT');

-- For the question that is asked without a tenant: whose customer is an event about?
CREATE UNIQUE INDEX billing_customers_stripe_id ON billing_customers (stripe_id);

-- The one checkout of a tenant that may be open. A new attempt is numbered after the old one is closed at Stripe.
CREATE TABLE billing_checkouts (
	tenant_id  uuid        PRIMARY KEY DEFAULT nullif(current_setting('app.tenant_id', true), '')::uuid REFERENCES tenants (id),
	attempt    bigint      NOT NULL CHECK (attempt > 0),
	customer   text        NOT NULL,
	plan       text        NOT NULL,
	price      text        NOT NULL,
	quantity   bigint      NOT NULL CHECK (quantity > 0),
	return_url text        NOT NULL,
	session    text        NOT NULL DEFAULT '',
	created_at timestamptz NOT NULL DEFAULT now()
);

SELECT sec.protect('billing_checkouts', 'SELECT');

-- What a tenant subscribes to, as Stripe last said. asked and answered number the questions, so that an older answer never replaces a newer one.
CREATE TABLE billing_subscriptions (
	tenant_id  uuid        PRIMARY KEY DEFAULT nullif(current_setting('app.tenant_id', true), '')::uuid REFERENCES tenants (id),
	stripe_id  text        NOT NULL DEFAULT '',
	status     text        NOT NULL DEFAULT '',
	plan       text        NOT NULL DEFAULT '',
	quantity   bigint      NOT NULL DEFAULT 0,
	period_end timestamptz,
	cancel_at  timestamptz,
	asked      bigint      NOT NULL DEFAULT 0,
	answered   bigint      NOT NULL DEFAULT 0,
	updated_at timestamptz NOT NULL DEFAULT now()
);

SELECT sec.protect('billing_subscriptions', 'SELECT');

-- Every event that Stripe sent, once. Global: an event names a customer, who may be unknown. The content is not kept: it is asked from Stripe.
CREATE TABLE stripe_events (
	id           text        PRIMARY KEY,
	type         text        NOT NULL,
	customer     text        NOT NULL,
	state        text        NOT NULL CHECK (state IN ('pending', 'applied', 'ignored')),
	created_at   timestamptz NOT NULL,
	received_at  timestamptz NOT NULL DEFAULT now(),
	processed_at timestamptz
);

CREATE INDEX stripe_events_pending ON stripe_events (received_at) WHERE state = 'pending';

-- Sealed settings, such as the signing secret of the webhook endpoint.
CREATE TABLE billing_settings (
	key        text        PRIMARY KEY,
	value      bytea       NOT NULL,
	updated_at timestamptz NOT NULL DEFAULT now()
);
