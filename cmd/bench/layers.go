package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"

	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"saaskit/modules/notes"
	"saaskit/platform/access"
	"saaskit/platform/db"
	"saaskit/platform/plan"
)

// scope is how many rows there are to choose from.
type scope struct{ tenants, perTenant int }

func (s scope) pick(random *rand.Rand) (tenant, note int) {
	tenant = random.IntN(s.tenants)
	return tenant, tenant*s.perTenant + random.IntN(s.perTenant)
}

var errRows = errors.New("the rows are not the tenant's")

func list(tx *gorm.DB) error {
	var found []notes.Note
	if err := tx.Where("deleted_at IS NULL").Order("id DESC").Limit(20).Find(&found).Error; err != nil {
		return err
	}
	if len(found) != 20 {
		return errRows
	}
	return nil
}

func get(tx *gorm.DB, n int) error {
	var note notes.Note
	if err := tx.Where("id = ?", noteAt(n)).Take(&note).Error; err != nil {
		return err
	}
	if note.ID != noteAt(n) {
		return errRows
	}
	return nil
}

func insert(tx *gorm.DB) error {
	return tx.Create(&notes.Note{ID: db.NewID(), Title: "A new note", Body: "A line of a note.", Version: 1}).Error
}

func as(ctx context.Context, tenant int) context.Context {
	return access.With(ctx, access.Actor{Kind: access.Job, Tenant: tenantAt(tenant)})
}

// through are the three operations through a door.
func (s scope) through(door func(context.Context, func(*db.Tx) error) error) map[string]work {
	return map[string]work{
		"list 20": func(ctx context.Context, random *rand.Rand) error {
			t, _ := s.pick(random)
			return door(as(ctx, t), func(tx *db.Tx) error { return list(tx.DB) })
		},
		"get": func(ctx context.Context, random *rand.Rand) error {
			t, n := s.pick(random)
			return door(as(ctx, t), func(tx *db.Tx) error { return get(tx.DB, n) })
		},
		"insert": func(ctx context.Context, random *rand.Rand) error {
			t, _ := s.pick(random)
			return door(as(ctx, t), func(tx *db.Tx) error { return insert(tx.DB) })
		},
	}
}

// reserving is the use case of creating a note: what the plan allows is counted in the same transaction.
func (s scope) reserving(d *db.DB, plans *plan.Service) work {
	return func(ctx context.Context, random *rand.Rand) error {
		t, _ := s.pick(random)
		ctx = as(ctx, t)
		return d.Tenant(ctx, func(tx *db.Tx) error {
			if err := plans.Reserve(ctx, tx, notes.MaxNotes, 1); err != nil {
				return err
			}
			return insert(tx.DB)
		})
	}
}

// usual is what most kits do: GORM's Transaction, set_config, then the query.
func (s scope) usual(address string, conns int) (map[string]work, func(), error) {
	handle, err := gorm.Open(postgres.Open(address), &gorm.Config{Logger: logger.Discard, QueryFields: true})
	if err != nil {
		return nil, nil, fmt.Errorf("open plain GORM: %w", err)
	}
	pool, err := handle.DB()
	if err != nil {
		return nil, nil, err
	}
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	in := func(ctx context.Context, tenant int, fn func(*gorm.DB) error) error {
		return handle.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
			if err := tx.Exec("SELECT set_config('app.tenant_id', ?, true)", tenantAt(tenant).String()).Error; err != nil {
				return err
			}
			return fn(tx)
		})
	}
	return map[string]work{
		"list 20": func(ctx context.Context, random *rand.Rand) error {
			t, _ := s.pick(random)
			return in(ctx, t, list)
		},
		"get": func(ctx context.Context, random *rand.Rand) error {
			t, n := s.pick(random)
			return in(ctx, t, func(tx *gorm.DB) error { return get(tx, n) })
		},
		"insert": func(ctx context.Context, random *rand.Rand) error {
			t, _ := s.pick(random)
			return in(ctx, t, insert)
		},
	}, func() { pool.Close() }, nil
}
