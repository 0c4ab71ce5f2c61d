package main

import (
	"context"
	"fmt"
	"strconv"
	"text/tabwriter"

	"github.com/hexbeat/hexbeat/postgres"
)

// forever is the word for what has no age.
const forever = "ever"

func retentionCommand() command {
	return command{"retention", "say how long the record keeps what grows without end", retention}
}

func retention(ctx context.Context, env environment, args []string) error {
	f := newFlags(env, "hexbeat retention", "Says for how many days the record keeps the change feed (a phone that was off for longer reads everything anew), positions of reps, answers to\n"+
		"repeated requests, and alerts that are at rest, for all organizations. Without a flag it changes nothing and prints what is in force. Events, the\n"+
		"audit and decisions are kept for ever. What is too old goes twice a day, feed and positions by whole months.")
	ages := map[string]*string{}
	for _, kind := range []struct{ name, of string }{{"feed", "changes"}, {"position", "positions"}, {"request", "answers to requests"}, {"alert", "alerts"}} {
		ages[kind.name] = f.String(kind.name, "", "`days` to keep "+kind.of+", or "+forever)
	}
	where := f.record()
	if err := f.parse(args); err != nil {
		return err
	}
	var wished []postgres.Kept
	for kind, text := range ages {
		if *text == "" {
			continue
		}
		kept := postgres.Kept{Kind: kind}
		if *text != forever {
			days, err := strconv.ParseUint(*text, 10, 15)
			if err != nil {
				return misuse("--%s takes a number of days, or %s, not %q", kind, forever, *text)
			}
			whole := int(days)
			kept.Days = &whole
		}
		wished = append(wished, kept)
	}
	rec, err := where.open(ctx)
	if err != nil {
		return err
	}
	defer rec.close()
	for _, kept := range wished {
		if err := rec.db.Keep(ctx, kept); err != nil {
			return fmt.Errorf("--%s: %w", kept.Kind, err)
		}
	}
	all, err := rec.db.Retention(ctx)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(env.stdout, 0, 0, 2, ' ', 0)
	for _, kept := range all {
		age := "for " + forever
		if kept.Days != nil {
			age = fmt.Sprintf("%d days", *kept.Days)
		}
		fmt.Fprintf(table, "%s\t%s\n", kept.Kind, age)
	}
	return table.Flush()
}
