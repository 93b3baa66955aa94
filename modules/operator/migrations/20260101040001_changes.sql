-- +goose Up
CREATE TRIGGER tell AFTER UPDATE OF disabled_at ON operators FOR EACH ROW
	WHEN (OLD.disabled_at IS DISTINCT FROM NEW.disabled_at) EXECUTE FUNCTION sec.tell('id');
