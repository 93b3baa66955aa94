package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"sync"

	"github.com/google/uuid"
)

// work is what one call of a door holds. It is the pool that GORM sees: a transaction on one connection,
// or for One the whole pool for a single statement.
type work struct {
	hooks []func()
	done  bool

	pool   *pool
	tenant uuid.UUID
	held   *sql.Conn    // of a transaction; nil for One
	tx     *transaction // on held

	used    bool // One has had its statement
	refused error

	mu     sync.Mutex
	rows   *sql.Rows          // the last, which may still be open
	cancel context.CancelFunc // of the last sql.Row: it holds its connection until somebody scans it
}

// begin takes a connection for a transaction. database/sql hears nothing of that: for each of its own transactions it starts a goroutine,
// which rolls back under the feet of work that does not pass through it.
func begin(ctx context.Context, pool *pool, tenant uuid.UUID) (*work, error) {
	if err := pool.gate.enter(ctx, tenant); err != nil {
		return nil, err
	}
	held, err := pool.Conn(ctx)
	if err != nil {
		pool.gate.leave(tenant)
		return nil, err
	}
	w := &work{pool: pool, tenant: tenant, held: held}
	err = on(held, func(c *conn) (err error) {
		w.tx, err = c.open(tenant)
		return err
	})
	if err != nil {
		pool.gate.leave(tenant)
		return nil, errors.Join(err, held.Close())
	}
	return w, nil
}

// on runs fn with our side of the connection, which nobody else uses meanwhile. When fn panics or returns driver.ErrBadConn,
// the connection is not used again.
func on(held *sql.Conn, fn func(*conn) error) error {
	err := held.Raw(func(c any) error { return fn(c.(*conn)) })
	if errors.Is(err, sql.ErrConnDone) {
		return sql.ErrTxDone
	}
	return err
}

// commit ends the transaction for good.
func (w *work) commit() error {
	return on(w.held, func(*conn) error { return w.tx.commit() })
}

// release ends what is still open. The second call does nothing.
func (w *work) release() (err error) {
	if w.done {
		return nil
	}
	w.done = true
	defer w.pool.gate.leave(w.tenant)
	if w.held != nil {
		if err = on(w.held, func(*conn) error { return w.tx.rollback() }); errors.Is(err, sql.ErrTxDone) {
			err = nil
		}
	}
	err = errors.Join(err, w.drop())
	if w.held != nil {
		if closeErr := w.held.Close(); !errors.Is(closeErr, sql.ErrConnDone) {
			err = errors.Join(err, closeErr)
		}
	}
	return err
}

// keep remembers what drop has to end.
func (w *work) keep(rows *sql.Rows, cancel context.CancelFunc) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if rows != nil {
		w.rows = rows
	}
	if cancel != nil {
		if w.cancel != nil {
			w.cancel()
		}
		w.cancel = cancel
	}
}

// drop ends the results that nobody has read to their end.
func (w *work) drop() (err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.rows != nil {
		err = w.rows.Close()
	}
	if w.cancel != nil {
		w.cancel()
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
func (w *work) ExecContext(ctx context.Context, query string, args ...any) (result sql.Result, err error) {
	if w.held == nil {
		if err := w.take(); err != nil {
			return nil, err
		}
		return w.pool.ExecContext(ctx, query, args...)
	}
	err = on(w.held, func(c *conn) error {
		result, err = c.ExecContext(ctx, query, named(args))
		return err
	})
	return result, err
}

// named are the arguments as the driver takes them.
func named(args []any) []driver.NamedValue {
	values := make([]driver.NamedValue, len(args))
	for i, arg := range args {
		values[i] = driver.NamedValue{Ordinal: i + 1, Value: arg}
	}
	return values
}

// QueryContext implements gorm.ConnPool.
func (w *work) QueryContext(ctx context.Context, query string, args ...any) (rows *sql.Rows, err error) {
	if w.held != nil {
		rows, err = w.held.QueryContext(ctx, query, args...)
	} else if err = w.take(); err == nil {
		rows, err = w.pool.QueryContext(ctx, query, args...)
	}
	w.keep(rows, nil)
	return rows, err
}

// QueryRowContext implements gorm.ConnPool.
func (w *work) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if w.held == nil {
		if err := w.take(); err != nil {
			return w.pool.QueryRowContext(context.WithValue(context.Background(), refusedKey{}, err), query, args...)
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	w.keep(nil, cancel)
	if w.held == nil {
		return w.pool.QueryRowContext(ctx, query, args...)
	}
	return w.held.QueryRowContext(ctx, query, args...)
}

// refusedKey carries an error to the driver, because only database/sql can make an sql.Row.
type refusedKey struct{}

// PrepareContext implements gorm.ConnPool.
func (w *work) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	if w.held == nil {
		return nil, ErrSecond // to prepare and to execute are two
	}
	return w.held.PrepareContext(ctx, query)
}

// Commit makes GORM's nested Transaction use savepoints; the transaction itself is ended by its door.
func (w *work) Commit() error { return ErrDoor }

// Rollback is refused as Commit is.
func (w *work) Rollback() error { return ErrDoor }
