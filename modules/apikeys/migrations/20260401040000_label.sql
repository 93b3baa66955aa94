-- +goose Up
-- Who remembers what a key may do is told of another name, too: the audit log calls the key by it.
DROP TRIGGER tell ON api_keys;
CREATE TRIGGER tell AFTER UPDATE OF revoked_at, name ON api_keys FOR EACH ROW
	WHEN ((OLD.revoked_at, OLD.name) IS DISTINCT FROM (NEW.revoked_at, NEW.name)) EXECUTE FUNCTION sec.tell('id');
