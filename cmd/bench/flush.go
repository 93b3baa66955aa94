package main

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"
)

// flush is a client that does only what the doors have to: it sends the tenant and the statement in one flush, and reads to the end of it.
// No Go program that keeps tenants apart in this way is faster, with or without GORM.
type flush struct {
	conns chan *flusher
}

// flusher is one connection with its statements.
type flusher struct {
	pg    *pgconn.PgConn
	enter *pgconn.StatementDescription
	of    map[string]*pgconn.StatementDescription
}

func openFlush(ctx context.Context, address string, conns int) (*flush, error) {
	texts := map[string]string{
		"list 20": "SELECT " + columns + " FROM notes WHERE deleted_at IS NULL ORDER BY id DESC LIMIT 20",
		"get":     "SELECT " + columns + " FROM notes WHERE id = $1 LIMIT 1",
		"insert": "INSERT INTO notes (id, title, body, version, created_at, updated_at) " +
			"VALUES ($1, 'A new note', 'A line of a note.', 1, now(), now())",
	}
	f := &flush{conns: make(chan *flusher, conns)}
	for range conns {
		pg, err := pgconn.Connect(ctx, address)
		if err != nil {
			f.close(ctx)
			return nil, fmt.Errorf("connect: %w", err)
		}
		c := &flusher{pg: pg, of: map[string]*pgconn.StatementDescription{}}
		f.conns <- c
		if c.enter, err = pg.Prepare(ctx, "enter", "SELECT sec.enter($1)", nil); err != nil {
			f.close(ctx)
			return nil, err
		}
		for name, text := range texts {
			if c.of[name], err = pg.Prepare(ctx, name, text, nil); err != nil {
				f.close(ctx)
				return nil, err
			}
		}
	}
	return f, nil
}

func (f *flush) close(ctx context.Context) {
	close(f.conns)
	for c := range f.conns {
		_ = c.pg.Close(ctx)
	}
}

// work is one of the operations on one of the scope's rows.
func (f *flush) work(s scope, name string) work {
	binary := []int16{1}
	return func(ctx context.Context, random *rand.Rand) error {
		t, n := s.pick(random)
		tenant, note := tenantAt(t), noteAt(n)
		var args [][]byte
		want := 1
		switch name {
		case "list 20":
			want = 20
		case "get":
			args = [][]byte{note[:]}
		case "insert":
			id := uuid.New()
			args, want = [][]byte{id[:]}, 0
		}
		c := <-f.conns
		defer func() { f.conns <- c }()
		var batch pgconn.Batch
		batch.ExecStatement(c.enter, [][]byte{tenant[:]}, binary, nil)
		batch.ExecStatement(c.of[name], args, binary[:len(args)], nil)
		results, err := c.pg.ExecBatch(ctx, &batch).ReadAll()
		if err == nil && (len(results) != 2 || len(results[1].Rows) != want) {
			err = errRows
		}
		return err
	}
}
