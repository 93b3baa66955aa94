-- +goose Up
-- People who run the product. Global, with no tenant and no grant to the app role: only the system role reads it.
CREATE TABLE operators (
	id            uuid        PRIMARY KEY,
	email         text        NOT NULL UNIQUE CHECK (email = lower(email) AND email LIKE '_%@_%'),
	name          text        NOT NULL CHECK (name <> ''),
	password_hash text        NOT NULL DEFAULT '' CHECK (password_hash = '' OR password_hash LIKE '$argon2id$%'), -- '' until the link is used
	disabled_at   timestamptz,
	created_at    timestamptz NOT NULL DEFAULT now()
);
