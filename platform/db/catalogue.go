package db

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Allow lists what the catalogue may hold besides plain tenant tables. Each value but those of Grants is the reason, for the reader.
// Objects are named without the schema when it is public: "users", "river.river_job".
type Allow struct {
	// Global are the tables without tenant_id.
	Global map[string]string
	// Keys are the indexes ("table.index") and foreign keys ("table.constraint") that do not start with tenant_id.
	Keys map[string]string
	// Definers are the SECURITY DEFINER functions, as "sec.enter(uuid)".
	Definers map[string]string
	// Grants are the application role's privileges on each table that it may use, as in GRANT: "SELECT, UPDATE (name, slug)".
	Grants map[string]string
}

// Violation is one object that breaks one rule.
type Violation struct {
	Object, Problem string
}

// String is the violation as one line.
func (v Violation) String() string { return v.Object + ": " + v.Problem }

// Querier is what the check reads by: a *sql.DB or a *sql.Tx.
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Catalogue checks that the database keeps tenants apart: each table, key, policy, view, function and grant in it, against the
// rules and the exceptions allowed. It reads as a superuser or as saaskit_migrate. An empty answer means that all holds.
func Catalogue(ctx context.Context, q Querier, allow ...Allow) ([]Violation, error) {
	a := merge(allow)
	var found []Violation
	seen := map[string]bool{}
	for _, r := range catalogueRules {
		rows, err := queryViolations(ctx, q, r.sql)
		if err != nil {
			return nil, fmt.Errorf("check the catalogue (%s): %w", r.name, err)
		}
		for _, v := range rows {
			if r.exceptions != nil {
				if _, ok := r.exceptions(a)[v.Object]; ok {
					seen[v.Object] = true
					continue
				}
			}
			found = append(found, v)
		}
	}
	for _, list := range []map[string]string{a.Global, a.Keys, a.Definers} {
		for _, name := range slices.Sorted(maps.Keys(list)) {
			if !seen[name] {
				found = append(found, Violation{name, "is listed as an exception and is none: take it off the list"})
			}
		}
	}
	grants, err := checkGrants(ctx, q, a.Grants)
	return append(found, grants...), err
}

func merge(all []Allow) Allow {
	m := Allow{Global: map[string]string{}, Keys: map[string]string{}, Definers: map[string]string{}, Grants: map[string]string{}}
	for _, a := range all {
		maps.Copy(m.Global, a.Global)
		maps.Copy(m.Keys, a.Keys)
		maps.Copy(m.Definers, a.Definers)
		maps.Copy(m.Grants, a.Grants)
	}
	return m
}

func queryViolations(ctx context.Context, q Querier, query string) ([]Violation, error) {
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []Violation
	for rows.Next() {
		var v Violation
		if err := rows.Scan(&v.Object, &v.Problem); err != nil {
			return nil, err
		}
		found = append(found, v)
	}
	return found, rows.Err()
}

// checkGrants compares what the application role holds, by table and by column, with what is expected of it.
func checkGrants(ctx context.Context, q Querier, expected map[string]string) ([]Violation, error) {
	held, err := queryViolations(ctx, q, grantsSQL)
	if err != nil {
		return nil, fmt.Errorf("check the catalogue (grants): %w", err)
	}
	actual := map[string][]string{}
	for _, g := range held {
		actual[g.Object] = append(actual[g.Object], g.Problem)
	}
	var found []Violation
	for _, table := range slices.Sorted(maps.Keys(actual)) {
		want, listed := expected[table]
		have := strings.Join(actual[table], ", ")
		switch {
		case !listed:
			found = append(found, Violation{table, "saaskit_app holds " + have + ", which is not listed"})
		case !slices.Equal(actual[table], splitGrants(want)):
			found = append(found, Violation{table, fmt.Sprintf("saaskit_app holds %s, expected %s", have, strings.Join(splitGrants(want), ", "))})
		}
	}
	for _, table := range slices.Sorted(maps.Keys(expected)) {
		if actual[table] == nil {
			found = append(found, Violation{table, "saaskit_app holds nothing, expected " + expected[table]})
		}
	}
	return found, nil
}

// splitGrants turns "UPDATE (b, a), SELECT" into SELECT, UPDATE (a), UPDATE (b).
func splitGrants(text string) []string {
	var out []string
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimLeft(text, ", ") {
		end := strings.IndexAny(text, ",(")
		if end < 0 {
			end = len(text)
		}
		privilege := strings.TrimSpace(text[:end])
		if end == len(text) || text[end] == ',' {
			out, text = append(out, privilege), text[end:]
			continue
		}
		columns, rest, _ := strings.Cut(text[end+1:], ")")
		for c := range strings.SplitSeq(columns, ",") {
			out = append(out, privilege+" ("+strings.TrimSpace(c)+")")
		}
		text = rest
	}
	slices.Sort(out)
	return out
}
