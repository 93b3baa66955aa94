package db_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"saaskit/platform/db"
	"saaskit/platform/db/dbtest"
	"saaskit/platform/fault"
)

// trashed is the same table for a module that moves rows to the trash.
type trashed struct {
	ID        uuid.UUID `gorm:"primaryKey"`
	Title     string
	DeletedAt gorm.DeletedAt
}

func (trashed) TableName() string { return "test_notes" }

// TestG1_EveryRoadOfGORMStaysInTheTenant drives each road that could leave the tenant, as code that forgot to look.
func TestG1_EveryRoadOfGORMStaysInTheTenant(t *testing.T) {
	t.Parallel()
	d, h := open(t)
	mine, other := d.NewTenant(t), d.NewTenant(t)
	theirs := newNote("theirs")
	create(t, h, other, theirs)
	ok(t, h.Tenant(dbtest.As(other), func(tx *db.Tx) error { return tx.Create(&task{ID: db.NewID(), NoteID: theirs.ID}).Error }))
	create(t, h, mine, newNote("mine"))
	create(t, h, mine, newNote("mine too"))

	var list []note
	var one note
	var tasks []task
	var count int64
	var text string
	roads := map[string]func(tx *db.Tx) *gorm.DB{
		"find all":        func(tx *db.Tx) *gorm.DB { return tx.Find(&list) },
		"unscoped":        func(tx *db.Tx) *gorm.DB { return tx.Unscoped().Find(&list) },
		"struct, zero id": func(tx *db.Tx) *gorm.DB { return tx.Where(&note{ID: uuid.Nil}).Find(&list) },
		"struct, id":      func(tx *db.Tx) *gorm.DB { return tx.Where(&note{ID: theirs.ID}).Find(&list) },
		"map":             func(tx *db.Tx) *gorm.DB { return tx.Where(map[string]any{"id": theirs.ID}).Find(&list) },
		"inline true":     func(tx *db.Tx) *gorm.DB { return tx.Find(&list, "1=1 OR 1=1") },
		"inline id":       func(tx *db.Tx) *gorm.DB { return tx.First(&one, "id = ?", theirs.ID) },
		"inline key":      func(tx *db.Tx) *gorm.DB { return tx.First(&one, theirs.ID) },
		"take by tenant":  func(tx *db.Tx) *gorm.DB { return tx.Take(&one, "tenant_id = ?", other) },
		"or":              func(tx *db.Tx) *gorm.DB { return tx.Where("done").Or("tenant_id = ?", other).Find(&list) },
		"raw":             func(tx *db.Tx) *gorm.DB { return tx.Raw("SELECT * FROM test_notes").Scan(&list) },
		"raw by tenant": func(tx *db.Tx) *gorm.DB {
			return tx.Raw("SELECT * FROM test_notes WHERE tenant_id = ?", other).Scan(&list)
		},
		"table": func(tx *db.Tx) *gorm.DB { return tx.Table("test_notes AS n").Where("n.id = ?", theirs.ID).Find(&list) },
		"count": func(tx *db.Tx) *gorm.DB { return tx.Model(&note{}).Where("id = ?", theirs.ID).Count(&count) },
		"pluck": func(tx *db.Tx) *gorm.DB { return tx.Model(&note{}).Where("id = ?", theirs.ID).Pluck("title", &text) },
		"subquery": func(tx *db.Tx) *gorm.DB {
			return tx.Where("id IN (?)", tx.Model(&task{}).Select("note_id")).Find(&list)
		},
		"joins":              func(tx *db.Tx) *gorm.DB { return tx.Joins("Note").Find(&tasks) },
		"raw join":           func(tx *db.Tx) *gorm.DB { return tx.Joins("JOIN test_tasks ON true").Find(&list) },
		"preload":            func(tx *db.Tx) *gorm.DB { return tx.Preload("Note").Find(&tasks) },
		"lock":               func(tx *db.Tx) *gorm.DB { return tx.Clauses(clause.Locking{Strength: "UPDATE"}).Find(&list) },
		"new session":        func(tx *db.Tx) *gorm.DB { return tx.Session(&gorm.Session{NewDB: true}).Find(&list) },
		"update their model": func(tx *db.Tx) *gorm.DB { return tx.Model(theirs).Update("title", "stolen") },
		"update by id": func(tx *db.Tx) *gorm.DB {
			return tx.Model(&note{}).Where("id = ?", theirs.ID).Update("title", "stolen")
		},
		"update all": func(tx *db.Tx) *gorm.DB {
			return tx.Session(&gorm.Session{AllowGlobalUpdate: true}).Model(&note{}).Update("version", 7)
		},
		"raw update": func(tx *db.Tx) *gorm.DB { return tx.Exec("UPDATE test_notes SET version = 8") },
		"raw update by tenant": func(tx *db.Tx) *gorm.DB {
			return tx.Exec("UPDATE test_notes SET version = 8 WHERE tenant_id = ?", other)
		},
		"delete their model": func(tx *db.Tx) *gorm.DB { return tx.Delete(theirs) },
		"delete, zero id":    func(tx *db.Tx) *gorm.DB { return tx.Where("version > 0").Delete(&note{ID: uuid.Nil}) },
		"raw delete":         func(tx *db.Tx) *gorm.DB { return tx.Exec("DELETE FROM test_notes") },
		"first or create":    func(tx *db.Tx) *gorm.DB { return tx.FirstOrCreate(&one, note{ID: theirs.ID, Title: "shadow"}) },
		"upsert": func(tx *db.Tx) *gorm.DB {
			return tx.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "tenant_id"}, {Name: "id"}}, DoUpdates: clause.AssignmentColumns([]string{"title"})}).
				Create(&note{ID: theirs.ID, Title: "stolen"})
		},
		"association": func(tx *db.Tx) *gorm.DB {
			return &gorm.DB{Error: tx.Model(&task{ID: db.NewID(), NoteID: theirs.ID}).Association("Note").Find(&list)}
		},
		"batches": func(tx *db.Tx) *gorm.DB {
			var all []note
			return tx.FindInBatches(&list, 1, func(*gorm.DB, int) error { all = append(all, list...); list = all; return nil })
		},
	}
	for name, road := range roads {
		list, one, tasks, count, text = nil, note{}, nil, 0, ""
		err := h.Tenant(dbtest.As(mine), func(tx *db.Tx) error {
			if err := road(tx).Error; err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
				return err
			}
			return errStop // every road starts from the same rows
		})
		if !errors.Is(err, errStop) {
			t.Logf("%s is refused: %v", name, err)
		}
		if slices.ContainsFunc(list, func(n note) bool { return n.Title == "theirs" }) || one.Title == "theirs" || len(tasks)+int(count) > 0 || text != "" {
			t.Errorf("%s saw the other tenant: %v %v %v %d %q", name, list, one, tasks, count, text)
		}
	}
	if got := fmt.Sprint(titles(t, h, other), titles(t, h, mine)); got != "[theirs] [mine mine too]" {
		t.Errorf("after all roads: %s", got)
	}
}

