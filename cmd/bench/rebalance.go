package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
)

func rebalanceCommand() command {
	return command{"rebalance", "re-balance a design that drifted, beside a design from nothing", rebalance}
}

func rebalance(ctx context.Context, env environment, args []string) error {
	f := newFlags(env, "rebalance", "Designs territories, lets their work grow or shrink by up to 30 % while customers close and open, and re-balances\n"+
		"at a tolerance of 5 %. territory_check.py says how much work changed hands and how much had to.")
	var flags designFlags
	flags.register(f)
	seed := f.Uint64("seed", 1, "another seed, another drift")
	price := f.String("price", "", "what a change of hands costs, as hexbeat takes it; its own default without it")
	curve := f.Bool("curve", false, "also with at most 0, 2, 4, 8 and 15 % of the work changing hands: how even would it be?")
	if err := parse(f, args); err != nil {
		return err
	}
	chosen, err := flags.areas()
	if err != nil {
		return err
	}
	b, clean, err := flags.begin(ctx, env)
	if err != nil {
		return err
	}
	defer clean()
	b.results = results{words: 3, head: []string{"case", "K", "method", "imbalance", "floor", "pieces", "medoid_km", "rms_km", "moved_share", "moved_bound", "moved_flow", "ratio", "seconds", "CPU s"}}
	err = b.each(ctx, chosen, func(ctx context.Context, a area, people populace, k int) error {
		return b.afterDrift(ctx, a.name, people, k, *seed, *price, *curve)
	})
	if err != nil {
		return err
	}
	return b.report("rebalance", flags.into)
}

// afterDrift re-balances a design after a drift, and designs the same customers from nothing.
func (b *bench) afterDrift(ctx context.Context, name string, people populace, k int, seed uint64, price string, curve bool) error {
	before := filepath.Join(b.dir, "before.csv")
	if _, err := b.design(ctx, people.plain, k, before); err != nil {
		return err
	}
	territory, err := territoriesOf(before)
	if err != nil {
		return err
	}
	today, of := drift(seed, people.places, territory)
	customers, current := filepath.Join(b.dir, "today.csv"), filepath.Join(b.dir, "current.csv")
	if err := writePlaces(customers, today); err != nil {
		return err
	}
	if err := writeCurrent(current, today, of); err != nil {
		return err
	}

	tolerance := []string{"--tolerance", decimal(driftTolerance)}
	warm := slices.Concat(tolerance, []string{"--current", current})
	if price != "" {
		warm = append(warm, "--price", price)
	}
	type answer struct {
		method string
		flags  []string
		budget float64 // the largest share of the work that may change hands
		verdict
		usage
	}
	answers := []answer{{method: "re-balance", flags: warm, budget: 1}, {method: "from nothing", flags: tolerance, budget: 1}}
	if curve {
		for _, budget := range []float64{0, 0.02, 0.04, 0.08, 0.15} {
			flags := append(slices.Clone(warm), "--budget", decimal(budget))
			answers = append(answers, answer{method: fmt.Sprintf("at most %v %%", 100*budget), flags: flags, budget: budget})
		}
	}
	m := misses{name: fmt.Sprintf("%s, %d territories", name, k)}
	flow := 0.0
	for i := range answers {
		a, out := &answers[i], filepath.Join(b.dir, "after.csv")
		report := filepath.Join(b.dir, "after.json")
		if a.usage, err = b.design(ctx, customers, k, out, slices.Concat(a.flags, []string{"--report", report})...); err != nil {
			return err
		}
		if !slices.Contains(a.flags, "--current") {
			if err := keepNames(out, today, of); err != nil {
				return err
			}
		}
		if a.verdict, err = b.judge.of(ctx, customers, out, k, current, driftTolerance); err != nil {
			return err
		}
		if i == 0 {
			own, err := reported(report)
			if err != nil {
				return err
			}
			flow = own.MovedFlow
		}
		if a.MovedShare > a.budget+1e-5 { // the judge rounds
			m.say("with a budget of %.4g the work that changes hands is %.4g", a.budget, a.MovedShare)
		}
		b.results.add(name, strconv.Itoa(k), a.method, percent(a.Imbalance), percent(a.ImbalanceFloor), strconv.Itoa(a.Pieces),
			fmt.Sprintf("%.3f", a.MedoidKm), fmt.Sprintf("%.3f", a.RMSKm), percent(a.MovedShare), percent(a.MovedBound), percent(flow),
			fmt.Sprintf("%.2f", a.MovedShare/a.MovedBound), seconds(a.wall), seconds(a.cpu))
	}
	ours, afresh := answers[0], answers[1]
	m.atMost("imbalance", ours.Imbalance, max(driftTolerance, ours.ImbalanceFloor))
	if ours.Pieces > 0 {
		m.say("territories in pieces: %d", ours.Pieces)
	}
	m.atMost("rms_km beside a design from nothing", ours.RMSKm/afresh.RMSKm, driftRMS)
	m.atMost("moved_share over moved_bound", ours.MovedShare/ours.MovedBound, driftMoved)
	allowed := driftWall
	if len(today) > driftCity {
		allowed = driftLongWall
	}
	m.inTime(ours.usage, allowed)
	b.missed = append(b.missed, m.said...)
	return nil
}

// territoriesOf reads the territory of each customer, in the order of the file.
func territoriesOf(design string) ([]string, error) {
	rows, err := readCSV(design)
	if err != nil {
		return nil, err
	}
	of := make([]string, len(rows)-1)
	for i, row := range rows[1:] {
		of[i] = row[1]
	}
	return of, nil
}

// keepNames gives each territory of a design from nothing the name of the one whose work it has most
// of, the largest part first: a new number alone is no change of hands.
func keepNames(design string, today []place, of []string) error {
	rows, err := readCSV(design)
	if err != nil {
		return err
	}
	type pair struct{ now, before string }
	shared := map[pair]float64{}
	for i, row := range rows[1:] {
		shared[pair{row[1], of[i]}] += today[i].workload
	}
	pairs := slices.SortedFunc(maps.Keys(shared), func(a, b pair) int {
		return cmp.Or(cmp.Compare(shared[b], shared[a]), cmp.Compare(a.now, b.now), cmp.Compare(a.before, b.before))
	})
	name, taken := map[string]string{}, map[string]bool{}
	for _, p := range pairs {
		if name[p.now] == "" && !taken[p.before] {
			name[p.now], taken[p.before] = p.before, true
		}
	}
	for _, row := range rows[1:] {
		row[1] = cmp.Or(name[row[1]], "new "+row[1])
	}
	return writeCSV(design, rows)
}

// writeCurrent writes who has each customer today, as --current takes it.
func writeCurrent(name string, today []place, of []string) error {
	rows := [][]string{{"customer_id", "territory"}}
	for i, p := range today {
		rows = append(rows, []string{p.id, of[i]})
	}
	return writeCSV(name, rows)
}
