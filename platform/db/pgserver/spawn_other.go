//go:build !linux

package pgserver

import "syscall"

// dieWithParent does nothing where the kernel cannot do it: the next start stops a server that was left over.
func dieWithParent(*syscall.SysProcAttr) {}
