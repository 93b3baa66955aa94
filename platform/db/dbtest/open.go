package dbtest

import (
	"context"
	"testing"
	"time"

	"saaskit/platform/db"
)

// Open opens the database as the product does, with small pools; change adjusts how. It is closed when the test ends.
func (d *Database) Open(tb testing.TB, change ...func(*db.Config)) *db.DB {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	config := db.Config{URL: d.URL, AppPassword: d.Roles.App, SystemPassword: d.Roles.System}
	for _, c := range change {
		c(&config)
	}
	opened, err := db.Open(ctx, config)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = opened.Close() })
	return opened
}
