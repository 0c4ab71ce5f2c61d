package route

import (
	"iter"
	"math"
	"sync"
	"sync/atomic"
)

// Options choose one of many searches. The same problem, seed and steps give the same plan, whatever Threads is.
type Options struct {
	Seed    uint64
	Threads int // at most so many run at once; 0: one
}

// Solver searches for a plan, as long as it is asked to.
//
//	solver, err := route.NewSolver(problem, route.Options{Seed: 1, Threads: 2})
//	for epoch := range solver.Epochs(1_000_000) { … }
//	plan := solver.Best()
type Solver struct {
	m       *model
	options Options
	version uint32

	now, best *plan
	ended     *plan     // best with whatever still fits into it; nil: not asked for since the last step
	chains    []*search // of a small problem, each over all of it
	breeds    bool      // whether they may hand over to breeders
	breeders  []*breeder
	spare     *plan
	field     *field // of a large problem
	hot, cold float64
	turn      uint64
	done      int64
}

// Epoch is where a search stands after a step.
type Epoch struct {
	Iterations int64   // in all
	Progress   float64 // the part of the whole search that is done
	Cost       float64 // of the best plan, in the problem's unit, without what being left out counts
	Unassigned int     // visits
	Better     bool    // the step found a better plan
}

// The temperature falls from a part of what the way of a mean trip costs to a part of what a mean edge does: on long
// trips more must be given up before something better shows.
const (
	hotTrips  = 0.1
	coldEdges = 0.02
)

// A problem of fewer visits than groupedFrom is searched whole, by two independent searches; a larger one in groups of
// about groupSize. Both follow from the problem alone, so that the machine's cores do not change the plan.
const (
	groupedFrom = 500
	groupSize   = 250
	chains      = 2
	roundLength = 20_000 // iterations of a group before the next division
)

// NewSolver checks the problem and makes a first plan: what the vehicles are given, and the rest where it costs least.
// Its errors wrap ErrProblem.
func NewSolver(p *Problem, options Options) (*Solver, error) {
	m, err := newModel(p)
	if err != nil {
		return nil, err
	}
	s := &Solver{m: m, options: options}
	first := newSearch(m)
	first.begin((*plan).load, options.Seed)
	if first.now.over() > 0 {
		kept := newSearch(m)
		kept.begin(func(pl *plan) { pl.loadFrozen(); pl.honour() }, options.Seed)
		if kept.now.beats(first.now) {
			first = kept
		}
	}
	first.run(100, 0, 0)
	s.now, s.best = newPlan(m, &s.version), newPlan(m, &s.version)
	s.now.copyAll(first.best)
	s.best.copyAll(first.best)
	edge, visits := s.now.edge()
	s.hot, s.cold = hotTrips*visits*edge, coldEdges*edge
	if !s.grouped() {
		s.chains = append(s.chains, first)
		for k := 1; k < chains; k++ {
			other := newSearch(m)
			other.now.copyAll(first.best)
			other.trial.copyAll(other.now)
			other.best.copyAll(other.now)
			s.chains = append(s.chains, other)
		}
	}
	s.breeds = m.breedable()
	return s, nil
}

// begin makes a first plan out of what load puts into an empty one.
func (s *search) begin(load func(*plan), seed uint64) {
	s.rng = newRandom(seed)
	load(s.now)
	s.trial.copyAll(s.now)
	s.best.copyAll(s.now)
	s.fill()
}

// grouped says whether the problem is searched in groups. Ties between trips hold them together.
func (s *Solver) grouped() bool {
	tied := len(s.m.p.Together) > 0
	for i := range s.m.p.Visits {
		tied = tied || len(s.m.p.Visits[i].After) > 0
	}
	return s.m.n >= groupedFrom && !tied
}

// edge is the mean cost of a way in the plan, and the mean number of visits of a trip.
func (pl *plan) edge() (price, visits float64) {
	var ways, trips, cost float64
	for r := range pl.trips {
		t := &pl.trips[r]
		if t.visits == 0 {
			continue
		}
		ways += float64(t.visits) + 1
		trips++
		place := t.slots[0].place
		for _, s := range t.slots[1:] {
			if s.paused() {
				continue
			}
			cost += float64(pl.m.class[r].price(place, s.place))
			place = s.place
		}
	}
	visits = max(1, ways/max(1, trips)-1)
	if cost == 0 {
		return max(1, float64(pl.m.scale.whole)), visits
	}
	return cost / max(1, ways), visits
}

// Step searches for so many iterations, which are this part of the whole search: from 0, its beginning, to 1, its end.
// The temperature follows these two, and no clock.
func (s *Solver) Step(iterations int, from, to float64) Epoch {
	before, over := s.best.cost, s.best.over()
	s.ended = nil
	iterations = max(1, iterations)
	switch {
	case s.m.n == 0 || s.m.m == 0:
	case s.chains != nil:
		s.stepChains(iterations, from, to)
	default:
		s.stepGroups(iterations, from, to)
	}
	s.done += int64(iterations)
	return Epoch{
		Iterations: s.done, Progress: to, Cost: s.cost(), Unassigned: ones(s.best.missing), Better: s.best.over() < over || s.best.cost < before,
	}
}

