-- +goose Up
ALTER TABLE memberships VALIDATE CONSTRAINT memberships_role_check, VALIDATE CONSTRAINT memberships_role_id;
CREATE INDEX memberships_role_id ON memberships (tenant_id, role_id);
