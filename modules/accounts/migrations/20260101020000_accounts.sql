-- +goose Up

-- People. Global: a person may be a member of many tenants. The app role sees those of its tenant only, and never more than a name and an address.
CREATE TABLE users (
	id          uuid        PRIMARY KEY,
	email       text        NOT NULL UNIQUE CHECK (email = lower(email) AND email LIKE '_%@_%'),
	name        text        NOT NULL CHECK (name <> ''),
	disabled_at timestamptz,
	created_at  timestamptz NOT NULL DEFAULT now()
);

-- Password hashes stand apart, so that no query for a person can bring one along. Only the system role reads them.
CREATE TABLE user_credentials (
	user_id       uuid        PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
	password_hash text        NOT NULL CHECK (password_hash LIKE '$argon2id$%'),
	changed_at    timestamptz NOT NULL DEFAULT now()
);

-- Who belongs to a tenant, and as what. The app role adds nobody: joining is the system role's, after a proof.
CREATE TABLE memberships (
	tenant_id  uuid        NOT NULL DEFAULT nullif(current_setting('app.tenant_id', true), '')::uuid REFERENCES tenants (id),
	user_id    uuid        NOT NULL REFERENCES users (id),
	role       text        NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
	created_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (tenant_id, user_id)
);

CREATE INDEX memberships_joined ON memberships (tenant_id, created_at, user_id);
CREATE INDEX memberships_role ON memberships (tenant_id, role);
-- For the one question that is asked without a tenant: where is this person a member?
CREATE INDEX memberships_user ON memberships (user_id, tenant_id);

SELECT sec.protect('memberships', 'SELECT, DELETE');
GRANT UPDATE (role) ON memberships TO saaskit_app;

ALTER TABLE users ENABLE ROW LEVEL SECURITY;
ALTER TABLE users FORCE ROW LEVEL SECURITY;
-- The subquery runs under the policy of memberships. EXISTS probes one key for each person; IN would read every person of every tenant.
CREATE POLICY members ON users FOR SELECT USING (EXISTS (SELECT FROM memberships m WHERE m.user_id = users.id));
GRANT SELECT (id, name, email) ON users TO saaskit_app;

-- The rights of a session in the current tenant, in one statement: no row when the session is over or the person is disabled,
-- a NULL role when the person is no member. The app role may ask this of sessions without being able to read them.
-- +goose StatementBegin
CREATE FUNCTION member_rights(wanted_session uuid, wanted_user uuid)
	RETURNS TABLE (role text, tenant_status text)
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, public, pg_temp
AS $$
	SELECT m.role, t.status
	FROM sessions s
	LEFT JOIN memberships m ON m.user_id = s.subject_id AND m.tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid
	LEFT JOIN users u ON u.id = m.user_id
	LEFT JOIN tenants t ON t.id = m.tenant_id
	WHERE s.id = wanted_session AND s.subject_id = wanted_user AND s.audience = 'app'
		AND s.ended_at IS NULL AND s.expires_at > now() AND u.disabled_at IS NULL
$$;
-- +goose StatementEnd
SELECT sec.definer('member_rights(uuid, uuid)');
