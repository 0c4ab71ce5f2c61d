//go:build !linux

package local

import "syscall"

// bindToParent: only Linux can tie a child to its parent. Elsewhere a server whose starter was
// killed keeps running, and the next start joins it.
func bindToParent(*syscall.SysProcAttr) {}
