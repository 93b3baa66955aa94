-- +goose Up
CREATE TRIGGER tell AFTER UPDATE OF role ON memberships FOR EACH ROW
	WHEN (OLD.role IS DISTINCT FROM NEW.role) EXECUTE FUNCTION sec.tell('user_id');
CREATE TRIGGER tell_last AFTER DELETE ON memberships FOR EACH ROW EXECUTE FUNCTION sec.tell('user_id');
CREATE TRIGGER tell AFTER UPDATE OF disabled_at ON users FOR EACH ROW
	WHEN (OLD.disabled_at IS DISTINCT FROM NEW.disabled_at) EXECUTE FUNCTION sec.tell('id');
