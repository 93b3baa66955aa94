package pgserver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// claim makes this process the owner of the folder. A server that outlived its owner is stopped, one that did not is respected.
func (p place) claim(ctx context.Context, bin string) error {
	if server := p.server(); server != 0 {
		if owner := p.owner(); owner != 0 {
			return fmt.Errorf("the database in %s is in use by process %d", p.dir, owner)
		}
		out, err := p.command(ctx, filepath.Join(bin, "pg_ctl"), "stop", "-D", p.data(), "-m", "fast", "-w", "-t",
			strconv.Itoa(int(stopTimeout/time.Second))).CombinedOutput()
		if err != nil && p.server() != 0 {
			return fmt.Errorf("a PostgreSQL left over in %s does not stop: %s", p.dir, lastLine(string(out)))
		}
	}
	if err := os.WriteFile(p.file("owner"), []byte(strconv.Itoa(os.Getpid())+"\n"), 0o600); err != nil {
		return fmt.Errorf("claim the data folder: %w", err)
	}
	return nil
}

func (p place) release() { _ = os.Remove(p.file("owner")) }

// Remove deletes the folder of a server whose process is gone, after stopping one that outlived it.
func Remove(dir string) error {
	p := place{dir: dir}
	if server := p.server(); server != 0 {
		if owner := p.owner(); owner != 0 {
			return fmt.Errorf("the database in %s is in use by process %d", dir, owner)
		}
		if err := syscall.Kill(server, syscall.SIGINT); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("stop the PostgreSQL left over in %s: %w", dir, err)
		}
	}
	return errors.Join(os.RemoveAll(dir), os.RemoveAll(p.usualSocketDir()))
}

// server is the running PostgreSQL of this folder, or 0. After a crash of the machine its file may name a process that has nothing
// to do with us, so the process is looked at.
func (p place) server() int {
	pid := readPID(filepath.Join(p.data(), "postmaster.pid"))
	if pid == 0 || !alive(pid) {
		return 0
	}
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil {
		if line, err = exec.CommandContext(context.Background(), "ps", "-o", "command=", "-p", strconv.Itoa(pid)).Output(); err != nil {
			return 0
		}
	}
	if !bytes.Contains(line, []byte(p.data())) {
		return 0
	}
	return pid
}

// owner is another living process that started the server, or 0.
func (p place) owner() int {
	if pid := readPID(p.file("owner")); pid != os.Getpid() && alive(pid) {
		return pid
	}
	return 0
}

func readPID(file string) int {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil || pid <= 0 {
		return 0
	}
	return pid
}

func alive(pid int) bool {
	if pid <= 0 {
		return false
	}
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}
