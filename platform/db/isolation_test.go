package db_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"saaskit/platform/db"
	"saaskit/platform/db/dbtest"
	"saaskit/platform/fault"
)

// TestT3_ForgottenWhere: without any condition, reads see only the tenant's rows, and writes change only them.
func TestT3_ForgottenWhere(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	d, h := open(t, func(c *db.Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	mine, other := d.NewTenant(t), d.NewTenant(t)
	theirs := newNote("theirs")
	create(t, h, other, theirs)
	create(t, h, mine, newNote("mine"))
	ctx := dbtest.As(mine)

	if got := fmt.Sprint(titles(t, h, mine)); got != "[mine]" {
		t.Errorf("reading all notes gave %s", got)
	}
	for _, sql := range []string{"UPDATE test_notes SET done = true", "DELETE FROM test_notes"} {
		ok(t, h.Tenant(ctx, func(tx *db.Tx) error {
			r := tx.Exec(sql)
			if r.RowsAffected != 1 {
				t.Errorf("%s changed %d rows, want 1", sql, r.RowsAffected)
			}
			return r.Error
		}))
	}
	create(t, h, mine, newNote("mine"))
	for name, write := range map[string]func(tx *db.Tx) error{
		"insert": func(tx *db.Tx) error {
			return tx.Exec("INSERT INTO test_notes (tenant_id, id, title) VALUES (?, ?, 'x')", other, db.NewID()).Error
		},
		"update": func(tx *db.Tx) error { return tx.Exec("UPDATE test_notes SET tenant_id = ?", other).Error },
		"create with": func(tx *db.Tx) error {
			return tx.Model(&note{}).Create(map[string]any{"id": db.NewID(), "title": "x", "tenant_id": other}).Error
		},
	} {
		log.Reset()
		wantFault(t, h.One(ctx, write), fault.NotFound, "not_found")
		if !strings.Contains(log.String(), "security=write_refused") || !strings.Contains(log.String(), mine.String()) {
			t.Errorf("%s: no line about it in the log: %q", name, log.String())
		}
	}
	if got := fmt.Sprint(titles(t, h, other)); got != "[theirs]" {
		t.Errorf("the other tenant has %s", got)
	}
}

// TestT6_WithoutTenantThereIsNothing asks Postgres itself, past the driver.
func TestT6_WithoutTenantThereIsNothing(t *testing.T) {
	t.Parallel()
	d, h := open(t)
	tenant := d.NewTenant(t)
	create(t, h, tenant, newNote("a"))
	ctx := context.Background()
	u, err := url.Parse(d.URL)
	ok(t, err)
	u.User = url.UserPassword("saaskit_app", d.Roles.App)
	conn, err := pgx.Connect(ctx, u.String())
	ok(t, err)
	defer conn.Close(ctx)
	for _, setting := range []string{"", "SET app.tenant_id = ''"} {
		_, err := conn.Exec(ctx, setting)
		ok(t, err)
		var count int
		ok(t, conn.QueryRow(ctx, "SELECT count(*) FROM test_notes").Scan(&count))
		if count != 0 {
			t.Errorf("after %q: %d rows without a tenant", setting, count)
		}
		if _, err := conn.Exec(ctx, "INSERT INTO test_notes (id, title) VALUES ($1, 'x')", db.NewID()); err == nil {
			t.Errorf("after %q: inserted without a tenant", setting)
		}
	}
	for _, sql := range []string{"SELECT sec.enter(NULL)", "SELECT sec.enter('00000000-0000-0000-0000-000000000000')"} {
		if _, err := conn.Exec(ctx, sql); err == nil {
			t.Errorf("%s was accepted", sql)
		}
	}
}

// TestT3_InjectedSQLStaysInTheTenant has what an attacker can try who controls the text of a SELECT. $B is the other tenant.
func TestT3_InjectedSQLStaysInTheTenant(t *testing.T) {
	t.Parallel()
	d, h := open(t)
	mine, other := d.NewTenant(t), d.NewTenant(t)
	secret := "secret of the other"
	create(t, h, other, newNote(secret))
	create(t, h, mine, newNote("mine"))
	_, err := d.Admin(t).Exec("ANALYZE test_notes")
	ok(t, err)
	const set = `set_config(''app.tenant_id'', ''$B'', true)`
	tricks := []string{
		`SELECT title FROM test_notes WHERE (SELECT set_config('app.tenant_id', '$B', true)) IS NOT NULL`,
		`SELECT title FROM test_notes WHERE (SELECT pg_catalog."set_config"('app.tenant_id', '$B', false)) IS NOT NULL`,
		`WITH s AS MATERIALIZED (SELECT set_config('app.tenant_id', '$B', true)) SELECT title FROM s, test_notes`,
		`SELECT title FROM test_notes WHERE set_config('row_security', 'off', true) IS NOT NULL`,
		`SELECT title FROM test_notes WHERE set_config('role', 'saaskit_system', true) IS NOT NULL`,
		`SELECT title FROM test_notes, LATERAL sec.enter('$B')`,
		`SELECT title FROM test_notes, LATERAL (SELECT sec.enter('$B'), set_config('app.entered', '', true)) s`,
		`SELECT query_to_xml('SELECT ` + set + `', true, true, '')::text || string_agg(title, '') FROM test_notes`,
		`SELECT query_to_xml('SET LOCAL app.tenant_id = ''$B''', true, true, '')::text || string_agg(title, '') FROM test_notes`,
		`SELECT query_to_xml('SELECT * FROM test_notes', true, true, '')::text`,
		`SELECT table_to_xml('test_notes', true, true, '')::text`,
		`SELECT schema_to_xml('public', true, true, '')::text`,
		`SELECT database_to_xml(true, true, '')::text`,
		`SELECT query_to_xml('SELECT sec.enter(''$B'')', true, true, '')::text || string_agg(title, '') FROM test_notes`,
		`SELECT word FROM ts_stat('SELECT to_tsvector(' || quote_literal('x') || ') FROM (SELECT ` + set + `) s')`,
		`SELECT word FROM ts_stat('SELECT to_tsvector(title) FROM test_notes')`,
		`WITH u AS (UPDATE pg_settings SET setting = '$B' WHERE name = 'app.tenant_id' RETURNING 1) SELECT title FROM u, test_notes`,
		`SELECT title FROM test_notes; SET app.tenant_id = '$B'`,
		`SELECT title FROM test_notes WHERE title::int > 0`,
		`SELECT title FROM test_notes WHERE 1 / (length(title) - length('` + secret + `')) > 5`,
		`SELECT title FROM ONLY test_notes TABLESAMPLE SYSTEM (100)`,
		`SELECT most_common_vals::text || histogram_bounds::text FROM pg_stats WHERE tablename = 'test_notes'`,
		`SELECT stavalues1::text FROM pg_statistic`,
		`SELECT pg_read_file('/etc/passwd')`,
		`SELECT lo_import('/etc/passwd')::text`,
		`SELECT convert_from(get_raw_page('test_notes', 0), 'SQL_ASCII')`,
		`SELECT title FROM dblink('', 'SELECT title FROM test_notes') AS t(title text)`,
		`EXPLAIN (ANALYZE, VERBOSE) SELECT title FROM test_notes`,
		`SELECT title FROM test_notes WHERE tenant_id = '$B' OR tenant_id IS NOT NULL`,
		`SELECT t::text FROM test_tasks t FULL JOIN test_notes n ON true`,
		`MERGE INTO test_notes n USING (SELECT 1) s ON true WHEN MATCHED THEN UPDATE SET title = 'gone ' || n.title`,
		`SELECT string_agg(query, ' ') FROM pg_stat_activity`,
	}
	for _, trick := range tricks {
		sql := strings.ReplaceAll(trick, "$B", other.String())
		for door, through := range map[string]func(context.Context, func(*db.Tx) error) error{"One": h.One, "Tenant": h.Tenant} {
			var seen []string
			err := through(dbtest.As(mine), func(tx *db.Tx) error { return tx.Raw(sql).Scan(&seen).Error })
			told := strings.ToLower(fmt.Sprint(seen, err))
			if strings.Contains(told, secret) || strings.Contains(told, "secret of") {
				t.Errorf("%s in %s shows the other tenant's row: %s", trick, door, told)
			}
		}
		if got := fmt.Sprint(titles(t, h, other)); got != "["+secret+"]" {
			t.Errorf("after %s the other tenant's rows are %s", trick, got)
		}
	}
}

// TestT8_NothingTellsThatAnothersRowExists: equal keys and references of two tenants do not meet.
func TestT8_NothingTellsThatAnothersRowExists(t *testing.T) {
	t.Parallel()
	d, h := open(t)
	mine, other := d.NewTenant(t), d.NewTenant(t)
	theirs := newNote("same title")
	create(t, h, other, theirs)
	create(t, h, mine, &note{ID: theirs.ID, Title: theirs.Title})
	only := newNote("only theirs")
	create(t, h, other, only)
	err := h.One(dbtest.As(mine), func(tx *db.Tx) error { return tx.Create(&task{ID: db.NewID(), NoteID: only.ID}).Error })
	wantFault(t, err, fault.Invalid, "invalid_reference")
	missing := h.One(dbtest.As(mine), func(tx *db.Tx) error { return tx.Create(&task{ID: db.NewID(), NoteID: uuid.New()}).Error })
	wantFault(t, missing, fault.Invalid, "invalid_reference")
}
