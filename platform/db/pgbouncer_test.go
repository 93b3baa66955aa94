package db_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"saaskit/platform/db"
	"saaskit/platform/db/dbtest"
)

// poolerURL starts a PgBouncer in transaction mode in front of the database, with fewer server sessions than clients.
func poolerURL(tb testing.TB, d *dbtest.Database) string {
	tb.Helper()
	binary, err := exec.LookPath("pgbouncer")
	if err != nil {
		if binary, err = exec.LookPath("/usr/sbin/pgbouncer"); err != nil {
			tb.Fatal("this test needs PgBouncer: apt-get install pgbouncer")
		}
	}
	server, err := pgx.ParseConfig(d.AdminURL)
	ok(tb, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	ok(tb, err)
	port := listener.Addr().(*net.TCPAddr).Port
	ok(tb, listener.Close())

	dir, err := os.MkdirTemp("", "pgbouncer")
	ok(tb, err)
	tb.Cleanup(func() { _ = os.RemoveAll(dir) })
	users := fmt.Sprintf("%q %q\n%q %q\n", "saaskit_app", d.Roles.App, "saaskit_system", d.Roles.System)
	config := fmt.Sprintf(`[databases]
* = host=%s port=%d
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %d
unix_socket_dir =
auth_type = scram-sha-256
auth_file = %s
pool_mode = transaction
default_pool_size = 4
max_client_conn = 200
`, server.Host, server.Port, port, filepath.Join(dir, "users.txt"))
	ok(tb, os.WriteFile(filepath.Join(dir, "users.txt"), []byte(users), 0o600))
	ok(tb, os.WriteFile(filepath.Join(dir, "pgbouncer.ini"), []byte(config), 0o600))

	// The shell ends PgBouncer when its input closes: at the latest when the test's process dies.
	command := exec.Command("sh", "-c", `"$0" "$1" 2>"$2" >&2 & pid=$!; cat >/dev/null; kill -INT $pid; wait $pid`,
		binary, filepath.Join(dir, "pgbouncer.ini"), filepath.Join(dir, "log"))
	if os.Geteuid() == 0 {
		runAs(tb, command, dir)
	}
	input, err := command.StdinPipe()
	ok(tb, err)
	ok(tb, command.Start())
	tb.Cleanup(func() {
		_ = input.Close()
		_ = command.Wait()
	})
	waitForPort(tb, port, filepath.Join(dir, "log"))
	u, err := url.Parse(d.URL)
	ok(tb, err)
	u.Host = net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	u.RawQuery = "sslmode=disable"
	return u.String()
}

// runAs gives the folder to an unprivileged user, as whom PgBouncer runs: it refuses to be root.
func runAs(tb testing.TB, command *exec.Cmd, dir string) {
	tb.Helper()
	account, err := user.Lookup("postgres")
	if err != nil {
		account, err = user.Lookup("nobody")
	}
	ok(tb, err)
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	ok(tb, err)
	gid, err := strconv.ParseUint(account.Gid, 10, 32)
	ok(tb, err)
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	ok(tb, err)
	for _, path := range append(files, dir) {
		ok(tb, os.Chown(path, int(uid), int(gid)))
	}
	command.Dir = dir
	command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
}

func waitForPort(tb testing.TB, port int, log string) {
	tb.Helper()
	ctx := within(context.Background(), tb, 20*time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		c, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err == nil {
			_ = c.Close()
			return
		}
		select {
		case <-ctx.Done():
			text, _ := os.ReadFile(log)
			tb.Fatalf("PgBouncer does not listen: %s", bytes.TrimSpace(text))
		case <-tick.C:
		}
	}
}

// openPooled opens the test's database through PgBouncer.
func openPooled(tb testing.TB, change ...func(*db.Config)) (*dbtest.Database, *db.DB) {
	tb.Helper()
	d := dbtest.New(tb, source)
	return d, openAt(tb, d, poolerURL(tb, d), change...)
}

func openAt(tb testing.TB, d *dbtest.Database, pooled string, change ...func(*db.Config)) *db.DB {
	tb.Helper()
	return d.Open(tb, append([]func(*db.Config){silent, func(c *db.Config) {
		c.DirectURL, c.URL, c.Pooler = c.URL, pooled, true
	}}, change...)...)
}

func TestT6_PoolsOfOneThroughPgBouncer(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t, source)
	pooled := poolerURL(t, d)
	poolsOfOne(t, d, cycle*dbtest.Rounds(t), func(change ...func(*db.Config)) *db.DB { return openAt(t, d, pooled, change...) })
}

func TestT6_Fuzz64GoroutinesThroughPgBouncer(t *testing.T) {
	t.Parallel()
	d, h := openPooled(t, func(c *db.Config) { c.AppConns = 16 })
	newAbuse(t, d, h, 10).fuzz(64, 10*dbtest.Rounds(t))
}
