// Package web is what emulators need to show pages: a server on this machine, and templates that are answered so that no script runs on them.
package web

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// Server answers HTTP until Stop.
type Server struct {
	listener net.Listener
	http     *http.Server
	served   sync.WaitGroup
}

// Listen takes an address such as "127.0.0.1:8025"; "" is a free port of 127.0.0.1. Nobody is answered before Serve.
func Listen(addr string) (*Server, error) {
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", addr)
	if err != nil {
		return nil, err
	}
	return &Server{listener: listener, http: &http.Server{ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 30 * time.Second}}, nil
}

// URL is where the server is, without a slash at the end.
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() }

// Serve has h answer from now on, and returns at once. Call it once.
func (s *Server) Serve(h http.Handler, log *slog.Logger) {
	s.http.Handler = h
	s.served.Go(func() {
		if err := s.http.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("an emulator stopped serving", "url", s.URL(), "error", err)
		}
	})
}

// Stop ends serving. Requests that run have two seconds to end.
func (s *Server) Stop() {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if s.http.Shutdown(ctx) != nil {
		_ = s.http.Close()
	}
	_ = s.listener.Close() // the HTTP server closes only what it serves
	s.served.Wait()
}
