package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"time"
)

// ExecContext implements driver.ExecerContext.
func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	r, err := c.run(ctx, query, args)
	if err != nil {
		return nil, err
	}
	if err := r.Close(); err != nil {
		return nil, err
	}
	return driver.RowsAffected(r.tag.RowsAffected()), nil
}

// QueryContext implements driver.QueryerContext.
func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	r, err := c.run(ctx, query, args)
	if err != nil {
		return nil, err
	}
	return r, nil
}

// PrepareContext implements driver.ConnPrepareContext. Every statement is prepared by itself; this only keeps the text.
func (c *conn) PrepareContext(_ context.Context, query string) (driver.Stmt, error) {
	return &prepared{conn: c, query: query}, nil
}

// Prepare implements driver.Conn.
func (c *conn) Prepare(query string) (driver.Stmt, error) {
	return c.PrepareContext(context.Background(), query)
}

// CheckNamedValue implements driver.NamedValueChecker: pgx encodes every value itself.
func (c *conn) CheckNamedValue(*driver.NamedValue) error { return nil }

// Ping implements driver.Pinger.
func (c *conn) Ping(ctx context.Context) error {
	if err := c.pg.Ping(ctx); err != nil {
		c.broken = true
		return driver.ErrBadConn
	}
	return nil
}

// Begin implements driver.Conn.
func (c *conn) Begin() (driver.Tx, error) { return nil, ErrDoor }

// IsValid implements driver.Validator: it decides whether the connection goes back to the pool.
func (c *conn) IsValid() bool {
	return !c.broken && !c.pg.IsClosed() && c.pg.TxStatus() == 'I'
}

const (
	// longIdle is when a connection is asked whether it still reaches the server: firewalls forget quietly.
	longIdle = 30 * time.Second
	// justUsed is when nothing can have become of a connection since its last use.
	justUsed = 10 * time.Millisecond
)

// ResetSession implements driver.SessionResetter. A connection on which the server has spoken unasked is probed first, so that
// a restart in the meantime costs a trip and not an error.
func (c *conn) ResetSession(ctx context.Context) error {
	if !c.IsValid() || c.tx != nil {
		return driver.ErrBadConn
	}
	c.over = false
	now := time.Now()
	idle := now.Sub(c.used)
	c.used = now
	if idle > longIdle || (idle > justUsed && hasInput(c.pg.Conn())) {
		return c.Ping(ctx)
	}
	return nil
}

// Close implements driver.Conn.
func (c *conn) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return c.px.Close(ctx)
}

// prepared is a statement for callers that insist on database/sql's Stmt.
type prepared struct {
	conn  *conn
	query string
}

// ExecContext implements driver.StmtExecContext.
func (p *prepared) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	return p.conn.ExecContext(ctx, p.query, args)
}

// QueryContext implements driver.StmtQueryContext.
func (p *prepared) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	return p.conn.QueryContext(ctx, p.query, args)
}

// NumInput implements driver.Stmt; the server counts.
func (p *prepared) NumInput() int { return -1 }

// Close implements driver.Stmt.
func (p *prepared) Close() error { return nil }

var errNoContext = errors.New("db: statements without a context have no tenant")

// Exec implements driver.Stmt.
func (p *prepared) Exec([]driver.Value) (driver.Result, error) { return nil, errNoContext }

// Query implements driver.Stmt.
func (p *prepared) Query([]driver.Value) (driver.Rows, error) { return nil, errNoContext }
