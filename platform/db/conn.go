package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"saaskit/platform/access"
)

// conn is one server connection. It sends the tenant in the same flush as the statement, for that transaction only,
// so there is nothing that could stay behind for the next user of the connection.
type conn struct {
	px       *pgx.Conn
	pg       *pgconn.PgConn
	types    *pgtype.Map
	tenanted bool
	unnamed  bool

	cache        *statements
	begin, enter *statement
	prepared     int // names given so far
	build        pgx.ExtendedQueryBuilder
	values       []any

	tx      *transaction
	over    bool  // the transaction has ended, and the connection is not yet back in the pool
	reading *rows // not yet at their end
	broken  bool  // never goes back to the pool
	used    time.Time
}

// tenant returns the tenant that the statement runs in.
func (c *conn) tenant(ctx context.Context) (uuid.UUID, error) {
	if !c.tenanted {
		return uuid.Nil, nil
	}
	tenant := access.From(ctx).Tenant
	if c.tx != nil {
		if tenant != uuid.Nil && tenant != c.tx.tenant {
			return uuid.Nil, ErrTenantMismatch
		}
		return c.tx.tenant, nil
	}
	if tenant == uuid.Nil {
		if refused, ok := ctx.Value(refusedKey{}).(error); ok {
			return uuid.Nil, refused
		}
		return uuid.Nil, ErrNoTenant
	}
	return tenant, nil
}

// run sends the statement and reads up to its own result. A statement that the server has lost, or whose plan a migration
// made stale, is sent once more if nothing was done before it.
func (c *conn) run(ctx context.Context, text string, args []driver.NamedValue) (*rows, error) {
	tenant, err := c.tenant(ctx)
	if err != nil {
		return nil, err
	}
	if c.pg.IsClosed() || c.broken {
		return nil, c.failure(ctx, driver.ErrBadConn)
	}
	if c.over {
		return nil, sql.ErrTxDone // a goroutine outlives its door
	}
	if c.tx != nil {
		if err := c.tx.usable(); err != nil {
			return nil, err
		}
	}
	r, err := c.try(ctx, tenant, text, args)
	if c.isStale(err) && c.rewind(ctx) {
		r, err = c.try(ctx, tenant, text, args)
	}
	if err != nil {
		return nil, c.failure(ctx, err)
	}
	return r, nil
}

func (c *conn) try(ctx context.Context, tenant uuid.UUID, text string, args []driver.NamedValue) (*rows, error) {
	st, err := c.statement(ctx, text)
	if err != nil {
		if c.tx != nil && !c.tx.begun && !errors.Is(err, ErrStatement) {
			c.tx.failed = err // the server would have aborted the transaction, but has not seen it yet
		}
		return nil, err
	}
	values, formats, err := c.encode(st, args)
	if err != nil {
		return nil, err
	}
	var batch pgconn.Batch
	lead := c.lead(&batch, tenant)
	c.add(&batch, st, values, formats)
	all := c.pg.ExecBatch(ctx, &batch)
	if err := c.skip(all, lead); err != nil {
		return nil, err
	}
	if !all.NextResult() {
		return nil, c.close(all)
	}
	r := &rows{conn: c, st: st, all: all, result: all.ResultReader()}
	if c.unnamed {
		r.st = c.described(st, r.result.FieldDescriptions())
	}
	c.reading = r
	if r.loaded = r.result.NextRow(); !r.loaded {
		if err := r.finish(); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// encode returns the arguments as they are sent, and their formats. What is returned is good until the next call.
func (c *conn) encode(st *statement, args []driver.NamedValue) (values [][]byte, formats []int16, err error) {
	if len(args) == 1 && len(st.sd.ParamOIDs) == 1 && st.sd.ParamOIDs[0] == pgtype.UUIDOID {
		if id, ok := args[0].Value.(uuid.UUID); ok { // most reads are of one id, and need no plan to encode it
			return [][]byte{id[:]}, uuidFormat, nil
		}
	}
	c.values = c.values[:0]
	for i := range args {
		c.values = append(c.values, native(args[i].Value))
	}
	err = c.build.Build(c.types, st.sd, c.values)
	clear(c.values)
	return c.build.ParamValues, c.build.ParamFormats, err
}

// native returns the value as pgx encodes it directly: a uuid.UUID it would first take for a driver.Valuer, and read back from its text.
func native(value any) any {
	if id, ok := value.(uuid.UUID); ok {
		return pgtype.UUID{Bytes: id, Valid: true}
	}
	return value
}

// lead puts what has to come before the statement into the flush and returns how many results that makes.
func (c *conn) lead(batch *pgconn.Batch, tenant uuid.UUID) (n int) {
	enter := c.tenanted
	if c.tx != nil {
		if c.tx.begun {
			return 0
		}
		// Marked before it is sent: when the flush fails half way, the server may have begun.
		c.tx.begun, c.tx.fresh = true, true
		c.add(batch, c.begin, nil, nil)
		n++
	}
	if enter {
		c.add(batch, c.enter, [][]byte{tenant[:]}, uuidFormat)
		n++
	}
	return n
}

var uuidFormat = []int16{binaryFormat}

func (c *conn) add(batch *pgconn.Batch, st *statement, values [][]byte, formats []int16) {
	if c.unnamed {
		batch.ExecParams(st.sd.SQL, values, st.sd.ParamOIDs, formats, st.formats)
		return
	}
	batch.ExecStatement(st.sd, values, formats, st.formats)
}

// skip reads the results that lead up to the statement. When one of them fails, nothing was done for the caller, and the
// connection is in a state that we did not expect: it is not used again.
func (c *conn) skip(all *pgconn.MultiResultReader, lead int) error {
	for range lead {
		ok := all.NextResult()
		if ok {
			_, err := all.ResultReader().Close()
			ok = err == nil
		}
		if ok {
			continue
		}
		err := c.close(all)
		if c.isStale(err) || pgconn.SafeToRetry(err) {
			return err
		}
		c.broken = true
		if pgErr, is := errors.AsType[*pgconn.PgError](err); is && strings.HasPrefix(pgErr.Code, "57P") && c.tx == nil {
			return driver.ErrBadConn // the server shut down before it came to the statement
		}
		return err
	}
	return nil
}

// close reads the flush to its end and returns its error, which is never nil.
func (c *conn) close(all *pgconn.MultiResultReader) error {
	if err := all.Close(); err != nil {
		return err
	}
	c.broken = true
	return errors.New("db: the server answered a flush with fewer results than statements")
}

// finish reads the result and the flush to their end.
func (c *conn) finish(all *pgconn.MultiResultReader, result *pgconn.ResultReader) (pgconn.CommandTag, error) {
	tag, err := result.Close()
	if closeErr := all.Close(); err == nil {
		err = closeErr
	}
	if err == nil && c.tx != nil {
		c.tx.fresh = false
	}
	return tag, c.settle(err)
}

// rewind makes the statement that has just failed the first one again, and reports whether that was possible.
func (c *conn) rewind(ctx context.Context) bool {
	if tx := c.tx; tx != nil {
		if tx.begun && !tx.fresh {
			c.cache = newStatements() // the next transaction shall not meet it again
			return false
		}
		if tx.begun && c.pg.Exec(ctx, "rollback").Close() != nil {
			return false
		}
		tx.begun, tx.fresh, tx.failed = false, false, nil
	}
	return c.forget(ctx) == nil
}
