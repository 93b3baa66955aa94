-- +goose Up
-- The rights of a session in the current tenant, now also what the audit log calls the person: their address.
DROP FUNCTION member_rights(uuid, uuid);
-- +goose StatementBegin
CREATE FUNCTION member_rights(wanted_session uuid, wanted_user uuid)
	RETURNS TABLE (role text, permissions text, tenant_status text, second_factor_missing boolean, read_only boolean, proved_at timestamptz, email text)
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, public, pg_temp
AS $$
	SELECT m.role, array_to_string(r.permissions, ' '), t.status, t.require_second_factor AND NOT s.second_factor,
		coalesce(p.read_only_at <= now(), false), s.proved_at, u.email
	FROM sessions s
	LEFT JOIN memberships m ON m.user_id = s.subject_id AND m.tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid
	LEFT JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
	LEFT JOIN users u ON u.id = m.user_id
	LEFT JOIN tenants t ON t.id = m.tenant_id
	LEFT JOIN tenant_plans p ON p.tenant_id = m.tenant_id
	WHERE s.id = wanted_session AND s.subject_id = wanted_user AND s.audience = 'app'
		AND s.ended_at IS NULL AND s.expires_at > now() AND u.disabled_at IS NULL
$$;
-- +goose StatementEnd
SELECT sec.definer('member_rights(uuid, uuid)');

-- Who remembers the rights of a person is told of another address, too.
DROP TRIGGER tell ON users;
CREATE TRIGGER tell AFTER UPDATE OF disabled_at, email ON users FOR EACH ROW
	WHEN ((OLD.disabled_at, OLD.email) IS DISTINCT FROM (NEW.disabled_at, NEW.email)) EXECUTE FUNCTION sec.tell('id');
