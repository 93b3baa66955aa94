//go:build !linux

package main

import "syscall"

// childAttributes gives the child a process group of its own.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
