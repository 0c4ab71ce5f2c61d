package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/postgres/local"
)

func liveCommand() command {
	return command{"live", "urgent visits, sick reps and new plans in a branch of 500 reps at work, through HTTP", live}
}

// liveTarget says within which time so large a share is to be answered; nothing where the time is 0.
type liveTarget struct {
	share  float64
	within time.Duration
}

// Of a live day of 500 reps and 10,000 visits on two cores.
var (
	noTarget     = liveTarget{}
	urgentTarget = liveTarget{0.99, 50 * time.Millisecond}
	spreadTarget = liveTarget{0.99, 150 * time.Millisecond} // of one rep
	replanTarget = liveTarget{0.5, 3 * time.Second}
)

func (t liveTarget) String() string {
	if t.within == 0 {
		return ""
	}
	return fmt.Sprintf("p%.0f %d ms", 100*t.share, t.within.Milliseconds())
}

func live(ctx context.Context, env environment, args []string) error {
	f := newFlags(env, "live", `Fills a PostgreSQL of its own, which syncs to disk, with a company of one branch whose reps are at work, serves it, and asks
as dispatchers and phones do. Times are those of the asker, from the first byte of the question to the last of the answer.`)
	reps := f.Int("reps", 500, "how many reps")
	visits := f.Int("visits", 10_000, "how many visits of today")
	waiting := f.Int("waiting", 100, "how many visits more wait in the queue")
	samples := f.Int("samples", 100, "how many urgent visits; of what takes longer, fewer")
	seed := f.Uint64("seed", 1, "another seed, another company")
	program := f.String("hexbeat", "", "the `program` to measure; without it one is built from this tree")
	into := f.String("into", "", "put the results into this Markdown `file` too, between its marks")
	if err := parse(f, args); err != nil {
		return err
	}
	switch {
	case *reps < 2:
		return misuse("--reps must be 2 or more")
	case *visits < *reps:
		return misuse("--visits must be one for each rep or more")
	case *samples < 1:
		return misuse("--samples must be 1 or more")
	}
	table, err := liveDay(ctx, env, liveWish{*reps, *visits, *waiting, *seed}, *samples, *program)
	fmt.Fprint(env.stdout, table.String())
	if *into != "" && (err == nil || errors.Is(err, errMissed)) {
		err = errors.Join(err, replaceSection(*into, "live", table.String()))
	}
	return err
}

// liveDay sets everything up, measures, and takes it down.
func liveDay(ctx context.Context, env environment, wish liveWish, samples int, given string) (table results, err error) {
	dir, clean, err := workplace()
	if err != nil {
		return table, err
	}
	defer clean()
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // the server runs as another user
		return table, err
	}
	program, err := builtHexbeat(ctx, given, dir)
	if err != nil {
		return table, err
	}
	server, err := local.Start(ctx, local.Options{DataDir: filepath.Join(dir, "data")})
	if err != nil {
		return table, err
	}
	defer func() { err = errors.Join(err, server.Stop(context.WithoutCancel(ctx))) }()
	db, err := postgres.Open(ctx, server.URL())
	if err != nil {
		return table, err
	}
	defer db.Close()
	if err := postgres.Migrate(ctx, db.Pool(), nil); err != nil {
		return table, err
	}
	begin := time.Now()
	company, err := newLiveCompany(ctx, db, wish, begin)
	if err != nil {
		return table, fmt.Errorf("make the company: %w", err)
	}
	fmt.Fprintf(env.stderr, "bench: the company stands after %.1f s\n", time.Since(begin).Seconds())
	serving, err := serveLive(ctx, program, server.URL(), dir)
	if err != nil {
		return table, err
	}
	defer func() { err = errors.Join(err, serving.stop()) }()
	m := &liveMeasures{ctx: ctx, env: env, company: company, server: serving, samples: samples}
	if err := m.all(); err != nil {
		return table, err
	}
	return m.table(), errors.Join(m.failed, m.missed())
}

