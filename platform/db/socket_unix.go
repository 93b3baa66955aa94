//go:build unix

package db

import (
	"net"
	"syscall"
)

// hasInput reports whether something is waiting to be read on an idle connection, without reading it: the server's farewell,
// the end of the stream, or a notice. It costs no trip.
func hasInput(c net.Conn) bool {
	if wrapped, ok := c.(interface{ NetConn() net.Conn }); ok {
		c = wrapped.NetConn()
	}
	socket, ok := c.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return true
	}
	var waiting bool
	// Not raw.Read: it waits for pgx's background reader, which after a slow write sits in Read until the server speaks.
	err = raw.Control(func(fd uintptr) {
		var buf [1]byte
		_, _, err := syscall.Recvfrom(int(fd), buf[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		waiting = err != syscall.EAGAIN && err != syscall.EWOULDBLOCK && err != syscall.EINTR
	})
	return waiting || err != nil
}
