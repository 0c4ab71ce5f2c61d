package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/customer/table"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/postgres"
)

func importCustomersCommand() command {
	return command{"import customers", "take a customer file (CSV, XLSX) into the record", importCustomers}
}

func importCustomers(ctx context.Context, env environment, args []string) error {
	f := newImportFlags(env, "hexbeat import customers FILE",
		"Takes customers and their sites from a CSV or XLSX file. The first line names the columns: id or name, and address or lat with lon;\n"+
			"further customer_id, inn, phone, segment, tags, category, rep, branch, line, visit_minutes, cadence_days, weekdays, open, close, priority, workload.\n"+
			"The same file twice changes nothing. Refused rows go to FILE.rejected.csv. Where reps are named and a branch has no territories yet,\n"+
			"today's owners become its first published ones.")
	if err := f.parse(args); err != nil {
		return err
	}
	rows, rejected, err := readFile(f.operands[0], table.ReadCustomers)
	if err != nil {
		return err
	}
	run, err := f.begin(ctx, slices.ContainsFunc(rows, func(r table.CustomerRow) bool { return r.Branch == "" }))
	if err != nil {
		return err
	}
	defer run.close()
	run.rejected = rejected
	done, err := run.customers(ctx, rows)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(env.stdout, "customers: %d added, %d changed, %d unchanged, %d refused; %d have only an address and are not located yet\n",
		done.Added, done.Changed, done.Unchanged, len(run.rejected), done.NotLocated); err != nil {
		return err
	}
	if err := run.sayUnknownReps(done.UnknownReps); err != nil {
		return err
	}
	if err := run.align(ctx, done.Owners); err != nil {
		return err
	}
	return run.finish(ctx, done.Added+done.Changed+done.Unchanged)
}

// customers takes the rows in, part by part, and sums up what came of them.
func (r *importRun) customers(ctx context.Context, rows []table.CustomerRow) (desk.CustomersImported, error) {
	ctx = r.asImporter(ctx)
	sum := desk.CustomersImported{Owners: map[uuid.UUID]desk.Owners{}, UnknownReps: map[string]int{}}
	id, err := uuid.NewV7()
	if err != nil {
		return sum, err
	}
	err = inParts(r.env, rows, func(part []table.CustomerRow) error {
		done, err := desk.Do(ctx, r.desk, uuid.Nil, desk.ImportCustomers{Run: id, Source: r.source, Rows: part, Branch: r.branch})
		if err != nil {
			return err
		}
		sum.Added, sum.Changed, sum.Unchanged = sum.Added+done.Added, sum.Changed+done.Changed, sum.Unchanged+done.Unchanged
		sum.NotLocated += done.NotLocated
		r.rejected = append(r.rejected, done.Rejected...)
		for name, n := range done.UnknownReps {
			sum.UnknownReps[name] += n
		}
		for branch, owners := range done.Owners {
			if sum.Owners[branch] == nil {
				sum.Owners[branch] = desk.Owners{}
			}
			maps.Copy(sum.Owners[branch], owners)
		}
		return nil
	})
	if err != nil {
		return sum, err
	}
	return sum, r.db.Analyze(ctx)
}

// sayUnknownReps names reps that rows speak of and nobody knows.
func (r *importRun) sayUnknownReps(unknown map[string]int) error {
	if len(unknown) == 0 {
		return nil
	}
	const most = 10
	names := slices.SortedFunc(maps.Keys(unknown), func(a, b string) int {
		return cmp.Or(cmp.Compare(unknown[b], unknown[a]), cmp.Compare(a, b))
	})
	rows := 0
	var list []string
	for i, name := range names {
		rows += unknown[name]
		if i < most {
			list = append(list, fmt.Sprintf("%q (%d)", name, unknown[name]))
		}
	}
	if len(names) > most {
		list = append(list, fmt.Sprintf("and %d more", len(names)-most))
	}
	_, err := fmt.Fprintf(r.env.stdout, "rows whose rep their branch does not have, or has twice: %d: %s\n", rows, strings.Join(list, ", "))
	return err
}

// align makes today's owners the first published territories of branches that have none: nobody loses a shop because the software arrived.
func (r *importRun) align(ctx context.Context, owners map[uuid.UUID]desk.Owners) error {
	for _, branch := range r.branches {
		sites := owners[branch.ID]
		if len(sites) == 0 {
			continue
		}
		var published bool
		if err := r.db.Read(ctx, r.organization.ID, func(tx *postgres.Tx) (err error) {
			published, err = tx.HasPublished(ctx, branch.ID)
			return err
		}); err != nil {
			return err
		}
		if published {
			continue
		}
		if _, err := desk.AlignOwners(r.asImporter(ctx), r.desk, branch.ID, sites); err != nil {
			return fmt.Errorf("publish today's owners of %q: %w", branch.Name, err)
		}
		if _, err := fmt.Fprintf(r.env.stdout, "today's owners of %d sites are now the first published territories of %q\n", len(sites), branch.Name); err != nil {
			return err
		}
	}
	return nil
}
