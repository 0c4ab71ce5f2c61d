package local

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
)

// process is a program we started: initdb or the server itself.
type process struct {
	pid  int
	done chan struct{} // closed when it has ended
	err  error         // how it ended; valid once done is closed
}

// command prepares a program for the account, in a session of its own: a Ctrl-C on the terminal is
// meant for Hexbeat, which then stops the server in order. env holds nothing that could redirect it.
func (a account) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8", "TZ=UTC"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if a.stepDown {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	}
	return cmd
}

// launch starts the program. With bound it is asked to stop (SIGINT: for the server a fast and
// orderly shutdown) when this process ends in any way, kill -9 included, where the system can do that.
func launch(cmd *exec.Cmd, bound bool) (*process, error) {
	if bound {
		bindToParent(cmd.SysProcAttr)
	}
	p := &process{done: make(chan struct{})}
	started := make(chan error)
	go func() {
		// The system counts the end of the starting *thread* as the parent's end: keep it for this alone.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		if err == nil {
			p.pid = cmd.Process.Pid
		}
		started <- err
		if err == nil {
			p.err = cmd.Wait()
			close(p.done)
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("run %s: %w", cmd.Path, err)
	}
	return p, nil
}

// signal asks the process for something; one that has ended has nothing left to do.
func (p *process) signal(s syscall.Signal) {
	select {
	case <-p.done:
	default:
		_ = syscall.Kill(p.pid, s)
	}
}
