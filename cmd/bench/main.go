// Command bench measures the program against others and against its targets, from outside: it runs the
// hexbeat that it builds from this tree and has the answers judged by programs that know nothing of it.
//
//	go run ./cmd/bench help
//	go run ./cmd/bench territories
//
// One file per command. Exit codes: 0 all targets met, 1 one missed or a run failed, 2 wrong usage.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"text/tabwriter"
)

// environment is all that a command knows of the outside, so that a test can be it.
type environment struct {
	stdout, stderr io.Writer
	getenv         func(string) string
}

// command is one benchmark.
type command struct {
	name    string
	summary string // what it measures, for the list of commands
	run     func(ctx context.Context, env environment, args []string) error
}

// commands lists what can be measured.
func commands() []command {
	return []command{
		territoriesCommand(),
		rebalanceCommand(),
		regionCommand(),
		dayCommand(),
		weekCommand(),
		routesCommand(),
		reassignCommand(),
		liveCommand(),
	}
}

// errMissed is returned by a benchmark that ran to its end and missed a target.
var errMissed = errors.New("targets were missed")

// usageError is a command line that can't be meant: exit code 2.
type usageError struct{ say string }

func (e usageError) Error() string { return e.say }

func misuse(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	os.Exit(run(ctx, environment{os.Stdout, os.Stderr, os.Getenv}, os.Args[1:]))
}

// run carries out one command line and returns the exit code.
func run(ctx context.Context, env environment, args []string) int {
	err := perform(ctx, env, args)
	var misuse usageError
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.As(err, &misuse):
		fmt.Fprintln(env.stderr, "bench:", err)
		return 2
	}
	fmt.Fprintln(env.stderr, "bench:", err)
	return 1
}

func perform(ctx context.Context, env environment, args []string) error {
	if len(args) == 0 {
		return misuse("say what to measure: bench help lists the commands")
	}
	switch args[0] {
	case "help", "-h", "-help", "--help":
		table := tabwriter.NewWriter(env.stdout, 0, 0, 3, ' ', 0)
		for _, c := range commands() {
			fmt.Fprintf(table, "  bench %s\t%s\n", c.name, c.summary)
		}
		return table.Flush()
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return c.run(ctx, env, args[1:])
		}
	}
	return misuse("there is no command %q: bench help lists them", args[0])
}

// newFlags makes the flags of a command.
func newFlags(env environment, name, about string) *flag.FlagSet {
	f := flag.NewFlagSet("bench "+name, flag.ContinueOnError)
	f.SetOutput(io.Discard) // run prints what is wrong
	f.Usage = func() {
		fmt.Fprintf(env.stdout, "bench %s\n\n%s\n\n", name, about)
		f.SetOutput(env.stdout)
		f.PrintDefaults()
	}
	return f
}

// parse reads a command line that has flags only.
func parse(f *flag.FlagSet, args []string) error {
	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return misuse("%v: %s --help explains the flags", err, f.Name())
	}
	if f.NArg() > 0 {
		return misuse("%q is one word too many: %s --help explains the flags", f.Arg(0), f.Name())
	}
	return nil
}
