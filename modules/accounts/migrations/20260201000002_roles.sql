-- +goose Up
-- Roles that a tenant made of permissions. The four built-in ones are in the program.
CREATE TABLE roles (
	tenant_id   uuid        NOT NULL DEFAULT nullif(current_setting('app.tenant_id', true), '')::uuid REFERENCES tenants (id),
	id          uuid        NOT NULL,
	name        text        NOT NULL CHECK (name <> ''),
	permissions text[]      NOT NULL,
	version     integer     NOT NULL DEFAULT 1,
	created_at  timestamptz NOT NULL DEFAULT now(),
	updated_at  timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (tenant_id, id),
	UNIQUE (tenant_id, name)
);
SELECT sec.protect('roles');

-- A member has a built-in role or one of the tenant's own. The next file checks the rows that are
-- there, while requests go on.
ALTER TABLE memberships
	ADD COLUMN role_id uuid,
	DROP CONSTRAINT memberships_role_check,
	ADD CONSTRAINT memberships_role_check CHECK (role IN ('owner', 'admin', 'member', 'viewer', 'custom') AND (role = 'custom') = (role_id IS NOT NULL)) NOT VALID,
	ADD CONSTRAINT memberships_role_id FOREIGN KEY (tenant_id, role_id) REFERENCES roles (tenant_id, id) NOT VALID;
GRANT UPDATE (role_id) ON memberships TO saaskit_app;

CREATE TRIGGER tell_custom AFTER UPDATE OF role_id ON memberships FOR EACH ROW
	WHEN (OLD.role_id IS DISTINCT FROM NEW.role_id) EXECUTE FUNCTION sec.tell('user_id');
CREATE TRIGGER tell AFTER UPDATE OF permissions ON roles FOR EACH ROW
	WHEN (OLD.permissions IS DISTINCT FROM NEW.permissions) EXECUTE FUNCTION sec.tell('tenant_id');

-- The rights of a session in the current tenant, in one statement: no row when the session is over or the person is disabled,
-- a NULL role when the person is no member. The app role may ask this of sessions without being able to read them.
DROP FUNCTION member_rights(uuid, uuid);
-- +goose StatementBegin
CREATE FUNCTION member_rights(wanted_session uuid, wanted_user uuid)
	RETURNS TABLE (role text, permissions text, tenant_status text, second_factor_missing boolean, proved_at timestamptz)
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, public, pg_temp
AS $$
	SELECT m.role, array_to_string(r.permissions, ' '), t.status, t.require_second_factor AND NOT s.second_factor, s.proved_at
	FROM sessions s
	LEFT JOIN memberships m ON m.user_id = s.subject_id AND m.tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid
	LEFT JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
	LEFT JOIN users u ON u.id = m.user_id
	LEFT JOIN tenants t ON t.id = m.tenant_id
	WHERE s.id = wanted_session AND s.subject_id = wanted_user AND s.audience = 'app'
		AND s.ended_at IS NULL AND s.expires_at > now() AND u.disabled_at IS NULL
$$;
-- +goose StatementEnd
SELECT sec.definer('member_rights(uuid, uuid)');
