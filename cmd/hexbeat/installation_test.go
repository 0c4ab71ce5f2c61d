package main

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// installation is the built binary with a data folder of its own.
type installation struct {
	t      *testing.T
	binary string
	dir    string
	env    []string
	server *exec.Cmd
}

func newInstallation(t *testing.T, env ...string) *installation {
	t.Helper()
	if testing.Short() {
		t.Skip("starts the real program: not in the quick round")
	}
	dir := openFolder(t)
	p := &installation{t: t, binary: builtBinary(t), dir: dir}
	p.env = append(os.Environ(), "HEXBEAT_DATA_DIR="+filepath.Join(dir, "data"), "DATABASE_URL=", "LANG=en_US.UTF-8")
	p.env = append(p.env, env...)
	t.Cleanup(p.kill)
	return p
}

// openFolder is a temporary folder, and not t.TempDir: PostgreSQL runs as another user, who must be able to enter.
func openFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "hexbeat-test-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// command prepares the binary to be run.
func (p *installation) command(args ...string) *exec.Cmd {
	cmd := exec.Command(p.binary, args...)
	cmd.Env, cmd.Dir = p.env, p.dir
	return cmd
}

// run carries out a command that must succeed and returns what it printed.
func (p *installation) run(args ...string) string {
	p.t.Helper()
	cmd := p.command(args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		p.t.Fatalf("hexbeat %s: %v\n%s%s", strings.Join(args, " "), err, out, stderr.String())
	}
	return strings.TrimSpace(string(out))
}

func (p *installation) write(name, text string) string {
	p.t.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		p.t.Fatal(err)
	}
	return path
}

// token is a bearer token of a rep by name. A serving process may run beside.
func (p *installation) token(name string) string {
	p.t.Helper()
	return p.run("token", "--email", "rep"+name[len(name)-2:]+"@example.com")
}

// serve starts `hexbeat serve` on a free port and waits until it is ready.
func (p *installation) serve() *api {
	p.t.Helper()
	probe, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		p.t.Fatal(err)
	}
	address := probe.Addr().String()
	_ = probe.Close()
	p.server = p.command("serve", "--addr", address)
	p.server.Stderr = &lines{t: p.t}
	if err := p.server.Start(); err != nil {
		p.t.Fatal(err)
	}
	a := &api{t: p.t, url: "http://" + address}
	a.ready()
	return a
}

// kill ends the serving process as a power cut would.
func (p *installation) kill() {
	if p.server == nil || p.server.ProcessState != nil {
		return
	}
	_ = p.server.Process.Signal(syscall.SIGKILL)
	_ = p.server.Wait() // it was killed
}

// lines hands a process's log to the test's, and is silent once the test is over.
type lines struct{ t *testing.T }

func (l *lines) Write(b []byte) (int, error) {
	if l.t.Context().Err() == nil {
		l.t.Logf("%s", bytes.TrimSpace(b))
	}
	return len(b), nil
}

// shared is a file of the shared folder. Where that folder is absent the test is skipped, except in CI.
func shared(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "..", "..", "shared", name))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is missing", name)
		}
		t.Skipf("%s is not here", name)
	}
	return path
}
