package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

func territoriesCommand() command {
	return command{"territories", "design territories beside METIS and plain k-means", territories}
}

// designFlags are those of the benchmarks of territory design.
type designFlags struct {
	areaFlags
	hexbeat, python, into string
	seeds                 int
}

func (d *designFlags) register(f *flag.FlagSet) {
	f.StringVar(&d.file, "file", "", "measure on this customer `file` instead of the standard areas")
	f.StringVar(&d.kind, "kind", "", "measure on a made-up region of this `shape`: province, metropolis, valley, ring, coast or grid")
	f.IntVar(&d.customers, "customers", 20_000, "with --kind: how many customers")
	f.Uint64Var(&d.seed, "region-seed", 1, "with --kind: another seed, another region")
	f.StringVar(&d.only, "only", "", "of the standard areas, those with this `word` in their name")
	f.StringVar(&d.reps, "reps", "", "how many territories: `numbers` like 10,50,200")
	f.StringVar(&d.shared, "shared", filepath.Join("..", "shared"), "the `folder` with data/ and tools/territory_check.py")
	f.StringVar(&d.hexbeat, "hexbeat", "", "the `program` to measure; built from this tree without it")
	f.StringVar(&d.python, "python", "/usr/bin/python3", "the Python that runs territory_check.py")
	f.StringVar(&d.into, "into", "", "put the results into this Markdown `file` too, between its marks")
}

// bench is a benchmark of territory design under way.
type bench struct {
	env     environment
	dir     string
	hexbeat string
	judge   judge
	results results
	missed  []string
}

// begin checks what is needed and builds the program. The caller calls clean.
func (d designFlags) begin(ctx context.Context, env environment, also ...requirement) (b *bench, clean func(), err error) {
	b = &bench{env: env, judge: newJudge(d.python, d.shared)}
	if err := need(ctx, append(also, b.judge.requirement())...); err != nil {
		return nil, nil, err
	}
	if _, err := os.Stat(b.judge.script); err != nil {
		return nil, nil, fmt.Errorf("there is no %s: name the folder above tools with --shared", b.judge.script)
	}
	if b.dir, clean, err = workplace(); err != nil {
		return nil, nil, err
	}
	if b.hexbeat, err = builtHexbeat(ctx, d.hexbeat, b.dir); err != nil {
		clean()
		return nil, nil, err
	}
	return b, clean, nil
}

// each measures every area that is here with each number of reps. Where a data set is absent it
// says so and goes on; in CI that is an error.
func (b *bench) each(ctx context.Context, chosen []area, measure func(context.Context, area, populace, int) error) error {
	for _, a := range chosen {
		people, err := a.settle(b.dir)
		if errors.Is(err, errAbsent) && b.env.getenv("CI") != "true" {
			fmt.Fprintf(b.env.stderr, "bench: %s left out: %v\n", a.name, err)
			continue
		}
		if err != nil {
			return err
		}
		for _, k := range a.reps {
			fmt.Fprintf(b.env.stderr, "%s, %d territories\n", a.name, k)
			if err := measure(ctx, a, people, k); err != nil {
				return fmt.Errorf("%s, %d territories: %w", a.name, k, err)
			}
		}
	}
	return nil
}

// report prints the table and what was missed, and writes both into the file if one is named.
func (b *bench) report(name, into string) error {
	text := b.results.String() + "\n"
	if len(b.missed) == 0 {
		text += "All targets are met.\n"
	} else {
		text += "Missed:\n\n- " + strings.Join(b.missed, "\n- ") + "\n"
	}
	fmt.Fprint(b.env.stdout, text)
	if into != "" {
		if err := replaceSection(into, name, text); err != nil {
			return err
		}
	}
	if len(b.missed) > 0 {
		return errMissed
	}
	return nil
}

func territories(ctx context.Context, env environment, args []string) error {
	f := newFlags(env, "territories", "Designs territories with hexbeat, METIS (gpmetis) and plain k-means on the same units and graph, has all judged by\n"+
		"territory_check.py, and fails where a target is missed. Without flags on the standard areas, which takes minutes.")
	var flags designFlags
	flags.register(f)
	f.IntVar(&flags.seeds, "seeds", 20, "of how many seeds METIS and k-means are the best")
	if err := parse(f, args); err != nil {
		return err
	}
	if flags.seeds < 1 {
		return misuse("--seeds must be 1 or more")
	}
	chosen, err := flags.areas()
	if err != nil {
		return err
	}
	b, clean, err := flags.begin(ctx, env, requirement{[]string{"gpmetis", "-help"}, []string{"metis"}})
	if err != nil {
		return err
	}
	defer clean()
	b.results = results{words: 3, head: []string{"case", "K", "method", "imbalance", "floor", "pieces", "medoid_km", "rms_km", "price_of_balance", "seconds", "CPU s"}}
	err = b.each(ctx, chosen, func(ctx context.Context, a area, people populace, k int) error {
		return b.contest(ctx, a, people, k, flags.seeds)
	})
	if err != nil {
		return err
	}
	return b.report("territories", flags.into)
}