// Epochs takes steps up to so many iterations in all, each a size that depends on the problem alone.
func (s *Solver) Epochs(iterations int) iter.Seq[Epoch] {
	return func(yield func(Epoch) bool) {
		step := max(1, min(iterations/50, chains*roundLength*max(1, s.m.n/groupSize)))
		for done := 0; done < iterations; {
			n := min(step, iterations-done)
			epoch := s.Step(n, float64(done)/float64(iterations), float64(done+n)/float64(iterations))
			done += n
			if !yield(epoch) {
				return
			}
		}
	}
}

// Best is the best plan found, with whatever still fits into it.
func (s *Solver) Best() Solution { return s.settled().solution() }

func (s *Solver) settled() *plan {
	if s.ended == nil {
		s.ended = newPlan(s.m, &s.version)
		s.ended.copyAll(s.best)
		s.ended.settle()
	}
	return s.ended
}

// cost is what Solution.Cost will say.
func (s *Solver) cost() float64 {
	cost := int64(0)
	for r := range s.best.trips {
		cost += s.best.trips[r].cost
	}
	each(s.best.missing, func(c int32) {
		if s.m.p.Visits[c].Optional {
			cost += s.m.penalty[c]
		}
	})
	return s.m.scale.unit(cost)
}

// temperature is that of a part of the search.
func (s *Solver) temperature(progress float64) float64 {
	return s.hot * math.Pow(s.cold/s.hot, min(1, max(0, progress)))
}

func (s *Solver) stepChains(iterations int, from, to float64) {
	if s.breeders != nil {
		s.stepBreeders(iterations)
		return
	}
	part := s.annealing(iterations, from, to)
	if from >= part && ones(s.best.missing) == 0 {
		s.beginBreeding()
		s.stepBreeders(iterations)
		return
	}
	from, to = from/part, to/part
	each := (iterations + len(s.chains) - 1) / len(s.chains)
	s.turn++
	s.parallel(len(s.chains), func(k int) {
		c := s.chains[k]
		c.rng = newRandom(s.options.Seed, uint64(k), s.turn)
		c.run(each, s.temperature(from), s.temperature(to))
	})
	for _, c := range s.chains {
		if c.best.beats(s.best) {
			s.best.copyAll(c.best)
		}
	}
}

// parts is how many groups the problem is searched in: an even number.
func (s *Solver) parts() int { return 2 * max(1, (s.m.n+groupSize)/(2*groupSize)) }

func (s *Solver) stepGroups(iterations int, from, to float64) {
	part := s.annealing(iterations, from, to)
	if s.field != nil || from >= part && ones(s.best.missing) == 0 {
		s.stepField(iterations)
		return
	}
	from, to = from/part, to/part
	parts := s.parts()
	rounds := max(1, iterations/(parts*roundLength))
	for round := range rounds {
		s.turn++
		rng := newRandom(s.options.Seed, s.turn)
		groups := s.now.divide(parts, &rng)
		spare := 0 // changes to deal out
		if ch := s.m.churn; ch.bounded() {
			spare = int(max(0, ch.most-s.now.changed))
		}
		turn := rng.below(len(groups))
		a := from + (to-from)*float64(round)/float64(rounds)
		b := from + (to-from)*float64(round+1)/float64(rounds)
		all := 0
		for i := range groups {
			all += len(groups[i].visits)
		}
		s.parallel(len(groups), func(k int) {
			g := &groups[k]
			g.cut(s.now, int64((spare+(k+turn)%len(groups))/len(groups)))
			g.search.rng = newRandom(s.options.Seed, s.turn, uint64(k))
			n := iterations / rounds * len(g.visits) / max(1, all)
			g.search.run(n, s.temperature(a), s.temperature(b))
		})
		for i := range groups {
			groups[i].paste(groups[i].search.best, s.now)
		}
		if s.now.beats(s.best) {
			s.best.copyAll(s.now)
		}
		for i := range groups {
			groups[i].paste(groups[i].search.now, s.now)
		}
	}
}

// parallel does f(0) to f(n-1), as many at once as there are threads.
func (s *Solver) parallel(n int, f func(int)) {
	threads := min(n, max(1, s.options.Threads))
	if threads == 1 {
		for k := range n {
			f(k)
		}
		return
	}
	var next atomic.Int64
	var all sync.WaitGroup
	for range threads {
		all.Go(func() {
			for {
				k := int(next.Add(1)) - 1
				if k >= n {
					return
				}
				f(k)
			}
		})
	}
	all.Wait()
}
