package main

import (
	"context"
	"os"
	"path/filepath"

	"saaskit/platform/emulator/dns"
	"saaskit/platform/emulator/web"
)

// names is the name server that the product asks for proofs of domains, and the page on which records are added.
type names struct {
	server *dns.Server
	pages  *web.Server
}

func (s *stack) startNames(context.Context) (err error) {
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
	s.names.pages, err = s.servePages("the DNS page", 8053, s.names.server.Handler())
	return err
}

func (n names) stop() {
	if n.pages != nil {
		n.pages.Stop()
	}
	if n.server != nil {
		n.server.Close()
	}
}
