package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"time"

	"github.com/hexbeat/hexbeat/dispatch/route"
	"github.com/hexbeat/hexbeat/dispatch/route/vroom"
)

func solveCommand() command {
	return command{"solve", "order the visits of a problem in VROOM's JSON, without a database", solve}
}

// effort is how long, and along which of many paths, a solution is searched for.
type effort struct {
	limit      time.Duration
	iterations int // 0: until the limit
	threads    int
	seed       uint64
}

func solve(ctx context.Context, env environment, args []string) error {
	f := newFlags(env, "hexbeat solve", "Orders visits: reads a problem in VROOM's JSON from standard input and writes the solution, in VROOM's shape, to\n"+
		"standard output. Exit codes are VROOM's: 0 solved, 1 failed, 2 the input is wrong. Ctrl-C gives the best so far.\n"+
		"README.md says what is the same as with VROOM, what is different and what is more.")
	limit := f.Duration("limit", 10*time.Second, "how long to search, like 10s")
	iterations := f.Int("iterations", 0, "search so many steps in place of --limit: the answer then depends on the problem and the seed alone")
	threads := f.Int("threads", runtime.GOMAXPROCS(0), "how many threads search")
	seed := f.Uint64("seed", 1, "another seed, another path of the search")
	given := f.Bool("c", false, "choose times for the routes that the vehicles' steps describe, and say what they break")
	if err := f.parse(args); err != nil {
		return err
	}
	switch {
	case *limit <= 0:
		return misuse("--limit must be more than nothing: 10s is usual")
	case *iterations < 0:
		return misuse("--iterations must not be negative")
	case *threads < 1:
		return misuse("--threads must be 1 or more")
	}
	answer, err := solved(ctx, env, effort{*limit, *iterations, *threads, *seed}, *given)
	if err == nil {
		return answer.Write(env.stdout)
	}
	if errors.Is(err, context.Canceled) {
		return err
	}
	if failed := vroom.WriteError(env.stdout, err); failed != nil {
		return failed
	}
	if vroom.CodeOf(err) == vroom.CodeInput {
		return usageError{err.Error()}
	}
	return err
}

// solved reads the problem and answers it.
func solved(ctx context.Context, env environment, e effort, given bool) (vroom.Solution, error) {
	begun := time.Now()
	problem, err := readProblem(ctx, env.stdin)
	if err != nil {
		return vroom.Solution{}, err
	}
	model, err := problem.Model()
	if err != nil {
		return vroom.Solution{}, err
	}
	loaded := time.Now()
	var answer vroom.Solution
	if given || problem.Plan {
		answer, err = model.Planned()
	} else {
		var solver *route.Solver
		solver, err = search(ctx, env, model.Problem(), e, begun)
		if err == nil {
			answer = model.Solution(solver.Best(), solver.Unserved())
		}
	}
	if err != nil {
		return vroom.Solution{}, err
	}
	if e.iterations == 0 {
		answer.Summary.ComputingTimes = vroom.ComputingTimes{Loading: loaded.Sub(begun).Milliseconds(), Solving: time.Since(loaded).Milliseconds()}
	}
	return answer, nil
}

// readProblem reads until the end of the input, or until Ctrl-C.
func readProblem(ctx context.Context, from io.Reader) (*vroom.Problem, error) {
	type outcome struct {
		problem vroom.Problem
		err     error
	}
	done := make(chan outcome, 1)
	go func() {
		problem, err := vroom.Read(from)
		done <- outcome{problem, err}
	}()
	select {
	case read := <-done:
		return &read.problem, read.err
	case <-ctx.Done():
		return nil, fmt.Errorf("read the problem: %w", ctx.Err())
	}
}

// search searches for a plan until the limit, counted from begun on, the iterations or Ctrl-C end it.
func search(ctx context.Context, env environment, problem route.Problem, e effort, begun time.Time) (*route.Solver, error) {
	loaded := time.Now()
	solver, err := route.NewSolver(&problem, route.Options{Seed: e.seed, Threads: e.threads})
	if err != nil {
		return nil, err
	}
	// What is left over then takes about as long to be tried once more and to be explained as a first plan.
	e.limit -= time.Since(loaded)
	progress := newProgress(env, "solving")
	defer progress.end()
	if e.iterations > 0 {
		for epoch := range solver.Epochs(e.iterations) {
			progress.say("%d of %d iterations: cost %.0f, %d left over", epoch.Iterations, e.iterations, epoch.Cost, epoch.Unassigned)
			if ctx.Err() != nil {
				break
			}
		}
		return solver, nil
	}
	if enough := enoughFor(len(problem.Visits)); enough > 0 && e.limit >= leisure {
		for range solver.Epochs(enough) {
			if ctx.Err() != nil || time.Since(begun) > e.limit {
				break
			}
		}
		return solver, nil
	}
	for pace := (route.Pace{Limit: e.limit}); pace.Next(time.Since(begun)) && ctx.Err() == nil; {
		epoch := solver.Step(pace.Iterations, pace.From, pace.To)
		progress.say("%.1f of %v: cost %.0f, %d left over", time.Since(begun).Seconds(), e.limit, epoch.Cost, epoch.Unassigned)
	}
	return solver, nil
}

// leisure is a limit within which a small problem is always searched through.
const leisure = 2 * time.Second

// enoughFor is how many iterations leave nothing to be found in a problem of so few visits; 0 where there is no such number.
func enoughFor(visits int) int {
	const few, each = 15, 10_000
	if visits > few {
		return 0
	}
	return each * max(1, visits)
}
