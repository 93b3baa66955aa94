package db_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/db"
	"saaskit/platform/db/dbtest"
	"saaskit/platform/fault"
)

var newest = db.Order[note]{
	Name: "newest", Columns: []string{"created_at", "id"}, Desc: true,
	Key: func(n note) []any { return []any{n.CreatedAt, n.ID} },
}

var byTitle = db.Order[note]{Name: "title", Columns: []string{"title"}, Key: func(n note) []any { return []any{n.Title} }}

// TestListWalksEveryRowOnce pages through rows of which many share their time.
func TestListWalksEveryRowOnce(t *testing.T) {
	t.Parallel()
	d, h := open(t)
	tenant := d.NewTenant(t)
	create(t, h, d.NewTenant(t), newNote("theirs"))
	start := time.Now().UTC().Truncate(time.Microsecond)
	ok(t, h.Tenant(dbtest.As(tenant), func(tx *db.Tx) error {
		for i := range 23 {
			n := newNote(fmt.Sprintf("%02d é\"'", i))
			n.CreatedAt = start.Add(time.Duration(i/5) * time.Microsecond)
			n.Done = i%2 == 0
			ok(t, tx.Create(n).Error)
		}
		return nil
	}))
	for _, order := range []db.Order[note]{newest, byTitle} {
		for _, limit := range []int{1, 5, 22, 23, 100} {
			var all []note
			p := db.PageQuery{Limit: limit}
			for {
				var page db.Page[note]
				ok(t, h.One(dbtest.As(tenant), func(tx *db.Tx) (err error) {
					page, err = db.List(tx.Where("done").Or("NOT done"), p, order)
					return err
				}))
				if len(page.Items) > limit {
					t.Fatalf("a page of %d rows, limit %d", len(page.Items), limit)
				}
				all = append(all, page.Items...)
				if page.NextCursor == "" {
					break
				}
				p.Cursor = page.NextCursor
			}
			sorted := slices.IsSortedFunc(all, func(a, b note) int {
				if !order.Desc {
					return strings.Compare(a.Title, b.Title)
				}
				if c := b.CreatedAt.Compare(a.CreatedAt); c != 0 {
					return c
				}
				return strings.Compare(b.ID.String(), a.ID.String())
			})
			seen := map[uuid.UUID]bool{}
			for _, n := range all {
				seen[n.ID] = true
			}
			if len(all) != 23 || len(seen) != 23 || !sorted {
				t.Errorf("order %s, limit %d: %d rows, %d different, sorted %v", order.Name, limit, len(all), len(seen), sorted)
			}
		}
	}
}

func TestListLimits(t *testing.T) {
	t.Parallel()
	d, h := open(t)
	tenant := d.NewTenant(t)
	ok(t, h.Tenant(dbtest.As(tenant), func(tx *db.Tx) error {
		return tx.Exec("INSERT INTO test_notes (id, title) SELECT gen_random_uuid(), i::text FROM generate_series(1, 150) i").Error
	}))
	for limit, want := range map[int]int{-1: 20, 0: 20, 7: 7, 100: 100, 1000: 100} {
		ok(t, h.One(dbtest.As(tenant), func(tx *db.Tx) error {
			page, err := db.List(tx.DB, db.PageQuery{Limit: limit}, newest)
			if len(page.Items) != want {
				t.Errorf("limit %d gave %d rows, want %d", limit, len(page.Items), want)
			}
			return err
		}))
	}
	ok(t, h.One(dbtest.As(d.NewTenant(t)), func(tx *db.Tx) error {
		page, err := db.List(tx.DB, db.PageQuery{}, newest)
		text, _ := json.Marshal(page)
		if string(text) != `{"items":[]}` {
			t.Errorf("an empty page is %s", text)
		}
		return err
	}))
}

// TestT14_ForgedCursors: a cursor that we did not make is refused by name, and never reaches Postgres as SQL.
func TestT14_ForgedCursors(t *testing.T) {
	t.Parallel()
	d, h := open(t)
	tenant := d.NewTenant(t)
	create(t, h, tenant, newNote("a"))
	encode := func(v ...any) string {
		raw, err := json.Marshal(v)
		ok(t, err)
		return base64.RawURLEncoding.EncodeToString(raw)
	}
	at, id := time.Now(), db.NewID()
	forged := map[string]string{
		"garbage":        "!!!",
		"not JSON":       base64.RawURLEncoding.EncodeToString([]byte("hello")),
		"padded":         encode("newest", at, id) + "==",
		"empty":          encode(),
		"another order":  encode("title", at, id),
		"too short":      encode("newest", at),
		"too long":       encode("newest", at, id, id),
		"SQL for a time": encode("newest", "now()) OR true --", id),
		"SQL for an id":  encode("newest", at, "' OR true --"),
		"number":         encode("newest", 1, id),
		"object":         encode("newest", map[string]any{"a": 1}, id),
		"null":           encode("newest", at, nil),
		"name of a kind": encode(1, at, id),
	}
	for name, cursor := range forged {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := h.One(dbtest.As(tenant), func(tx *db.Tx) error {
				_, err := db.List(tx.DB, db.PageQuery{Cursor: cursor}, newest)
				return err
			})
			wantFault(t, err, fault.Invalid, "invalid_cursor")
			if fields := fault.From(err).Fields; len(fields) != 1 || fields[0].Location != "query.cursor" {
				t.Errorf("fields %v", fields)
			}
		})
	}
	for _, text := range []string{"a\x00b", "' OR true --", strings.Repeat("z", 5000)} {
		err := h.One(dbtest.As(tenant), func(tx *db.Tx) error {
			page, err := db.List(tx.DB, db.PageQuery{Cursor: encode("title", text)}, byTitle)
			if err == nil && len(page.Items) > 1 {
				t.Errorf("%q shows %d rows", text, len(page.Items))
			}
			return err
		})
		if f := fault.From(err); f != nil && f.Code != "invalid_cursor" {
			t.Errorf("%q: %v", text, err)
		}
	}
	// A true cursor of another tenant only says where to go on in one's own list.
	var page db.Page[note]
	ok(t, h.One(dbtest.As(tenant), func(tx *db.Tx) (err error) {
		page, err = db.List(tx.DB, db.PageQuery{Cursor: encode("newest", at.Add(time.Hour), id)}, newest)
		return err
	}))
	if len(page.Items) != 1 {
		t.Errorf("%d rows behind a cursor in the future", len(page.Items))
	}
}
