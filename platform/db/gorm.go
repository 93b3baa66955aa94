package db

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/logger"
)

// NewID returns a UUIDv7: unique, and in order of time, so that new rows lie together in an index.
func NewID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// newGORM makes the GORM handle from which the doors take their sessions. It has no connection of its own.
func newGORM() (*gorm.DB, error) {
	g, err := gorm.Open(dialect{postgres.New(postgres.Config{Conn: noPool{}}).(*postgres.Dialector)}, &gorm.Config{
		SkipDefaultTransaction: true,
		TranslateError:         true,
		DisableAutomaticPing:   true,
		Logger:                 logger.Discard,                          // errors are logged once, at the edge
		NowFunc:                func() time.Time { return now().UTC() }, // autoCreateTime and autoUpdateTime
	})
	if err != nil {
		return nil, err
	}
	g.ClauseBuilders["LIMIT"] = buildLimit
	g.ClauseBuilders["SELECT"] = selectBuilder()
	return g, errors.Join(guard(g), g.Callback().Query().Replace("gorm:query", query))
}

// dialect is PostgreSQL without the writing of values into the statements that loggers get: no log is to have them, and Scan does it for each
// statement, logger or not.
type dialect struct{ *postgres.Dialector }

// Explain implements gorm.Dialector.
func (dialect) Explain(statement string, _ ...any) string { return statement }

// now has the precision of Postgres, so that what was written equals what is read back.
func now() time.Time { return time.Now().Truncate(time.Microsecond) }

// session is one GORM handle on w, made without the copies of gorm.DB.Session. Each chain on it starts afresh.
func (d *DB) session(ctx context.Context, w *work) *gorm.DB {
	tx := *d.gorm
	tx.Statement = &gorm.Statement{DB: &tx, ConnPool: w, Context: ctx, Clauses: map[string]clause.Clause{}}
	return &tx
}

// selectBuilder makes the builder of SELECT, which names a model's columns where GORM would write a star: so a new column does not make
// a plan stale. GORM's QueryFields does that too, but quotes each of them anew in each statement.
func selectBuilder() clause.ClauseBuilder {
	var known sync.Map // the columns, by the model's schema
	return func(c clause.Clause, b clause.Builder) {
		s, ok := b.(*gorm.Statement)
		what, isSelect := c.Expression.(clause.Select)
		if ok && isSelect && len(what.Columns) == 0 && s.Schema != nil {
			all, ok := known.Load(s.Schema)
			if !ok {
				all = columnsOf(s, s.Schema.Table)
				known.Store(s.Schema, all)
			}
			if s.Table != s.Schema.Table { // an alias
				all = columnsOf(s, s.Table)
			}
			c.Expression = all.(clause.Expression)
			if what.Distinct {
				c.AfterNameExpression = columns("DISTINCT")
			}
		}
		c.Builder = nil
		c.Build(b)
	}
}

// columns is a part of a statement, as it is written.
type columns string

// Build implements clause.Expression.
func (c columns) Build(b clause.Builder) { _, _ = b.WriteString(string(c)) }

func columnsOf(s *gorm.Statement, table string) columns {
	var text strings.Builder
	for i, name := range s.Schema.DBNames {
		if i > 0 {
			text.WriteByte(',')
		}
		s.QuoteTo(&text, clause.Column{Table: table, Name: name})
	}
	return columns(text.String())
}

// buildLimit writes the numbers of LIMIT and OFFSET into the SQL: as parameters they keep Postgres from using a generic plan,
// and it plans anew at each execution.
func buildLimit(c clause.Clause, b clause.Builder) {
	limit, ok := c.Expression.(clause.Limit)
	if !ok {
		return
	}
	sep := ""
	if limit.Limit != nil && *limit.Limit >= 0 {
		_, _ = b.WriteString("LIMIT ")
		_, _ = b.WriteString(strconv.Itoa(*limit.Limit))
		sep = " "
	}
	if limit.Offset > 0 {
		_, _ = b.WriteString(sep)
		_, _ = b.WriteString("OFFSET ")
		_, _ = b.WriteString(strconv.Itoa(limit.Offset))
	}
}

// noPool stands where GORM wants a pool outside of any door.
type noPool struct{}

// PrepareContext implements gorm.ConnPool.
func (noPool) PrepareContext(context.Context, string) (*sql.Stmt, error) { return nil, ErrDoor }

// ExecContext implements gorm.ConnPool.
func (noPool) ExecContext(context.Context, string, ...any) (sql.Result, error) { return nil, ErrDoor }

// QueryContext implements gorm.ConnPool.
func (noPool) QueryContext(context.Context, string, ...any) (*sql.Rows, error) { return nil, ErrDoor }

// QueryRowContext implements gorm.ConnPool.
func (noPool) QueryRowContext(context.Context, string, ...any) *sql.Row { return &sql.Row{} }
