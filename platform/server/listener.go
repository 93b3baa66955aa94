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
	c := &conn{Conn: inner, listener: l, ip: ip, since: time.Now()}
	l.open[c] = struct{}{}
	l.perIP[ip]++
	return c
}

// cut closes every connection.
func (l *listener) cut() { l.closeThose(func(*conn) bool { return true }) }

// silence is how long a new connection may say nothing before a stop takes it for an idle one.
const silence = time.Second

// cutSilent closes those that have been open for a while and never sent anything, until done: browsers and clients' pools open some to
// have them ready, and fasthttp waits for their first request.
func (l *listener) cutSilent(done <-chan struct{}) {
	poll := time.NewTicker(50 * time.Millisecond)
	defer poll.Stop()
	for {
		l.closeThose(func(c *conn) bool { return !c.spoke.Load() && time.Since(c.since) > silence })
		select {
		case <-done:
			return
		case <-poll.C:
		}
	}
}

func (l *listener) closeThose(which func(*conn) bool) {
	l.mu.Lock()
	var found []*conn
	for c := range l.open {
		if which(c) {
			found = append(found, c)
		}
	}
	l.mu.Unlock()
	for _, c := range found {
		_ = c.Close()
	}
}

type conn struct {
	net.Conn
	listener *listener
	ip       netip.Addr
	since    time.Time
	spoke    atomic.Bool // the client has sent something
	once     sync.Once
	drains   atomic.Bool // there is more on its way than will be read
}

// Read notes that the client speaks.
func (c *conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if n > 0 && !c.spoke.Load() {
		c.spoke.Store(true)
	}
	return n, err
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
