-- +goose Up
-- +goose StatementBegin
-- enter chooses the tenant of the running transaction, once, as before. It runs before every statement, and every expression in it is
-- prepared anew in each transaction: so there are three of them.
CREATE OR REPLACE FUNCTION sec.enter(tenant uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  began text := date_part('epoch', now());
BEGIN
  IF tenant IS NULL OR tenant = '00000000-0000-0000-0000-000000000000' OR current_setting('app.entered', true) = began THEN
    IF tenant IS NULL OR tenant = '00000000-0000-0000-0000-000000000000' THEN
      RAISE EXCEPTION 'sec.enter: no tenant' USING ERRCODE = 'SK002';
    END IF;
    RAISE EXCEPTION 'sec.enter: this transaction has a tenant' USING ERRCODE = 'SK001';
  END IF;
  began := set_config('app.entered', began, true) || set_config('app.tenant_id', tenant::text, true);
END
$$;
-- +goose StatementEnd
