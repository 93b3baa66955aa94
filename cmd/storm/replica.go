package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"sync/atomic"
	"time"
)

// replica is a process that serves the product and works its jobs.
type replica struct {
	command *exec.Cmd
	address string
	client  *http.Client
	dead    atomic.Bool
}

func (s *storm) startReplica(ctx context.Context) (*replica, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("find a port: %w", err)
	}
	address := listener.Addr().String()
	listener.Close()
	r := &replica{
		command: s.replica(ctx), address: "http://" + address,
		client: &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: senders}},
	}
	r.command.Env = append(slices.Concat(os.Environ(), r.command.Env, s.environ), "ADDR="+address)
	r.command.Stderr = s
	if err := r.command.Start(); err != nil {
		return nil, fmt.Errorf("start a replica: %w", err)
	}
	err = await(ctx, 60*time.Second, "a replica to be ready", func() (bool, error) {
		response, err := r.client.Get(r.address + "/readyz") //nolint:noctx // bounded by the client
		if err != nil {
			return false, nil //nolint:nilerr // it does not listen yet
		}
		response.Body.Close()
		return response.StatusCode == http.StatusOK, nil
	})
	if err != nil {
		r.kill()
		return nil, fmt.Errorf("%w\n%s", err, s.said())
	}
	return r, nil
}

// kill ends it as a crash does: nothing is put in order.
func (r *replica) kill() {
	if r.dead.Swap(true) {
		return
	}
	_ = r.command.Process.Kill()
	_ = r.command.Wait()
	r.client.CloseIdleConnections()
}

// post sends a webhook and returns the status of the answer.
func (r *replica) post(ctx context.Context, body []byte, signature string) (int, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.address+"/hooks/stripe", bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Content-Type", "application/json; charset=utf-8")
	request.Header.Set("Stripe-Signature", signature)
	response, err := r.client.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return response.StatusCode, err
}

// await returns when done says so, and an error when that takes longer.
func await(ctx context.Context, limit time.Duration, what string, done func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		if ok, err := done(); ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for %s: %w", what, ctx.Err())
		case <-tick.C:
		}
	}
}