// liveMeasures are what has been measured so far.
type liveMeasures struct {
	ctx     context.Context //nolint:containedctx // of one run of the command
	env     environment
	company *liveCompany
	server  *liveServer
	samples int
	list    []liveMeasure
	failed  error // of all that failed; it is measured on
}

type liveMeasure struct {
	name   string
	times  []time.Duration
	note   string
	target liveTarget
}

// of measures n times, or until it fails.
func (m *liveMeasures) of(name string, target liveTarget, n int, note func() string, f func(i int) (time.Duration, error)) error {
	measure := liveMeasure{name: name, target: target}
	for i := range n {
		took, err := f(i)
		if m.ctx.Err() != nil {
			return m.ctx.Err()
		}
		measure.times = append(measure.times, took)
		if err != nil {
			m.failed = errors.Join(m.failed, fmt.Errorf("%s: %w", name, err))
			measure.note = "failed"
			break
		}
	}
	if measure.note == "" {
		measure.note = note()
	}
	slices.Sort(measure.times)
	fmt.Fprintf(m.env.stderr, "bench: %s: %s, p50 %s s\n", name, measure.note, seconds(measure.quantile(0.5)))
	m.list = append(m.list, measure)
	return nil
}

// quantile is the least time within which so large a share was answered.
func (m liveMeasure) quantile(q float64) time.Duration {
	return m.times[min(len(m.times)-1, int(q*float64(len(m.times))))]
}

func (m *liveMeasures) table() results {
	t := results{words: 1, head: []string{"", "asked", "p50 ms", "p95 ms", "p99 ms", "slowest ms", "target", ""}}
	ms := func(d time.Duration) string { return fmt.Sprintf("%.1f", float64(d.Microseconds())/1000) }
	for _, l := range m.list {
		t.add(l.name, strconv.Itoa(len(l.times)), ms(l.quantile(0.5)), ms(l.quantile(0.95)), ms(l.quantile(0.99)), ms(l.times[len(l.times)-1]), l.target.String(), l.note)
	}
	return t
}

// missed is errMissed where something took longer than its target.
func (m *liveMeasures) missed() error {
	if slices.ContainsFunc(m.list, func(l liveMeasure) bool { return l.target.within > 0 && l.quantile(l.target.share) > l.target.within }) {
		return errMissed
	}
	return nil
}

// request is an input with a requestId of its own.
func request(more map[string]any) map[string]any {
	more["requestId"] = uuid.NewString()
	return map[string]any{"input": more}
}

