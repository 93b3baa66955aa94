package db_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"saaskit/platform/db"
	"saaskit/platform/db/dbtest"
)

func TestMigrateErrorsAreOneLine(t *testing.T) {
	t.Parallel()
	dbtest.New(t) // makes the roles
	d := dbtest.Empty(t)
	migrate := func(address string) error { return db.Migrate(t.Context(), address, d.Roles, quiet) }
	host := mustParse(t, d.URL).Host

	wantLine(t, migrate(at(t, d.AdminURL, "nowhere", nil)), `the database "nowhere" does not exist at `+host+`: create it first`)
	wantLine(t, migrate(at(t, d.AdminURL, "", url.UserPassword("postgres", "wrong"))),
		host+` refuses role "postgres": password authentication failed for user "postgres"`)
	wantLine(t, migrate("postgres://u:p@127.0.0.1:1/x?sslmode=disable"), "no PostgreSQL answers at 127.0.0.1:1: connect: connection refused")
	wantLine(t, migrate("post gres"), "the admin database URL cannot be read: expected postgres://user:password@host:5432/name")
	wantLine(t, db.Migrate(t.Context(), d.AdminURL, db.Roles{App: "a"}, quiet), "the password of the database role saaskit_migrate is empty")
	wantLine(t, db.CheckMigrated(t.Context(), d.URL, "wrong"), host+` refuses the password of role "saaskit_system": was the database migrated, with this SECRET_KEY?`)
	err := db.CheckMigrated(t.Context(), d.URL, d.Roles.System)
	if err == nil || !strings.Contains(err.Error(), "the database is behind by") {
		t.Errorf("an empty database passes for migrated: %v", err)
	}
}

// A server where the migrate step may not make roles: a superuser runs the printed SQL once.
func TestBootstrapByAnotherHand(t *testing.T) {
	t.Parallel()
	server := dbtest.Cluster(t)
	d := dbtest.Empty(t)
	run(t, server.URL(), "CREATE DATABASE product")
	run(t, server.URL(), "CREATE ROLE clerk LOGIN PASSWORD 'clerk'")
	clerk := at(t, server.URL(), "product", url.UserPassword("clerk", "clerk"))
	wantLine(t, db.Migrate(t.Context(), clerk, d.Roles, quiet),
		"the database role saaskit_owner is missing and role clerk may not make it: let a superuser run what `app migrate --print-bootstrap` prints")

	bootstrap := db.BootstrapSQL(d.Roles, "product")
	for _, password := range []string{d.Roles.App, d.Roles.System, d.Roles.Migrate} {
		if strings.Contains(bootstrap, password) {
			t.Error("the printed SQL holds a password")
		}
	}
	for range 2 {
		run(t, at(t, server.URL(), "product", nil), bootstrap)
	}
	if err := db.Migrate(t.Context(), clerk, d.Roles, quiet); err != nil {
		t.Fatal(err)
	}
	none := mustParse(t, at(t, server.URL(), "product", nil))
	none.User = nil
	if err := db.Migrate(t.Context(), none.String(), d.Roles, quiet); err != nil {
		t.Fatal(err)
	}
	if err := db.CheckMigrated(t.Context(), none.String(), d.Roles.System); err != nil {
		t.Error(err)
	}
}

func TestT4_WrongRolesStopMigrate(t *testing.T) {
	t.Parallel()
	server := dbtest.Cluster(t)
	d := dbtest.Empty(t)
	run(t, server.URL(), "CREATE DATABASE product")
	run(t, server.URL(), "CREATE ROLE saaskit_app LOGIN SUPERUSER")
	err := db.Migrate(t.Context(), at(t, server.URL(), "product", nil), d.Roles, quiet)
	wantLine(t, err, "the database role saaskit_app is a superuser: mend it with ALTER ROLE, or drop it")
}

func TestChangedPasswordsAreSet(t *testing.T) {
	t.Parallel()
	server := dbtest.Cluster(t)
	run(t, server.URL(), "CREATE DATABASE product")
	address := at(t, server.URL(), "product", nil)
	for _, password := range []string{"first-password", "second-password"} {
		roles := db.Roles{App: password, System: password, Migrate: password}
		if err := db.Migrate(t.Context(), address, roles, quiet); err != nil {
			t.Fatal(err)
		}
		if err := db.CheckMigrated(t.Context(), address, password); err != nil {
			t.Error(err)
		}
	}
}

// at is the URL with another database and user, where given.
func at(t *testing.T, address, database string, user *url.Userinfo) string {
	t.Helper()
	u := mustParse(t, address)
	if database != "" {
		u.Path = "/" + database
	}
	if user != nil {
		u.User = user
	}
	return u.String()
}

func mustParse(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func run(t *testing.T, address, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), sql, pgx.QueryExecModeSimpleProtocol); err != nil {
		t.Fatal(err)
	}
}

func wantLine(t *testing.T, err error, line string) {
	t.Helper()
	if err == nil || err.Error() != line {
		t.Errorf("error %q, expected %q", fmt.Sprint(err), line)
	}
}
