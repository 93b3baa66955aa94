-- +goose Up
-- Keys that sign access tokens. Global: only the system role reads it.
-- The private key is sealed under SECRET_KEY and bound to its kid.
CREATE TABLE signing_keys (
    kid         text        PRIMARY KEY CHECK (kid <> ''),
    public_key  bytea       NOT NULL CHECK (octet_length(public_key) = 32),
    private_key bytea       NOT NULL,
    created_at  timestamptz NOT NULL,
    signs_from  timestamptz NOT NULL CHECK (signs_from >= created_at),
    retire_at   timestamptz CHECK (retire_at > signs_from)
);
