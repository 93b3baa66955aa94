package db_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"saaskit/platform/db"
	"saaskit/platform/db/dbtest"
)

type (
	word    string
	ordinal int16
	panics  string
)

func (*panics) Scan(any) error { panic("while reading") }

// reader reads the one column of a statement into a type, by our callback and by database/sql, and says what came of it.
func reader[T any]() (string, func(tx *db.Tx, query string) (ours, theirs string)) {
	type cell struct{ V T }
	say := func(c cell, err error) string {
		if err != nil {
			return "an error"
		}
		return fmt.Sprintf("%#v", reflect.Indirect(reflect.ValueOf(c.V)))
	}
	return reflect.TypeFor[T]().String(), func(tx *db.Tx, query string) (ours, theirs string) {
		var a, b cell
		ours = say(a, tx.Raw(query).Find(&a).Error)
		theirs = say(b, tx.Raw(query).Scan(&b).Error)
		return ours, theirs
	}
}

// TestValuesAreReadAsByDatabaseSQL: whatever Postgres sends and whatever the field is, the value and whether it fits is what
// database/sql says.
func TestValuesAreReadAsByDatabaseSQL(t *testing.T) {
	t.Parallel()
	d, h := open(t)
	ctx := dbtest.As(d.NewTenant(t))
	expressions := []string{
		"5::int2", "5::int4", "5::int8", "-1", "300", "70000", "9223372036854775807::int8", "5.5::numeric", "7::numeric", "2.5::float8", "0.1::float4", "'NaN'::float8",
		"true", "false", "''", "'a word'", "'12'", "'t'", "'5'::varchar", "'x'::char(3)", "'0198f000-0000-7000-8000-000000000001'::uuid", "'0198f000-0000-7000-8000-000000000001'",
		"'2026-05-04 03:02:01.123456+02'::timestamptz", "'2026-05-04 03:02:01'::timestamp", "'2026-05-04'::date", "'infinity'::timestamptz", "'1 day'::interval",
		`'{"a": [1, "b"]}'::jsonb`, `'[]'::json`, `'\x0001ff'::bytea`, "'{1,2}'::int[]", "'192.0.2.1'::inet",
		"NULL", "NULL::int4", "NULL::timestamptz", "NULL::bytea", "NULL::uuid",
	}
	for name, read := range readersOf() {
		for _, expression := range expressions {
			ok(t, h.Tenant(ctx, func(tx *db.Tx) error {
				if ours, theirs := read(tx, "SELECT "+expression+" AS v"); ours != theirs {
					t.Errorf("%s into %s: %s, by database/sql %s", expression, name, ours, theirs)
				}
				return nil
			}))
		}
	}
}

func readersOf() map[string]func(*db.Tx, string) (string, string) {
	all := map[string]func(*db.Tx, string) (string, string){}
	add := func(name string, read func(*db.Tx, string) (string, string)) { all[name] = read }
	add(reader[string]())
	add(reader[*string]())
	add(reader[word]())
	add(reader[int]())
	add(reader[int16]())
	add(reader[ordinal]())
	add(reader[int64]())
	add(reader[*int64]())
	add(reader[uint8]())
	add(reader[uint64]())
	add(reader[float32]())
	add(reader[float64]())
	add(reader[bool]())
	add(reader[*bool]())
	add(reader[time.Time]())
	add(reader[*time.Time]())
	add(reader[[]byte]())
	add(reader[json.RawMessage]())
	add(reader[uuid.UUID]())
	add(reader[*uuid.UUID]())
	add(reader[uuid.NullUUID]())
	add(reader[gorm.DeletedAt]())
	return all
}

// TestReadsEndWhateverHappens: the connection is whole after a panic in the middle of the rows, and a value that does not fit is an error.
func TestReadsEndWhateverHappens(t *testing.T) {
	t.Parallel()
	d, h := open(t, func(c *db.Config) { c.AppConns = 1 })
	ctx := within(dbtest.As(d.NewTenant(t)), t, 20*time.Second)
	doors := map[string]func(func(*db.Tx) error) error{
		"One":    func(fn func(*db.Tx) error) error { return h.One(ctx, fn) },
		"Tenant": func(fn func(*db.Tx) error) error { return h.Tenant(ctx, fn) },
	}
	for name, door := range doors {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: the panic was swallowed", name)
				}
			}()
			_ = door(func(tx *db.Tx) error {
				return tx.Raw("SELECT n::text AS v FROM generate_series(1, 10000) n").Find(&[]struct{ V panics }{}).Error
			})
		}()
		var numbers []struct{ V uint8 }
		if err := door(func(tx *db.Tx) error {
			return tx.Raw("SELECT n AS v FROM generate_series(250, 260) n").Find(&numbers).Error
		}); err == nil {
			t.Errorf("%s: 256 fits into a byte", name)
		}
		if err := door(func(tx *db.Tx) error {
			return tx.Raw("SELECT 1 / (5 - n) AS v FROM generate_series(1, 10) n").Find(&numbers).Error
		}); err == nil {
			t.Errorf("%s: the error after four rows was swallowed", name)
		}
		ok(t, door(func(tx *db.Tx) error { return tx.Find(&[]note{}).Error }))
	}
}
