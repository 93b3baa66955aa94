package main

import (
	"context"
	"path/filepath"

	"saaskit/platform/db/pgserver"
)

// testPostgres runs a Postgres for TEST_DATABASE_URL until ctx ends.
func testPostgres(ctx context.Context, dir, readyFile string) error {
	server, err := pgserver.Start(ctx, pgserver.Options{Dir: filepath.Join(dir, "postgres"), Settings: map[string]string{"max_connections": "500", "autovacuum": "off"}})
	if err != nil {
		return err
	}
	if err := writeReady(readyFile, ready{AdminURL: server.URL()}); err != nil {
		return err
	}
	<-ctx.Done()
	return server.Stop()
}
