package local

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// postmaster is what a running server says of itself in postmaster.pid.
type postmaster struct {
	pid       int
	port      int
	socketDir string
	ready     bool
}

// readPostmaster reads postmaster.pid. ok is false when there is none or it is still being written.
func readPostmaster(path string) (p postmaster, ok bool) {
	text, err := os.ReadFile(path)
	if err != nil {
		return postmaster{}, false
	}
	return parsePostmaster(string(text))
}

// parsePostmaster knows the lines: pid, data directory, start time, port, socket folder,
// listen address, shared memory, state.
func parsePostmaster(text string) (p postmaster, ok bool) {
	lines := strings.Split(text, "\n")
	p.pid, _ = strconv.Atoi(strings.TrimSpace(lines[0]))
	if p.pid <= 0 {
		return postmaster{}, false
	}
	if len(lines) >= 5 {
		p.port, _ = strconv.Atoi(strings.TrimSpace(lines[3]))
		p.socketDir = strings.TrimSpace(lines[4])
	}
	p.ready = len(lines) >= 8 && strings.TrimSpace(lines[7]) == "ready"
	return p, true
}

// gone reports that the process of a postmaster.pid is certainly no server any more: dead, or its
// number was given to another program since (usual in containers, where numbers are small).
func (p postmaster) gone() bool {
	if syscall.Kill(p.pid, 0) == syscall.ESRCH {
		return true
	}
	if runtime.GOOS != "linux" {
		return false
	}
	command, err := os.ReadFile("/proc/" + strconv.Itoa(p.pid) + "/cmdline")
	if err != nil {
		return os.IsNotExist(err)
	}
	program, _, _ := strings.Cut(string(command), "\x00")
	name := filepath.Base(strings.TrimSuffix(strings.Fields(program + " ?")[0], ":"))
	return name != "postgres" && name != "postmaster"
}
