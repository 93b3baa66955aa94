package db

import (
	"cmp"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Roles are the passwords of the login roles. They must be printable ASCII.
type Roles struct {
	App, System, Migrate string

	// Iterations is how often PBKDF2 hashes a password, at both ends of each new connection. 0 is PostgreSQL's own 4096.
	Iterations int
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
			fmt.Fprintf(&b, "ALTER ROLE %s PASSWORD '%s';\n", s.name, r.verifier(s.name, s.password))
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

// DatabaseSQL is the part of BootstrapSQL that concerns one database, to be run when connected to it.
func DatabaseSQL(database string) string {
	return CopySQL(database) + `REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO saaskit_app, saaskit_system;
GRANT USAGE, CREATE ON SCHEMA public TO saaskit_owner;
REVOKE EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) TO saaskit_owner, saaskit_system, saaskit_migrate;
`
}

// CopySQL is the part of DatabaseSQL that a copy made by CREATE DATABASE ... TEMPLATE needs again: rights on the database itself are not copied.
// It can be run from any database of the cluster.
func CopySQL(database string) string {
	return strings.NewReplacer("DATABASE_NAME", pgx.Identifier{database}.Sanitize()).Replace(
		`REVOKE TEMPORARY ON DATABASE DATABASE_NAME FROM PUBLIC;
GRANT CONNECT ON DATABASE DATABASE_NAME TO saaskit_app, saaskit_system, saaskit_migrate;
GRANT CREATE ON DATABASE DATABASE_NAME TO saaskit_owner;
`)
}

// verifier is what PostgreSQL stores for a password (RFC 5803), so that no password is ever sent in SQL, where logs would keep it.
// It is the same each time, so that an unchanged password is recognised.
func (r Roles) verifier(role, password string) string {
	iterations := cmp.Or(r.Iterations, 4096)
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
