-- +goose Up

-- One row per limited key: when its bucket will be full again (the "theoretical arrival time" of GCRA).
-- Unlogged: a crash forgets who was limited, and nothing else. The free room in each page keeps updates in place.
CREATE UNLOGGED TABLE rate_limits (
	key bytea       PRIMARY KEY CHECK (octet_length(key) = 32),
	tat timestamptz NOT NULL
) WITH (fillfactor = 50);
