package route

import "time"

// Pace turns a time limit into steps of a Solver, without looking at a clock: the caller says how much time has
// passed. The first step is short and measures the speed; the others take about a fiftieth of the limit.
//
//	for pace := (route.Pace{Limit: limit}); pace.Next(time.Since(begun)); {
//		solver.Step(pace.Iterations, pace.From, pace.To)
//	}
type Pace struct {
	Limit time.Duration

	// The step to take: so many iterations, from this part of the whole search to that.
	Iterations int
	From, To   float64

	before time.Duration
}

// Next plans a step, given the time passed since the beginning. It says false when the limit is reached.
func (p *Pace) Next(passed time.Duration) bool {
	const (
		first = 200 // iterations
		steps = 50
		most  = 1 << 24
	)
	left := p.Limit - passed
	if left <= 0 {
		return false
	}
	p.From = max(p.To, float64(passed)/float64(p.Limit))
	step := min(left, p.Limit/steps)
	if p.Iterations == 0 {
		p.Iterations = first
	} else {
		took := max(passed-p.before, time.Microsecond)
		p.Iterations = int(min(most, 4*float64(p.Iterations), max(1, float64(p.Iterations)*float64(step)/float64(took))))
	}
	p.To = min(1, p.From+float64(step)/float64(p.Limit))
	p.before = passed
	return true
}
