package dbtest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"saaskit/platform/db"
)

// server is the PostgreSQL that this process tests on.
type server struct {
	url       *url.URL // of a superuser
	roles     db.Roles
	bootstrap string // what makes the roles; made once, because the hashes of their passwords take long
	mu        sync.Mutex
	conn      *pgx.Conn
	templates map[string]*template
}

type template struct {
	once sync.Once
	name string
	err  error
}

var theServer = sync.OnceValues(func() (*server, error) {
	roles, err := roles()
	if err != nil {
		return nil, err
	}
	address := os.Getenv("TEST_DATABASE_URL")
	if address == "" {
		private, err := startPrivate()
		if err != nil {
			return nil, err
		}
		address = private.URL()
	}
	u, err := url.Parse(address)
	if err != nil || u.User == nil {
		return nil, errors.New("TEST_DATABASE_URL must be a superuser's URL: postgres://user:password@host:port/postgres")
	}
	return &server{url: u, roles: roles, bootstrap: db.BootstrapSQL(roles, "x"), templates: map[string]*template{}}, nil
})

// exec runs statements on the server's own database, over one connection that is kept.
func (s *server) exec(ctx context.Context, statements string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for attempt := 1; ; attempt++ {
		if s.conn == nil || s.conn.IsClosed() {
			conn, err := pgx.Connect(ctx, s.url.String())
			if err != nil {
				return fmt.Errorf("connect to the test server: %w", err)
			}
			s.conn = conn
		}
		_, err := s.conn.Exec(ctx, statements, pgx.QueryExecModeSimpleProtocol)
		if err == nil || !s.conn.IsClosed() || attempt == 2 {
			return err
		}
	}
}

// template returns the name of the migrated database to copy, making it when no process has yet.
func (s *server) template(ctx context.Context, sources []fs.FS) (string, error) {
	key, err := fingerprint(sources, s.bootstrap)
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	t := s.templates[key]
	if t == nil {
		t = &template{name: "saaskit_template_" + key}
		s.templates[key] = t
	}
	s.mu.Unlock()
	t.once.Do(func() { t.err = s.makeTemplate(ctx, t.name, sources) })
	return t.name, t.err
}

// makeTemplate is called by every process that tests, at once: the first one makes it, under a lock.
func (s *server) makeTemplate(ctx context.Context, name string, sources []fs.FS) error {
	conn, err := pgx.Connect(ctx, s.url.String())
	if err != nil {
		return fmt.Errorf("connect to the test server: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock(hashtext($1))", name); err != nil {
		return fmt.Errorf("lock the template: %w", err)
	}
	var ready bool
	// Marked as a template only when it is whole: one left half made by a killed process is made anew.
	err = conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1 AND datistemplate)", name).Scan(&ready)
	if err != nil || ready {
		return err
	}
	for _, statement := range []string{"DROP DATABASE IF EXISTS " + name + " WITH (FORCE)", "CREATE DATABASE " + name + " TEMPLATE template0"} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("make the template: %w", err)
		}
	}
	if err := db.Migrate(ctx, s.adminURL(name).String(), s.roles, slog.New(slog.DiscardHandler), sources...); err != nil {
		return err
	}
	_, err = conn.Exec(ctx, "ALTER DATABASE "+name+" IS_TEMPLATE true")
	return err
}

func (s *server) clone(ctx context.Context, template string) (name string, err error) {
	name = randomName()
	// Several statements in one string would be one transaction, which CREATE DATABASE refuses.
	// To copy the files takes a third of the time of writing their blocks to the log.
	if err := s.exec(ctx, "CREATE DATABASE "+name+" TEMPLATE "+template+" STRATEGY file_copy"); err != nil {
		return "", fmt.Errorf("copy the template: %w", err)
	}
	if err := s.exec(ctx, db.CopySQL(name)); err != nil {
		return "", fmt.Errorf("grant rights on the test's database: %w", err)
	}
	return name, nil
}

// fingerprint names a set of migrations by what is in them, and by what makes the roles.
func fingerprint(sources []fs.FS, bootstrap string) (string, error) {
	h := sha256.New()
	fmt.Fprintf(h, "%s\x00", bootstrap)
	var files []string
	for _, source := range append([]fs.FS{db.Migrations()}, sources...) {
		if source == nil {
			continue
		}
		err := fs.WalkDir(source, ".", func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || path.Ext(name) != ".sql" {
				return err
			}
			text, err := fs.ReadFile(source, name)
			files = append(files, fmt.Sprintf("%s\x00%s\x00", path.Base(name), text))
			return err
		})
		if err != nil {
			return "", err
		}
	}
	slices.Sort(files)
	h.Write([]byte(strings.Join(files, "")))
	return hex.EncodeToString(h.Sum(nil)[:8]), nil
}

func randomName() string {
	return "t" + time.Now().UTC().Format("150405") + strings.ToLower(rand.Text())
}
