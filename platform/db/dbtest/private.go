package dbtest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"saaskit/platform/db/pgserver"
)

// Cluster starts a server of the test's own, without any of the product's roles. It ends with the test.
func Cluster(tb testing.TB) *pgserver.Server {
	tb.Helper()
	s, err := startPrivate()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Stop(); err != nil {
			tb.Error(err)
		}
		if err := pgserver.Remove(s.Dir()); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// startPrivate starts a server for this process alone. Its data is copied from a folder where initdb ran once on this machine.
func startPrivate() (*pgserver.Server, error) {
	base, err := seedDir()
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(base, fmt.Sprintf("%s%d-%s", runPrefix, os.Getpid(), strings.ToLower(rand.Text()[:6])))
	// cp keeps the owner, and shares blocks where the file system can.
	if out, err := exec.CommandContext(context.Background(), "cp", "-a", filepath.Join(base, seedName), dir).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("copy the test server's data: %w: %s", err, out)
	}
	return pgserver.Start(context.Background(), pgserver.Options{Dir: dir, Settings: map[string]string{"max_connections": "300"}})
}

// seedDir is the folder that holds the seed; what processes that have ended left in it is removed, once.
var seedDir = sync.OnceValues(func() (string, error) {
	base, err := cacheDir()
	if err != nil {
		return "", err
	}
	sweep(base)
	return base, makeSeed(context.Background(), base, filepath.Join(base, seedName))
})

const seedName = "seed"

const runPrefix = "run-"

// cacheDir is the user's cache folder, or one in /var/tmp where the server's user cannot reach that.
func cacheDir() (string, error) {
	var candidates []string
	if os.Geteuid() != 0 {
		if dir, err := os.UserCacheDir(); err == nil {
			candidates = append(candidates, filepath.Join(dir, "saaskit-dbtest"))
		}
	}
	candidates = append(candidates, filepath.Join("/var/tmp", "saaskit-dbtest-"+strconv.Itoa(os.Geteuid())))
	var errs []error
	for _, dir := range candidates {
		err := os.MkdirAll(dir, 0o755)
		if err == nil {
			return dir, nil
		}
		errs = append(errs, err)
	}
	return "", fmt.Errorf("make a folder for the test server: %w", errors.Join(errs...))
}

// makeSeed runs initdb once per machine, under a file lock, by starting a server and stopping it again.
func makeSeed(ctx context.Context, base, seed string) error {
	lock, err := os.OpenFile(filepath.Join(base, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("lock the test server's data: %w", err)
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return fmt.Errorf("lock the test server's data: %w", err)
	}
	if _, err := os.Stat(filepath.Join(seed, "complete")); err == nil {
		return nil
	}
	if err := os.RemoveAll(seed); err != nil {
		return fmt.Errorf("clear the test server's data: %w", err)
	}
	s, err := pgserver.Start(ctx, pgserver.Options{Dir: seed})
	if err != nil {
		return err
	}
	if err := s.Stop(); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(seed, "complete"), nil, 0o600); err != nil {
		return fmt.Errorf("mark the test server's data: %w", err)
	}
	return nil
}

// sweep removes the data of processes that are gone. A server that outlived its process is left to the next sweep.
func sweep(base string) {
	runs, _ := filepath.Glob(filepath.Join(base, runPrefix+"*"))
	for _, dir := range runs {
		text, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(dir), runPrefix), "-")
		pid, err := strconv.Atoi(text)
		// One with our own id is of an earlier process that had it.
		if err != nil || pid == os.Getpid() || errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			_ = pgserver.Remove(dir)
		}
	}
}
