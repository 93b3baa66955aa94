package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"log/slog"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"

	"saaskit/platform/access"
	"saaskit/platform/fault"
)

// Errors of the layer itself. They are mistakes in the program, so they stay internal.
var (
	ErrNoTenant       = errors.New("db: no tenant in the context")
	ErrTenantMismatch = errors.New("db: the context's tenant is not the transaction's")
	ErrSecond         = errors.New("db: One is for exactly one statement; use Tenant")
	ErrTxFailed       = errors.New("db: a statement of the transaction failed before")
	ErrStatement      = errors.New("db: the application role does not run this kind of statement")
	ErrDoor           = errors.New("db: the door that opened the transaction ends it")
)

var (
	errLost = errors.New("db: connection lost")
	errBusy = errors.New("db: all connections are in use")
)

// codeEntered is what sec.enter raises for a second tenant in a transaction.
const codeEntered = "SK001"

var (
	errNotFound    = fault.New(fault.NotFound, "not_found", "That does not exist.")
	errExists      = fault.New(fault.Conflict, "already_exists", "That exists already.")
	errReference   = fault.New(fault.Invalid, "invalid_reference", "Something that this refers to does not exist, or is still referred to.")
	errValue       = fault.New(fault.Invalid, "invalid_value", "A value is outside what is allowed.")
	errUnavailable = fault.New(fault.Unavailable, "unavailable", "The service is busy or restarting. Try again in a moment.")
)

// IsUnique reports whether err comes from the unique constraint or index of that name; "" means any.
func IsUnique(err error, constraint string) bool {
	pgErr, ok := errors.AsType[*pgconn.PgError](err)
	return ok && pgErr.Code == "23505" && (constraint == "" || pgErr.ConstraintName == constraint)
}

// translate gives an error that leaves a door its fault. A *fault.Error passes unchanged, and so does what nobody expected.
func translate(ctx context.Context, log *slog.Logger, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*fault.Error](err); ok {
		return err
	}
	if errors.Is(err, gorm.ErrRecordNotFound) || errors.Is(err, sql.ErrNoRows) {
		return errNotFound.Wrap(err)
	}
	if pgErr, ok := errors.AsType[*pgconn.PgError](err); ok {
		return translatePg(ctx, log, pgErr, err)
	}
	if isUnavailable(err) || (errors.Is(err, sql.ErrTxDone) && ctx.Err() != nil) {
		return errUnavailable.Wrap(err)
	}
	return err
}

func isUnavailable(err error) bool {
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	return errors.Is(err, errLost) || errors.Is(err, errBusy) || errors.Is(err, driver.ErrBadConn) || pgconn.Timeout(err) ||
		errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}

func translatePg(ctx context.Context, log *slog.Logger, pgErr *pgconn.PgError, err error) error {
	switch pgErr.Code {
	case "23505", "23P01":
		return errExists.Wrap(err)
	case "23503":
		return errReference.Wrap(err)
	case "23514", "22001", "22003", "22007", "22008", "22021", "22P02", "22P05":
		return errValue.Wrap(err)
	case "42501":
		if pgErr.Routine == "ExecWithCheckOptions" {
			logSecurity(ctx, log, "write_refused", pgErr)
			return errNotFound.Wrap(err)
		}
		return err
	case codeEntered:
		logSecurity(ctx, log, "second_tenant", pgErr)
		return err
	case "40001", "40P01", "55P03", "57014":
		return errUnavailable.Wrap(err)
	}
	switch pgErr.Code[:2] {
	case "08", "53", "57", "25":
		if pgErr.Code == "25P02" || pgErr.Code == "25006" {
			return err
		}
		return errUnavailable.Wrap(err)
	}
	return err
}

// logSecurity notes that row level security or sec.enter stopped a statement: a bug or an attack, never normal.
func logSecurity(ctx context.Context, log *slog.Logger, event string, pgErr *pgconn.PgError) {
	// The log's handler adds from ctx who did it and in which request.
	log.WarnContext(ctx, "security: "+event, "security", event, "table", pgErr.TableName, "message", pgErr.Message, "tenant", access.From(ctx).Tenant)
}
