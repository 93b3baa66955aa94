package db

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// ensureRoles makes the roles and gives them their passwords where the connection may, and otherwise checks that they are there.
func ensureRoles(ctx context.Context, conn *pgx.Conn, roles Roles) error {
	const attempts = 20
	for attempt := 1; ; attempt++ {
		ready, err := rolesReady(ctx, conn, roles)
		if err != nil || ready {
			return err
		}
		_, err = conn.Exec(ctx, "BEGIN;\n"+roles.sql()+"COMMIT;")
		if err == nil {
			return nil
		}
		if _, rollbackErr := conn.Exec(ctx, "ROLLBACK"); rollbackErr != nil {
			return errors.Join(err, rollbackErr)
		}
		// Roles belong to the whole cluster, and migrations of several databases may make them at the same moment.
		// No lock spans databases for a role that is not a superuser, so the loser tries again.
		if !concurrentChange(err) || attempt == attempts {
			return fmt.Errorf("make the database roles: %w", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(5+rand.IntN(20*attempt)) * time.Millisecond): //nolint:gosec // it spreads tries and hides nothing
		}
	}
}

const askSuperuser = "let a superuser run what `app migrate --print-bootstrap` prints"

// ensureRights gives the roles their rights on the database where they lack some. Who may not take set_config away is told so:
// without that, SQL injected into a query could choose another tenant; everything else holds.
func ensureRights(ctx context.Context, conn *pgx.Conn, log *slog.Logger) error {
	config := conn.Config()
	var ready, open bool
	query := `SELECT NOT has_database_privilege('saaskit_app', current_database(), 'TEMPORARY')
			AND has_database_privilege('saaskit_owner', current_database(), 'CREATE')
			AND has_schema_privilege('saaskit_owner', 'public', 'CREATE') AND has_schema_privilege('saaskit_app', 'public', 'USAGE')
			AND NOT has_schema_privilege('saaskit_app', 'public', 'CREATE') AND has_schema_privilege('saaskit_system', 'public', 'USAGE')
			AND has_function_privilege('saaskit_owner', f, 'EXECUTE') AND has_function_privilege('saaskit_system', f, 'EXECUTE')
			AND has_function_privilege('saaskit_migrate', f, 'EXECUTE'),
		has_function_privilege('saaskit_app', f, 'EXECUTE')
		FROM (SELECT 'pg_catalog.set_config(text, text, boolean)'::regprocedure::oid AS f) s`
	if err := conn.QueryRow(ctx, query).Scan(&ready, &open); err != nil {
		return fmt.Errorf("read the roles' rights on the database: %w", err)
	}
	if ready && !open {
		return nil
	}
	_, err := conn.Exec(ctx, DatabaseSQL(config.Database))
	if pgErr, ok := errors.AsType[*pgconn.PgError](err); ok && pgErr.Code == "42501" {
		return fmt.Errorf("role %s may not give the rights on the database %q (%s): %s", config.User, config.Database, pgErr.Message, askSuperuser)
	}
	if err != nil {
		return fmt.Errorf("grant the roles their rights on the database: %w", err)
	}
	if err := conn.QueryRow(ctx, query).Scan(&ready, &open); err != nil {
		return fmt.Errorf("read the roles' rights on the database: %w", err)
	}
	if !ready {
		return fmt.Errorf("role %s may not give the rights on the database %q: %s", config.User, config.Database, askSuperuser)
	}
	if open {
		log.WarnContext(ctx, "saaskit_app may still call set_config, because role "+config.User+" may not take that away", "security", "set_config_not_revoked")
	}
	return nil
}

func concurrentChange(err error) bool {
	pgErr, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return false
	}
	duplicate := pgErr.Code == "42710" || pgErr.Code == "23505"
	return duplicate || pgErr.Code == "40P01" || (pgErr.Code == "XX000" && strings.Contains(pgErr.Message, "concurrently"))
}

type roleState struct {
	superuser, login, bypass, more, inOwner bool
	settings                                []string
	password                                string
}

// rolesReady reports whether nothing is left to do. An error says what is wrong and who can mend it.
func rolesReady(ctx context.Context, conn *pgx.Conn, roles Roles) (bool, error) {
	var superuser, mayCreate bool
	err := conn.QueryRow(ctx, `SELECT rolsuper, rolcreaterole AND rolbypassrls AND current_setting('server_version_num')::int >= 160000
		FROM pg_roles WHERE rolname = current_user`).Scan(&superuser, &mayCreate)
	if err != nil {
		return false, fmt.Errorf("read the database roles: %w", err)
	}
	states, err := readRoles(ctx, conn, superuser)
	if err != nil {
		return false, err
	}
	ready := true
	for _, want := range roles.specs() {
		have, exists := states[want.name]
		if !exists {
			if !superuser && !mayCreate {
				return false, fmt.Errorf("the database role %s is missing and role %s may not make it: %s", want.name, conn.Config().User, askSuperuser)
			}
			ready = false
			continue
		}
		if wrong := want.wrong(have); wrong != "" {
			return false, fmt.Errorf("the database role %s %s: mend it with ALTER ROLE, or drop it", want.name, wrong)
		}
		same := slices.Equal(want.settings, have.settings) && have.inOwner == want.inOwner
		if superuser && want.password != "" {
			same = same && have.password == roles.verifier(want.name, want.password)
		}
		// Only a superuser sees what is stored of a password; other creators set it each time.
		ready = ready && same && (superuser || !mayCreate)
	}
	return ready, nil
}

// wrong says what no ALTER of ours should silently change.
func (s roleSpec) wrong(have roleState) string {
	switch {
	case have.superuser:
		return "is a superuser"
	case have.more:
		return "may create roles or databases, or replicate"
	case have.bypass && !s.bypass:
		return "has BYPASSRLS"
	case !have.bypass && s.bypass:
		return "lacks BYPASSRLS"
	case have.login != (s.name != ownerRole):
		return "has the wrong LOGIN attribute"
	case have.inOwner && !s.inOwner:
		return "is a member of " + ownerRole
	}
	return ""
}

func readRoles(ctx context.Context, conn *pgx.Conn, superuser bool) (map[string]roleState, error) {
	password := "''"
	if superuser {
		password = "coalesce((SELECT a.rolpassword FROM pg_authid a WHERE a.oid = r.oid), '')" //nolint:gosec // an SQL expression
	}
	rows, err := conn.Query(ctx, `SELECT r.rolname, r.rolsuper, r.rolcanlogin, r.rolbypassrls, r.rolcreaterole OR r.rolcreatedb OR r.rolreplication,
		EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles o ON o.oid = m.roleid WHERE o.rolname = $1 AND m.member = r.oid),
		coalesce((SELECT s.setconfig FROM pg_db_role_setting s WHERE s.setrole = r.oid AND s.setdatabase = 0), '{}'), `+password+`
		FROM pg_roles r WHERE r.rolname = ANY($2)`, ownerRole, []string{ownerRole, migrateRole, systemRole, appRole})
	if err != nil {
		return nil, fmt.Errorf("read the database roles: %w", err)
	}
	states := map[string]roleState{}
	var name string
	var s roleState
	_, err = pgx.ForEachRow(rows, []any{&name, &s.superuser, &s.login, &s.bypass, &s.more, &s.inOwner, &s.settings, &s.password}, func() error {
		slices.Sort(s.settings)
		states[name] = s
		s.settings = nil
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the database roles: %w", err)
	}
	return states, nil
}
