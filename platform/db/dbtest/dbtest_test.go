package dbtest_test

import (
	"testing"

	"saaskit/platform/db/dbtest"
)

func TestEveryTestHasItsOwnDatabase(t *testing.T) {
	t.Parallel()
	a, b := dbtest.New(t), dbtest.New(t)
	a.NewTenant(t)
	count := func(d *dbtest.Database) (n int) {
		if err := d.Admin(t).QueryRow("SELECT count(*) FROM tenants").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if in, out := count(a), count(b); in != 1 || out != 0 {
		t.Errorf("tenants: %d where one was made, %d in the other database", in, out)
	}
}
