package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

func routesCommand() command {
	return command{"routes", "order visits on published instances beside VROOM and the best known costs", routes}
}

// orderingTarget is the mean gap to the best known cost, in percent, that instances of a size must reach in a time.
type orderingTarget struct {
	visits int // up to so many
	name   string
	gap    map[time.Duration]float64
	beats  time.Duration // after which no instance may be worse than VROOM; 0: never asked
}

func orderingTargets() []orderingTarget {
	gaps := func(second, ten, minute float64) map[time.Duration]float64 {
		return map[time.Duration]float64{time.Second: second, 10 * time.Second: ten, time.Minute: minute}
	}
	return []orderingTarget{
		{100, "100", gaps(0.6, 0.10, 0.03), 10 * time.Second},
		{200, "200", gaps(1.3, 0.25, 0.10), 10 * time.Second},
		{400, "400", gaps(3, 0.7, 0.25), 10 * time.Second},
		{anyReps, "600–1000", gaps(5, 2.0, 1.2), time.Minute},
	}
}

func orderingTargetOf(visits int) orderingTarget {
	targets := orderingTargets()
	return targets[slices.IndexFunc(targets, func(t orderingTarget) bool { return visits <= t.visits })]
}

// ordering is a benchmark of visit ordering under way.
type ordering struct {
	env                         environment
	dir, hexbeat, python, judge string
	threads                     int
	vroom                       map[string]float64 // gap by instance, percent
	best                        string             // the table of best known costs
	results                     results
	gaps                        map[string][]float64 // by size and limit
	beaten                      map[string]contest   // by size and limit
	missed                      []string
}

