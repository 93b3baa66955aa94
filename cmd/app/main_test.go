package main

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
)

func call(t *testing.T, environ []string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs strings.Builder
	code = run(context.Background(), command{args: args, environ: environ, stdout: &out, stderr: &errs})
	return code, out.String(), errs.String()
}

func TestWrongCallsShowTheUsage(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{}, {"fly"}, {"serve", "now"}, {"serve", "--fast"}, {"worker", "x"}, {"migrate", "x"}, {"billing"}, {"billing", "x"}, {"billing", "sync", "x"}, {"billing", "sync", "--fast"}, {"billing", "plans", "x"}, {"operator", "add"}, {"keys"}, {"openapi", "x"}} {
		code, _, stderr := call(t, nil, args...)
		if code != 2 || !strings.Contains(stderr, "Usage: app COMMAND") {
			t.Errorf("app %v: code %d, said %q", args, code, stderr)
		}
	}
}

func TestMissingSettingsAreNamedAtOnce(t *testing.T) {
	t.Parallel()
	code, _, stderr := call(t, nil, "serve")
	if code != 1 {
		t.Errorf("code %d", code)
	}
	for _, name := range []string{"BASE_URL", "SECRET_KEY", "DATABASE_URL", "SMTP_URL"} {
		if !strings.Contains(stderr, name+" is not set") {
			t.Errorf("%s is not named in %q", name, stderr)
		}
	}
}

func TestDescriptionsNeedNoConfiguration(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"openapi"}, {"billing", "plans"}} {
		code, stdout, stderr := call(t, nil, args...)
		if code != 0 || !json.Valid([]byte(stdout)) {
			t.Errorf("app %v: code %d, said %q", args, code, stderr)
		}
	}
	if code, stdout, _ := call(t, nil, "config"); code != 0 || !strings.Contains(stdout, "`SECRET_KEY`") {
		t.Errorf("app config: code %d, said %q", code, stdout)
	}
}

func TestHealthOfAServerThatIsNotThere(t *testing.T) {
	t.Parallel()
	code, _, stderr := call(t, []string{"ADDR=127.0.0.1:1"}, "health")
	if code != 1 || !strings.Contains(stderr, "not ready") {
		t.Errorf("code %d, said %q", code, stderr)
	}
}

func TestMigrateNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	const key = "SECRET_KEY=q3lYkLQJ0aGfRrV2o0y0cZ2s1bq2b0m3v8yT0m9dQ1s="
	code, _, stderr := call(t, []string{key, "ADMIN_DATABASE_URL=postgres://u:hunter2@127.0.0.1:1/x"}, "migrate")
	if code != 1 || !strings.Contains(stderr, "127.0.0.1:1") || strings.Contains(stderr, "hunter2") {
		t.Errorf("code %d, said %q", code, stderr)
	}
	code, stdout, _ := call(t, []string{key, "ADMIN_DATABASE_URL=postgres://u:hunter2@127.0.0.1:1/x"}, "migrate", "--print-bootstrap")
	if code != 0 || !strings.Contains(stdout, "saaskit_app") || strings.Contains(stdout, "hunter2") {
		t.Errorf("bootstrap: code %d, printed %q", code, stdout)
	}
}
