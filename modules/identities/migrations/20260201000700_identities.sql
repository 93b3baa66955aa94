-- +goose Up

-- Who somebody is at an outside provider. Issuer and subject together are the identity and belong to one person; the address is only shown.
-- Global, as people are, and only the system role reads it.
CREATE TABLE identities (
	id           uuid        PRIMARY KEY,
	user_id      uuid        NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	provider     text        NOT NULL CHECK (provider <> ''),
	issuer       text        NOT NULL CHECK (issuer LIKE 'http%://_%'),
	subject      text        NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
	email        text        NOT NULL,
	linked_at    timestamptz NOT NULL,
	last_used_at timestamptz NOT NULL,
	UNIQUE (issuer, subject)
);
CREATE INDEX identities_user ON identities (user_id, linked_at, id);
