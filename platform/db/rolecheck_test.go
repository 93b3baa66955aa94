package db_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"saaskit/platform/db"
	"saaskit/platform/db/dbtest"
)

func tryOpen(t *testing.T, url string, roles db.Roles, log *slog.Logger) error {
	t.Helper()
	h, err := db.Open(t.Context(), db.Config{URL: url, AppPassword: roles.App, SystemPassword: roles.System, Log: log})
	if err == nil {
		ok(t, h.Close())
	}
	return err
}

// TestT4_OpenRefusesRolesWithTooManyRights breaks the rights of one database in each way.
func TestT4_OpenRefusesRolesWithTooManyRights(t *testing.T) {
	t.Parallel()
	const end = ": run app migrate on this database, or have a superuser take that right away; the server does not start with it"
	for grant, want := range map[string]string{
		"ALTER TABLE test_notes OWNER TO saaskit_app":                                                          "the database role saaskit_app owns a table, may truncate or reference a table",
		"ALTER TABLE test_notes OWNER TO saaskit_system":                                                       "the database role saaskit_system owns a table",
		"GRANT CREATE ON SCHEMA public TO saaskit_app":                                                         "the database role saaskit_app may create roles, schemas or tables",
		"GRANT CREATE ON SCHEMA public TO PUBLIC":                                                              "the database role saaskit_app may create roles, schemas or tables",
		"GRANT CREATE ON SCHEMA sec TO saaskit_system":                                                         "the database role saaskit_system may create roles, schemas or tables",
		"GRANT TRUNCATE ON test_notes TO saaskit_app":                                                          "the database role saaskit_app may truncate or reference a table",
		"GRANT REFERENCES ON test_notes TO PUBLIC":                                                             "the database role saaskit_app may truncate or reference a table",
		"DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO saaskit_app', current_database()); END $$": "the database role saaskit_app may create roles, schemas or tables",
		"DO $$ BEGIN EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO PUBLIC', current_database()); END $$":   "the database role saaskit_app may create temporary tables",
	} {
		t.Run(grant, func(t *testing.T) {
			t.Parallel()
			d := dbtest.New(t, source)
			ok(t, tryOpen(t, d.URL, d.Roles, quiet))
			run(t, d.AdminURL, grant)
			wantLine(t, tryOpen(t, d.URL, d.Roles, quiet), want+end)
		})
	}
}

// TestT4_OpenRefusesPowerfulRoles changes the roles themselves, on a server of its own.
func TestT4_OpenRefusesPowerfulRoles(t *testing.T) {
	t.Parallel()
	server := dbtest.Cluster(t)
	roles := dbtest.Empty(t).Roles
	run(t, server.URL(), "CREATE DATABASE product")
	address := at(t, server.URL(), "product", nil)
	wantPart(t, tryOpen(t, address, roles, quiet), `refuses role "saaskit_app"`, `refuses the password of role "saaskit_app"`)
	ok(t, db.Migrate(t.Context(), address, roles, quiet))
	ok(t, tryOpen(t, address, roles, quiet))
	for _, c := range []struct{ give, take, want string }{
		{"ALTER ROLE saaskit_app SUPERUSER", "ALTER ROLE saaskit_app NOSUPERUSER", "saaskit_app is a superuser"},
		{"ALTER ROLE saaskit_system SUPERUSER", "ALTER ROLE saaskit_system NOSUPERUSER", "saaskit_system is a superuser"},
		{"ALTER ROLE saaskit_app BYPASSRLS", "ALTER ROLE saaskit_app NOBYPASSRLS", "saaskit_app has BYPASSRLS"},
		{"ALTER ROLE saaskit_app CREATEROLE", "ALTER ROLE saaskit_app NOCREATEROLE", "saaskit_app may create roles"},
		{"ALTER ROLE saaskit_app CREATEDB", "ALTER ROLE saaskit_app NOCREATEDB", "saaskit_app may create roles"},
		{"GRANT saaskit_owner TO saaskit_app", "REVOKE saaskit_owner FROM saaskit_app", "is a member of the owner's role"},
		{"GRANT saaskit_system TO saaskit_app", "REVOKE saaskit_system FROM saaskit_app", "saaskit_app has BYPASSRLS"},
		{"GRANT saaskit_migrate TO saaskit_system", "REVOKE saaskit_migrate FROM saaskit_system", "is a member of the owner's role"},
	} {
		run(t, address, c.give)
		wantPart(t, tryOpen(t, address, roles, quiet), c.want)
		run(t, address, c.take)
	}
	ok(t, tryOpen(t, address, roles, quiet))
}

// wantPart checks for an error of one line that holds one of the parts.
func wantPart(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil || strings.Contains(err.Error(), "\n") {
		t.Fatalf("got %v, want an error of one line", err)
	}
	for _, part := range parts {
		if strings.Contains(err.Error(), part) {
			return
		}
	}
	t.Errorf("got %q, want %q", err, parts)
}

func TestOpenWarnsWhereSetConfigIsNotRevoked(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t, source)
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, nil))
	ok(t, tryOpen(t, d.URL, d.Roles, logger))
	if log.Len() > 0 {
		t.Errorf("a warning without cause: %s", log.String())
	}
	run(t, d.AdminURL, "GRANT EXECUTE ON FUNCTION set_config(text, text, boolean) TO PUBLIC")
	ok(t, tryOpen(t, d.URL, d.Roles, logger))
	if !strings.Contains(log.String(), "set_config_not_revoked") {
		t.Errorf("no warning: %q", log.String())
	}
}

func TestOpenSaysWhatIsWrongInOneLine(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	wantPart(t, tryOpen(t, d.URL, db.Roles{App: "wrong", System: "wrong"}, quiet), "refuses the password of role \"saaskit_app\"")
	wantPart(t, tryOpen(t, at(t, d.URL, "nowhere", nil), d.Roles, quiet), "does not exist")
	wantPart(t, tryOpen(t, "postgres://127.0.0.1:1/x", d.Roles, quiet), "no PostgreSQL answers at 127.0.0.1:1")
	wantPart(t, tryOpen(t, "not a url", d.Roles, quiet), "database URL")
	empty := dbtest.Empty(t)
	wantPart(t, tryOpen(t, empty.URL, empty.Roles, quiet), "is not migrated")
}
