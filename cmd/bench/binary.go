package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// usage is what a process took.
type usage struct {
	wall time.Duration
	cpu  time.Duration // of all its threads, user and system
}

// measured runs a program to its end. What it says on stderr becomes part of the error.
func measured(ctx context.Context, cmd *exec.Cmd) (usage, error) {
	var said bytes.Buffer
	if cmd.Stderr == nil {
		cmd.Stderr = &said
	}
	begin := time.Now()
	err := cmd.Run()
	took := usage{wall: time.Since(begin)}
	if cmd.ProcessState != nil {
		took.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	}
	switch {
	case ctx.Err() != nil:
		return took, ctx.Err()
	case err != nil:
		return took, fmt.Errorf("%s: %w: %s", strings.Join(cmd.Args, " "), err, strings.TrimSpace(said.String()))
	}
	return took, nil
}

// builtHexbeat builds the program from this tree into the directory, unless one is given.
func builtHexbeat(ctx context.Context, given, dir string) (string, error) {
	if given != "" {
		return filepath.Abs(given)
	}
	out := filepath.Join(dir, "hexbeat")
	_, err := measured(ctx, exec.CommandContext(ctx, "go", "build", "-o", out, "github.com/hexbeat/hexbeat/cmd/hexbeat"))
	return out, err
}

// requirement is a program that a benchmark asks for, and the Debian packages that have it.
type requirement struct {
	run      []string // succeeds where it is installed
	packages []string
}

// need says what to install for what is missing, all in one sentence.
func need(ctx context.Context, all ...requirement) error {
	var missing []string
	for _, r := range all {
		if exec.CommandContext(ctx, r.run[0], r.run[1:]...).Run() != nil {
			missing = append(missing, r.packages...)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return fmt.Errorf("some programs are missing: apt-get install %s", strings.Join(missing, " "))
}

// workplace is a directory that is removed when the benchmark is over.
func workplace() (dir string, clean func(), err error) {
	dir, err = os.MkdirTemp("", "hexbeat-bench-")
	return dir, func() { os.RemoveAll(dir) }, err
}
