package db

import (
	"cmp"
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var platformMigrations embed.FS

// migrationLock is the advisory lock that one migration at a time holds in a database.
const migrationLock = 0x5aa5_0001

// versionTable lists the migrations that were applied.
const versionTable = "sec.migrations"

// foundationSQL stands before the first migration and is repeated on each run: where migrations are noted,
// and what every later object gives to whom.
const foundationSQL = `
CREATE SCHEMA IF NOT EXISTS sec AUTHORIZATION saaskit_owner;
GRANT USAGE ON SCHEMA sec TO saaskit_app, saaskit_system;
ALTER DEFAULT PRIVILEGES FOR ROLE saaskit_migrate REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE saaskit_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE saaskit_migrate GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO saaskit_system;
ALTER DEFAULT PRIVILEGES FOR ROLE saaskit_migrate GRANT USAGE, SELECT ON SEQUENCES TO saaskit_system;
ALTER DEFAULT PRIVILEGES FOR ROLE saaskit_migrate GRANT EXECUTE ON FUNCTIONS TO saaskit_system;
`

// Migrate brings the database to the newest version: the roles, where adminURL's role may make them, then every migration of
// the platform and of the sources that was not applied yet, in order of time, as saaskit_migrate. Of several replicas that
// start at once one applies and the others wait. An adminURL without credentials says that the roles were made already.
func Migrate(ctx context.Context, adminURL string, roles Roles, log *slog.Logger, sources ...fs.FS) error {
	if err := roles.check(); err != nil {
		return err
	}
	files, err := mergeMigrations(sources)
	if err != nil {
		return err
	}
	admin, bootstrap, err := adminConfig(adminURL, roles)
	if err != nil {
		return err
	}
	conn, err := pgx.ConnectConfig(ctx, admin)
	if err != nil {
		return explainConnect(admin, err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if err := lockMigrations(ctx, conn, log); err != nil {
		return err
	}
	if bootstrap {
		if err := ensureRoles(ctx, conn, roles); err != nil {
			return err
		}
		if err := ensureRights(ctx, conn, log); err != nil {
			return err
		}
	}
	config := admin.Copy()
	config.User, config.Password = migrateRole, roles.Migrate
	return applyMigrations(ctx, config, files, log)
}

// adminConfig is how the migrate step connects first, and whether that role is another than saaskit_migrate.
func adminConfig(adminURL string, roles Roles) (*pgx.ConnConfig, bool, error) {
	config, err := pgx.ParseConfig(adminURL)
	if err != nil {
		return nil, false, errors.New("the admin database URL cannot be read: expected postgres://user:password@host:5432/name")
	}
	config.RuntimeParams["application_name"] = "saaskit migrate"
	// Several statements in one string, none of which has arguments.
	config.DefaultQueryExecMode = pgx.QueryExecModeExec
	if u, err := url.Parse(adminURL); err == nil && u.Scheme != "" && u.User.Username() == "" && !u.Query().Has("user") {
		config.User, config.Password = migrateRole, roles.Migrate
	}
	config.Database = cmp.Or(config.Database, config.User)
	return config, config.User != migrateRole, nil
}

func lockMigrations(ctx context.Context, conn *pgx.Conn, log *slog.Logger) error {
	var got bool
	if err := conn.QueryRow(ctx, "SELECT pg_try_advisory_lock($1)", int64(migrationLock)).Scan(&got); err != nil {
		return fmt.Errorf("lock the migrations: %w", err)
	}
	if got {
		return nil
	}
	log.Info("another migration of this database runs; waiting for it")
	// saaskit_migrate has a lock timeout, and waiting for a colleague is no failure.
	if _, err := conn.Exec(ctx, "SET lock_timeout = 0; SET statement_timeout = 0"); err != nil {
		return fmt.Errorf("lock the migrations: %w", err)
	}
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(migrationLock)); err != nil {
		return fmt.Errorf("lock the migrations: %w", err)
	}
	return nil
}

func applyMigrations(ctx context.Context, config *pgx.ConnConfig, files migrationFiles, log *slog.Logger) error {
	pool := stdlib.OpenDB(*config)
	defer pool.Close()
	pool.SetMaxOpenConns(2)
	if err := pool.PingContext(ctx); err != nil {
		return explainConnect(config, err)
	}
	if _, err := pool.ExecContext(ctx, foundationSQL); err != nil {
		return fmt.Errorf("prepare the database for migrations: %w", err)
	}
	provider, err := newProvider(pool, files)
	if err != nil {
		return err
	}
	results, err := provider.Up(ctx)
	if partial, ok := errors.AsType[*goose.PartialError](err); ok {
		return fmt.Errorf("migration %s: %w", partial.Failed.Source.Path, partial.Err)
	}
	if err != nil {
		return fmt.Errorf("apply the migrations: %w", err)
	}
	for _, r := range results {
		log.Info("migration applied", "file", r.Source.Path, "took", r.Duration)
	}
	// Migrations run as saaskit_migrate, whose backfills see every tenant's rows; what they made belongs to the role that cannot log in.
	if _, err := pool.ExecContext(ctx, "REASSIGN OWNED BY saaskit_migrate TO saaskit_owner"); err != nil {
		return fmt.Errorf("hand the new objects to their owner: %w", err)
	}
	return nil
}

func newProvider(pool *sql.DB, files migrationFiles) (*goose.Provider, error) {
	provider, err := goose.NewProvider(goose.DialectPostgres, pool, files,
		goose.WithTableName(versionTable), goose.WithAllowOutofOrder(true), goose.WithDisableGlobalRegistry(true),
		goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	return provider, nil
}

// CheckMigrated refuses a database on which some migration of the platform or of the sources has not been applied.
func CheckMigrated(ctx context.Context, databaseURL, systemPassword string, sources ...fs.FS) error {
	files, err := mergeMigrations(sources)
	if err != nil {
		return err
	}
	config, err := pgx.ParseConfig(databaseURL)
	if err != nil {
		return errors.New("the database URL cannot be read: expected postgres://host:5432/name")
	}
	config.User, config.Password = systemRole, systemPassword
	config.DefaultQueryExecMode = pgx.QueryExecModeExec
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return explainConnect(config, err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var exists bool
	if err := conn.QueryRow(ctx, "SELECT to_regclass($1) IS NOT NULL", versionTable).Scan(&exists); err != nil {
		return fmt.Errorf("read the applied migrations: %w", err)
	}
	var applied []int64
	if exists {
		rows, err := conn.Query(ctx, "SELECT version_id FROM "+versionTable+" WHERE is_applied")
		if err != nil {
			return fmt.Errorf("read the applied migrations: %w", err)
		}
		if applied, err = pgx.CollectRows(rows, pgx.RowTo[int64]); err != nil {
			return fmt.Errorf("read the applied migrations: %w", err)
		}
	}
	if missing := files.missing(applied); len(missing) > 0 {
		return fmt.Errorf("the database is behind by %d migrations, the first is %s: run `app migrate`", len(missing), missing[0])
	}
	return nil
}
