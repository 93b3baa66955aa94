-- +goose Up
-- Mailed links and codes that work once. Global: only the system role reads it.
-- The key allows one live token of a kind for a subject: a newer one replaces the older.
CREATE TABLE one_time_tokens (
    kind       text        NOT NULL CHECK (kind <> ''),
    subject    text        NOT NULL CHECK (subject <> ''),
    hash       bytea       NOT NULL UNIQUE CHECK (octet_length(hash) = 32),
    code_hash  bytea       CHECK (octet_length(code_hash) = 32),
    tries      smallint    NOT NULL DEFAULT 0 CHECK (tries >= 0),
    payload    jsonb       NOT NULL DEFAULT 'null',
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > created_at),
    PRIMARY KEY (kind, subject)
);

CREATE INDEX one_time_tokens_expires ON one_time_tokens (expires_at);
