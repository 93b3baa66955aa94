package db

import (
	"context"
	"database/sql"
	"errors"

	"github.com/google/uuid"
)

// work is what one call of a door holds. It is the pool that GORM sees: a transaction on one connection,
// or for One the whole pool for a single statement.
type work struct {
	hooks []func()
	done  bool

	conn *sql.Conn
	tx   *sql.Tx

	pool    *pool
	tenant  uuid.UUID
	used    bool
	refused error
	rows    *sql.Rows
	cancel  context.CancelFunc
}

func begin(ctx context.Context, pool *pool, tenant uuid.UUID) (*work, error) {
	if err := pool.gate.enter(ctx, tenant); err != nil {
		return nil, err
	}
	w := &work{pool: pool, tenant: tenant}
	conn, err := pool.Conn(ctx)
	if err != nil {
		pool.gate.leave(tenant)
		return nil, err
	}
	// Without cancel: database/sql would roll back from another goroutine, under the feet of work that does not pass through it.
	// A statement is still cancelled by its own context, and the door ends the transaction in any case.
	tx, err := conn.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		err = errors.Join(err, conn.Close())
		pool.gate.leave(tenant)
		return nil, err
	}
	w.conn, w.tx = conn, tx
	return w, nil
}

// driverConn is our side of a connection that the caller holds, and uses from no other goroutine. It is not used inside of Raw,
// which would wait for the transaction's end if the connection turned out to be lost.
func driverConn(held *sql.Conn) (c *conn, err error) {
	err = held.Raw(func(raw any) error {
		c = raw.(*conn)
		return nil
	})
	return c, err
}

// release ends what is still open. The second call does nothing.
func (w *work) release() (err error) {
	if w.done {
		return nil
	}
	w.done = true
	defer w.pool.gate.leave(w.tenant)
	if w.rows != nil {
		err = w.rows.Close()
	}
	if w.cancel != nil {
		w.cancel()
	}
	if w.tx != nil {
		if err = w.tx.Rollback(); errors.Is(err, sql.ErrTxDone) {
			err = nil
		}
		if closeErr := w.conn.Close(); !errors.Is(closeErr, sql.ErrConnDone) {
			err = errors.Join(err, closeErr)
		}
	}
	return err
}

// take claims the one statement of One.
func (w *work) take() error {
	if w.done {
		return sql.ErrTxDone
	}
	if w.used {
		w.refused = ErrSecond
		return ErrSecond
	}
	w.used = true
	return nil
}

// ExecContext implements gorm.ConnPool.
func (w *work) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if w.tx != nil {
		return w.tx.ExecContext(ctx, query, args...)
	}
	if err := w.take(); err != nil {
		return nil, err
	}
	return w.pool.ExecContext(ctx, query, args...)
}

// QueryContext implements gorm.ConnPool.
func (w *work) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if w.tx != nil {
		return w.tx.QueryContext(ctx, query, args...)
	}
	if err := w.take(); err != nil {
		return nil, err
	}
	rows, err := w.pool.QueryContext(ctx, query, args...)
	w.rows = rows
	return rows, err
}

// QueryRowContext implements gorm.ConnPool. An sql.Row that nobody scans holds its connection, hence the cancel.
func (w *work) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if w.tx != nil {
		return w.tx.QueryRowContext(ctx, query, args...)
	}
	if err := w.take(); err != nil {
		return w.pool.QueryRowContext(context.WithValue(context.Background(), refusedKey{}, err), query, args...)
	}
	ctx, w.cancel = context.WithCancel(ctx)
	return w.pool.QueryRowContext(ctx, query, args...)
}

// refusedKey carries an error to the driver, because only database/sql can make an sql.Row.
type refusedKey struct{}

// PrepareContext implements gorm.ConnPool.
func (w *work) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	if w.tx == nil {
		return nil, ErrSecond // to prepare and to execute are two
	}
	return w.tx.PrepareContext(ctx, query)
}

// Commit makes GORM's nested Transaction use savepoints; the transaction itself is ended by its door.
func (w *work) Commit() error { return ErrDoor }

// Rollback is refused as Commit is.
func (w *work) Rollback() error { return ErrDoor }