// contest has all methods divide the same ground.
func (b *bench) contest(ctx context.Context, a area, people populace, k, seeds int) error {
	out, report := filepath.Join(b.dir, "out.csv"), filepath.Join(b.dir, "report.json")
	took, err := b.design(ctx, people.file, k, out, "--report", report)
	if err != nil {
		return err
	}
	ours, err := b.judge.of(ctx, people.plain, out, k, "", 0)
	if err != nil {
		return err
	}
	m := misses{name: fmt.Sprintf("%s, %d territories", a.name, k)}
	if err := b.again(ctx, people.file, k, out, &m); err != nil {
		return err
	}
	if err := honest(report, ours, &m); err != nil {
		return err
	}

	g, _, err := readDesign(out, people.places)
	if err != nil {
		return err
	}
	free, err := b.judged(ctx, people, g, kMeans(g, k, min(seeds, 10)), k)
	if err != nil {
		return err
	}
	row := func(method string, v verdict, took usage) {
		cells := []string{a.name, strconv.Itoa(k), method}
		if math.IsNaN(v.MedoidKm) {
			b.results.add(append(cells, "none filled all territories", "", "", "", "", "", "", "")...)
			return
		}
		b.results.add(append(cells, percent(v.Imbalance), percent(v.ImbalanceFloor), strconv.Itoa(v.Pieces),
			fmt.Sprintf("%.3f", v.MedoidKm), fmt.Sprintf("%.3f", v.RMSKm), fmt.Sprintf("%.3f", v.MedoidKm/free.MedoidKm), seconds(took.wall), seconds(took.cpu))...)
	}
	row("hexbeat", ours, took)
	metisKm := math.NaN()
	for _, way := range metisWays() {
		d, took, err := metis(ctx, b.dir, g, k, seeds, 0.03, way)
		if err != nil {
			return err
		}
		v, err := b.judged(ctx, people, g, d, k)
		if err != nil {
			return err
		}
		row(way.name, v, took)
		if way.ptype == "kway" {
			metisKm = v.MedoidKm
		}
	}
	row("k-means", free, usage{})
	targetOf(a.name, a.region, k).judged(&m, ours, took, metisKm, free.MedoidKm)
	b.missed = append(b.missed, m.said...)
	return nil
}

// design runs hexbeat territories.
func (b *bench) design(ctx context.Context, customers string, k int, out string, more ...string) (usage, error) {
	args := append([]string{"territories", "--customers", customers, "--reps", strconv.Itoa(k), "--out", out}, more...)
	return measured(ctx, exec.CommandContext(ctx, b.hexbeat, args...))
}

// again designs once more on one thread: the bytes must be the same.
func (b *bench) again(ctx context.Context, customers string, k int, out string, m *misses) error {
	second := out + ".again"
	cmd := exec.CommandContext(ctx, b.hexbeat, "territories", "--customers", customers, "--reps", strconv.Itoa(k), "--out", second)
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	if _, err := measured(ctx, cmd); err != nil {
		return err
	}
	first, err := os.ReadFile(out)
	if err != nil {
		return err
	}
	other, err := os.ReadFile(second)
	if err != nil {
		return err
	}
	if !bytes.Equal(first, other) {
		m.say("one thread writes other bytes than all of them")
	}
	return nil
}

// honest holds hexbeat's own report against the judge.
func honest(report string, judged verdict, m *misses) error {
	own, err := reported(report)
	if err != nil {
		return err
	}
	for _, of := range []struct {
		what        string
		own, judged float64
	}{
		{"imbalance", own.Imbalance, judged.Imbalance}, {"imbalance_floor", own.ImbalanceFloor, judged.ImbalanceFloor},
		{"pieces", float64(own.Pieces), float64(judged.Pieces)}, {"medoid_km", own.MedoidKm, judged.MedoidKm}, {"rms_km", own.RMSKm, judged.RMSKm},
	} {
		if math.Abs(of.own-of.judged) > 0.002+0.002*math.Abs(of.judged) {
			m.say("the report says %s is %.4g, the judge %.4g", of.what, of.own, of.judged)
		}
	}
	return nil
}

// reported is what hexbeat says of its own design.
func reported(report string) (verdict, error) {
	data, err := os.ReadFile(report)
	if err != nil {
		return verdict{}, err
	}
	var own verdict
	if err := json.Unmarshal(data, &own); err != nil {
		return verdict{}, fmt.Errorf("read the report: %w", err)
	}
	return own, nil
}

// judged measures a division of the ground; without one all is NaN.
func (b *bench) judged(ctx context.Context, people populace, g *ground, d division, k int) (verdict, error) {
	if d == nil {
		return verdict{MedoidKm: math.NaN()}, nil
	}
	file := filepath.Join(b.dir, "other.csv")
	if err := g.write(file, d); err != nil {
		return verdict{}, err
	}
	return b.judge.of(ctx, people.plain, file, k, "", 0)
}
