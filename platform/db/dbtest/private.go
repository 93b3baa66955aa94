package dbtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"saaskit/platform/db/pgserver"
)

// startPrivate starts a server for this process alone. Its data is copied from a folder where initdb ran once on this machine;
// the copies of processes that have ended are removed.
func startPrivate() (string, error) {
	base, err := cacheDir()
	if err != nil {
		return "", err
	}
	sweep(base)
	ctx := context.Background()
	seed := filepath.Join(base, "seed")
	if err := makeSeed(ctx, base, seed); err != nil {
		return "", err
	}
	dir := filepath.Join(base, runPrefix+strconv.Itoa(os.Getpid()))
	// cp keeps the owner, and shares blocks where the file system can.
	if out, err := exec.Command("cp", "-a", seed, dir).CombinedOutput(); err != nil {
		return "", fmt.Errorf("copy the test server's data: %w: %s", err, out)
	}
	s, err := pgserver.Start(ctx, pgserver.Options{Dir: dir, Settings: map[string]string{"max_connections": "300"}})
	if err != nil {
		return "", err
	}
	return s.URL(), nil
}

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
		pid, err := strconv.Atoi(strings.TrimPrefix(filepath.Base(dir), runPrefix))
		if err != nil || errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			_ = pgserver.Remove(dir)
		}
	}
}
