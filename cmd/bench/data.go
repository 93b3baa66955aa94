package main

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Tenants and notes have ids made of their numbers, so that every program of the benchmark finds them without asking.
const (
	tenantID = `('00000000-0000-7000-8000-' || lpad(to_hex(%s), 12, '0'))::uuid`
	noteID   = `('00000000-0000-7000-9000-' || lpad(to_hex(%s), 12, '0'))::uuid`
)

func numbered(variant byte, n int) (id uuid.UUID) {
	binary.BigEndian.PutUint64(id[8:], uint64(n)) //nolint:gosec // row numbers are small and positive
	id[6], id[8] = 0x70, variant
	return id
}

func tenantAt(n int) uuid.UUID { return numbered(0x80, n) }
func noteAt(n int) uuid.UUID   { return numbered(0x90, n) }

// grow adds tenants and their notes until there are that many, each with perTenant notes of about 300 bytes.
func grow(ctx context.Context, conn *pgx.Conn, from, to, perTenant int) error {
	statements := []string{
		fmt.Sprintf(`INSERT INTO tenants (id, slug, name) SELECT `+tenantID+`, 'bench-' || n, 'Bench ' || n FROM generate_series(%d, %d) n`, "n", from, to-1),
		fmt.Sprintf(`INSERT INTO notes (tenant_id, id, title, body, created_at, updated_at)
			SELECT `+tenantID+`, `+noteID+`, 'Note ' || k, repeat('A line of a note. ', 16), now(), now()
			FROM generate_series(%d, %d) n, generate_series(0, %d) k`, "n", fmt.Sprintf("(n * %d + k)::int", perTenant), from, to-1, perTenant-1),
		`VACUUM ANALYZE tenants, notes`,
		`CHECKPOINT`,
	}
	for _, statement := range statements {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("make the benchmark's rows: %w", err)
		}
	}
	return nil
}