func routes(ctx context.Context, env environment, args []string) error {
	f := newFlags(env, "routes", "Has hexbeat solve order the visits of published instances (convention D: distance alone), verifies the answers with\n"+
		"vrptw.py, and prints the gap to the best known cost beside VROOM's. 28 instances at 1 s, 10 s and 60 s take half an hour;\n"+
		"--sizes, --sample and --limits make it shorter.")
	shared := f.String("shared", filepath.Join("..", "shared"), "the `folder` with bench/ and tools/vrptw.py")
	instances := f.String("instances", "", "measure on the instances in this `folder` instead (with a bks.csv)")
	only := f.String("only", "", "instances with one of these `words` in their name, by commas")
	sizes := f.String("sizes", "", "instances with these `numbers` of visits, by commas")
	sample := f.Int("sample", 0, "at most so many instances of each size, spread evenly over their names; 0: all")
	limits := f.String("limits", "1s,10s,60s", "time `limits`")
	threads := f.Int("threads", 2, "how many threads")
	hexbeat := f.String("hexbeat", "", "the `program` to measure; built from this tree without it")
	python := f.String("python", "/usr/bin/python3", "the Python that runs vrptw.py")
	into := f.String("into", "", "put the results into this Markdown `file` too, between its marks")
	if err := parse(f, args); err != nil {
		return err
	}
	var times []time.Duration
	for _, word := range strings.Split(*limits, ",") {
		limit, err := time.ParseDuration(word)
		if err != nil || limit <= 0 {
			return misuse("--limits has %q, which is no time like 10s", word)
		}
		times = append(times, limit)
	}
	folder := *instances
	if folder == "" {
		folder = filepath.Join(*shared, "bench", "vrptw")
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.txt"))
	if err != nil {
		return err
	}
	choice := instanceChoice{words: strings.Split(strings.ToLower(*only), ","), most: *sample}
	if *sizes != "" {
		for _, word := range strings.Split(*sizes, ",") {
			size, err := strconv.Atoi(word)
			if err != nil || size < 1 {
				return misuse("--sizes has %q, which is no number of visits", word)
			}
			choice.sizes = append(choice.sizes, size)
		}
	}
	if files, err = choice.of(files); err != nil {
		return err
	}
	if len(files) == 0 {
		return fmt.Errorf("there are no such instances in %s: name their folder with --instances", folder)
	}
	o := &ordering{
		env: env, python: *python, judge: filepath.Join(*shared, "tools", "vrptw.py"), threads: *threads,
		best: filepath.Join(folder, "bks.csv"), gaps: map[string][]float64{}, beaten: map[string]contest{},
		results: results{words: 1, head: []string{"instance", "n", "limit", "vehicles", "cost", "gap %", "VROOM %", "wall s", "CPU s"}},
	}
	if o.vroom, err = gapsOf(filepath.Join(*shared, "bench", "vroom.csv")); err != nil {
		return err
	}
	var clean func()
	if o.dir, clean, err = workplace(); err != nil {
		return err
	}
	defer clean()
	if o.hexbeat, err = builtHexbeat(ctx, *hexbeat, o.dir); err != nil {
		return err
	}
	for _, file := range files {
		problem := filepath.Join(o.dir, "problem.json")
		if err := o.run(ctx, problem, o.python, o.judge, "problem", file); err != nil {
			return err
		}
		for _, limit := range times {
			if err := o.order(ctx, file, problem, limit); err != nil {
				return err
			}
		}
	}
	o.means(times)
	b := &bench{env: env, results: o.results, missed: o.missed}
	return b.report("routes", *into)
}

// contest counts instances that VROOM has solved too.
type contest struct{ lost, held int }

// instanceChoice says which of the instances to measure.
type instanceChoice struct {
	words []string // one of them is in the name
	sizes []int    // none: any
	most  int      // of each size; 0: all
}

// of is the chosen files, in their order.
func (c instanceChoice) of(files []string) ([]string, error) {
	bySize := map[int][]string{}
	for _, file := range files {
		if !slices.ContainsFunc(c.words, func(word string) bool { return strings.Contains(instanceOf(file), word) }) {
			continue
		}
		visits, err := visitsOf(file)
		if err != nil {
			return nil, err
		}
		if c.sizes == nil || slices.Contains(c.sizes, visits) {
			bySize[visits] = append(bySize[visits], file)
		}
	}
	chosen := map[string]bool{}
	for _, same := range bySize {
		n := len(same)
		if c.most > 0 {
			n = min(n, c.most)
		}
		for k := range n {
			chosen[same[(2*k+1)*len(same)/(2*n)]] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(files), func(file string) bool { return !chosen[file] }), nil
}

func instanceOf(file string) string {
	return strings.ToLower(strings.TrimSuffix(filepath.Base(file), ".txt"))
}

// gapsOf reads what VROOM reached.
func gapsOf(file string) (map[string]float64, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("read what VROOM reached: %w", err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	gaps := map[string]float64{}
	for _, row := range rows[1:] {
		gap, err := strconv.ParseFloat(row[4], 64)
		if err != nil {
			return nil, fmt.Errorf("read %s: the gap of %s: %w", file, row[0], err)
		}
		gaps[strings.ToLower(row[0])] = gap
	}
	return gaps, nil
}

// run writes what a program says into a file.
func (o *ordering) run(ctx context.Context, into string, program ...string) error {
	cmd := exec.CommandContext(ctx, program[0], program[1:]...)
	file, err := os.Create(into)
	if err != nil {
		return err
	}
	defer file.Close()
	cmd.Stdout = file
	_, err = measured(ctx, cmd)
	return err
}

// order solves one instance within a limit, and has the answer judged.
func (o *ordering) order(ctx context.Context, file, problem string, limit time.Duration) error {
	name := instanceOf(file)
	fmt.Fprintf(o.env.stderr, "%s, %v\n", name, limit)
	in, err := os.Open(problem)
	if err != nil {
		return err
	}
	defer in.Close()
	answer := filepath.Join(o.dir, "answer.json")
	out, err := os.Create(answer)
	if err != nil {
		return err
	}
	defer out.Close()
	solve := exec.CommandContext(ctx, o.hexbeat, "solve", "--limit", limit.String(), "--threads", strconv.Itoa(o.threads))
	solve.Stdin, solve.Stdout = in, out
	took, err := measured(ctx, solve)
	if err != nil {
		return err
	}
	verdict := filepath.Join(o.dir, "verdict.txt")
	if err := o.run(ctx, verdict, o.python, o.judge, "gap", file, answer, o.best); err != nil {
		said, _ := os.ReadFile(verdict)
		o.missed = append(o.missed, fmt.Sprintf("%s at %v: the answer is not sound: %s", name, limit, strings.TrimSpace(string(said))))
		return nil
	}
	said, err := os.ReadFile(verdict)
	if err != nil {
		return err
	}
	figures := map[string]string{}
	for _, field := range strings.Fields(string(said)) {
		if key, value, ok := strings.Cut(field, "="); ok {
			figures[key] = strings.TrimSuffix(value, "%")
		}
	}
	gap, err := strconv.ParseFloat(figures["gap"], 64)
	if err != nil {
		return fmt.Errorf("%s: vrptw.py says %q, without a gap", name, said)
	}
	visits, err := visitsOf(file)
	if err != nil {
		return err
	}
	beside := "—"
	target := orderingTargetOf(visits)
	key := target.name + " " + limit.String()
	if vroom, known := o.vroom[name]; known {
		beside = fmt.Sprintf("%.2f", vroom)
		match := o.beaten[key]
		match.held++
		if gap > vroom+0.0005 {
			match.lost++
		}
		o.beaten[key] = match
		if limit >= target.beats && gap > vroom+0.0005 {
			o.missed = append(o.missed, fmt.Sprintf("%s at %v: %.3f %%, VROOM %.3f %%", name, limit, gap, vroom))
		}
	}
	o.results.add(name, strconv.Itoa(visits), limit.String(), figures["vehicles"], figures["cost"], fmt.Sprintf("%.3f", gap), beside,
		fmt.Sprintf("%.1f", took.wall.Seconds()), fmt.Sprintf("%.1f", took.cpu.Seconds()))
	o.gaps[key] = append(o.gaps[key], gap)
	return nil
}

// visitsOf counts the customers of an instance: its rows of seven numbers but for the depot's.
func visitsOf(file string) (int, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	rows := 0
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) != 7 {
			continue
		}
		if _, err := strconv.Atoi(fields[0]); err == nil {
			rows++
		}
	}
	return max(0, rows-1), nil
}

// means adds the mean gap of each size, holds it to its target, and counts the instances lost to VROOM.
func (o *ordering) means(times []time.Duration) {
	for _, target := range orderingTargets() {
		for _, limit := range times {
			gaps := o.gaps[target.name+" "+limit.String()]
			if len(gaps) == 0 {
				continue
			}
			mean := 0.0
			for _, gap := range gaps {
				mean += gap / float64(len(gaps))
			}
			want := "—"
			if bound, asked := target.gap[limit]; asked {
				want = fmt.Sprintf("≤ %.2f", bound)
				if mean > bound {
					o.missed = append(o.missed, fmt.Sprintf("%s visits at %v: mean gap %.3f %%, target %s %%", target.name, limit, mean, want))
				}
			}
			match := o.beaten[target.name+" "+limit.String()]
			o.results.add("mean of "+target.name+", target", strconv.Itoa(len(gaps)), limit.String(), "", "", fmt.Sprintf("%.3f", mean), want, "", "")
			o.results.add("lost to VROOM of "+target.name, strconv.Itoa(match.held), limit.String(), "", "", strconv.Itoa(match.lost), "", "", "")
		}
	}
}
