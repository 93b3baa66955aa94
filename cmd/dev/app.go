package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

func (s *stack) startApp() (err error) {
	s.app, err = start("the app", s.settings.environ(), "", os.Stderr, s.program, "serve")
	return err
}

// awaitApp returns when the app is ready, or when it has ended instead.
func (s *stack) awaitApp(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1:"+strconv.Itoa(s.settings.appPort)+"/readyz", http.NoBody)
		if err != nil {
			return err
		}
		if response, err := http.DefaultClient.Do(request); err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-s.app.done:
			return s.app.ended()
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// startWeb serves the web app's sources with reload, for --watch.
func (s *stack) startWeb(context.Context) (err error) {
	if !s.watch {
		return nil
	}
	_, port, _ := strings.Cut(strings.TrimPrefix(s.settings.baseURL, "http://"), ":")
	environ := append(os.Environ(), "API_URL=http://127.0.0.1:"+strconv.Itoa(s.settings.appPort))
	s.web, err = start("the web development server", environ, "web", os.Stderr,
		filepath.Join("node_modules", ".bin", "vite"), "--port", port, "--strictPort", "--clearScreen", "false")
	return err
}

// wait returns when ctx ends or when a part ends that should not. With --watch it rebuilds the app on each change.
func (s *stack) wait(ctx context.Context) error {
	if s.watch {
		go tellEnd(s.app)
		watch(ctx, func() { s.rebuild(ctx) })
		return ctx.Err()
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-s.app.done:
		return s.app.ended()
	}
}

// tellEnd says when the app ends by itself: without the line, the browser would be the first to know.
func tellEnd(app *process) {
	<-app.done
	if !app.stopping.Load() {
		waitForChange(app.ended())
	}
}

func waitForChange(err error) {
	fmt.Fprintln(os.Stderr, "dev: "+err.Error()+"; waiting for the next change")
}

// rebuild builds the app and restarts it on the migrated database. When the build fails, the old one goes on.
func (s *stack) rebuild(ctx context.Context) {
	began := time.Now()
	build := exec.CommandContext(ctx, "go", "build", "-o", s.program, "./cmd/app")
	build.Stdout, build.Stderr = os.Stderr, os.Stderr
	if build.Run() != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.app.stop()
	for _, step := range []func(context.Context) error{s.migrate, func(context.Context) error { return s.startApp() }, s.awaitApp} {
		if err := step(ctx); err != nil {
			if ctx.Err() == nil {
				waitForChange(err)
			}
			return
		}
	}
	go tellEnd(s.app)
	fmt.Fprintf(os.Stderr, "dev: rebuilt and restarted in %s\n", time.Since(began).Round(10*time.Millisecond))
}
