package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/hexbeat/hexbeat/dispatch"
)

func weekCommand() command {
	return command{"week", "a simulated week: new work assigned by distance only, by load only, and by our score", week}
}

// policy is a way to choose who gets new work.
type policy struct {
	name    string
	weights dispatch.Weights
}

// policies are compared on the same weeks. Whoever is chosen goes there by the best place in the route: without a little weight
// on driving the load alone would not say where.
func policies() []policy {
	return []policy{
		{"distance only", dispatch.Weights{Travel: 1}},
		{"load only", dispatch.Weights{Travel: 1e-4, Load: 30}},
		{"Hexbeat", dispatch.StandardWeights},
	}
}

func week(ctx context.Context, env environment, args []string) error {
	f := newFlags(env, "week", "Plays Monday to Friday in generated cities. Every morning the reps' days are planned from what is due; then urgent work comes in, most of it\n"+
		"promised within some hours and more of it in one part of the city than in others, and on Wednesday a rep falls ill at ten. Drives and calls take longer or shorter than\n"+
		"planned. Each week is played once for every way to choose who gets the work; all else is the same.")
	reps := f.Int("reps", 16, "how many reps")
	sites := f.Int("sites", 3000, "how many sites")
	rates := f.String("urgent", "3,6", "how much urgent work comes in, in visits a rep and day; several to be played one after another")
	seeds := f.Int("seeds", 5, "how many weeks, each in a city of its own")
	first := f.Uint64("seed", 1, "of the first week")
	into := f.String("into", "", "put the results into this Markdown `file` too, between its marks")
	if err := parse(f, args); err != nil {
		return err
	}
	switch {
	case *reps < 2:
		return misuse("--reps must be 2 or more: one rep leaves nothing to choose")
	case *sites < *reps:
		return misuse("--sites must be at least as many as reps")
	case *seeds < 1:
		return misuse("--seeds must be 1 or more")
	}
	table := results{
		words: 1, head: []string{"work goes by", "urgent a day", "driving, min a visit", "driving, h", "idle, h", "promises broken", "load Gini", "overtime, h", "visits made", "left over"},
	}
	for _, rate := range strings.Split(*rates, ",") {
		urgent, err := strconv.ParseFloat(rate, 64)
		if err != nil || !(urgent >= 0 && urgent <= 100) {
			return misuse("--urgent must be numbers between 0 and 100, like 3,6: visits a rep and day")
		}
		sums := make([]weekFigures, len(policies()))
		for n := range *seeds {
			w, err := newWeek(*first+uint64(n), *sites, *reps, urgent)
			if err != nil {
				return err
			}
			for i, p := range policies() {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				sums[i].add(w.play(p.weights))
			}
			fmt.Fprintf(env.stderr, "%v urgent visits a day: week %d of %d\n", urgent, n+1, *seeds)
		}
		each := 1 / float64(*seeds)
		for i, p := range policies() {
			s := sums[i]
			table.add(p.name, rate, fmt.Sprintf("%.2f", s.driving.Minutes()/float64(max(1, s.made))), fmt.Sprintf("%.0f", s.driving.Hours()*each),
				fmt.Sprintf("%.0f", s.idle.Hours()*each), fmt.Sprintf("%.1f %%", 100*float64(s.broken)/float64(max(1, s.promised))), fmt.Sprintf("%.3f", s.gini*each),
				fmt.Sprintf("%.1f", s.overtime.Hours()*each), strconv.Itoa(int(float64(s.made)*each+.5)), strconv.Itoa(int(float64(s.left)*each+.5)))
		}
	}
	fmt.Fprint(env.stdout, table.String())
	if *into == "" {
		return nil
	}
	return replaceSection(*into, "week", table.String())
}
