package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"time"
)

var tps = regexp.MustCompile(`tps = ([0-9.]+) \(without`)

// pgbench runs one bare statement as fast as Postgres and its own client can: prepared, as the superuser, without row-level security.
func pgbench(ctx context.Context, database, script string, clients int, d time.Duration) (float64, error) {
	folder, err := os.MkdirTemp("", "bench")
	if err != nil {
		return 0, fmt.Errorf("make a folder: %w", err)
	}
	defer os.RemoveAll(folder)
	file := filepath.Join(folder, "statement.sql")
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		return 0, fmt.Errorf("write the statement: %w", err)
	}
	seconds := strconv.Itoa(max(1, int(d.Seconds())))
	command := exec.CommandContext(ctx, "pgbench", "-n", "-M", "prepared", "-c", strconv.Itoa(clients), "-j", "2", "-T", seconds, "-f", file, database)
	out, err := command.CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("run pgbench (Debian: apt-get install postgresql-contrib): %w\n%s", err, out)
	}
	found := tps.FindSubmatch(out)
	if found == nil {
		return 0, fmt.Errorf("pgbench said no rate:\n%s", out)
	}
	return strconv.ParseFloat(string(found[1]), 64)
}

const columns = "id, title, body, version, created_at, updated_at, deleted_at"

// statements are the bare queries, for tenants with perTenant notes each.
func statements(tenants, perTenant int) map[string]string {
	pick := fmt.Sprintf("\\set t random(0, %d)\n\\set k random(0, %d)\n\\set n :t * %d + :k\n", tenants-1, perTenant-1, perTenant)
	tenant, note := fmt.Sprintf(tenantID, ":t::bigint"), fmt.Sprintf(noteID, ":n::bigint")
	return map[string]string{
		"list 20": pick + "SELECT " + columns + " FROM notes WHERE tenant_id = " + tenant + " AND deleted_at IS NULL ORDER BY id DESC LIMIT 20;",
		"get":     pick + "SELECT " + columns + " FROM notes WHERE tenant_id = " + tenant + " AND id = " + note + " LIMIT 1;",
		"insert": pick + "INSERT INTO notes (tenant_id, id, title, body, version, created_at, updated_at) VALUES (" + tenant +
			", gen_random_uuid(), 'A new note', 'A line of a note.', 1, now(), now());",
	}
}
