package server

import (
	"net"
	"net/netip"
	"sync"
)

// listener bounds the open connections, in all and by address, and knows them, so that a stop can end them.
// A connection over a bound is closed without a word: it costs nothing and holds nobody up.
type listener struct {
	net.Listener
	max, maxPerIP int
	exempt        []netip.Prefix

	mu    sync.Mutex
	open  map[*conn]struct{}
	perIP map[netip.Addr]int
}

func newListener(inner net.Listener, limit, limitPerIP int, exempt []netip.Prefix) *listener {
	return &listener{
		Listener: inner, max: limit, maxPerIP: limitPerIP, exempt: exempt,
		open: map[*conn]struct{}{}, perIP: map[netip.Addr]int{},
	}
}

// Accept returns the next connection within the bounds.
func (l *listener) Accept() (net.Conn, error) {
	for {
		inner, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if c := l.admit(inner); c != nil {
			return c, nil
		}
		_ = inner.Close()
	}
}

func (l *listener) admit(inner net.Conn) net.Conn {
	ip := addrOf(inner.RemoteAddr())
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.open) >= l.max || l.perIP[ip] >= l.maxPerIP && !contains(l.exempt, ip) {
		return nil
	}
	c := &conn{Conn: inner, listener: l, ip: ip}
	l.open[c] = struct{}{}
	l.perIP[ip]++
	return c
}

// cut closes every connection.
func (l *listener) cut() {
	l.mu.Lock()
	all := make([]*conn, 0, len(l.open))
	for c := range l.open {
		all = append(all, c)
	}
	l.mu.Unlock()
	for _, c := range all {
		_ = c.Close()
	}
}

type conn struct {
	net.Conn
	listener *listener
	ip       netip.Addr
	once     sync.Once
}

// Close gives the connection's place free.
func (c *conn) Close() error {
	c.once.Do(func() {
		c.listener.mu.Lock()
		defer c.listener.mu.Unlock()
		delete(c.listener.open, c)
		if c.listener.perIP[c.ip]--; c.listener.perIP[c.ip] == 0 {
			delete(c.listener.perIP, c.ip)
		}
	})
	return c.Conn.Close()
}

func addrOf(a net.Addr) netip.Addr {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.Addr{}
	}
	return tcp.AddrPort().Addr().Unmap().WithZone("")
}

func contains(networks []netip.Prefix, ip netip.Addr) bool {
	for _, n := range networks {
		if n.Contains(ip) {
			return true
		}
	}
	return false
}
