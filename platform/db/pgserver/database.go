package pgserver

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Database makes the named database, empty when fresh, unless it is there already, and returns the superuser's address of it.
func (s *Server) Database(ctx context.Context, name string, fresh bool) (string, error) {
	conn, err := pgx.Connect(ctx, s.URL())
	if err != nil {
		return "", fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	defer conn.Close(ctx)
	quoted := pgx.Identifier{name}.Sanitize()
	if fresh {
		if _, err := conn.Exec(ctx, "DROP DATABASE IF EXISTS "+quoted+" WITH (FORCE)"); err != nil {
			return "", fmt.Errorf("drop the database: %w", err)
		}
	}
	_, err = conn.Exec(ctx, "CREATE DATABASE "+quoted)
	if exists, ok := errors.AsType[*pgconn.PgError](err); err != nil && (!ok || exists.Code != "42P04") {
		return "", fmt.Errorf("create the database: %w", err)
	}
	address, err := url.Parse(s.URL())
	if err != nil {
		return "", fmt.Errorf("read the server's address: %w", err)
	}
	address.Path = "/" + name
	return address.String(), nil
}
