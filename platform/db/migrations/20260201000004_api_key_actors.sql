-- +goose Up
-- API keys act, too. The rows that are there are checked afterwards, without keeping anybody waiting.
ALTER TABLE audit_log
	DROP CONSTRAINT audit_log_actor_kind_check,
	ADD CONSTRAINT audit_log_actor_kind_check CHECK (actor_kind IN ('', 'user', 'api_key', 'operator', 'job')) NOT VALID;
ALTER TABLE security_log
	DROP CONSTRAINT security_log_actor_kind_check,
	ADD CONSTRAINT security_log_actor_kind_check CHECK (actor_kind IN ('', 'user', 'api_key', 'operator', 'job')) NOT VALID;
