package db

import (
	"database/sql/driver"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5/pgconn"
)

// rows streams the result of one statement. An error that the server tells only at the end, such as a deferred constraint,
// is returned by Next or Close.
type rows struct {
	conn   *conn
	st     *statement
	all    *pgconn.MultiResultReader
	result *pgconn.ResultReader
	// loaded says that the first row was already read, to tell a failing statement apart at once.
	loaded bool
	done   bool
	tag    pgconn.CommandTag
	err    error
}

// Columns implements driver.Rows.
func (r *rows) Columns() []string { return r.st.columns }

// Next implements driver.Rows.
func (r *rows) Next(dest []driver.Value) error {
	more, err := r.step()
	if err != nil {
		return err
	}
	if !more {
		return io.EOF
	}
	for i, src := range r.result.Values() {
		if src == nil {
			dest[i] = nil
			continue
		}
		v, err := r.st.decode[i](src)
		if err != nil {
			return fmt.Errorf("read column %s: %w", r.st.columns[i], err)
		}
		dest[i] = v
	}
	return nil
}

// step goes to the next row, and reports whether there is one.
func (r *rows) step() (bool, error) {
	if r.loaded {
		r.loaded = false
		return true, nil
	}
	if r.done || !r.result.NextRow() {
		return false, r.finish()
	}
	return true, nil
}

// Close implements driver.Rows.
func (r *rows) Close() error { return r.finish() }

// finish reads to the end of the flush, where the server says whether the statement holds.
func (r *rows) finish() error {
	if r.done {
		return r.err
	}
	r.done, r.conn.reading = true, nil
	r.tag, r.err = r.conn.finish(r.all, r.result)
	return r.err
}
