-- +goose Up
-- Mail domains that tenants claim. A claim alone means nothing, and any number of tenants may claim one domain; a proof by DNS makes it one tenant's.
CREATE TABLE domains (
	tenant_id     uuid        NOT NULL DEFAULT nullif(current_setting('app.tenant_id', true), '')::uuid REFERENCES tenants (id),
	id            uuid        NOT NULL,
	domain        text        NOT NULL CHECK (domain = lower(domain) AND domain LIKE '_%._%'),
	role          text        NOT NULL CHECK (role IN ('member', 'viewer')),
	auto_join     boolean     NOT NULL DEFAULT false,
	record_value  text        NOT NULL CHECK (record_value <> ''),
	created_at    timestamptz NOT NULL DEFAULT now(),
	verified_at   timestamptz,
	missing_since timestamptz,
	CHECK (NOT auto_join OR verified_at IS NOT NULL),
	PRIMARY KEY (tenant_id, id),
	UNIQUE (tenant_id, domain)
);

-- A proven domain is one tenant's. Only the system role writes verified_at, after it saw the record: the application can neither break this
-- rule nor learn from it whether somebody else has the domain.
CREATE UNIQUE INDEX domains_proven ON domains (domain) WHERE verified_at IS NOT NULL;

SELECT sec.protect('domains', 'SELECT, INSERT (id, domain, role, record_value), UPDATE (role, auto_join), DELETE');
