package pgserver_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"saaskit/platform/db/pgserver"
)

func TestDataSurvivesRestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := start(t, pgserver.Options{Dir: dir, Fsync: true})
	exec(t, first.URL(), "create table kept (n int)")
	if err := first.Stop(); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	second := start(t, pgserver.Options{Dir: dir})
	t.Logf("second start took %v", time.Since(begin))
	exec(t, second.URL(), "insert into kept values (1)")
}

func start(t *testing.T, o pgserver.Options) *pgserver.Server {
	t.Helper()
	s, err := pgserver.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func exec(t *testing.T, url, sql string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, sql); err != nil {
		t.Fatal(err)
	}
}
