package main

import (
	"flag"
	"fmt"
	"io"
	"reflect"
	"strings"
	"text/tabwriter"
)

// flags reads a command's flags and operands, in any order. Every flag can be set as a variable too:
// --data-dir is HEXBEAT_DATA_DIR; the command line wins.
//
//	f := newFlags(env, "hexbeat plan", "Plans a day of a branch.")
//	date := f.String("date", "", "the `day` to plan, like 2026-11-23; today without it")
//	if err := f.parse(args); err != nil {
//		return err
//	}
type flags struct {
	*flag.FlagSet
	env      environment
	usage    string   // the command with its operands
	about    string   // a paragraph
	operands []string // what stands on the command line beside the flags
}

// newFlags makes the flags of a command. The words of usage in capital letters are its operands, all required.
func newFlags(env environment, usage, about string) *flags {
	set := flag.NewFlagSet(usage, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	return &flags{FlagSet: set, env: env, usage: usage, about: about}
}

// parse reads variables and then the command line. Asked for help it prints that and returns errHelp.
func (f *flags) parse(args []string) error {
	for i, arg := range args {
		if arg == "--" {
			break
		}
		if isHelp(arg) && (i == 0 || !f.takesValue(args[i-1])) {
			return f.help()
		}
	}
	if err := f.parseVariables(); err != nil {
		return err
	}
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		switch {
		case arg == "--":
			f.operands, args = append(f.operands, args...), nil
			continue
		case arg == "-" || !strings.HasPrefix(arg, "-"):
			f.operands = append(f.operands, arg)
			continue
		}
		name, value, given := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(arg, "-"), "-"), "=")
		known := f.Lookup(name)
		switch {
		case known == nil:
			return f.unknown(name)
		case given:
		case isBool(known):
			value = "true"
		case len(args) == 0 || strings.HasPrefix(args[0], "--"):
			return misuse("--%s needs a value", name)
		default:
			value, args = args[0], args[1:]
		}
		if err := f.Set(name, value); err != nil {
			return badValue("--"+name, value, known, err)
		}
	}
	return f.countOperands()
}

func (f *flags) parseVariables() (err error) {
	f.VisitAll(func(one *flag.Flag) {
		value := f.env.getenv(variable(one.Name))
		if value == "" || err != nil {
			return
		}
		if wrong := f.Set(one.Name, value); wrong != nil {
			err = badValue(variable(one.Name), value, one, wrong)
		}
	})
	return err
}

func (f *flags) countOperands() error {
	var wanted []string
	for _, word := range strings.Fields(f.usage) {
		if word == strings.ToUpper(word) {
			wanted = append(wanted, word)
		}
	}
	switch {
	case len(f.operands) < len(wanted):
		return misuse("%s is missing: %s", wanted[len(f.operands)], f.usage)
	case len(f.operands) > len(wanted):
		return misuse("%q is one word too many: %s", f.operands[len(wanted)], f.usage)
	}
	return nil
}

func (f *flags) unknown(name string) error {
	var names []string
	f.VisitAll(func(one *flag.Flag) { names = append(names, one.Name) })
	if guess := nearest(name, names); guess != "" {
		return misuse("there is no flag --%s: did you mean --%s?", name, guess)
	}
	return misuse("there is no flag --%s: %s --help lists them", name, f.command())
}

// command is the usage without its operands.
func (f *flags) command() string {
	return strings.Join(strings.FieldsFunc(f.usage, func(r rune) bool { return r == ' ' })[:f.words()], " ")
}

func (f *flags) words() (n int) {
	for _, word := range strings.Fields(f.usage) {
		if word == strings.ToUpper(word) {
			break
		}
		n++
	}
	return n
}

func (f *flags) help() error {
	fmt.Fprintf(f.env.stdout, "%s\n\n%s\n", f.usage, f.about)
	table := tabwriter.NewWriter(f.env.stdout, 0, 0, 2, ' ', 0)
	any := false
	f.VisitAll(func(one *flag.Flag) {
		if !any {
			fmt.Fprintln(table)
			any = true
		}
		value, text := flag.UnquoteUsage(one)
		if one.DefValue != "" && one.DefValue != "false" {
			text += " (default " + one.DefValue + ")"
		}
		fmt.Fprintf(table, "  --%s\t%s\t%s\n", strings.TrimSpace(one.Name+" "+value), variable(one.Name), text)
	})
	if err := table.Flush(); err != nil {
		return err
	}
	return errHelp
}

// takesValue says whether the argument is a flag whose value comes next.
func (f *flags) takesValue(arg string) bool {
	if !strings.HasPrefix(arg, "-") || strings.Contains(arg, "=") {
		return false
	}
	known := f.Lookup(strings.TrimLeft(arg, "-"))
	return known != nil && !isBool(known)
}

// variable is the environment variable of a flag.
func variable(name string) string {
	return "HEXBEAT_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

func isBool(f *flag.Flag) bool {
	b, ok := f.Value.(interface{ IsBoolFlag() bool })
	return ok && b.IsBoolFlag()
}

// badValue says what the flag takes. Package flag itself says no more than "parse error".
func badValue(where, value string, f *flag.Flag, err error) error {
	if g, ok := f.Value.(flag.Getter); ok {
		switch reflect.TypeOf(g.Get()).String() {
		case "int", "int64", "uint", "uint64":
			return misuse("%s takes a whole number, not %q", where, value)
		case "float64":
			return misuse("%s takes a number, not %q", where, value)
		case "time.Duration":
			return misuse("%s takes a length of time like 90s or 12h, not %q", where, value)
		case "bool":
			return misuse("%s takes true or false, not %q", where, value)
		}
	}
	return misuse("%s: %v", where, err)
}
