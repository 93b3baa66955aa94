package db

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// explainConnect turns a failed connect into one line that says what is wrong and where. It never holds a password.
func explainConnect(config *pgx.ConnConfig, err error) error {
	at := net.JoinHostPort(config.Host, strconv.Itoa(int(config.Port)))
	pgErr, ok := errors.AsType[*pgconn.PgError](err)
	switch {
	case ok && pgErr.Code == "3D000":
		return fmt.Errorf("the database %q does not exist at %s: create it first", config.Database, at)
	case ok && pgErr.Code == "28P01" && (config.User == appRole || config.User == systemRole || config.User == migrateRole):
		return fmt.Errorf("%s refuses the password of role %q: was the database migrated, with this SECRET_KEY?", at, config.User)
	case ok && (pgErr.Code == "28P01" || pgErr.Code == "28000"):
		return fmt.Errorf("%s refuses role %q: %s", at, config.User, pgErr.Message)
	case ok:
		return fmt.Errorf("PostgreSQL at %s refuses the connection: %s (%s)", at, pgErr.Message, pgErr.Code)
	case errors.Is(err, context.Canceled):
		return err
	}
	if opErr, isNet := errors.AsType[*net.OpError](err); isNet {
		return fmt.Errorf("no PostgreSQL answers at %s: %w", at, opErr.Err)
	}
	return fmt.Errorf("no PostgreSQL answers at %s: %w", at, err)
}
