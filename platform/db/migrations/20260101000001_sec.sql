-- +goose Up
-- The schema sec holds what keeps tenants apart. Its functions are the only way to choose a tenant, and the one way to make a tenant table.

-- +goose StatementBegin
-- enter chooses the tenant of the running transaction, once. What a session carries from before does not count,
-- so that neither injected SQL nor a poisoned connection can name another tenant.
CREATE FUNCTION sec.enter(tenant uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  began text := extract(epoch FROM now())::text;
BEGIN
  IF tenant IS NULL OR tenant = '00000000-0000-0000-0000-000000000000' THEN
    RAISE EXCEPTION 'sec.enter: no tenant' USING ERRCODE = 'SK002';
  END IF;
  IF current_setting('app.entered', true) = began THEN
    RAISE EXCEPTION 'sec.enter: this transaction has a tenant' USING ERRCODE = 'SK001';
  END IF;
  PERFORM set_config('app.entered', began, true), set_config('app.tenant_id', tenant::text, true);
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- protect makes t a tenant table: tenant_id is filled and required, row level security holds for everybody but
-- the system and migration roles, and the application gets the privileges and no others.
CREATE FUNCTION sec.protect(t regclass, privileges text DEFAULT 'SELECT, INSERT, UPDATE, DELETE') RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  tenant text := 'nullif(current_setting(''app.tenant_id'', true), '''')::uuid';
BEGIN
  EXECUTE format('ALTER TABLE %s OWNER TO saaskit_owner', t);
  EXECUTE format('ALTER TABLE %s ALTER COLUMN tenant_id SET DEFAULT %s, ALTER COLUMN tenant_id SET NOT NULL', t, tenant);
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', t);
  EXECUTE format('CREATE POLICY tenant ON %s USING (tenant_id = (SELECT %s)) WITH CHECK (tenant_id = (SELECT %2$s))', t, tenant);
  EXECUTE format('REVOKE ALL ON %s FROM PUBLIC, saaskit_app', t);
  EXECUTE format('GRANT %s ON %s TO saaskit_app', privileges, t);
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- definer hands a SECURITY DEFINER function to the owner role and lets the application call it.
CREATE FUNCTION sec.definer(f regprocedure) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  EXECUTE format('ALTER FUNCTION %s OWNER TO saaskit_owner', f);
  EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
  EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO saaskit_app', f);
END
$$;
-- +goose StatementEnd

ALTER FUNCTION sec.protect(regclass, text) OWNER TO saaskit_owner;
ALTER FUNCTION sec.definer(regprocedure) OWNER TO saaskit_owner;
SELECT sec.definer('sec.enter(uuid)');
