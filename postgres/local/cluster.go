package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// superuser is the one role of a private cluster; its socket is closed to other users of the machine.
const superuser = "hexbeat"

// makeCluster makes a new cluster beside its place and moves it there when it is complete and on
// disk: a start that is cut short leaves nothing that looks like a cluster. lock keeps others away
// even if this process dies and initdb lives a moment longer.
func makeCluster(ctx context.Context, d directory, a account, in installation, scratch bool, lock *os.File) error {
	if err := os.RemoveAll(d.newborn()); err != nil {
		return notWritable(d.newborn(), err)
	}
	if err := os.Mkdir(d.newborn(), 0o700); err != nil {
		return notWritable(d.newborn(), err)
	}
	if err := a.own(d.newborn()); err != nil {
		return fmt.Errorf("give %s to user %s: %w", d.newborn(), a.name, err)
	}
	// C.UTF-8 and not C: with C, lower() and trigrams do not know Russian letters.
	args := []string{
		"-D", d.newborn(), "--username=" + superuser, "--encoding=UTF8",
		"--locale=C.UTF-8", "--lc-messages=C",
		"--auth-local=trust", "--auth-host=reject", "--no-instructions",
	}
	if scratch {
		args = append(args, "--no-sync")
	} else {
		args = append(args, "--data-checksums")
	}
	cmd := a.command(in.program("initdb"), args...)
	cmd.ExtraFiles = []*os.File{lock}
	if out, err := run(ctx, cmd); err != nil {
		_ = os.RemoveAll(d.newborn())
		return fmt.Errorf("initdb of PostgreSQL %d in %s: %w: %s", in.major, d, err, complaint(out))
	}
	if err := os.Remove(d.pgdata()); err != nil && !errors.Is(err, os.ErrNotExist) { // empty, or written() had refused
		return notWritable(d.pgdata(), err)
	}
	if err := os.Rename(d.newborn(), d.pgdata()); err != nil {
		return notWritable(d.pgdata(), err)
	}
	return syncDir(string(d))
}

// run starts the program, bound to this process, and waits for its end; it interrupts it when ctx ends.
func run(ctx context.Context, cmd *exec.Cmd) (output string, err error) {
	var text strings.Builder
	cmd.Stdout, cmd.Stderr = &text, &text
	p, err := launch(cmd, true)
	if err != nil {
		return "", err
	}
	select {
	case <-p.done:
		return text.String(), p.err
	case <-ctx.Done():
		p.signal(syscall.SIGINT)
		<-p.done
		return text.String(), ctx.Err()
	}
}

// complaint is the line of a program's output that says what went wrong: the last one that
// calls itself an error, otherwise the last one.
func complaint(output string) string {
	lines := strings.Split(strings.TrimSpace(output), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		for _, mark := range []string{"FATAL:", "PANIC:", "error:"} {
			if _, text, ok := strings.Cut(lines[i], mark); ok {
				return strings.TrimSpace(text)
			}
		}
	}
	return strings.TrimSpace(lines[len(lines)-1])
}

// syncDir makes a rename in dir survive a power cut.
func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return notWritable(dir, err)
	}
	defer f.Close()
	if err := f.Sync(); err != nil {
		return fmt.Errorf("sync %s: %w", filepath.Base(dir), err)
	}
	return nil
}
