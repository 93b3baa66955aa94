// Package dbtest gives each test a fresh, migrated database on a real PostgreSQL.
package dbtest

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"saaskit/platform/access"
	"saaskit/platform/db"
	"saaskit/platform/secret"
)

// Secret is the SECRET_KEY of tests: the passwords of the database roles come from it.
const Secret = "4d7fc72eeb1d3a3850c03060fd3c9877a2a0fe45811170460ba7b9d9b7a8a75d"

// Database is one test's database. It is dropped when the test ends.
type Database struct {
	URL      string // without credentials, as the product wants it
	AdminURL string // of a superuser
	Roles    db.Roles

	tb    testing.TB // whose database it is
	once  sync.Once
	admin *sql.DB
}

// New makes a database with the migrations of the platform and of the sources. It is copied from a template that is
// made once per set of migrations, on the server of TEST_DATABASE_URL (a superuser's URL, of a server for tests only)
// or on a private one that this process starts.
func New(tb testing.TB, sources ...fs.FS) *Database {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	s, err := theServer()
	if err != nil {
		tb.Fatal(err)
	}
	template, err := s.template(ctx, sources)
	if err != nil {
		tb.Fatal(err)
	}
	name, err := s.clone(ctx, template)
	if err != nil {
		tb.Fatal(err)
	}
	return s.own(tb, name)
}

// Empty makes a database without any migration, for tests of migrating itself.
func Empty(tb testing.TB) *Database {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	s, err := theServer()
	if err != nil {
		tb.Fatal(err)
	}
	name := randomName()
	if err := s.exec(ctx, "CREATE DATABASE "+name+" TEMPLATE template0"); err != nil {
		tb.Fatal(err)
	}
	return s.own(tb, name)
}

// own gives the database of the name to the test, at whose end it is dropped.
func (s *server) own(tb testing.TB, name string) *Database {
	tb.Helper()
	tb.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := s.exec(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); err != nil {
			tb.Errorf("drop the test's database: %v", err)
		}
	})
	return s.database(tb, name)
}

// Admin is a superuser's handle, for arranging and asserting behind the product's back. It is one for the whole test.
func (d *Database) Admin(tb testing.TB) *sql.DB {
	tb.Helper()
	d.once.Do(func() {
		config, err := pgx.ParseConfig(d.AdminURL)
		if err != nil {
			tb.Fatal(err)
		}
		d.admin = stdlib.OpenDB(*config)
		d.admin.SetMaxOpenConns(8)
		d.tb.Cleanup(func() { _ = d.admin.Close() })
	})
	return d.admin
}

// NewTenant inserts an active tenant.
func (d *Database) NewTenant(tb testing.TB) uuid.UUID {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	id, err := uuid.NewV7()
	if err != nil {
		tb.Fatal(err)
	}
	conn, err := pgx.Connect(ctx, d.AdminURL)
	if err != nil {
		tb.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "INSERT INTO tenants (id, slug, name) VALUES ($1, $2, 'Tenant of a test')", id, "t-"+id.String()); err != nil {
		tb.Fatal(err)
	}
	return id
}

// As is a context in which a job of the tenant acts.
func As(tenant uuid.UUID) context.Context {
	return access.With(context.Background(), access.Actor{Kind: access.Job, Tenant: tenant})
}

func roles() (db.Roles, error) {
	root, err := secret.Parse(Secret)
	if err != nil {
		return db.Roles{}, fmt.Errorf("dbtest.Secret %w", err)
	}
	return db.Roles{
		App: root.Password("db/app"), System: root.Password("db/system"), Migrate: root.Password("db/migrate"),
		Iterations: 1, // tests connect thousands of times
	}, nil
}

// adminURL is the superuser's URL of the database of the name on the server.
func (s *server) adminURL(name string) *url.URL {
	admin := *s.url
	admin.Path = "/" + name
	return &admin
}

// database is the Database of the name on the server, for the test.
func (s *server) database(tb testing.TB, name string) *Database {
	tb.Helper()
	admin := s.adminURL(name)
	plain := *admin
	plain.User = nil
	query := url.Values{}
	for k, v := range admin.Query() {
		if k != "user" && k != "password" {
			query[k] = v
		}
	}
	plain.RawQuery = query.Encode()
	return &Database{URL: plain.String(), AdminURL: admin.String(), Roles: s.roles, tb: tb}
}

// At is the database that another process made, known by its AdminURL.
func At(tb testing.TB, adminURL string) *Database {
	tb.Helper()
	u, err := url.Parse(adminURL)
	if err != nil {
		tb.Fatal(err)
	}
	r, err := roles()
	if err != nil {
		tb.Fatal(err)
	}
	return (&server{url: u, roles: r}).database(tb, strings.TrimPrefix(u.Path, "/"))
}
