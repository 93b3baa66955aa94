-- +goose Up
-- Who waits for a change of what somebody may do or sees of their tenant is told when the change commits, whoever made it.

-- +goose StatementBegin
-- tell names the changed tenant, person or session to every process that listens: the column with its id is the trigger's argument.
-- Such a commit holds a lock on all other commits that tell, so no trigger stands on what changes with every request.
CREATE FUNCTION sec.tell() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pg_notify('saaskit_changes', coalesce(to_jsonb(NEW), to_jsonb(OLD)) ->> TG_ARGV[0]);
  RETURN NULL;
END
$$;
-- +goose StatementEnd
ALTER FUNCTION sec.tell() OWNER TO saaskit_owner;

CREATE TRIGGER tell AFTER UPDATE OF slug, name, status ON tenants FOR EACH ROW
  WHEN ((OLD.slug, OLD.name, OLD.status) IS DISTINCT FROM (NEW.slug, NEW.name, NEW.status)) EXECUTE FUNCTION sec.tell('id');
CREATE TRIGGER tell_first AFTER INSERT ON tenant_plans FOR EACH ROW EXECUTE FUNCTION sec.tell('tenant_id');
CREATE TRIGGER tell AFTER UPDATE OF plan ON tenant_plans FOR EACH ROW
  WHEN (OLD.plan IS DISTINCT FROM NEW.plan) EXECUTE FUNCTION sec.tell('tenant_id');
CREATE TRIGGER tell AFTER UPDATE OF ended_at ON sessions FOR EACH ROW
  WHEN (OLD.ended_at IS DISTINCT FROM NEW.ended_at) EXECUTE FUNCTION sec.tell('id');
