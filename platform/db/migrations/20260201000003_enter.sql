-- +goose Up
-- +goose StatementBegin
-- enter chooses the tenant of the running transaction, once, as before. It runs before every statement, so it assigns where PERFORM
-- would plan and start a query.
CREATE OR REPLACE FUNCTION sec.enter(tenant uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  began text := extract(epoch FROM now());
BEGIN
  IF tenant IS NULL OR tenant = '00000000-0000-0000-0000-000000000000' THEN
    RAISE EXCEPTION 'sec.enter: no tenant' USING ERRCODE = 'SK002';
  END IF;
  IF current_setting('app.entered', true) = began THEN
    RAISE EXCEPTION 'sec.enter: this transaction has a tenant' USING ERRCODE = 'SK001';
  END IF;
  began := set_config('app.entered', began, true);
  began := set_config('app.tenant_id', tenant::text, true);
END
$$;
-- +goose StatementEnd
