-- +goose Up

-- What the owners of a tenant were told about, or are about to be, once for each cause: the id at Stripe of an invoice or a subscription, with
-- the time of what happened where it can happen again. done_at is when the mails were put in, or when there was nothing to tell any more.
CREATE TABLE billing_notices (
	tenant_id  uuid        NOT NULL DEFAULT nullif(current_setting('app.tenant_id', true), '')::uuid REFERENCES tenants (id),
	kind       text        NOT NULL CHECK (kind IN ('payment_failed', 'authentication', 'read_only', 'trial_ends', 'unpaid', 'ended', 'usage')),
	cause      text        NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now(),
	done_at    timestamptz,
	PRIMARY KEY (tenant_id, kind, cause)
);

SELECT sec.protect('billing_notices', 'SELECT');
