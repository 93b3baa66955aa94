package pgserver

import "syscall"

// dieWithParent asks the kernel to shut the server down when we end in whatever way, kill -9 included.
func dieWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGINT }
