package db_test

import (
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5"

	"saaskit/platform/db"
	"saaskit/platform/db/dbtest"
	"saaskit/platform/db/pgserver"
)

var quiet = slog.New(slog.DiscardHandler)

func migration(name, sql string) fstest.MapFS {
	return fstest.MapFS{"migrations/" + name: {Data: []byte("-- +goose Up\n" + sql)}}
}

func TestC4_ReplicasMigrateOnce(t *testing.T) {
	t.Parallel()
	d := dbtest.Empty(t)
	source := migration("20990101000000_once.sql", "CREATE TABLE once (id int PRIMARY KEY); INSERT INTO once VALUES (1);")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if err := db.Migrate(t.Context(), d.AdminURL, d.Roles, quiet, source); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	var versions, distinct, rows int
	err := d.Admin(t).QueryRow("SELECT count(*), count(DISTINCT version_id), (SELECT count(*) FROM once) FROM sec.migrations WHERE version_id > 0").
		Scan(&versions, &distinct, &rows)
	if err != nil || versions != distinct || rows != 1 {
		t.Errorf("%d migrations noted, %d distinct, %d rows inserted, %v", versions, distinct, rows, err)
	}
}

func TestMigrateDatabasesOfOneClusterAtOnce(t *testing.T) {
	t.Parallel()
	server := cluster(t)
	d := dbtest.Empty(t)
	const databases = 4
	var wg sync.WaitGroup
	for i := range databases {
		name := fmt.Sprintf("d%d", i)
		run(t, server.URL(), "CREATE DATABASE "+name)
		wg.Go(func() {
			if err := db.Migrate(t.Context(), at(t, server.URL(), name, nil), d.Roles, quiet); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestMigrationThatArrivesLate(t *testing.T) {
	t.Parallel()
	d := dbtest.Empty(t)
	later := migration("20990102000000_later.sql", "CREATE TABLE later (id int PRIMARY KEY);")
	earlier := migration("20990101000000_earlier.sql", "CREATE TABLE earlier (id int PRIMARY KEY);")
	if err := db.Migrate(t.Context(), d.AdminURL, d.Roles, quiet, later); err != nil {
		t.Fatal(err)
	}
	err := db.CheckMigrated(t.Context(), d.URL, d.Roles.System, earlier, later)
	wantLine(t, err, "the database is behind by 1 migrations, the first is 20990101000000_earlier.sql: run `app migrate`")
	if err := db.Migrate(t.Context(), d.AdminURL, d.Roles, quiet, later, earlier); err != nil {
		t.Fatal(err)
	}
	if err := db.CheckMigrated(t.Context(), d.URL, d.Roles.System, earlier, later); err != nil {
		t.Error(err)
	}
}

func TestMigrateThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	d := dbtest.Empty(t)
	broken := migration("20990101000000_broken.sql", "CREATE TABLE half (id int PRIMARY KEY);\nSELECT 1/0;")
	err := db.Migrate(t.Context(), d.AdminURL, d.Roles, quiet, broken)
	if err == nil || !strings.Contains(err.Error(), "20990101000000_broken.sql") || !strings.Contains(err.Error(), "division by zero") {
		t.Errorf("error %v", err)
	}
	var exists bool
	if err := d.Admin(t).QueryRow("SELECT to_regclass('half') IS NOT NULL").Scan(&exists); err != nil || exists {
		t.Errorf("the table of the failed migration exists: %v, %v", exists, err)
	}
}

func TestMigrationsOfOneTimeAreRefused(t *testing.T) {
	t.Parallel()
	d := dbtest.Empty(t)
	err := db.Migrate(t.Context(), d.AdminURL, d.Roles, quiet,
		migration("20990101000000_a.sql", "SELECT 1;"), migration("20990101000000_b.sql", "SELECT 1;"))
	wantLine(t, err, "the migrations 20990101000000_a.sql and 20990101000000_b.sql have the same time")
	err = db.Migrate(t.Context(), d.AdminURL, d.Roles, quiet, migration("1_a.sql", "SELECT 1;"))
	wantLine(t, err, "the migration 1_a.sql must be named by its time: 20060102150405_what.sql")
}

func TestBackfillSeesEveryTenant(t *testing.T) {
	t.Parallel()
	first := migration("20990101000000_things.sql", `CREATE TABLE things (tenant_id uuid, id int, n int, PRIMARY KEY (tenant_id, id));
		SELECT sec.protect('things');`)
	d := dbtest.New(t, first)
	for range 2 {
		if _, err := d.Admin(t).Exec("INSERT INTO things (tenant_id, id) VALUES ($1, 1)", d.NewTenant(t)); err != nil {
			t.Fatal(err)
		}
	}
	second := migration("20990102000000_fill.sql", "UPDATE things SET n = 7; ALTER TABLE things ALTER n SET NOT NULL;")
	if err := db.Migrate(t.Context(), d.AdminURL, d.Roles, quiet, first, second); err != nil {
		t.Fatal(err)
	}
	var filled int
	if err := d.Admin(t).QueryRow("SELECT count(*) FROM things WHERE n = 7").Scan(&filled); err != nil || filled != 2 {
		t.Errorf("%d of 2 rows filled, %v", filled, err)
	}
}

func TestMigrateErrorsAreOneLine(t *testing.T) {
	t.Parallel()
	d := dbtest.Empty(t)
	migrate := func(address string) error { return db.Migrate(t.Context(), address, d.Roles, quiet) }
	host := mustParse(t, d.URL).Host

	wantLine(t, migrate(at(t, d.AdminURL, "nowhere", nil)), `the database "nowhere" does not exist at `+host+`: create it first`)
	wantLine(t, migrate(at(t, d.AdminURL, "", url.UserPassword("postgres", "wrong"))),
		host+` refuses role "postgres": password authentication failed for user "postgres"`)
	wantLine(t, migrate("postgres://u:p@127.0.0.1:1/x?sslmode=disable"), "no PostgreSQL answers at 127.0.0.1:1: connect: connection refused")
	wantLine(t, migrate("post gres"), "the admin database URL cannot be read: expected postgres://user:password@host:5432/name")
	wantLine(t, db.Migrate(t.Context(), d.AdminURL, db.Roles{App: "a"}, quiet), "the password of the database role saaskit_migrate is empty")
	wantLine(t, db.CheckMigrated(t.Context(), d.URL, "wrong"), host+` refuses the password of role "saaskit_system": was it migrated with another SECRET_KEY?`)
	err := db.CheckMigrated(t.Context(), d.URL, d.Roles.System)
	if err == nil || !strings.Contains(err.Error(), "the database is behind by") {
		t.Errorf("an empty database passes for migrated: %v", err)
	}
}

// A server where the migrate step may not make roles: a superuser runs the printed SQL once.
func TestBootstrapByAnotherHand(t *testing.T) {
	t.Parallel()
	server := cluster(t)
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
	server := cluster(t)
	d := dbtest.Empty(t)
	run(t, server.URL(), "CREATE DATABASE product")
	run(t, server.URL(), "CREATE ROLE saaskit_app LOGIN SUPERUSER")
	err := db.Migrate(t.Context(), at(t, server.URL(), "product", nil), d.Roles, quiet)
	wantLine(t, err, "the database role saaskit_app is a superuser: mend it with ALTER ROLE, or drop it")
}

func TestChangedPasswordsAreSet(t *testing.T) {
	t.Parallel()
	server := cluster(t)
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

func cluster(t *testing.T) *pgserver.Server {
	t.Helper()
	s, err := pgserver.Start(t.Context(), pgserver.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
		if err := pgserver.Remove(s.Dir()); err != nil {
			t.Error(err)
		}
	})
	return s
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