// TestG1_TrapsAreRefused has the roads on which GORM does something else than the code says. One shows that nothing was sent.
func TestG1_TrapsAreRefused(t *testing.T) {
	t.Parallel()
	d, h := open(t)
	tenant := d.NewTenant(t)
	n := newNote("kept")
	create(t, h, tenant, n)
	input := "title; DROP TABLE test_notes"
	traps := map[string]func(tx *db.Tx) *gorm.DB{
		"or beside two":       func(tx *db.Tx) *gorm.DB { return tx.Where("done").Where("version = 9").Or("true").Find(&[]note{}) },
		"or before another":   func(tx *db.Tx) *gorm.DB { return tx.Where("done").Or("true").Where("version = 9").Find(&[]note{}) },
		"or, delete":          func(tx *db.Tx) *gorm.DB { return tx.Where("done").Where("version = 9").Or("true").Delete(&note{}) },
		"updates drops false": func(tx *db.Tx) *gorm.DB { return tx.Model(n).Updates(note{Done: false, Title: "x"}) },
		"save":                func(tx *db.Tx) *gorm.DB { return tx.Save(n) },
		"save many":           func(tx *db.Tx) *gorm.DB { return tx.Save(&[]note{*n}) },
		"update all columns":  func(tx *db.Tx) *gorm.DB { return tx.Select("*").Updates(n) },
		"upsert all":          func(tx *db.Tx) *gorm.DB { return tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(n) },
		"order text":          func(tx *db.Tx) *gorm.DB { return tx.Order(input).Find(&[]note{}) },
		"order subquery":      func(tx *db.Tx) *gorm.DB { return tx.Order("(SELECT 1)").Find(&[]note{}) },
		"order case":          func(tx *db.Tx) *gorm.DB { return tx.Order("CASE WHEN done THEN 1 END").Find(&[]note{}) },
		"order, rows": func(tx *db.Tx) *gorm.DB {
			q := tx.Model(&note{}).Order(input)
			_, err := q.Rows()
			return &gorm.DB{Error: err}
		},
		"zero id":            func(tx *db.Tx) *gorm.DB { return tx.First(&note{}, "id = ?", uuid.Nil) },
		"zero id in a map":   func(tx *db.Tx) *gorm.DB { return tx.Where(map[string]any{"id": uuid.Nil}).Find(&[]note{}) },
		"zero id in a group": func(tx *db.Tx) *gorm.DB { return tx.Where(tx.Where("done").Or("id = ?", uuid.Nil)).Find(&[]note{}) },
		"zero id, delete":    func(tx *db.Tx) *gorm.DB { return tx.Delete(&note{}, "id = ?", uuid.Nil) },
		"model without id":   func(tx *db.Tx) *gorm.DB { return tx.Model(&note{Title: "x"}).Where("version = 1").Update("done", true) },
		"delete without id":  func(tx *db.Tx) *gorm.DB { return tx.Where("version = 1").Delete(&note{Title: "x"}) },
	}
	for name, trap := range traps {
		ok(t, h.One(dbtest.As(tenant), func(tx *db.Tx) error {
			if err := trap(tx).Error; !errors.Is(err, db.ErrRefused) {
				t.Errorf("%s: got %v, want ErrRefused", name, err)
			}
			return tx.First(&note{}).Error
		}))
	}
	ok(t, h.One(dbtest.As(tenant), func(tx *db.Tx) error {
		wantIs(t, tx.Delete(&note{}).Error, gorm.ErrMissingWhereClause)
		wantIs(t, tx.Model(&note{}).Update("done", true).Error, gorm.ErrMissingWhereClause)
		return nil
	}))
	err := h.One(dbtest.As(tenant), func(tx *db.Tx) error { return tx.First(&note{}, "id = ?", uuid.Nil).Error })
	wantFault(t, err, fault.NotFound, "not_found")
	// The second storey of Save: a row of another tenant has the id, and GORM would insert over it.
	wantIs(t, h.Tenant(dbtest.As(d.NewTenant(t)), func(tx *db.Tx) error { return tx.Select("Title").Save(n).Error }), nil)
	if got := fmt.Sprint(titles(t, h, tenant)); got != "[kept]" {
		t.Errorf("left %s", got)
	}
}

