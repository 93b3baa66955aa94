package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// product is the real program, serving on this machine.
type product struct {
	command *exec.Cmd
	address string
	client  *http.Client
	started time.Duration // from process start to the first 200
}

func serve(ctx context.Context, program string, environ []string) (*product, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("find a port: %w", err)
	}
	address := listener.Addr().String()
	listener.Close()

	p := &product{address: "http://" + address, client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}}
	p.command = exec.CommandContext(ctx, program, "serve", "--no-jobs")
	p.command.Env = append(slices.Clone(environ), "ADDR="+address, "METRICS_ADDR=off", "LOG_LEVEL=error", "GOGC=400", "GOMEMLIMIT=512MiB")
	p.command.Stderr = os.Stderr
	began := time.Now()
	if err := p.command.Start(); err != nil {
		return nil, fmt.Errorf("start the product: %w", err)
	}
	for time.Since(began) < 30*time.Second {
		if response, err := p.client.Get(p.address + "/readyz"); err == nil { //nolint:noctx // bounded by the loop
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				p.started = time.Since(began)
				return p, nil
			}
		}
		<-time.After(time.Millisecond)
	}
	return nil, errors.New("the product was not ready in 30 s")
}

func (p *product) stop() {
	_ = p.command.Process.Signal(syscall.SIGTERM)
	_ = p.command.Wait()
}

// request is one authenticated call; it reads the whole answer.
func (p *product) request(method string, path func(*rand.Rand) string, body, token string, want int) work {
	return func(ctx context.Context, random *rand.Rand) error {
		request, err := http.NewRequestWithContext(ctx, method, p.address+path(random), strings.NewReader(body))
		if err != nil {
			return err
		}
		request.Header.Set("Authorization", "Bearer "+token)
		request.Header.Set("Content-Type", "application/json")
		response, err := p.client.Do(request)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		if err != nil {
			return err
		}
		if response.StatusCode != want {
			return fmt.Errorf("%s %s: %s: %s", method, request.URL.Path, response.Status, text)
		}
		return nil
	}
}

// cpu is the processor time that the process has used. Linux only; 0 elsewhere.
func (p *product) cpu() time.Duration {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(p.command.Process.Pid), "stat"))
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(after)
	if len(fields) < 13 {
		return 0
	}
	ticks := 0
	for _, field := range fields[11:13] { // utime and stime, in hundredths of a second
		n, err := strconv.Atoi(field)
		if err != nil {
			return 0
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// memory is the resident size of the process in MiB. Linux only; 0 elsewhere.
func (p *product) memory() float64 {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(p.command.Process.Pid), "status"))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if value, found := strings.CutPrefix(line, "VmRSS:"); found {
			kib, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(value), " kB"))
			if err != nil {
				return 0
			}
			return float64(kib) / 1024
		}
	}
	return 0
}
