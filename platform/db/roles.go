package db

import (
	"context"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Roles are the passwords of the login roles. They must be printable ASCII.
type Roles struct {
	App, System, Migrate string
}

// The roles are cluster-wide, hence their prefix. saaskit_owner cannot log in and owns every object.
const (
	ownerRole   = "saaskit_owner"
	migrateRole = "saaskit_migrate"
	systemRole  = "saaskit_system"
	appRole     = "saaskit_app"
)

type roleSpec struct {
	name, password  string
	bypass, inOwner bool
	settings        []string
}

func (r Roles) specs() []roleSpec {
	return []roleSpec{
		{name: ownerRole},
		{name: migrateRole, password: r.Migrate, bypass: true, inOwner: true, settings: []string{
			// A migration that waits for a lock holds up everybody who comes after it in the queue.
			"lock_timeout=10s", "statement_timeout=0",
		}},
		{name: systemRole, password: r.System, bypass: true, settings: []string{
			"idle_in_transaction_session_timeout=60s", "lock_timeout=10s", "statement_timeout=60s",
		}},
		{name: appRole, password: r.App, settings: []string{
			"idle_in_transaction_session_timeout=15s", "lock_timeout=5s", "statement_timeout=15s",
		}},
	}
}

// BootstrapSQL is what a superuser runs once, connected to the database, where the migrate step may not make roles itself.
// It holds no password, only what PostgreSQL itself stores of one.
func BootstrapSQL(roles Roles, database string) string {
	return "-- Roles: once per cluster, again when SECRET_KEY changes.\n" + roles.sql() +
		"\n-- Rights: once per database, connected to it.\n" + DatabaseSQL(database)
}

func (r Roles) sql() string {
	var b strings.Builder
	for _, s := range r.specs() {
		login, bypass := "NOLOGIN", "NOBYPASSRLS"
		if s.password != "" || s.name != ownerRole {
			login = "LOGIN"
		}
		if s.bypass {
			bypass = "BYPASSRLS"
		}
		fmt.Fprintf(&b, "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '%s') THEN CREATE ROLE %[1]s %s %s; END IF; END $$;\n",
			s.name, login, bypass)
		if login == "LOGIN" {
			fmt.Fprintf(&b, "ALTER ROLE %s PASSWORD '%s';\n", s.name, scramVerifier(s.name, s.password))
		}
		for _, setting := range s.settings {
			name, value, _ := strings.Cut(setting, "=")
			fmt.Fprintf(&b, "ALTER ROLE %s SET %s = '%s';\n", s.name, name, value)
		}
		if s.inOwner {
			fmt.Fprintf(&b, "GRANT %s TO %s;\n", ownerRole, s.name)
		}
	}
	return b.String()
}

// DatabaseSQL is the part of BootstrapSQL that concerns one database. A copy made by CREATE DATABASE ... TEMPLATE needs it again,
// because rights on the database itself are not copied.
func DatabaseSQL(database string) string {
	return strings.NewReplacer("DATABASE_NAME", pgx.Identifier{database}.Sanitize()).Replace(
		`REVOKE TEMPORARY ON DATABASE DATABASE_NAME FROM PUBLIC;
GRANT CONNECT ON DATABASE DATABASE_NAME TO saaskit_app, saaskit_system, saaskit_migrate;
GRANT CREATE ON DATABASE DATABASE_NAME TO saaskit_owner;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO saaskit_app, saaskit_system;
GRANT USAGE, CREATE ON SCHEMA public TO saaskit_owner;
REVOKE EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) TO saaskit_owner, saaskit_system, saaskit_migrate;
`)
}

// scramVerifier is what PostgreSQL stores for a password (RFC 5803), so that no password is ever sent in SQL, where logs would keep it.
// It is the same each time, so that an unchanged password is recognised.
func scramVerifier(role, password string) string {
	const iterations = 4096
	derive := func(salt []byte, n int) []byte {
		key, err := pbkdf2.Key(sha256.New, password, salt, iterations, n)
		if err != nil { // only for a key length that SHA-256 cannot make
			panic(err)
		}
		return key
	}
	mac := func(key []byte, text string) []byte {
		h := hmac.New(sha256.New, key)
		h.Write([]byte(text))
		return h.Sum(nil)
	}
	salt := derive([]byte("saaskit salt "+role), 16)
	salted := derive(salt, sha256.Size)
	stored := sha256.Sum256(mac(salted, "Client Key"))
	b64 := base64.StdEncoding.EncodeToString
	return fmt.Sprintf("SCRAM-SHA-256$%d:%s$%s:%s", iterations, b64(salt), b64(stored[:]), b64(mac(salted, "Server Key")))
}

func (r Roles) check() error {
	for _, s := range r.specs() {
		if s.name == ownerRole {
			continue
		}
		if s.password == "" {
			return fmt.Errorf("the password of the database role %s is empty", s.name)
		}
		if strings.ContainsFunc(s.password, func(c rune) bool { return c < 0x21 || c > 0x7e }) {
			return fmt.Errorf("the password of the database role %s must be printable ASCII", s.name)
		}
	}
	return nil
}

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
		case <-time.After(time.Duration(5+rand.IntN(20*attempt)) * time.Millisecond):
		}
	}
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
				return false, fmt.Errorf("the database role %s is missing and role %s may not make it: let a superuser run what `app migrate --print-bootstrap` prints",
					want.name, conn.Config().User)
			}
			ready = false
			continue
		}
		if wrong := want.wrong(have); wrong != "" {
			return false, fmt.Errorf("the database role %s %s: mend it with ALTER ROLE, or drop it", want.name, wrong)
		}
		same := slices.Equal(want.settings, have.settings) && have.inOwner == want.inOwner
		if superuser && want.password != "" {
			same = same && have.password == scramVerifier(want.name, want.password)
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
		password = "coalesce((SELECT a.rolpassword FROM pg_authid a WHERE a.oid = r.oid), '')"
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