func TestGuardLetsHonestStatementsPass(t *testing.T) {
	t.Parallel()
	d, h := open(t)
	n := newNote("a")
	ok(t, h.Tenant(dbtest.As(d.NewTenant(t)), func(tx *db.Tx) error {
		return errors.Join(
			tx.Create(n).Error,
			tx.Model(n).Updates(map[string]any{"title": "b", "done": false}).Error,
			tx.Model(n).Select("Title").Updates(note{Title: "c"}).Error,
			tx.Model(&note{}).Where("id = ? AND version = ?", n.ID, 1).Update("version", 2).Error,
			tx.Where("done").Or("version = 2").Order("test_notes.title desc nulls last, \"id\"").First(n).Error,
			tx.Where("version = 2").Where(tx.Where("done").Or("title = ?", "c")).Limit(1).Offset(0).First(n).Error,
			tx.Order(clause.OrderBy{Expression: clause.Expr{SQL: "lower(title)"}}).Find(&[]note{}).Error,
			tx.Clauses(clause.OnConflict{DoNothing: true}).Create(n).Error,
			tx.Delete(n).Error,
		)
	}))
}

// TestG3_TrashStaysInTheTrash: what is in the trash is not listed, not counted, not changed, and no upsert brings it back.
func TestG3_TrashStaysInTheTrash(t *testing.T) {
	t.Parallel()
	d, h := open(t)
	row := &trashed{ID: db.NewID(), Title: "old"}
	ok(t, h.Tenant(dbtest.As(d.NewTenant(t)), func(tx *db.Tx) error {
		ok(t, tx.Create(row).Error)
		ok(t, tx.Delete(&trashed{}, "id = ?", row.ID).Error)
		var count int64
		ok(t, tx.Model(&trashed{}).Count(&count).Error)
		wantIs(t, tx.First(&trashed{}, "id = ?", row.ID).Error, gorm.ErrRecordNotFound)
		page, err := db.List(tx.Where("title = ?", "new").Or("title = ?", "old"), db.PageQuery{}, db.Order[trashed]{
			Name: "id", Columns: []string{"id"}, Key: func(r trashed) []any { return []any{r.ID} },
		})
		ok(t, err)
		changed := tx.Model(&trashed{}).Where("id = ?", row.ID).Update("title", "new")
		ok(t, changed.Error)
		if count != 0 || len(page.Items) != 0 || changed.RowsAffected != 0 {
			t.Errorf("counted %d, listed %d, changed %d rows of the trash", count, len(page.Items), changed.RowsAffected)
		}
		row.DeletedAt = gorm.DeletedAt{}
		wantIs(t, tx.Save(row).Error, db.ErrRefused)
		wantIs(t, tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(row).Error, db.ErrRefused)
		return nil
	}))
}

// TestG6_ChainsStartAfresh: a chain on a door's handle carries nothing to the next one, nor to another goroutine.
func TestG6_ChainsStartAfresh(t *testing.T) {
	t.Parallel()
	d, h := open(t)
	ctx := dbtest.As(d.NewTenant(t))
	ok(t, h.Tenant(ctx, func(tx *db.Tx) error {
		for i := range 8 {
			ok(t, tx.Create(newNote(fmt.Sprint(i))).Error)
		}
		var some, all []note
		ok(t, tx.Where("title = ?", "3").Order("title").Limit(1).Find(&some).Error)
		ok(t, tx.Find(&all).Error)
		if len(some) != 1 || len(all) != 8 {
			t.Errorf("found %d and %d notes, want 1 and 8", len(some), len(all))
		}
		return nil
	}))
	var workers sync.WaitGroup
	for w := range 8 {
		workers.Go(func() {
			for range 50 {
				var got []string
				err := h.One(ctx, func(tx *db.Tx) error {
					return tx.Model(&note{}).Where("title = ?", fmt.Sprint(w)).Pluck("title", &got).Error
				})
				if err != nil || strings.Join(got, ",") != fmt.Sprint(w) {
					t.Errorf("asked for %d, got %q, %v", w, got, err)
				}
			}
		})
	}
	workers.Wait()
}
