package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"
)

// process is a child of the local stack: the product itself, or the web development server.
type process struct {
	name string
	cmd  *exec.Cmd
	done chan struct{} // closed when the child has ended
	err  error         // how it ended; read after done

	stopping atomic.Bool // somebody asked it to end
}

// start runs the program in a process group of its own, so that Ctrl-C reaches it only through stop.
func start(name string, environ []string, dir string, out io.Writer, program string, args ...string) (*process, error) {
	//nolint:noctx // stop ends the child with a signal first, and only then by force
	p := &process{name: name, cmd: exec.Command(program, args...), done: make(chan struct{})}
	p.cmd.Env, p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = environ, dir, out, out
	p.cmd.SysProcAttr = childAttributes()
	started := make(chan error)
	go func() {
		// The kernel ends the child when the thread that started it dies: the goroutine keeps its thread.
		runtime.LockOSThread()
		err := p.cmd.Start()
		started <- err
		if err == nil {
			p.err = p.cmd.Wait()
			close(p.done)
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	return p, nil
}

// stop asks the child and its own children to end, and forces them after the time a graceful stop may take.
func (p *process) stop() {
	if p == nil {
		return
	}
	p.stopping.Store(true)
	group := -p.cmd.Process.Pid
	_ = syscall.Kill(group, syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(25 * time.Second):
		_ = syscall.Kill(group, syscall.SIGKILL)
		<-p.done
	}
}

// ended says how the child ended; it may be asked after done.
func (p *process) ended() error {
	return fmt.Errorf("%s ended with %s; its reason is above", p.name, p.cmd.ProcessState)
}

// runOnce runs the program to its end; a failure carries the last of what it said.
func runOnce(ctx context.Context, environ []string, program string, args ...string) error {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env, cmd.Stderr, cmd.SysProcAttr = environ, os.Stderr, childAttributes()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := cmd.Run()
	if _, failed := errors.AsType[*exec.ExitError](err); failed {
		return fmt.Errorf("%s %v failed; its reason is above", program, args)
	}
	return err
}
