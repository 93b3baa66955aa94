-- +goose Up
-- Sessions of every audience and their rotating refresh tokens. Global: only the system role reads them.
CREATE TABLE sessions (
    id           uuid        PRIMARY KEY,
    audience     text        NOT NULL CHECK (audience IN ('app', 'operator')),
    subject_id   uuid        NOT NULL,
    created_at   timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL CHECK (expires_at > created_at),
    ended_at     timestamptz,
    end_reason   text        NOT NULL DEFAULT '' CHECK ((ended_at IS NULL) = (end_reason = '')),
    ip           text        NOT NULL DEFAULT '',
    user_agent   text        NOT NULL DEFAULT ''
);

CREATE INDEX sessions_subject ON sessions (audience, subject_id, created_at);
CREATE INDEX sessions_expires ON sessions (expires_at);

-- One row per token ever handed out in a session; only SHA-256 of the token is stored.
CREATE TABLE refresh_tokens (
    hash       bytea       PRIMARY KEY CHECK (octet_length(hash) = 32),
    session_id uuid        NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    parent     bytea       UNIQUE, -- the token this one replaced: a token has one successor
    created_at timestamptz NOT NULL,
    used_at    timestamptz
);

-- At most one unused token, the head, in each session.
CREATE UNIQUE INDEX refresh_tokens_head ON refresh_tokens (session_id) WHERE used_at IS NULL;
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);
