package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/callbacks"
)

// query is GORM's callback for reading, but it takes the rows from the driver: database/sql locks, boxes and copies for every
// value, which is a fifth of the processor time that a list costs us.
func query(tx *gorm.DB) {
	if tx.Error != nil {
		return
	}
	callbacks.BuildQuerySQL(tx)
	if tx.DryRun || tx.Error != nil {
		return
	}
	s := tx.Statement
	w, ok := s.ConnPool.(*work)
	if !ok {
		_ = tx.AddError(ErrDoor)
		return
	}
	err := w.read(s.Context, s.SQL.String(), s.Vars, func(found gorm.Rows) { gorm.Scan(found, tx, 0) })
	if err != nil {
		_ = tx.AddError(err)
	}
	if s.Result != nil {
		s.Result.RowsAffected = tx.RowsAffected
	}
}

// read runs the statement and gives its rows to scan, which must not use the connection otherwise.
func (w *work) read(ctx context.Context, text string, args []any, scan func(gorm.Rows)) error {
	here := func(c *conn) error { return c.read(ctx, text, args, scan) }
	if w.held != nil {
		return on(w.held, here)
	}
	if err := w.take(); err != nil {
		return err
	}
	held, err := w.pool.Conn(ctx)
	if err != nil {
		return err
	}
	err = on(held, here)
	_ = held.Close() // whatever is wrong with the connection, the pool drops it
	if !errors.Is(err, driver.ErrBadConn) {
		return err
	}
	// The connection was dead before the statement reached the server. database/sql knows how to find one that lives.
	found, err := w.pool.QueryContext(ctx, text, args...) //nolint:rowserrcheck // gorm.Scan does
	if err != nil {
		return err
	}
	defer found.Close()
	scan(found)
	return found.Close()
}

func (c *conn) read(ctx context.Context, text string, args []any, scan func(gorm.Rows)) error {
	r, err := c.run(ctx, text, named(args))
	if err != nil {
		return err
	}
	found := &scanned{rows: r}
	scan(found)
	if found.failed == nil {
		return r.Close()
	}
	return nil // GORM has it from Err
}

// scanned is the rows of a statement as GORM reads them.
type scanned struct {
	*rows
	failed error
}

// Columns implements gorm.Rows.
func (s *scanned) Columns() ([]string, error) { return s.st.columns, nil }

// ColumnTypes implements gorm.Rows. GORM asks for them when it reads into maps, and does without.
func (s *scanned) ColumnTypes() ([]*sql.ColumnType, error) { return nil, nil }

// Err implements gorm.Rows.
func (s *scanned) Err() error { return s.failed }

// Next implements gorm.Rows.
func (s *scanned) Next() bool {
	more, err := s.step()
	s.failed = err
	return more
}

// Scan implements gorm.Rows.
func (s *scanned) Scan(dest ...any) error {
	values := s.result.Values()
	if len(dest) != len(values) {
		return fmt.Errorf("db: %d columns into %d values", len(values), len(dest))
	}
	for i, src := range values {
		if err := s.scan(i, src, dest[i]); err != nil {
			return fmt.Errorf("read column %s: %w", s.st.columns[i], err)
		}
	}
	return nil
}

// scan reads the value of column i. What most columns of most models are comes first, and without a detour.
func (s *scanned) scan(i int, src []byte, dest any) error {
	if src == nil {
		return assign(dest, nil)
	}
	if s.st.formats[i] == textFormat {
		switch d := dest.(type) {
		case **string:
			text := string(src)
			*d = &text
			return nil
		case **uuid.UUID:
			if len(src) == 36 {
				id, err := uuid.ParseBytes(src)
				*d = &id
				return err
			}
		}
	}
	value, err := s.st.decode[i](src)
	if err != nil {
		return err
	}
	return assign(dest, value)
}
