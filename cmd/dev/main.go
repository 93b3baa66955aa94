// Command dev runs the whole product on this machine with one command: Postgres, emulators of the outside services, demo data and the app itself.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

// options are the command's flags.
type options struct {
	dir       string
	port      int
	watch     bool
	reset     bool
	readyFile string
	testing   bool
}

const about = `Runs the product on this machine; Ctrl-C stops everything, and the next start finds the data again.

  --watch            rebuild and restart on a change of Go, and reload the web app on a change of web
  --reset            begin with empty data
  --port N           port of the web app (8080)
  --dir DIR          where data is kept (.dev)
  --test-postgres    run only a Postgres for tests: fast, and nothing in it survives a power cut
  --ready-file FILE  write the addresses and demo logins as JSON when all is up
`

func main() {
	var o options
	flag.BoolVar(&o.watch, "watch", false, "")
	flag.BoolVar(&o.reset, "reset", false, "")
	flag.IntVar(&o.port, "port", 8080, "")
	flag.StringVar(&o.dir, "dir", ".dev", "")
	flag.StringVar(&o.readyFile, "ready-file", "", "")
	flag.BoolVar(&o.testing, "test-postgres", false, "")
	flag.Usage = func() { fmt.Fprint(os.Stderr, about) }
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, o, os.Stdout)
	stop()
	if err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "dev: "+err.Error())
		os.Exit(1)
	}
}

// run brings the stack up, waits for Ctrl-C or for the app to end, and takes it down.
func run(ctx context.Context, o options, out io.Writer) error {
	began := time.Now()
	dir, err := filepath.Abs(o.dir)
	if err != nil {
		return fmt.Errorf("find the data folder: %w", err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil { // as root, Postgres runs as another user, who must get through
		return fmt.Errorf("make the data folder: %w", err)
	}
	unlock, err := lock(dir)
	if err != nil {
		return err
	}
	defer unlock()
	if o.testing {
		return testPostgres(ctx, dir, o.readyFile)
	}
	s, err := newStack(dir, o)
	if err != nil {
		return err
	}
	defer s.stop()
	if err := s.start(ctx); err != nil {
		return err
	}
	s.report(out, time.Since(began))
	if err := s.writeReadyFile(o.readyFile); err != nil {
		return err
	}
	return s.wait(ctx)
}

// lock makes sure that one stack at a time uses the folder. The system lets go of the lock when the process ends, however it ends.
func lock(dir string) (func(), error) {
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the lock file: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		file.Close()
		return nil, fmt.Errorf("another ./scripts/dev runs on %s: stop it first, or choose another --dir", dir)
	}
	return func() { file.Close() }, nil
}
