package db_test

import (
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"saaskit/platform/db"
	"saaskit/platform/db/dbtest"
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
	server := dbtest.Cluster(t)
	d := dbtest.Empty(t)
	const databases = 3
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
