package local

import "syscall"

func bindToParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGINT }
