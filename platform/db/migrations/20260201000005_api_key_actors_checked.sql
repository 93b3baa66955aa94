-- +goose Up
ALTER TABLE audit_log VALIDATE CONSTRAINT audit_log_actor_kind_check;
ALTER TABLE security_log VALIDATE CONSTRAINT security_log_actor_kind_check;
