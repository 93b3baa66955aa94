package server

import (
	"io"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
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
	drains   atomic.Bool // there is more on its way than will be read
}

// What the client may still send before the connection of a refused request is closed.
const (
	drainTime  = time.Second
	drainLimit = 16 << 20
)

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
	if c.drains.Swap(false) {
		c.drain()
	}
	return c.Conn.Close()
}

// drain reads what the client is still sending: closing before that resets the connection, and the answer is lost with it.
func (c *conn) drain() {
	if tcp, ok := c.Conn.(*net.TCPConn); ok {
		_ = tcp.CloseWrite()
	}
	if c.SetReadDeadline(time.Now().Add(drainTime)) == nil {
		_, _ = io.CopyN(io.Discard, c.Conn, drainLimit)
	}
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
