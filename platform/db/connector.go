package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

const (
	beginSQL = "begin"
	enterSQL = "select sec.enter($1)"
)

// connector opens the connections of one role for database/sql.
type connector struct {
	config *pgx.ConnConfig
	// tenanted connections run nothing without a tenant: the app role.
	tenanted bool
	// unnamed statements are parsed again in every flush, because a transaction pooler
	// may give the next one another server session.
	unnamed bool
}

// Connect implements driver.Connector.
func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	px, err := pgx.ConnectConfig(ctx, c.config)
	if err != nil {
		return nil, err
	}
	cn := &conn{px: px, pg: px.PgConn(), types: px.TypeMap(), tenanted: c.tenanted, unnamed: c.unnamed, used: time.Now()}
	if err := cn.forget(ctx); err != nil {
		_ = cn.Close()
		return nil, err
	}
	return cn, nil
}

// Driver implements driver.Connector.
func (c *connector) Driver() driver.Driver { return noDriver{} }

// noDriver stands where database/sql wants a driver: connections come only from a connector, never from a name.
type noDriver struct{}

// Open always fails.
func (noDriver) Open(string) (driver.Conn, error) {
	return nil, errors.New("db: connections are opened by db.Open only")
}

// ownStatements describes the statements that the driver itself puts into a flush, for unnamed use without asking the server.
func ownStatements() (begin, enter *statement) {
	begin = newStatement(&pgconn.StatementDescription{SQL: beginSQL})
	enter = newStatement(&pgconn.StatementDescription{
		SQL:       enterSQL,
		ParamOIDs: []uint32{pgtype.UUIDOID},
		Fields:    []pgconn.FieldDescription{{Name: "enter", DataTypeOID: 2278}}, // void
	})
	return begin, enter
}
