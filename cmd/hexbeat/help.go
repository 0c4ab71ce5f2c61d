package main

import (
	"context"
	"fmt"
	"slices"
	"text/tabwriter"
)

func helpCommand() command {
	return command{"help", "list the commands, or explain one", help}
}

func help(ctx context.Context, env environment, args []string) error {
	if len(args) == 0 || isHelp(args[0]) || args[0] == "help" {
		return listCommands(env)
	}
	return perform(ctx, env, append(slices.Clone(args), "--help"))
}

// listCommands prints the commands named, or all of them.
func listCommands(env environment, only ...string) error {
	fmt.Fprint(env.stdout, "Hexbeat plans field sales: whose ground, whose visits, in what order, and who takes over.\n\n")
	table := tabwriter.NewWriter(env.stdout, 0, 0, 3, ' ', 0)
	for _, c := range commands() {
		if len(only) == 0 || slices.Contains(only, c.name) {
			fmt.Fprintf(table, "  hexbeat %s\t%s\n", c.name, c.summary)
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(env.stdout, "\nhexbeat COMMAND --help explains one. Every flag may also be set as a variable: --data-dir as HEXBEAT_DATA_DIR.")
	return err
}
