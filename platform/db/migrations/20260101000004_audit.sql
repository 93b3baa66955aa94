-- +goose Up

-- What was done in each tenant, by whom. The tenant may add and read, never change or remove.
CREATE TABLE audit_log (
	tenant_id   uuid        NOT NULL REFERENCES tenants (id),
	id          uuid        NOT NULL,
	at          timestamptz NOT NULL DEFAULT now(),
	actor_kind  text        NOT NULL CHECK (actor_kind IN ('', 'user', 'operator', 'job')),
	actor_id    uuid,
	actor_label text        NOT NULL DEFAULT '',
	action      text        NOT NULL CHECK (action <> ''),
	target      text        NOT NULL DEFAULT '',
	detail      jsonb       NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(detail) = 'object'),
	ip          text        NOT NULL DEFAULT '',
	user_agent  text        NOT NULL DEFAULT '',
	request_id  text        NOT NULL DEFAULT '',
	PRIMARY KEY (tenant_id, id)
);

SELECT sec.protect('audit_log', 'SELECT, INSERT');

-- For reading across tenants, newest first: ids are made in order of time.
CREATE INDEX audit_log_id ON audit_log (id);

-- What happened outside any tenant: sign-ins, password changes, acts of operators. Only the system role reads and writes it.
CREATE TABLE security_log (
	id          uuid        PRIMARY KEY,
	at          timestamptz NOT NULL DEFAULT now(),
	actor_kind  text        NOT NULL CHECK (actor_kind IN ('', 'user', 'operator', 'job')),
	actor_id    uuid,
	actor_label text        NOT NULL DEFAULT '',
	action      text        NOT NULL CHECK (action <> ''),
	target      text        NOT NULL DEFAULT '',
	detail      jsonb       NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(detail) = 'object'),
	ip          text        NOT NULL DEFAULT '',
	user_agent  text        NOT NULL DEFAULT '',
	request_id  text        NOT NULL DEFAULT ''
);
