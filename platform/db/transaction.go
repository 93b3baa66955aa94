package db

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"
)

// endTimeout bounds COMMIT and ROLLBACK. They have a deadline of their own: a request that ran out of time in the middle of
// COMMIT would leave nobody knowing whether it holds.
const endTimeout = 10 * time.Second

// transaction tells the server nothing before its first statement.
type transaction struct {
	conn   *conn
	tenant uuid.UUID
	begun  bool
	fresh  bool  // begun, and nothing has succeeded yet
	failed error // a statement failed before the server could know

	savepoints int // made by River
}

// open starts a transaction. It sends nothing.
func (c *conn) open(tenant uuid.UUID) (*transaction, error) {
	if c.tx != nil {
		return nil, errors.New("db: the connection is inside a transaction")
	}
	if c.tenanted && tenant == uuid.Nil {
		return nil, ErrNoTenant
	}
	c.tx = &transaction{conn: c, tenant: tenant}
	return c.tx, nil
}

// commit ends the transaction. One in which a statement failed cannot be committed: that is an error,
// not the silent rollback that the server makes of it.
func (t *transaction) commit() error {
	c := t.conn
	c.leave()
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
	tag, err := c.end(true)
	if err != nil {
		c.broken = c.broken || c.pg.TxStatus() != 'I'
		return c.settle(err)
	}
	if tag != "COMMIT" {
		return ErrTxFailed
	}
	return nil
}

// rollback undoes the transaction unless it is over.
func (t *transaction) rollback() error {
	c := t.conn
	c.leave()
	if !t.begun || c.pg.IsClosed() || c.pg.TxStatus() == 'I' {
		return nil
	}
	if _, err := c.end(false); err != nil {
		c.broken = true
		return c.settle(err)
	}
	return nil
}

// leave has nothing more belong to the transaction. Rows that somebody still reads are over.
func (c *conn) leave() {
	c.tx, c.over = nil, true
	if c.reading != nil {
		_ = c.reading.finish()
	}
}

// end sends COMMIT or ROLLBACK, and returns which of them the server says that it was. A deadline of the connection costs less
// than a context of its own.
func (c *conn) end(keep bool) (tag string, err error) {
	if err := c.pg.Conn().SetDeadline(time.Now().Add(endTimeout)); err != nil {
		return "", err
	}
	ctx := context.Background()
	var all *pgconn.MultiResultReader
	if keep {
		all = c.pg.Exec(ctx, "commit")
	} else {
		all = c.pg.Exec(ctx, "rollback")
	}
	if all.NextResult() {
		done, _ := all.ResultReader().Close()
		tag = done.String()
	}
	err = all.Close()
	if endless := c.pg.Conn().SetDeadline(time.Time{}); err == nil {
		err = endless
	}
	return tag, err
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
