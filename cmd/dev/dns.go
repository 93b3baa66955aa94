package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"saaskit/platform/emulator/dns"
)

// names is the name server that the product asks for proofs of domains, and the page on which records are added.
type names struct {
	server *dns.Server
	pages  *http.Server
	page   string
}

func (s *stack) startNames(ctx context.Context) error {
	port, err := s.ports.take("the DNS page", s.wish(8053))
	if err != nil {
		return err
	}
	state := filepath.Join(s.dir, "dns.json")
	if s.reset {
		if err := os.RemoveAll(state); err != nil {
			return err
		}
	}
	if s.names.server, err = dns.Start(dns.Options{Addr: "127.0.0.1:0", StatePath: state}); err != nil {
		return err
	}
	s.settings.dnsServer = s.names.server.Addr()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:"+strconv.Itoa(port))
	if err != nil {
		return err
	}
	s.names.page = "http://127.0.0.1:" + strconv.Itoa(port)
	s.names.pages = &http.Server{Handler: s.names.server.Handler(), ReadHeaderTimeout: 5 * time.Second}
	go func() {
		if err := s.names.pages.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.log.Error("the DNS page stopped", "error", err)
		}
	}()
	return nil
}

func (n names) stop() {
	if n.pages != nil {
		n.pages.Close()
	}
	if n.server != nil {
		n.server.Close()
	}
}
