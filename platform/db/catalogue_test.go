package db_test

import (
	"slices"
	"strings"
	"testing"

	"saaskit/platform/db"
	"saaskit/platform/db/dbtest"
)

func TestT5_PlatformCatalogue(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	found, err := db.Catalogue(t.Context(), d.Admin(t), db.PlatformAllow())
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range found {
		t.Error(v)
	}
}

// goodTable is a module's table that keeps all the rules, for the breaks below to break one at a time.
const goodTable = `
	SET ROLE saaskit_migrate;
	CREATE TABLE things (tenant_id uuid, id uuid, parent_id uuid, name text NOT NULL, PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, name),
		FOREIGN KEY (tenant_id, parent_id) REFERENCES things (tenant_id, id), FOREIGN KEY (tenant_id) REFERENCES tenants (id));
	SELECT sec.protect('things', 'SELECT, INSERT, UPDATE (name)');
	CREATE VIEW thing_names WITH (security_invoker = true) AS SELECT tenant_id, name FROM things;
	ALTER VIEW thing_names OWNER TO saaskit_owner;
	RESET ROLE;
`

func goodAllow() db.Allow {
	return db.Allow{Grants: map[string]string{"things": "SELECT, INSERT, UPDATE (name)"}}
}

func TestT5_T7_T8_T4_CatalogueSeesEveryBreak(t *testing.T) {
	t.Parallel()
	admin := dbtest.New(t).Admin(t)
	if _, err := admin.ExecContext(t.Context(), goodTable); err != nil {
		t.Fatal(err)
	}
	before, err := db.Catalogue(t.Context(), admin, db.PlatformAllow(), goodAllow())
	if err != nil || len(before) > 0 {
		t.Fatalf("before any break: %v, %v", before, err)
	}
	for name, broken := range map[string]struct{ sql, object, problem string }{
		"unlisted global table":    {`CREATE TABLE loose (id int PRIMARY KEY)`, "loose", "has no tenant_id"},
		"global table open to app": {`GRANT SELECT ON river.river_queue TO saaskit_app`, "river.river_queue", "may use it"},
		"global deletes":           {`GRANT DELETE ON river.river_queue TO saaskit_app`, "river.river_queue", "may use it"},
		"open global policy":       {`CREATE POLICY all_rows ON tenants FOR SELECT USING (true)`, "tenants", "lets everybody through"},
		"RLS off":                  {`ALTER TABLE things DISABLE ROW LEVEL SECURITY`, "things", "not enabled"},
		"RLS not forced":           {`ALTER TABLE things NO FORCE ROW LEVEL SECURITY`, "things", "not forced"},
		"no policy":                {`DROP POLICY tenant ON things`, "things", "no policy"},
		"policy of one command":    {`DROP POLICY tenant ON things; CREATE POLICY t ON things FOR SELECT USING (true)`, "things", "no policy for all"},
		"policy without check":     {`DROP POLICY tenant ON things; CREATE POLICY t ON things USING (true)`, "things", "policy t is not the tenant's"},
		"second, wider policy":     {`CREATE POLICY wide ON things USING (name = 'shared')`, "things", "policy wide is not the tenant's"},
		"nullable tenant":          {`ALTER TABLE things DROP CONSTRAINT things_pkey CASCADE; ALTER TABLE things ALTER tenant_id DROP NOT NULL`, "things", "NOT NULL"},
		"no default":               {`ALTER TABLE things ALTER tenant_id DROP DEFAULT`, "things", "as default"},
		"no primary key":           {`ALTER TABLE things DROP CONSTRAINT things_pkey CASCADE`, "things", "no primary key"},
		"index without tenant":     {`CREATE INDEX by_name ON things (name)`, "things.by_name", "does not start with tenant_id"},
		"global unique":            {`ALTER TABLE things ADD CONSTRAINT oracle UNIQUE (name)`, "things.oracle", "does not start with tenant_id"},
		"expression index":         {`CREATE INDEX by_lower ON things (lower(name), tenant_id)`, "things.by_lower", "does not start with tenant_id"},
		"foreign key without tenant": {`ALTER TABLE things ADD CONSTRAINT u UNIQUE (id); ALTER TABLE things ADD CONSTRAINT hop FOREIGN KEY (parent_id) REFERENCES things (id)`,
			"things.hop", "does not carry the tenant"},
		"foreign key from outside": {`ALTER TABLE things ADD CONSTRAINT u UNIQUE (id); CREATE TABLE loose (id uuid PRIMARY KEY CONSTRAINT out REFERENCES things (id))`,
			"loose.out", "does not carry the tenant"},
		"another column as tenant": {`ALTER TABLE things ADD CONSTRAINT swap FOREIGN KEY (parent_id) REFERENCES tenants (id)`, "things.swap", "does not carry the tenant"},
		"definer's view":           {`ALTER VIEW thing_names RESET (security_invoker)`, "thing_names", "not security_invoker"},
		"materialized view":        {`CREATE MATERIALIZED VIEW copies AS SELECT * FROM things; GRANT SELECT ON copies TO saaskit_app`, "copies", "materialized view"},
		"unlisted definer":         {`CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'`, "f()", "not on the list"},
		"definer's path":           {`CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'`, "f()", "no fixed search_path"},
		"definer for all":          {`GRANT EXECUTE ON FUNCTION sec.enter(uuid) TO PUBLIC`, "sec.enter(uuid)", "everybody may call"},
		"function's owner":         {`CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'`, "f()", "not to saaskit_owner"},
		"owner":                    {`ALTER TABLE things OWNER TO saaskit_system`, "things", "belongs to saaskit_system"},
		"public grant":             {`GRANT SELECT ON things TO PUBLIC`, "things", "everybody holds SELECT"},
		"public column grant":      {`GRANT SELECT (name) ON things TO PUBLIC`, "things", "everybody holds SELECT on column name"},
		"temporary tables":         {`DO $$ BEGIN EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO saaskit_app', current_database()); END $$`, "saaskit_app", "temporary"},
		"schema creation":          {`DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO saaskit_app', current_database()); END $$`, "saaskit_app", "create schemas"},
		"object creation":          {`GRANT CREATE ON SCHEMA public TO saaskit_app`, "saaskit_app", "create objects in schema public"},
		"set_config":               {`GRANT EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) TO saaskit_app`, "saaskit_app", "set_config"},
		"truncate":                 {`GRANT TRUNCATE ON things TO saaskit_app`, "things", "holds INSERT, SELECT, TRUNCATE"},
		"references":               {`GRANT REFERENCES ON things TO saaskit_app`, "things", "REFERENCES"},
		"trigger":                  {`GRANT TRIGGER ON things TO saaskit_app`, "things", "TRIGGER"},
		"one more column":          {`GRANT UPDATE (parent_id) ON things TO saaskit_app`, "things", "UPDATE (parent_id)"},
		"unlisted grant":           {`GRANT SELECT ON thing_names TO saaskit_app`, "thing_names", "not listed"},
		"missing grant":            {`REVOKE ALL ON things FROM saaskit_app; REVOKE UPDATE (name) ON things FROM saaskit_app`, "things", "holds nothing"},
		"stale exception":          {`DROP SCHEMA river CASCADE`, "river.river_queue", "take it off the list"},
	} {
		// Each break is rolled back again, so that all share one database.
		tx, err := admin.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.ExecContext(t.Context(), broken.sql); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		found, err := db.Catalogue(t.Context(), tx, db.PlatformAllow(), goodAllow())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !slices.ContainsFunc(found, func(v db.Violation) bool {
			return v.Object == broken.object && strings.Contains(v.Problem, broken.problem)
		}) {
			t.Errorf("%s: no violation of %s with %q among %v", name, broken.object, broken.problem, found)
		}
		if err := tx.Rollback(); err != nil {
			t.Fatal(err)
		}
	}
}
