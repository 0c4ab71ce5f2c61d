package main

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/customer/table"
	"github.com/hexbeat/hexbeat/desk"
)

func importVisitsCommand() command {
	return command{"import visits", "take a file of work to be done (CSV, XLSX) into the queue", importVisits}
}

func importVisits(ctx context.Context, env environment, args []string) error {
	f := newImportFlags(env, "hexbeat import visits FILE",
		"Takes work to be done from a CSV or XLSX file into the queues of the branches. The first line names the columns: id (of the order) and site\n"+
			"(the site's id in the customer file, of the same --source); further kind, from, due, promised_from, promised_to (2026-11-24 14:30 or\n"+
			"24.11.2026 14:30 by the site's clock), visit_minutes, priority, needs (skills). Without due a visit is due today, or on the day of its promise.\n"+
			"With --branch, sites of other branches are refused. The same file twice changes nothing; a changed row changes a visit that still waits.\n"+
			"Refused rows go to FILE.rejected.csv.")
	if err := f.parse(args); err != nil {
		return err
	}
	rows, rejected, err := readFile(f.operands[0], table.ReadVisits)
	if err != nil {
		return err
	}
	run, err := f.begin(ctx, false)
	if err != nil {
		return err
	}
	defer run.close()
	run.rejected = rejected
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	var sum desk.VisitsImported
	if err := inParts(env, rows, func(part []table.VisitRow) error {
		done, err := desk.Do(run.asImporter(ctx), run.desk, uuid.Nil, desk.ImportVisits{Run: id, Source: run.source, Rows: part, Branch: run.branch})
		sum.Added, sum.Changed, sum.Unchanged = sum.Added+done.Added, sum.Changed+done.Changed, sum.Unchanged+done.Unchanged
		run.rejected = append(run.rejected, done.Rejected...)
		return err
	}); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(env.stdout, "visits: %d added, %d changed, %d unchanged, %d refused\n",
		sum.Added, sum.Changed, sum.Unchanged, len(run.rejected)); err != nil {
		return err
	}
	return run.finish(ctx, sum.Added+sum.Changed+sum.Unchanged)
}
