-- +goose Up
-- Members count against the plan from now on.
INSERT INTO plan_usage (tenant_id, key, used) SELECT tenant_id, 'members.max', count(*) FROM memberships GROUP BY tenant_id
ON CONFLICT (tenant_id, key) DO UPDATE SET used = excluded.used;
