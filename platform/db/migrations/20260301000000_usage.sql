-- +goose Up

-- From read_only_at on a tenant can be read but not changed: its payments have failed for too long. NULL is never.
ALTER TABLE tenant_plans ADD COLUMN read_only_at timestamptz;

CREATE TRIGGER tell_read_only AFTER UPDATE OF read_only_at ON tenant_plans FOR EACH ROW
	WHEN (OLD.read_only_at IS DISTINCT FROM NEW.read_only_at) EXECUTE FUNCTION sec.tell('tenant_id');

-- How much of each meter a tenant used in a month (of UTC). The row is the lock under which use is recorded. told is up to which threshold (in
-- percent) the owners were told, and told_of of how many units: a plan with more of them begins anew.
CREATE TABLE usage_months (
	tenant_id uuid     NOT NULL REFERENCES tenants (id),
	key       text     NOT NULL,
	month     date     NOT NULL CHECK (extract(day FROM month) = 1),
	quantity  bigint   NOT NULL DEFAULT 0 CHECK (quantity >= 0),
	told      smallint NOT NULL DEFAULT 0,
	told_of   bigint   NOT NULL DEFAULT 0,
	PRIMARY KEY (tenant_id, key, month)
) WITH (fillfactor = 80);

SELECT sec.protect('usage_months', 'SELECT, INSERT, UPDATE');

-- The same by the day (of UTC). billable is what was used on a plan that charges for the meter, reported how much of that Stripe was told of.
CREATE TABLE usage_days (
	tenant_id uuid   NOT NULL REFERENCES tenants (id),
	key       text   NOT NULL,
	day       date   NOT NULL,
	quantity  bigint NOT NULL DEFAULT 0 CHECK (quantity >= 0),
	billable  bigint NOT NULL DEFAULT 0 CHECK (billable >= 0 AND billable <= quantity),
	reported  bigint NOT NULL DEFAULT 0 CHECK (reported >= 0 AND reported <= billable),
	PRIMARY KEY (tenant_id, key, day)
) WITH (fillfactor = 80);

SELECT sec.protect('usage_days', 'SELECT, INSERT, UPDATE');

-- For the job that reports, across tenants.
CREATE INDEX usage_days_unreported ON usage_days (day) WHERE billable > reported;

-- The idempotency keys under which use was recorded, so that a repeated call counts once.
CREATE TABLE usage_events (
	tenant_id       uuid        NOT NULL REFERENCES tenants (id),
	key             text        NOT NULL,
	idempotency_key text        NOT NULL CHECK (length(idempotency_key) BETWEEN 1 AND 200),
	quantity        bigint      NOT NULL CHECK (quantity > 0),
	recorded_at     timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (tenant_id, key, idempotency_key)
);

SELECT sec.protect('usage_events', 'SELECT, INSERT');

-- For the daily purge across tenants.
CREATE INDEX usage_events_old ON usage_events (recorded_at);

-- +goose StatementBegin
-- record_usage records n uses of a meter by the transaction's tenant in this month and day, once for each idempotency key ('' is none), unless
-- the month would pass the most that the tenant's plan grants; then ok is false and nothing changes. grants says of each plan
-- {"most": units or -1, "included": units, or null where the plan does not charge}; a tenant without one of these plans is on the fallback.
-- The month's row stays locked until the transaction ends: each statement here sees all that was recorded before. crossed is the threshold, in
-- percent of of_units, that the owners have to be told of now; else 0.
CREATE FUNCTION record_usage(meter text, n bigint, once text, grants jsonb, fallback text,
	OUT plan text, OUT used bigint, OUT most bigint, OUT ok boolean, OUT crossed smallint, OUT of_units bigint)
LANGUAGE plpgsql AS $$
DECLARE
	today      date := (now() AT TIME ZONE 'UTC')::date;
	this_month date := date_trunc('month', now() AT TIME ZONE 'UTC')::date;
	included   bigint;
	known      smallint;
	known_of   bigint;
BEGIN
	crossed := 0;
	SELECT m.quantity, m.told, m.told_of INTO used, known, known_of FROM usage_months m WHERE m.key = meter AND m.month = this_month FOR UPDATE;
	IF NOT FOUND THEN
		INSERT INTO usage_months (key, month) VALUES (meter, this_month) ON CONFLICT DO NOTHING;
		SELECT m.quantity, m.told, m.told_of INTO used, known, known_of FROM usage_months m WHERE m.key = meter AND m.month = this_month FOR UPDATE;
	END IF;

	SELECT t.plan INTO plan FROM tenant_plans t WHERE jsonb_exists(grants, t.plan);
	plan := coalesce(plan, fallback);
	most := (grants -> plan ->> 'most')::bigint;
	included := (grants -> plan ->> 'included')::bigint;
	of_units := coalesce(included, greatest(most, 0));

	ok := true;
	IF once <> '' AND EXISTS (SELECT FROM usage_events e WHERE e.key = meter AND e.idempotency_key = once) THEN
		RETURN;
	END IF;
	IF most >= 0 AND used + n > most THEN
		ok := false;
		RETURN;
	END IF;
	IF once <> '' THEN
		INSERT INTO usage_events (key, idempotency_key, quantity) VALUES (meter, once, n) ON CONFLICT DO NOTHING;
		IF NOT FOUND THEN -- it was recorded at the same time in another month
			RETURN;
		END IF;
	END IF;

	used := used + n;
	IF known_of <> of_units THEN
		known := 0;
	END IF;
	crossed := CASE WHEN of_units = 0 THEN 0 WHEN used >= of_units THEN 100 WHEN used >= of_units * 0.8 THEN 80 ELSE 0 END;
	IF crossed <= known THEN
		crossed := 0;
	ELSE
		known := crossed;
	END IF;
	UPDATE usage_months m SET quantity = used, told = known, told_of = of_units WHERE m.key = meter AND m.month = this_month;
	INSERT INTO usage_days AS d (key, day, quantity, billable) VALUES (meter, today, n, CASE WHEN included IS NULL THEN 0 ELSE n END)
	ON CONFLICT (tenant_id, key, day) DO UPDATE SET quantity = d.quantity + excluded.quantity, billable = d.billable + excluded.billable;
END
$$;
-- +goose StatementEnd

GRANT EXECUTE ON FUNCTION record_usage(text, bigint, text, jsonb, text) TO saaskit_app;
