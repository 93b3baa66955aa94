package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/access"
)

// endTimeout bounds COMMIT and ROLLBACK. They have a deadline of their own: a request that ran out of time in the middle of
// COMMIT would leave nobody knowing whether it holds.
const endTimeout = 10 * time.Second

// transaction is a database/sql transaction that tells the server nothing before its first statement.
type transaction struct {
	conn   *conn
	tenant uuid.UUID
	begun  bool
	fresh  bool  // begun, and nothing has succeeded yet
	failed error // a statement failed before the server could know

	savepoints int // made by River
}

// BeginTx implements driver.ConnBeginTx. It sends nothing.
func (c *conn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	if opts != (driver.TxOptions{}) {
		return nil, errors.New("db: transactions have no options")
	}
	if c.tx != nil {
		return nil, errors.New("db: the connection is inside a transaction")
	}
	tenant := access.From(ctx).Tenant
	if c.tenanted && tenant == uuid.Nil {
		return nil, ErrNoTenant
	}
	c.tx = &transaction{conn: c, tenant: tenant}
	return c.tx, nil
}

// Begin implements driver.Conn.
func (c *conn) Begin() (driver.Tx, error) {
	return c.BeginTx(context.Background(), driver.TxOptions{})
}

// Commit implements driver.Tx. A transaction in which a statement failed cannot be committed: that is an error,
// not the silent rollback that the server makes of it.
func (t *transaction) Commit() error {
	c := t.conn
	c.tx = nil
	if t.failed != nil {
		return t.usable() // nothing was begun, so there is nothing to roll back
	}
	if !t.begun {
		return nil
	}
	if c.pg.IsClosed() {
		return fmt.Errorf("%w before commit", errLost)
	}
	if err := t.usable(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), endTimeout)
	defer cancel()
	all := c.pg.Exec(ctx, "commit")
	tag := ""
	if all.NextResult() {
		done, _ := all.ResultReader().Close()
		tag = done.String()
	}
	if err := all.Close(); err != nil {
		c.broken = c.broken || c.pg.TxStatus() != 'I'
		return c.settle(err)
	}
	if tag != "COMMIT" {
		return ErrTxFailed
	}
	return nil
}

// Rollback implements driver.Tx.
func (t *transaction) Rollback() error {
	c := t.conn
	c.tx = nil
	if !t.begun || c.pg.IsClosed() || c.pg.TxStatus() == 'I' {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), endTimeout)
	defer cancel()
	if err := c.pg.Exec(ctx, "rollback").Close(); err != nil {
		c.broken = true
		return c.settle(err)
	}
	return nil
}

// usable reports why no further statement can run in the transaction.
func (t *transaction) usable() error {
	if t.failed != nil {
		return fmt.Errorf("%w: %w", ErrTxFailed, t.failed)
	}
	if t.begun && t.conn.pg.TxStatus() == 'I' {
		// Going on would run the statement outside the transaction and without its tenant.
		return fmt.Errorf("%w: the server has no transaction", ErrTxFailed)
	}
	return nil
}

// force sends BEGIN and the tenant if they are still pending, for work that does not pass through the driver.
func (t *transaction) force(ctx context.Context) error {
	c := t.conn
	switch {
	case c.tx != t:
		return errors.New("db: the transaction is over")
	case t.usable() != nil:
		return t.usable()
	case !t.begun:
		r, err := c.run(ctx, "select 1", nil)
		if err != nil {
			return err
		}
		if err := r.finish(); err != nil {
			return err
		}
	}
	if status := c.pg.TxStatus(); status != 'T' {
		return fmt.Errorf("%w: status %q", ErrTxFailed, status)
	}
	return nil
}
