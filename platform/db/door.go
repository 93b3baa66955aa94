package db

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"saaskit/platform/access"
)

// Tx is what is open in the actor's tenant. It is bound to its context, and usable only inside the function it was given to.
type Tx struct {
	*gorm.DB
	work   *work
	tenant uuid.UUID
}

// SystemTx is a transaction across all tenants. No function that takes a *Tx accepts it.
type SystemTx struct {
	*gorm.DB
	work *work
}

// AfterCommit has fn run when the door has committed, in order, before the door returns. It does not run after a rollback.
// What was committed stays committed when fn panics; the panic is logged.
func (tx *Tx) AfterCommit(fn func()) { tx.work.hooks = append(tx.work.hooks, fn) }

// AfterCommit has fn run when the door has committed, as for Tx.
func (tx *SystemTx) AfterCommit(fn func()) { tx.work.hooks = append(tx.work.hooks, fn) }

// One runs exactly one statement in the actor's tenant, in one trip to the server. A second statement is ErrSecond.
// Without a tenant it is ErrNoTenant. Errors of the database come back as faults.
func (d *DB) One(ctx context.Context, fn func(tx *Tx) error) error {
	tenant := access.From(ctx).Tenant
	if tenant == uuid.Nil {
		return ErrNoTenant
	}
	if err := d.app.gate.enter(ctx, tenant); err != nil {
		return translate(ctx, d.log, err)
	}
	w := &work{pool: d.app, tenant: tenant}
	defer func() { _ = w.release() }()
	err := fn(&Tx{DB: d.session(ctx, w), work: w, tenant: tenant})
	if err == nil {
		err = w.refused
	}
	if releaseErr := w.release(); err == nil {
		err = releaseErr
	}
	if err != nil {
		return translate(ctx, d.log, err)
	}
	d.after(ctx, w)
	return nil
}

// Tenant runs fn in a transaction in the actor's tenant, and commits when fn returns nil. BEGIN travels with the first
// statement. Without a tenant it is ErrNoTenant. Errors of the database come back as faults.
func (d *DB) Tenant(ctx context.Context, fn func(tx *Tx) error) error {
	tenant := access.From(ctx).Tenant
	if tenant == uuid.Nil {
		return ErrNoTenant
	}
	return d.transact(ctx, d.app, tenant, func(w *work) error {
		return fn(&Tx{DB: d.session(ctx, w), work: w, tenant: tenant})
	})
}

// System runs fn in a transaction of the system role, which sees every tenant. The reason goes to the log.
// It is for what belongs to no tenant, or to all of them; a work for one tenant uses Tenant.
func (d *DB) System(ctx context.Context, reason string, fn func(tx *SystemTx) error) error {
	if reason == "" {
		return errors.New("db: System needs a reason")
	}
	d.log.DebugContext(ctx, "cross-tenant access", "reason", reason) // the logger adds who and in which request
	return d.transact(ctx, d.system, uuid.Nil, func(w *work) error {
		return fn(&SystemTx{DB: d.session(ctx, w), work: w})
	})
}

// transact holds one connection for the transaction and gives it back whatever fn does.
func (d *DB) transact(ctx context.Context, pool *pool, tenant uuid.UUID, fn func(*work) error) error {
	w, err := begin(ctx, pool, tenant)
	if err != nil {
		return translate(ctx, d.log, err)
	}
	defer func() { _ = w.release() }() // rolls back when fn panicked or left the goroutine
	if err := fn(w); err != nil {
		return translate(ctx, d.log, err)
	}
	if err := ctx.Err(); err != nil {
		return translate(ctx, d.log, fmt.Errorf("before commit: %w", err))
	}
	if err := w.commit(); err != nil {
		return translate(ctx, d.log, fmt.Errorf("commit: %w", err))
	}
	if err := w.release(); err != nil {
		d.log.ErrorContext(ctx, "give the connection back", "error", err)
	}
	d.after(ctx, w)
	return nil
}

// after runs the hooks. The connection is back in its pool by then, so a hook may use a door.
func (d *DB) after(ctx context.Context, w *work) {
	for _, hook := range w.hooks {
		func() {
			defer func() {
				if p := recover(); p != nil {
					d.log.ErrorContext(ctx, "panic after commit", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
				}
			}()
			hook()
		}()
	}
}
