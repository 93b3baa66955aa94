package db

import (
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// failedRows is the answer to a query that was not sent.
type failedRows struct {
	pgx.Rows
	err error
}

// Close implements pgx.Rows.
func (f failedRows) Close() {}

// Err implements pgx.Rows.
func (f failedRows) Err() error { return f.err }

// Next implements pgx.Rows.
func (f failedRows) Next() bool { return false }

// Scan implements pgx.Rows and pgx.Row.
func (f failedRows) Scan(...any) error { return f.err }

// CommandTag implements pgx.Rows.
func (f failedRows) CommandTag() pgconn.CommandTag { return pgconn.CommandTag{} }

// failedBatch is the answer to a batch that was not sent.
type failedBatch struct{ err error }

// Exec implements pgx.BatchResults.
func (f failedBatch) Exec() (pgconn.CommandTag, error) { return pgconn.CommandTag{}, f.err }

// Query implements pgx.BatchResults.
func (f failedBatch) Query() (pgx.Rows, error) { return failedRows{err: f.err}, f.err }

// QueryRow implements pgx.BatchResults.
func (f failedBatch) QueryRow() pgx.Row { return failedRows{err: f.err} }

// Close implements pgx.BatchResults.
func (f failedBatch) Close() error { return f.err }

// Tx implements pgx.BatchResults.
func (f failedBatch) Tx() pgx.Tx { return nil }
