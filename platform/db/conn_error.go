package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
)

// isStale reports whether the server no longer knows a prepared statement (26000) or its plan has changed (0A000).
// A description that we kept for unnamed use can be out of date in more ways.
func (c *conn) isStale(err error) bool {
	pgErr, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return false
	}
	switch pgErr.Code {
	case "26000", "0A000":
		return true
	case "08P01", "42804", "42883":
		return c.unnamed
	}
	return false
}

// failure gives an error that came before any result the form that the doors know.
func (c *conn) failure(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("%w: %w", ctx.Err(), c.settle(err))
	case c.tx == nil && (errors.Is(err, driver.ErrBadConn) || pgconn.SafeToRetry(err)):
		c.broken = true
		return driver.ErrBadConn // database/sql takes another connection
	}
	return c.settle(err)
}

// settle makes a bare *pgconn.PgError of what the server said, and errLost of an error that took the connection with it.
func (c *conn) settle(err error) error {
	if pgErr, ok := errors.AsType[*pgconn.PgError](err); ok {
		// Somebody tried to enter a second tenant: whatever made that happen stays on this connection.
		c.broken = c.broken || pgErr.Code == codeEntered
		return pgErr
	}
	switch {
	case err == nil || errors.Is(err, errLost):
		return err
	case errors.Is(err, driver.ErrBadConn):
		// Only its text: database/sql closes what it sees ErrBadConn from, and would wait for the open transaction to end.
		return fmt.Errorf("%w: %s", errLost, err.Error())
	case c.pg.IsClosed():
		return fmt.Errorf("%w: %w", errLost, err)
	}
	return err
}
