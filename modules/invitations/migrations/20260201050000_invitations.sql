-- +goose Up
-- Who was asked by mail to join a tenant, as what, by whom. The link's token is stored as a hash that the application can write and never read.
CREATE TABLE invitations (
	tenant_id       uuid        NOT NULL DEFAULT nullif(current_setting('app.tenant_id', true), '')::uuid REFERENCES tenants (id),
	id              uuid        NOT NULL,
	email           text        NOT NULL CHECK (email = lower(email) AND email LIKE '_%@_%'),
	role            text        NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'viewer', 'custom') AND (role = 'custom') = (role_id IS NOT NULL)),
	role_id         uuid,
	invited_by      uuid        NOT NULL,
	invited_by_kind text        NOT NULL CHECK (invited_by_kind IN ('user', 'api_key')),
	token_hash      bytea       NOT NULL CHECK (octet_length(token_hash) = 32),
	created_at      timestamptz NOT NULL,
	sent_at         timestamptz NOT NULL,
	expires_at      timestamptz NOT NULL CHECK (expires_at > sent_at),
	accepted_at     timestamptz,
	accepted_by     uuid,
	revoked_at      timestamptz,
	CHECK (accepted_at IS NULL OR revoked_at IS NULL),
	CHECK ((accepted_at IS NULL) = (accepted_by IS NULL)),
	PRIMARY KEY (tenant_id, id),
	-- An invitation to a role that is deleted goes with it.
	FOREIGN KEY (tenant_id, role_id) REFERENCES roles (tenant_id, id) ON DELETE CASCADE
);

-- One live invitation for an address.
CREATE UNIQUE INDEX invitations_live ON invitations (tenant_id, email) WHERE accepted_at IS NULL AND revoked_at IS NULL;
CREATE INDEX invitations_created ON invitations (tenant_id, created_at, id);
CREATE INDEX invitations_role ON invitations (tenant_id, role_id);
-- For whoever opens a link, before any tenant is known. Not unique: a collision would be something to detect.
CREATE INDEX invitations_token ON invitations (token_hash);
-- For the purge, which visits all tenants.
CREATE INDEX invitations_expires ON invitations (expires_at);

SELECT sec.protect('invitations',
	'SELECT (tenant_id, id, email, role, role_id, invited_by, invited_by_kind, created_at, sent_at, expires_at, accepted_at, revoked_at), '
	'INSERT (id, email, role, role_id, invited_by, invited_by_kind, token_hash, created_at, sent_at, expires_at), '
	'UPDATE (invited_by, invited_by_kind, token_hash, sent_at, expires_at, revoked_at)');
