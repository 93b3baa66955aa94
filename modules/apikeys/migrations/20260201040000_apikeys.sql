-- +goose Up

-- API keys. Of the secret only SHA-256 is stored, which is enough to find it: a secret has more than 160 random bits.
CREATE TABLE api_keys (
	tenant_id      uuid        NOT NULL REFERENCES tenants (id),
	id             uuid        NOT NULL,
	name           text        NOT NULL CHECK (name <> ''),
	prefix         text        NOT NULL CHECK (prefix <> ''), -- how the secret begins, to tell keys apart
	hash           bytea       NOT NULL CHECK (octet_length(hash) = 32),
	scopes         text[]      NOT NULL CHECK (cardinality(scopes) > 0),
	created_by     uuid        NOT NULL REFERENCES users (id),
	created_at     timestamptz NOT NULL DEFAULT now(),
	expires_at     timestamptz CHECK (expires_at > created_at),
	last_used_at   timestamptz,
	revoked_at     timestamptz,
	revoked_reason text        NOT NULL DEFAULT '' CHECK (revoked_reason IN ('', 'revoked', 'creator_left') AND (revoked_at IS NULL) = (revoked_reason = '')),
	PRIMARY KEY (tenant_id, id)
);

CREATE INDEX api_keys_creator ON api_keys (tenant_id, created_by);
-- For the one question that is asked without a tenant: whose key is this? It is not unique, because a unique key would tell one tenant of
-- another's; the secrets are.
CREATE INDEX api_keys_hash ON api_keys (hash);

-- The application writes hashes and never reads one.
SELECT sec.protect('api_keys',
	'SELECT (tenant_id, id, name, prefix, scopes, created_by, created_at, expires_at, last_used_at, revoked_at, revoked_reason), INSERT, '
	'UPDATE (name, last_used_at, revoked_at, revoked_reason)');

-- Who remembers what a key may do is told when it is revoked. Its use is no such change.
CREATE TRIGGER tell AFTER UPDATE OF revoked_at ON api_keys FOR EACH ROW
	WHEN (OLD.revoked_at IS DISTINCT FROM NEW.revoked_at) EXECUTE FUNCTION sec.tell('id');

-- The keys that somebody made end with their membership, whichever way that ends. The policy of the table holds for the application here, too.
-- +goose StatementBegin
CREATE FUNCTION revoke_keys_of_member() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
	UPDATE api_keys SET revoked_at = now(), revoked_reason = 'creator_left'
	WHERE tenant_id = OLD.tenant_id AND created_by = OLD.user_id AND revoked_at IS NULL;
	RETURN NULL;
END
$$;
-- +goose StatementEnd
ALTER FUNCTION revoke_keys_of_member() OWNER TO saaskit_owner;
CREATE TRIGGER revoke_keys AFTER DELETE ON memberships FOR EACH ROW EXECUTE FUNCTION revoke_keys_of_member();
