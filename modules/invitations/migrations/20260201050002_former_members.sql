-- +goose Up
-- Who left a tenant or was removed. They come back by an invitation and by nothing else: an open domain is no way back in, and no way to another role.
CREATE TABLE former_members (
	tenant_id uuid        NOT NULL DEFAULT nullif(current_setting('app.tenant_id', true), '')::uuid REFERENCES tenants (id),
	user_id   uuid        NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	left_at   timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (tenant_id, user_id)
);
SELECT sec.protect('former_members', 'INSERT (tenant_id, user_id)');

-- +goose StatementBegin
-- However a membership ends, this is noted.
CREATE FUNCTION note_former_member() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO former_members (tenant_id, user_id) VALUES (OLD.tenant_id, OLD.user_id) ON CONFLICT DO NOTHING;
  RETURN NULL;
END
$$;
-- +goose StatementEnd
ALTER FUNCTION note_former_member() OWNER TO saaskit_owner;
CREATE TRIGGER note_former AFTER DELETE ON memberships FOR EACH ROW EXECUTE FUNCTION note_former_member();

-- An invitation outlives its role when it is over, and only then: one that works always has its role.
ALTER TABLE invitations
	DROP CONSTRAINT invitations_check,
	DROP CONSTRAINT invitations_tenant_id_role_id_fkey,
	ADD CONSTRAINT invitations_role_check CHECK (role IN ('owner', 'admin', 'member', 'viewer', 'custom') AND (role = 'custom' OR role_id IS NULL)),
	ADD CONSTRAINT invitations_live_role CHECK (role <> 'custom' OR role_id IS NOT NULL OR accepted_at IS NOT NULL OR revoked_at IS NOT NULL),
	ADD CONSTRAINT invitations_role_id FOREIGN KEY (tenant_id, role_id) REFERENCES roles (tenant_id, id) ON DELETE SET NULL (role_id);
