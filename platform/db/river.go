package db

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// RiverTx is the form in which River takes a transaction.
type RiverTx = pgx.Tx

// Enqueuer is an open transaction into which jobs can be put: a *Tx or a *SystemTx.
type Enqueuer interface {
	// RiverTx returns the transaction for River. It is usable inside the door's function only.
	RiverTx(ctx context.Context) (RiverTx, error)
	// JobTenant is the tenant of the jobs; zero in a SystemTx.
	JobTenant() uuid.UUID
}

// RiverTx implements Enqueuer. Inside One it is ErrSecond.
func (tx *Tx) RiverTx(ctx context.Context) (RiverTx, error) { return tx.work.riverTx(ctx) }

// JobTenant implements Enqueuer.
func (tx *Tx) JobTenant() uuid.UUID { return tx.tenant }

// RiverTx implements Enqueuer.
func (tx *SystemTx) RiverTx(ctx context.Context) (RiverTx, error) { return tx.work.riverTx(ctx) }

// JobTenant implements Enqueuer.
func (tx *SystemTx) JobTenant() uuid.UUID { return uuid.Nil }

// RiverPool returns a pool of the system role for River's workers, past any pooler. Close closes it.
func (d *DB) RiverPool(ctx context.Context) (*pgxpool.Pool, error) {
	d.river.Lock()
	defer d.river.Unlock()
	if d.riverPool != nil {
		return d.riverPool, nil
	}
	config, err := pgxpool.ParseConfig("")
	if err != nil {
		return nil, fmt.Errorf("configure River's pool: %w", err)
	}
	config.ConnConfig = d.direct.Copy()
	config.MaxConns = int32(d.directMax) //nolint:gosec // a number of connections
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open River's pool: %w", err)
	}
	d.riverPool = pool
	return pool, nil
}

// riverTx hands out the connection of the transaction, after BEGIN and the tenant have reached the server: otherwise a job put
// in as the first statement would be committed on its own.
func (w *work) riverTx(ctx context.Context) (RiverTx, error) {
	if w.held == nil {
		return nil, ErrSecond
	}
	if err := on(w.held, func(*conn) error { return w.tx.force(ctx) }); err != nil {
		return nil, err
	}
	return &riverTx{conn: w.tx.conn, tx: w.tx}, nil
}

// riverTx is a pgx.Tx over a transaction that a door owns: it can neither commit it nor roll it back.
type riverTx struct {
	conn      *conn
	tx        *transaction
	savepoint int // 0 for the transaction itself
	closed    bool
}

func (t *riverTx) open() error {
	if t.closed || t.conn.tx != t.tx {
		return pgx.ErrTxClosed
	}
	return t.tx.usable()
}

// Begin makes a savepoint.
func (t *riverTx) Begin(ctx context.Context) (pgx.Tx, error) {
	t.tx.savepoints++
	nested := &riverTx{conn: t.conn, tx: t.tx, savepoint: t.tx.savepoints}
	if _, err := t.Exec(ctx, nested.sql("SAVEPOINT")); err != nil {
		return nil, err
	}
	return nested, nil
}

// Commit releases the savepoint; for the transaction itself it does nothing, because the door commits.
func (t *riverTx) Commit(ctx context.Context) error { return t.end(ctx, "RELEASE SAVEPOINT") }

// Rollback goes back to the savepoint; for the transaction itself it does nothing, because the door rolls back.
func (t *riverTx) Rollback(ctx context.Context) error { return t.end(ctx, "ROLLBACK TO SAVEPOINT") }

func (t *riverTx) end(ctx context.Context, verb string) error {
	if t.savepoint == 0 {
		return nil
	}
	if t.closed {
		return pgx.ErrTxClosed
	}
	_, err := t.Exec(ctx, t.sql(verb))
	t.closed = true
	return err
}

func (t *riverTx) sql(verb string) string { return fmt.Sprintf("%s river_%d", verb, t.savepoint) }

// Exec implements pgx.Tx.
func (t *riverTx) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	if err := t.open(); err != nil {
		return pgconn.CommandTag{}, err
	}
	return t.conn.px.Exec(ctx, sql, args...)
}

// Query implements pgx.Tx.
func (t *riverTx) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if err := t.open(); err != nil {
		return failedRows{err: err}, err
	}
	return t.conn.px.Query(ctx, sql, args...)
}

// QueryRow implements pgx.Tx.
func (t *riverTx) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	if err := t.open(); err != nil {
		return failedRows{err: err}
	}
	return t.conn.px.QueryRow(ctx, sql, args...)
}

// SendBatch implements pgx.Tx.
func (t *riverTx) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	if err := t.open(); err != nil {
		return failedBatch{err}
	}
	return t.conn.px.SendBatch(ctx, b)
}

// CopyFrom implements pgx.Tx.
func (t *riverTx) CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, src pgx.CopyFromSource) (int64, error) {
	if err := t.open(); err != nil {
		return 0, err
	}
	return t.conn.px.CopyFrom(ctx, table, columns, src)
}

// Prepare implements pgx.Tx; nothing here needs it.
func (t *riverTx) Prepare(context.Context, string, string) (*pgconn.StatementDescription, error) {
	return nil, errors.New("db: statements are prepared by themselves")
}

// LargeObjects implements pgx.Tx. Large objects know no tenant.
func (t *riverTx) LargeObjects() pgx.LargeObjects { return pgx.LargeObjects{} }

// Conn implements pgx.Tx.
func (t *riverTx) Conn() *pgx.Conn { return t.conn.px }
