package pgserver_test

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"saaskit/platform/db/pgserver"
)

func TestDataSurvivesRestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := start(t, pgserver.Options{Dir: dir, Fsync: true})
	run(t, first.URL(), "create table kept (n int)")
	if err := first.Stop(); err != nil {
		t.Fatal(err)
	}
	second := start(t, pgserver.Options{Dir: dir})
	run(t, second.URL(), "insert into kept values (1)")
}

func TestServerListensOnLoopbackOnlyAndAsksForThePassword(t *testing.T) {
	t.Parallel()
	s := start(t, pgserver.Options{Dir: t.TempDir()})
	var addresses string
	query(t, s.URL(), "show listen_addresses", &addresses)
	if addresses != "127.0.0.1" {
		t.Errorf("listens on %s", addresses)
	}
	for _, address := range []string{
		fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable", s.Port()),
		fmt.Sprintf("host=%s port=%d user=postgres dbname=postgres", s.Socket(), s.Port()),
	} {
		if conn, err := pgx.Connect(t.Context(), address); err == nil {
			_ = conn.Close(t.Context())
			t.Errorf("%s connects without a password", address)
		}
	}
}

func TestTakenPortIsNamedAndAnotherChosen(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	taken := l.Addr().(*net.TCPAddr).Port
	var log strings.Builder
	s := start(t, pgserver.Options{Dir: t.TempDir(), Port: taken, Log: slog.New(slog.NewTextHandler(&log, nil))})
	if s.Port() == taken || !strings.Contains(log.String(), "port="+strconv.Itoa(taken)) {
		t.Errorf("port %d of %d, log %s", s.Port(), taken, log.String())
	}
}

func TestDataOfAnUnknownVersionIsRefused(t *testing.T) {
	t.Parallel()
	s := start(t, pgserver.Options{Dir: t.TempDir()})
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.Dir(), "data", "PG_VERSION"), []byte("99\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := pgserver.Start(t.Context(), pgserver.Options{Dir: s.Dir()})
	if err == nil || !strings.Contains(err.Error(), "was made by PostgreSQL 99, and no such version is installed") {
		t.Errorf("error %v", err)
	}
}

// The variable that makes this test binary start a server in a folder and wait.
const childVariable = "PGSERVER_TEST_CHILD_DIR"

// TestChild is the process that the tests below kill. It does nothing by itself.
func TestChild(t *testing.T) {
	dir := os.Getenv(childVariable)
	if dir == "" {
		return
	}
	s, err := pgserver.Start(context.Background(), pgserver.Options{Dir: dir, Fsync: true})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(os.Stdout, "URL", s.URL())
	<-time.After(time.Minute)
}

// child starts another process with a server in dir, and returns it with the server's URL.
func child(t *testing.T, dir string) (*exec.Cmd, string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestChild$", "-test.timeout=90s")
	cmd.Env = append(os.Environ(), childVariable+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if address, ok := strings.CutPrefix(lines.Text(), "URL "); ok {
			return cmd, address
		}
	}
	t.Fatal("the other process started no server")
	return nil, ""
}

func TestKillOfTheParentLeavesNoOrphan(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cmd, address := child(t, dir)
	run(t, address, "create table kept (n int)")
	if _, err := pgserver.Start(t.Context(), pgserver.Options{Dir: dir}); err == nil ||
		!strings.Contains(err.Error(), "is in use by process "+strconv.Itoa(cmd.Process.Pid)) {
		t.Errorf("a second owner: %v", err)
	}
	if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	// Whether the server has died with its parent yet or not, the next start takes over, with the data.
	s := start(t, pgserver.Options{Dir: dir})
	run(t, s.URL(), "insert into kept values (1)")
	if conn, err := pgx.Connect(t.Context(), address); err == nil {
		_ = conn.Close(t.Context())
		t.Error("the killed process's server still runs")
	}
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
		if err := pgserver.Remove(s.Dir()); err != nil {
			t.Error(err)
		}
	})
	return s
}

func run(t *testing.T, address, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

func query(t *testing.T, address, sql string, into any) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if err := conn.QueryRow(t.Context(), sql).Scan(into); err != nil {
		t.Fatal(err)
	}
}
