-- +goose Up
-- What happened to one person, newest first: ids are made in order of time.
CREATE INDEX security_log_target ON security_log (target, id);
