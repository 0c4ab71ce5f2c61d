// Command hexbeat plans and runs field sales: territories, visits, reassignment on the day.
//
//	hexbeat help
//
// One file per command. Exit codes: 0 done, 1 failed, 2 wrong usage.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	_ "time/tzdata" // zones must be known on machines that have none installed
)

// environment is all that a command knows of the outside, so that a test can be it.
type environment struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
}

// command is one thing the program does. A name may have two words: "branch add".
type command struct {
	name    string
	summary string // what it does, for the list of commands
	run     func(ctx context.Context, env environment, args []string) error
}

// commands lists what the program does, in the order a newcomer needs it.
func commands() []command {
	return []command{
		helpCommand(),
		demoCommand(),
		serveCommand(),
		organizationAddCommand(),
		branchAddCommand(),
		branchTrafficCommand(),
		userAddCommand(),
		tokenCommand(),
		tokenRevokeCommand(),
		importRepsCommand(),
		importVisitsCommand(),
		importCustomersCommand(),
		alignmentDraftCommand(),
		alignmentPublishCommand(),
		alignmentRevertCommand(),
		planCommand(),
		territoriesCommand(),
		solveCommand(),
		migrateCommand(),
		decisionReplayCommand(),
		notifyProveCommand(),
		retentionCommand(),
		doctorCommand(),
		versionCommand(),
	}
}

// What a run of the program ends with.
const (
	exitDone   = 0
	exitFailed = 1
	exitMisuse = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	os.Exit(run(ctx, environment{os.Stdin, os.Stdout, os.Stderr, os.Getenv}, os.Args[1:]))
}

// run carries out one command line and returns the exit code. What went wrong is one line on stderr.
func run(ctx context.Context, env environment, args []string) int {
	err := perform(ctx, env, args)
	var misuse usageError
	switch {
	case err == nil || errors.Is(err, errHelp):
		return exitDone
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		fmt.Fprintln(env.stderr, "hexbeat: interrupted")
		return exitFailed
	}
	fmt.Fprintln(env.stderr, "hexbeat:", explain(err))
	if errors.As(err, &misuse) {
		return exitMisuse
	}
	return exitFailed
}

func perform(ctx context.Context, env environment, args []string) error {
	if len(args) == 0 {
		return misuse("say what to do: hexbeat help lists the commands, hexbeat demo shows everything at work")
	}
	if slices.Contains([]string{"-h", "-help", "--help"}, args[0]) {
		args = append([]string{"help"}, args[1:]...)
	}
	if args[0] == "--version" {
		args = []string{"version"}
	}
	for words := min(2, len(args)); words > 0; words-- {
		name := strings.Join(args[:words], " ")
		for _, c := range commands() {
			if c.name == name {
				return c.run(ctx, env, args[words:])
			}
		}
	}
	return unknownCommand(env, args)
}

// unknownCommand lists what the first word may be followed by, or suggests what was meant.
func unknownCommand(env environment, args []string) error {
	var names, group []string
	for _, c := range commands() {
		names = append(names, c.name)
		if first, _, two := strings.Cut(c.name, " "); two && first == args[0] {
			group = append(group, c.name)
		}
	}
	switch {
	case len(group) > 0 && len(args) > 1 && isHelp(args[1]):
		return listCommands(env, group...)
	case len(group) > 0:
		return misuse("hexbeat %s is not complete: say hexbeat %s", args[0], strings.Join(group, " or hexbeat "))
	}
	asked := strings.Join(args[:min(2, len(args))], " ")
	for _, guess := range []string{nearest(args[0], names), nearest(asked, names)} {
		if guess != "" {
			return misuse("there is no command %q: did you mean hexbeat %s?", args[0], guess)
		}
	}
	return misuse("there is no command %q: hexbeat help lists them", args[0])
}

// usageError is a command line that can't be meant: exit code 2.
type usageError struct{ say string }

func (e usageError) Error() string { return e.say }

// misuse makes a usageError.
func misuse(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }

// errHelp ends a command that was only asked what it does.
var errHelp = errors.New("help was asked for")

func isHelp(arg string) bool { return slices.Contains([]string{"-h", "-help", "--help"}, arg) }
