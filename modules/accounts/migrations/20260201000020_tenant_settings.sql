-- +goose Up
-- Every name that a tenant has or had in addresses. It is the tenant's for ever, also when the tenant is gone: so no tenant_id here is checked to exist.
CREATE TABLE tenant_slugs (
	tenant_id  uuid        NOT NULL DEFAULT nullif(current_setting('app.tenant_id', true), '')::uuid,
	slug       text        NOT NULL CONSTRAINT tenant_slugs_slug UNIQUE,
	created_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (tenant_id, slug)
);
SELECT sec.protect('tenant_slugs', 'SELECT, INSERT');
INSERT INTO tenant_slugs (tenant_id, slug) SELECT id, slug FROM tenants;

-- +goose StatementBegin
-- Whoever names a tenant claims the name for it, or fails.
CREATE FUNCTION claim_slug() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO tenant_slugs (tenant_id, slug) VALUES (NEW.id, NEW.slug) ON CONFLICT DO NOTHING;
  IF NOT EXISTS (SELECT FROM tenant_slugs s WHERE s.slug = NEW.slug AND s.tenant_id = NEW.id) THEN
    RAISE EXCEPTION 'the slug is or was another tenant''s' USING ERRCODE = 'unique_violation', CONSTRAINT = 'tenant_slugs_slug';
  END IF;
  RETURN NEW;
END
$$;
-- +goose StatementEnd
ALTER FUNCTION claim_slug() OWNER TO saaskit_owner;
CREATE TRIGGER claim_slug BEFORE INSERT OR UPDATE OF slug ON tenants FOR EACH ROW EXECUTE FUNCTION claim_slug();

-- A tenant's picture, drawn by us.
CREATE TABLE tenant_logos (
	tenant_id  uuid        PRIMARY KEY DEFAULT nullif(current_setting('app.tenant_id', true), '')::uuid REFERENCES tenants (id),
	image      bytea       NOT NULL CHECK (octet_length(image) BETWEEN 1 AND 131072),
	updated_at timestamptz NOT NULL DEFAULT now()
);
SELECT sec.protect('tenant_logos');
CREATE TRIGGER tell AFTER INSERT OR UPDATE OR DELETE ON tenant_logos FOR EACH ROW EXECUTE FUNCTION sec.tell('tenant_id');
CREATE TRIGGER tell_name AFTER UPDATE OF name ON roles FOR EACH ROW
	WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION sec.tell('tenant_id');

-- The last owner who can sign in stays: whoever counts them must see who is disabled.
GRANT SELECT (disabled_at) ON users TO saaskit_app;

-- A name that differs in nothing but its case would pass for the other.
ALTER TABLE roles DROP CONSTRAINT roles_tenant_id_name_key;
CREATE UNIQUE INDEX roles_name ON roles (tenant_id, lower(name));
