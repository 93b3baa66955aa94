-- +goose Up

-- What a person proves themselves with besides a password. All of it is global and only the system role reads it: a person is the same in every
-- tenant, and no tenant has a say in it.

-- The authenticator app of a person. The seed is sealed by the program for its person; last_step is the newest time step that a code was
-- taken for, so that no code counts twice and none counts after a later one.
CREATE TABLE totp_factors (
	user_id      uuid        PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
	seed         bytea       NOT NULL,
	last_step    bigint      NOT NULL DEFAULT 0,
	created_at   timestamptz NOT NULL,
	confirmed_at timestamptz -- until then it proves nothing
);

-- Recovery codes that were not used yet. A used one is deleted; a new set replaces what is left of the old one.
CREATE TABLE recovery_codes (
	user_id    uuid        NOT NULL REFERENCES totp_factors (user_id) ON DELETE CASCADE,
	hash       bytea       NOT NULL,
	created_at timestamptz NOT NULL,
	PRIMARY KEY (user_id, hash)
);

-- Passkeys. A credential id belongs to one person for ever, whoever presents it again.
CREATE TABLE passkeys (
	id            uuid        PRIMARY KEY,
	user_id       uuid        NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	name          text        NOT NULL CHECK (name <> ''),
	credential_id bytea       NOT NULL UNIQUE,
	public_key    bytea       NOT NULL,
	sign_count    bigint      NOT NULL CHECK (sign_count >= 0),
	flags         smallint    NOT NULL,
	transports    text        NOT NULL,
	aaguid        bytea       NOT NULL,
	created_at    timestamptz NOT NULL,
	last_used_at  timestamptz,
	suspected_at  timestamptz -- when its owner was last told that there may be a copy of it
);
CREATE INDEX passkeys_user ON passkeys (user_id, created_at, id);
