package main

import (
	"fmt"
	"net"
	"strconv"
)

// ports finds free loopback ports, and remembers which wish it could not grant.
type ports struct {
	given map[int]bool
	notes []string
}

// take returns the wanted port, or the next free one above it. With 0 any free port will do.
func (p *ports) take(what string, wanted int) (int, error) {
	for port := wanted; port < wanted+100; port++ {
		free, err := freePort(port)
		if err != nil || p.given[free] {
			continue
		}
		p.given[free] = true
		if wanted != 0 && free != wanted {
			p.notes = append(p.notes, fmt.Sprintf("port %d is taken by another program: %s uses %d", wanted, what, free))
		}
		return free, nil
	}
	return 0, fmt.Errorf("no free port for %s from %d to %d: stop a program that holds one, or choose with --port", what, wanted, wanted+99)
}

func freePort(port int) (int, error) {
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port))) //nolint:noctx // it only looks
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}
