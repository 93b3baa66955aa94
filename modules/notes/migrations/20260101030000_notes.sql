-- +goose Up

-- A note of a tenant. sec.protect has Postgres fill in the tenant and show no other's rows; a note in the trash has deleted_at.
CREATE TABLE notes (
	tenant_id  uuid        NOT NULL REFERENCES tenants (id),
	id         uuid        NOT NULL,
	title      text        NOT NULL CHECK (char_length(title) BETWEEN 1 AND 200),
	body       text        NOT NULL CHECK (char_length(body) <= 100000),
	version    bigint      NOT NULL DEFAULT 1 CHECK (version > 0),
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	deleted_at timestamptz,
	PRIMARY KEY (tenant_id, id)
);

SELECT sec.protect('notes');

-- The list: newest first, as ids are made in order of time.
CREATE INDEX notes_live ON notes (tenant_id, id) WHERE deleted_at IS NULL;

-- The trash, and the search for what has been in it too long.
CREATE INDEX notes_trash ON notes (tenant_id, deleted_at, id) WHERE deleted_at IS NOT NULL;
