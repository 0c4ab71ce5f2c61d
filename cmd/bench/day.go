package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strconv"

	"github.com/hexbeat/hexbeat/dispatch"
)

func dayCommand() command {
	return command{"day", "plan one day of a city's reps, and hold it against a long search", day}
}

func day(_ context.Context, env environment, args []string) error {
	f := newFlags(env, "day", "Designs territories for a customer file, owes the visits that its cadences ask for, and plans a day for every rep, one after\n"+
		"the other. With --long it plans the same day once more, and says by how much the first plan is worse.")
	shared := f.String("shared", filepath.Join("..", "shared"), "the `folder` with data/")
	file := f.String("file", "", "a customer `file`; without it, moscow_clients_osm.csv of the shared data")
	reps := f.Int("reps", 50, "how many reps")
	seed := f.Uint64("seed", 1, "another seed, other homes and another search")
	iterations := f.Int("iterations", dispatch.PlanIterations, "of the search for each rep")
	long := f.Int("long", 0, "plan once more with so many iterations for each rep, like 200000")
	into := f.String("into", "", "put the results into this Markdown `file` too, between its marks")
	if err := parse(f, args); err != nil {
		return err
	}
	switch {
	case *reps < 1:
		return misuse("--reps must be 1 or more")
	case *iterations < 1:
		return misuse("--iterations must be 1 or more")
	case *long < 0:
		return misuse("--long must be 0 or more")
	}
	if *file == "" {
		*file = filepath.Join(*shared, "data", "moscow_clients_osm.csv")
	}
	d, err := readCityDay(*file, *reps, *seed)
	if errors.Is(err, fs.ErrNotExist) && env.getenv("CI") != "true" {
		fmt.Fprintf(env.stderr, "bench: left out: %v\n", err)
		return nil
	}
	if err != nil {
		return err
	}
	table := results{
		words: 1, head: []string{"search", "iterations a rep", "visits", "left", "driving h", "driving a visit, min", "cost h", "gap", "seconds", "CPU s"},
	}
	plan := d.plan(*iterations, *seed)
	best := plan
	if *long > 0 {
		best = d.plan(*long, *seed)
	}
	add := func(name string, p cityPlan) {
		// The cost counts visits left out too, in driving. The gap is in parts of the driving alone, which is all that a
		// plan can save.
		gap := p.cost - best.cost
		table.add(name, strconv.Itoa(p.iterations), strconv.Itoa(p.placed), strconv.Itoa(p.left), fmt.Sprintf("%.1f", p.driving.Hours()),
			fmt.Sprintf("%.2f", p.driving.Minutes()/float64(max(1, p.placed))), fmt.Sprintf("%.2f", p.cost.Hours()),
			fmt.Sprintf("%.2f %%", 100*float64(gap)/float64(best.driving)), seconds(p.took.wall), seconds(p.took.cpu))
	}
	add("plan", plan)
	if *long > 0 {
		add("long", best)
	}
	fmt.Fprint(env.stdout, table.String())
	if *into == "" {
		return nil
	}
	return replaceSection(*into, "day", table.String())
}
