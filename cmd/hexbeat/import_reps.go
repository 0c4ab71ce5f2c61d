package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/customer/table"
	"github.com/hexbeat/hexbeat/desk"
)

func importRepsCommand() command {
	return command{"import reps", "take a file of reps (CSV, XLSX) into the record", importReps}
}

func importReps(ctx context.Context, env environment, args []string) error {
	f := newImportFlags(env, "hexbeat import reps FILE",
		"Takes reps from a CSV or XLSX file. The first line names the columns: name and email; further branch, personnel_number, phone, lat and lon\n"+
			"(where the day begins), start and end (of the shift: 20:00 and 04:00 is a night shift; without them the branch's hours), skills (what not everybody can do, separated by commas), locale.\n"+
			"The same file twice changes nothing. Refused rows go to FILE.rejected.csv.")
	if err := f.parse(args); err != nil {
		return err
	}
	rows, rejected, err := readFile(f.operands[0], table.ReadReps)
	if err != nil {
		return err
	}
	run, err := f.begin(ctx, slices.ContainsFunc(rows, func(r table.RepRow) bool { return r.Branch == "" }))
	if err != nil {
		return err
	}
	defer run.close()
	run.rejected = rejected
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	var sum desk.RepsImported
	if err := inParts(env, rows, func(part []table.RepRow) error {
		done, err := desk.Do(run.asImporter(ctx), run.desk, uuid.Nil, desk.ImportReps{Run: id, Source: run.source, Rows: part, Branch: run.branch})
		sum.Added, sum.Changed, sum.Unchanged = sum.Added+done.Added, sum.Changed+done.Changed, sum.Unchanged+done.Unchanged
		run.rejected = append(run.rejected, done.Rejected...)
		return err
	}); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(env.stdout, "reps: %d added, %d changed, %d unchanged, %d refused\n",
		sum.Added, sum.Changed, sum.Unchanged, len(run.rejected)); err != nil {
		return err
	}
	return run.finish(ctx, sum.Added+sum.Changed+sum.Unchanged)
}
