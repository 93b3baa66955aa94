package db

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
)

// roleFacts is what the server says about the role of a connection.
type roleFacts struct {
	super, bypass, creates, owns, memberOf, temp, truncates, setConfig, migrated bool
}

// roleFactsSQL asks with the connection's own eyes. Roles that it is a member of count, because SET ROLE reaches them.
const roleFactsSQL = `
WITH mine AS (SELECT oid, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolname FROM pg_roles WHERE pg_has_role(current_user, oid, 'MEMBER')),
own AS (SELECT oid FROM pg_namespace WHERE nspname NOT LIKE 'pg\_%' AND nspname <> 'information_schema')
SELECT
	(SELECT bool_or(rolsuper) FROM mine),
	(SELECT bool_or(rolbypassrls) FROM mine),
	(SELECT bool_or(rolcreaterole OR rolcreatedb) FROM mine)
		OR has_database_privilege(current_database(), 'CREATE')
		OR coalesce((SELECT bool_or(has_schema_privilege(oid, 'CREATE')) FROM own), false),
	EXISTS (SELECT FROM pg_class c JOIN mine ON mine.oid = c.relowner WHERE c.relnamespace IN (SELECT oid FROM own)),
	(SELECT bool_or(rolname = '` + ownerRole + `' OR rolname = '` + migrateRole + `') FROM mine),
	has_database_privilege(current_database(), 'TEMPORARY'),
	coalesce((SELECT bool_or(has_table_privilege(c.oid, 'TRUNCATE, REFERENCES, TRIGGER')) FROM pg_class c
		WHERE c.relkind IN ('r', 'p') AND c.relnamespace IN (SELECT oid FROM own)), false),
	has_function_privilege('pg_catalog.set_config(text, text, boolean)', 'EXECUTE'),
	to_regprocedure('sec.enter(uuid)') IS NOT NULL`

// checkRoles checks every role at once, for a quick start.
func checkRoles(ctx context.Context, log *slog.Logger, configs ...*pgx.ConnConfig) error {
	errs := make([]error, len(configs))
	var all sync.WaitGroup
	for i, config := range configs {
		all.Go(func() { errs[i] = checkRole(ctx, log, config) })
	}
	all.Wait()
	return cmp.Or(errs...)
}

// checkRole connects as the role and refuses it when it could do more than its work.
func checkRole(ctx context.Context, log *slog.Logger, config *pgx.ConnConfig) error {
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return explainConnect(config, err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var f roleFacts
	err = conn.QueryRow(ctx, roleFactsSQL).Scan(&f.super, &f.bypass, &f.creates, &f.owns, &f.memberOf, &f.temp, &f.truncates, &f.setConfig, &f.migrated)
	if err != nil {
		return fmt.Errorf("read the rights of the database role %s: %w", config.User, err)
	}
	if !f.migrated {
		return fmt.Errorf("the database %q is not migrated: run the migrate step first", config.Database)
	}
	if wrong := f.wrong(config.User == appRole); len(wrong) > 0 {
		return fmt.Errorf("the database role %s %s: run app migrate on this database, or have a superuser take that right away; the server does not start with it", config.User, strings.Join(wrong, ", "))
	}
	if config.User == appRole && f.setConfig {
		log.WarnContext(ctx, "the database role "+appRole+" may call set_config: SQL injected into a query could change the tenant",
			"security", "set_config_not_revoked", "mend", "a superuser runs what migrate --print-bootstrap prints")
	}
	return nil
}

func (f roleFacts) wrong(app bool) (wrong []string) {
	add := func(is bool, what string) {
		if is {
			wrong = append(wrong, what)
		}
	}
	add(f.super, "is a superuser")
	add(f.owns, "owns a table")
	add(f.memberOf, "is a member of the owner's role")
	add(f.creates, "may create roles, schemas or tables")
	if app {
		add(f.bypass, "has BYPASSRLS")
		add(f.temp, "may create temporary tables")
		add(f.truncates, "may truncate or reference a table")
	}
	return wrong
}
