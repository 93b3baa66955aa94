package jobs_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"saaskit/platform/db/dbtest"
)

// Our migration writes River's tables as one file. When a newer River wants other tables, this is what says so.
func TestTablesAreWhatRiverMakes(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	pool, err := pgxpool.New(t.Context(), d.AdminURL)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if _, err := pool.Exec(t.Context(), "CREATE SCHEMA reference"); err != nil {
		t.Fatal(err)
	}
	reference, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Schema: "reference"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := reference.Migrate(t.Context(), rivermigrate.DirectionUp, nil); err != nil {
		t.Fatal(err)
	}
	ours, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Schema: "river"})
	if err != nil {
		t.Fatal(err)
	}
	if result, err := ours.Validate(t.Context(), nil); err != nil || !result.OK {
		t.Errorf("River misses migrations: %v, %v", result, err)
	}
	describe := func(schema string) []string {
		rows, err := pool.Query(t.Context(), `
			SELECT format('column %s.%s %s %s default %s', table_name, column_name, udt_name, is_nullable, column_default)
				FROM information_schema.columns WHERE table_schema = $1
			UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = $1
			UNION ALL SELECT format('constraint %s %s', conname, pg_get_constraintdef(oid)) FROM pg_constraint WHERE connamespace = $1::regnamespace
			UNION ALL SELECT 'labels ' || string_agg(enumlabel, ' ' ORDER BY enumsortorder) FROM pg_enum JOIN pg_type t ON t.oid = enumtypid
				WHERE typnamespace = $1::regnamespace
			UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = $1::regnamespace
			UNION ALL SELECT tgname FROM pg_trigger WHERE tgrelid IN (SELECT oid FROM pg_class WHERE relnamespace = $1::regnamespace) AND NOT tgisinternal`, schema)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		var lines []string
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				t.Fatal(err)
			}
			// River made the primary key of its table anew once, and its name kept a number from that.
			lines = append(lines, strings.NewReplacer(schema+".", "", "_pkey1", "_pkey").Replace(line))
		}
		slices.Sort(lines)
		return lines
	}
	want, have := describe("reference"), describe("river")
	for _, line := range want {
		if !slices.Contains(have, line) {
			t.Errorf("River makes, and we do not: %s", line)
		}
	}
	for _, line := range have {
		if !slices.Contains(want, line) {
			t.Errorf("we make, and River does not: %s", line)
		}
	}
}
