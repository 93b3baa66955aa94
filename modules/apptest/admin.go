package apptest

import "testing"

// Exec runs a statement as a superuser, behind the product's back.
func (a *App) Exec(tb testing.TB, statement string, args ...any) {
	tb.Helper()
	if _, err := a.Admin.ExecContext(tb.Context(), statement, args...); err != nil {
		tb.Fatal(err)
	}
}

// Count reads one number as a superuser.
func (a *App) Count(tb testing.TB, query string, args ...any) (n int) {
	tb.Helper()
	if err := a.Admin.QueryRowContext(tb.Context(), query, args...).Scan(&n); err != nil {
		tb.Fatal(err)
	}
	return n
}