func (m *liveMeasures) all() error {
	few := max(1, m.samples/5)
	for _, step := range []func() error{
		func() error { return m.watch("watch of the branch, the first", 1) },
		func() error { return m.watch("watch of the branch", few) },
		func() error { return m.urgent() },
		func() error { return m.phones() },
		func() error { return m.spread(1, few, true) },
		func() error { return m.spread(1, few, false) },
		func() error { return m.spread(10, max(1, few/5), true) },
		func() error { return m.spread(10, max(1, few/5), false) },
		func() error { return m.spread(50, 2, true) },
		func() error { return m.spread(50, 2, false) },
		func() error { return m.replan(3, true) },
		func() error { return m.replan(1, false) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	now, most := m.server.memory()
	fmt.Fprintf(m.env.stderr, "bench: the server holds %.0f MB, at most %.0f MB\n", now, most)
	return nil
}

const watchOperation = `query watch($branch: ID!) { watch(branch: $branch) {
  idle { rep { id name } until minutes offer { visit { id } arrival detourMinutes } }
  late { visit { id site { name } } arrival latest minutes next }
  atRisk { visit { id site { name } } arrival latest chance cost }
} }`

func (m *liveMeasures) watch(name string, n int) error {
	var late, risky int
	return m.of(name, noTarget, n, func() string { return fmt.Sprintf("%d late, %d at risk", late, risky) }, func(int) (time.Duration, error) {
		var got struct {
			Watch struct{ Late, AtRisk []struct{} }
		}
		took, err := m.server.ask(m.ctx, m.company.dispatcher, watchOperation, map[string]any{"branch": m.company.branch}, &got)
		late, risky = len(got.Watch.Late), len(got.Watch.AtRisk)
		return took, err
	})
}

const urgentOperation = `mutation urgent($input: VisitCreateInput!) { visitCreate(input: $input) {
  __typename
  ... on VisitCreated { visit { id state rep { id name } stop { arrival position } } }
  ... on Refused { code message }
} }`

// urgent measures visits with a promised hour that the engine gives to somebody at once.
func (m *liveMeasures) urgent() error {
	given := 0
	return m.of("urgent visit, until it has a rep", urgentTarget, m.samples, func() string { return fmt.Sprintf("%d given", given) }, func(i int) (time.Duration, error) {
		site := m.company.sites[(i*7919)%len(m.company.sites)]
		from := time.Now().Add(time.Duration(60+10*(i%24)) * time.Minute).Truncate(time.Minute)
		var got struct {
			VisitCreate struct {
				Typename string `json:"__typename"`
				Visit    struct{ State string }
			}
		}
		took, err := m.server.ask(m.ctx, m.company.dispatcher, urgentOperation, request(map[string]any{
			"siteId": site.ID, "priority": 90, "serviceMinutes": 15, "assign": "AUTO",
			"promised": map[string]any{"from": from, "to": from.Add(time.Hour)},
		}), &got)
		if err == nil && got.VisitCreate.Typename != "VisitCreated" {
			err = fmt.Errorf("answered %s", got.VisitCreate.Typename)
		}
		if got.VisitCreate.Visit.State == "ASSIGNED" {
			given++
		}
		return took, err
	})
}

const (
	offersOperation = `query offers { offers(first: 5) { visit { id version site { name } } arrival detourMinutes } }`
	claimOperation  = `mutation claim($input: VisitClaimInput!) { visitClaim(input: $input) { __typename ... on VisitClaimed { visit { id version } batchId } } }`
)

// phones measures what reps are offered of the queue, and taking it.
func (m *liveMeasures) phones() error {
	type offer struct{ Visit struct{ ID uuid.UUID } }
	offered := make([][]offer, len(m.company.phones))
	count := 0
	if err := m.of("offers for a rep", noTarget, m.samples, func() string { return fmt.Sprintf("%d offered", count) }, func(i int) (time.Duration, error) {
		var got struct{ Offers []offer }
		rep := i % len(m.company.phones)
		took, err := m.server.ask(m.ctx, m.company.phones[rep], offersOperation, nil, &got)
		offered[rep], count = got.Offers, count+len(got.Offers)
		return took, err
	}); err != nil {
		return err
	}
	rep, taken := 0, 0
	return m.of("claim of an offered visit", noTarget, max(1, m.samples/4), func() string { return fmt.Sprintf("%d taken", taken) }, func(int) (time.Duration, error) {
		for tried := 0; tried < len(offered) && len(offered[rep%len(offered)]) == 0; tried++ {
			rep++
		}
		at := rep % len(offered)
		if len(offered[at]) == 0 {
			return 0, errors.New("no rep was offered anything")
		}
		visit := offered[at][0].Visit.ID
		offered[at] = offered[at][1:]
		rep++
		var got struct {
			VisitClaim struct {
				Typename string `json:"__typename"`
			}
		}
		took, err := m.server.ask(m.ctx, m.company.phones[at], claimOperation, request(map[string]any{"visitId": visit}), &got)
		if got.VisitClaim.Typename == "VisitClaimed" {
			taken++
		}
		return took, err
	})
}

const (
	spreadOperation = `mutation spread($input: RepDayReassignInput!) { repDayReassign(input: $input) {
  __typename
  ... on RepDayReassigned { batchId
    moves { visit { id state rep { id name } } code }
    days { rep { id name } date before { ratio } after { ratio } }
    promises { visit { id } kept } alerts { rep { id } kind } }
  ... on Refused { code message }
} }`
	undoOperation = `mutation undo($input: BatchUndoInput!) { batchUndo(input: $input) { __typename } }`
)

// spread measures the days of several reps being spread over their colleagues, tried or done. What was done is taken back, so that every
// one finds the same branch.
func (m *liveMeasures) spread(reps, n int, dry bool) error {
	name := fmt.Sprintf("spread of %d reps' days", reps)
	target := noTarget
	if reps == 1 {
		name, target = "spread of a rep's day", spreadTarget
	}
	if dry {
		name += ", tried"
	}
	visits, given, days := 0, 0, 0
	return m.of(name, target, n, func() string { return fmt.Sprintf("%d of %d visits given, %d days changed", given, visits, days) },
		func(i int) (time.Duration, error) {
			var who []uuid.UUID
			for k := range min(reps, len(m.company.reps)-1) {
				who = append(who, m.company.reps[(i*131+k*7)%len(m.company.reps)].ID)
			}
			slices.SortFunc(who, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
			var got struct {
				RepDayReassign struct {
					Typename string `json:"__typename"`
					BatchID  uuid.UUID
					Moves    []struct{ Visit struct{ State string } }
					Days     []struct{}
				}
			}
			took, err := m.server.ask(m.ctx, m.company.dispatcher, spreadOperation, request(map[string]any{
				"repIds": slices.Compact(who), "dates": []string{m.company.date.String()}, "policy": "SPREAD", "absence": "SICK", "dryRun": dry,
			}), &got)
			done := got.RepDayReassign
			if err == nil && done.Typename != "RepDayReassigned" {
				err = fmt.Errorf("answered %s", done.Typename)
			}
			if err != nil {
				return took, err
			}
			visits, given, days = len(done.Moves), 0, len(done.Days)
			for _, move := range done.Moves {
				if move.Visit.State == "ASSIGNED" {
					given++
				}
			}
			if dry {
				return took, nil
			}
			var undone struct {
				BatchUndo struct {
					Typename string `json:"__typename"`
				}
			}
			if _, err := m.server.ask(m.ctx, m.company.dispatcher, undoOperation, request(map[string]any{"batchId": done.BatchID}), &undone); err != nil {
				return took, err
			}
			if undone.BatchUndo.Typename != "BatchUndone" {
				return took, fmt.Errorf("taking it back answered %s", undone.BatchUndo.Typename)
			}
			return took, nil
		})
}

const replanOperation = `mutation replan($input: DayReplanInput!) { dayReplan(input: $input) {
  __typename
  ... on DayReplanned { batchId moves { visit { id state } code } days { rep { id } } before { cost } after { cost } }
  ... on Refused { code message }
} }`

func (m *liveMeasures) replan(n int, dry bool) error {
	name := "new plan of the branch"
	if dry {
		name += ", tried"
	}
	note := ""
	return m.of(name, replanTarget, n, func() string { return note }, func(int) (time.Duration, error) {
		var got struct {
			DayReplan struct {
				Typename      string `json:"__typename"`
				Moves, Days   []struct{}
				Before, After struct{ Cost float64 }
			}
		}
		took, err := m.server.ask(m.ctx, m.company.dispatcher, replanOperation, request(map[string]any{
			"branchId": m.company.branch, "frozenMinutes": 30, "dryRun": dry,
		}), &got)
		done := got.DayReplan
		if err == nil && done.Typename != "DayReplanned" {
			err = fmt.Errorf("answered %s", done.Typename)
		}
		note = fmt.Sprintf("%d visits moved, %d days changed, cost %.0f to %.0f min", len(done.Moves), len(done.Days), done.Before.Cost, done.After.Cost)
		return took, err
	})
}
