// Package db is the tenant data layer: three doors to Postgres, of which two send the actor's tenant in the same flush as the statement, so that no query can run without one.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"gorm.io/gorm"
)

// Config says where the database is and how to use it.
type Config struct {
	// URL names the database. Credentials in it are ignored: role and password are ours.
	URL string
	// DirectURL is for what cannot pass a pooler: LISTEN and River. "" means URL.
	DirectURL string
	// AppPassword and SystemPassword belong to the roles saaskit_app and saaskit_system.
	AppPassword, SystemPassword string
	// Pooler says that URL is a transaction pooler such as PgBouncer: statements are unnamed.
	Pooler bool
	// AppConns and SystemConns are the most connections of each role. 0 means 4 per core, at most 32, and 4.
	AppConns, SystemConns int
	// MaxWait is how long a door waits for a free connection before it answers "unavailable". 0 means 5 s.
	MaxWait time.Duration
	// Log takes security events and the reasons of cross-tenant work. nil means slog.Default().
	Log *slog.Logger
}

// DB is the database. It has no query methods: One, Tenant and System are the ways in.
type DB struct {
	app, system *pool
	gorm        *gorm.DB
	log         *slog.Logger

	direct    *pgx.ConnConfig // the system role past the pooler
	directMax int
	canListen bool
	river     sync.Mutex
	riverPool *pgxpool.Pool
}

// Open connects once as each role and refuses a role that has more rights than it should. The error is one line.
func Open(ctx context.Context, c Config) (*DB, error) {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	app, err := roleConfig(c.URL, appRole, c.AppPassword, c.Pooler)
	if err != nil {
		return nil, err
	}
	system, err := roleConfig(c.URL, systemRole, c.SystemPassword, c.Pooler)
	if err != nil {
		return nil, err
	}
	directURL, unnamed := c.DirectURL, false
	if directURL == "" {
		directURL, unnamed = c.URL, c.Pooler
	}
	direct, err := roleConfig(directURL, systemRole, c.SystemPassword, unnamed)
	if err != nil {
		return nil, err
	}
	if err := checkRoles(ctx, c.Log, app, system); err != nil {
		return nil, err
	}
	g, err := newGORM()
	if err != nil {
		return nil, fmt.Errorf("start GORM: %w", err)
	}
	if c.AppConns == 0 {
		c.AppConns = min(4*runtime.GOMAXPROCS(0), 32)
	}
	if c.SystemConns == 0 {
		c.SystemConns = 4
	}
	if c.MaxWait == 0 {
		c.MaxWait = 5 * time.Second
	}
	return &DB{
		app:       newPool(&connector{config: app, tenanted: true, unnamed: c.Pooler}, c.AppConns, c.MaxWait),
		system:    newPool(&connector{config: system, unnamed: c.Pooler}, c.SystemConns, c.MaxWait),
		gorm:      g,
		log:       c.Log,
		direct:    direct,
		directMax: max(c.SystemConns, 4),
		canListen: !unnamed,
	}, nil
}

func roleConfig(url, role, password string, unnamed bool) (*pgx.ConnConfig, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("read the database URL: %w", err)
	}
	config.User, config.Password = role, password
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 5 * time.Second
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "saaskit"
	}
	// For what does not pass through our driver: River's statements in our transactions.
	config.DefaultQueryExecMode = pgx.QueryExecModeCacheStatement
	if unnamed {
		config.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
	}
	return config, nil
}

// pool is the connections of one role, and the gate before them.
type pool struct {
	*sql.DB
	gate *gate
}

func newPool(c *connector, size int, wait time.Duration) *pool {
	p := &pool{DB: sql.OpenDB(c), gate: newGate(size, wait)}
	p.SetMaxOpenConns(size + 1) // one is for Ping, which does not pass the gate: a busy server is not a dead one
	p.SetMaxIdleConns(size)
	p.SetConnMaxIdleTime(5 * time.Minute)
	p.SetConnMaxLifetime(time.Hour) // so that a changed role setting arrives everywhere
	return p
}

// Ping asks the server for an answer in both roles. It works while every connection of the doors is busy.
func (d *DB) Ping(ctx context.Context) error {
	if err := d.system.PingContext(ctx); err != nil {
		return errUnavailable.Wrap(err)
	}
	if err := d.app.PingContext(ctx); err != nil {
		return errUnavailable.Wrap(err)
	}
	return nil
}

// Close closes every pool. What is still open ends with an error.
func (d *DB) Close() error {
	d.river.Lock()
	defer d.river.Unlock()
	if d.riverPool != nil {
		d.riverPool.Close()
	}
	return errors.Join(d.app.Close(), d.system.Close())
}
