-- +goose Up
-- How and when the person of a session last proved who they are.
ALTER TABLE sessions
	ADD COLUMN method        text        NOT NULL DEFAULT '',
	ADD COLUMN second_factor boolean     NOT NULL DEFAULT false,
	-- Never recent: who signed in before, or by a version that does not know the column, confirms once more.
	ADD COLUMN proved_at     timestamptz NOT NULL DEFAULT 'epoch';

-- A tenant may let in only sessions that proved a second factor.
ALTER TABLE tenants ADD COLUMN require_second_factor boolean NOT NULL DEFAULT false;
GRANT UPDATE (require_second_factor) ON tenants TO saaskit_app;
CREATE TRIGGER tell_factor AFTER UPDATE OF require_second_factor ON tenants FOR EACH ROW
	WHEN (OLD.require_second_factor IS DISTINCT FROM NEW.require_second_factor) EXECUTE FUNCTION sec.tell('id');
