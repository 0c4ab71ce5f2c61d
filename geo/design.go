package geo

import (
	"cmp"
	"math"
	"runtime"
	"slices"
	"sync"
)

// Draft is a design: every site belongs to one unit, every unit to one territory.
type Draft struct {
	Units     []Unit // in the order of their cells
	Territory []int  // of each unit, from 0. Where nothing tells them apart they are numbered from north to south
	Measures  Measures
	Findings  []Finding // what could not be as asked, in the order of the territories
}

// Of is the territory of each of n sites.
func (d Draft) Of(n int) []int {
	of := make([]int, n)
	for u, unit := range d.Units {
		for _, s := range unit.Sites {
			of[s] = d.Territory[u]
		}
	}
	return of
}

// Design divides the ground of the sites into contiguous territories whose loads come near
// their targets and whose customers are near their middles.
//
// It is a function of its brief alone: neither the clock nor the number of processors changes
// the answer. It refuses with ErrNoSites, ErrTerritories, ErrWorkload, ErrNoPlace or ErrBrief.
func Design(b Brief) (Draft, error) {
	if b.Current != nil {
		from, err := b.prospects()
		if err != nil {
			return Draft{}, err
		}
		return from.within(b.Budget)
	}
	g, err := survey(b, mingled)
	if err != nil {
		return Draft{}, err
	}
	reference := g.reference(b.Seed)
	return g.draft(b, g.afresh(b).owner, reference), nil
}

// reference is the best of several plain k-means. It sets the scale of all costs; from today that is the inertia of a
// balanced diagram, lest a change of hands look cheap where balance is dear.
func (g *ground) reference(seed uint64) clustering {
	all := parallel(yardsticks, func(i int) clustering { return kMeans(g, g.source(seed, i)) })
	best := slices.MinFunc(all, func(a, b clustering) int { return cmp.Compare(a.distance, b.distance) })
	g.scale = max(best.distance/g.total, 1e-9)
	if g.current != nil {
		even := balanced(g, g.source(seed, 0))
		even.weigh(g)
		now := clustering{owner: g.today(), centre: make([]vec, g.territories())}
		g.mend(now.owner, math.Inf(1))
		now.centre = g.middles(now.owner)
		now.weigh(g)
		g.scale = max(even.inertia/g.total, now.inertia/g.total, 1e-9)
	}
	return best
}

const (
	yardsticks = 4  // plain k-means from different seeds; the best is the reference
	fewest     = 8  // starts of a large design, or a tiny one
	most       = 24 // and of one between
	fewer      = 8  // units for each start of a tiny design
	finalists  = 4  // starts that are followed to the end
	spacious   = 10_000
)

// afresh is the best of several designs from different starts.
func (g *ground) afresh(b Brief) state {
	if len(g.units) > spacious {
		if best, ok := g.refined(b); ok {
			return best
		}
	}
	return g.insist(g.onward(g.heats(roomy, b.Seed), calm, b.Seed), b.Seed)
}

// How many units all starts of a design or a sketch have together, more or less.
const (
	roomy   = 50_000
	sketchy = 90_000
)

// heats are the most promising ends of many short annealings from different starts, the best first: which of them will
// end well shows early.
func (g *ground) heats(room int, seed uint64) [][]int32 {
	starts := max(fewest, min(most, room/len(g.units), len(g.units)/fewer))
	ends := parallel(starts, func(i int) state {
		source := g.source(seed, yardsticks+i)
		s := newSearch(g, g.start(source, i), source)
		s.anneal(quick)
		return s.state()
	})
	slices.SortStableFunc(ends, func(a, b state) int {
		return cmp.Or(cmp.Compare(a.loose, b.loose), cmp.Compare(a.cost, b.cost))
	})
	owners := make([][]int32, min(finalists, len(ends)))
	for i := range owners {
		owners[i] = ends[i].owner
	}
	return owners
}

// onward anneals each assignment further, makes it as even as chains can, and answers with the best.
func (g *ground) onward(owners [][]int32, e effort, seed uint64) state {
	ends := parallel(len(owners), func(i int) state {
		s := newSearch(g, owners[i], g.source(seed, yardsticks+most+i))
		s.anneal(e)
		s.settle()
		return s.state()
	})
	return slices.MinFunc(ends, state.compare)
}

// coarser is how many resolutions above the ground's a large design is sketched: 49 cells become one.
const coarser = 2

// refined designs ground of many units in two steps: first in coarser units, few enough for bold moves, then it draws
// the borders anew in its own (multilevel partitioning: Hendrickson and Leland 1995). It answers false where no coarser
// units are to be had, or too few for the territories.
func (g *ground) refined(b Brief) (state, bool) {
	b.Resolution = g.resolution - coarser
	if b.Resolution < 1 { // 0 would mean the default
		return state{}, false
	}
	rough, err := survey(b, mingled)
	if err != nil || len(rough.units) >= len(g.units) {
		return state{}, false
	}
	rough.reference(b.Seed)
	sketches := rough.heats(sketchy, b.Seed)
	owners := make([][]int32, min(polishes, len(sketches)))
	of := make([]int32, len(b.Sites))
	for i := range owners {
		for u, unit := range rough.units {
			for _, s := range unit.Sites {
				of[s] = sketches[i][u]
			}
		}
		owners[i] = make([]int32, len(g.units))
		for u, unit := range g.units {
			owners[i][u] = of[unit.Sites[0]]
		}
		g.mend(owners[i], math.Inf(1))
		g.fill(owners[i], math.Inf(1))
	}
	return g.onward(owners, polish, b.Seed), true
}

// polishes is how many sketches have their borders drawn.
const polishes = 4

// insist shakes a design that is not as even as it was asked to be, though its units would allow it, and settles it again.
func (g *ground) insist(best state, seed uint64) state {
	if !g.uneven(best.over) {
		return best
	}
	ends := parallel(shakes, func(i int) state {
		source := g.source(seed, yardsticks+most+finalists+i)
		end := best
		for range 3 {
			s := newSearch(g, slices.Clone(end.owner), source)
			s.anneal(shake)
			s.settle()
			if g.uneven(s.over()) {
				s.chains(utmost)
			}
			if at := s.state(); at.compare(end) < 0 {
				end = at
			}
		}
		return end
	})
	return slices.MinFunc(ends, state.compare)
}

// shakes is how many ways are tried to insist.
const shakes = 4

// draft measures an assignment and says what is to be known about it.
func (g *ground) draft(b Brief, owner []int32, reference clustering) Draft {
	d := Draft{Units: g.units, Territory: make([]int, len(g.units))}
	for u, t := range owner {
		d.Territory[u] = int(t)
	}
	if b.anonymous() {
		numberFromNorth(d, g.territories())
	}
	d.Measures = measure(b, g, d, reference)
	d.Findings = g.findings(b, d)
	return d
}

// numberFromNorth renumbers territories by the latitude of their middles.
func numberFromNorth(d Draft, k int) {
	lat, count := make([]float64, k), make([]float64, k)
	for u, t := range d.Territory {
		lat[t] += d.Units[u].Center.Lat
		count[t]++
	}
	order := all(k)
	for t := range order {
		lat[t] /= math.Max(1, count[t])
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(lat[b], lat[a]) })
	number := make([]int, k)
	for n, t := range order {
		number[t] = n
	}
	for u, t := range d.Territory {
		d.Territory[u] = number[t]
	}
}

// parallel answers f(0) … f(n-1), worked out side by side.
func parallel[T any](n int, f func(int) T) []T {
	out := make([]T, n)
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	var wait sync.WaitGroup
	for i := range n {
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			out[i] = f(i)
		})
	}
	wait.Wait()
	return out
}

// parallelSpans is parallel for many small answers: each goroutine works out a span of them.
func parallelSpans[T any](n int, f func(int) T) []T {
	const span = 4096
	out := make([]T, n)
	parallel((n+span-1)/span, func(s int) struct{} {
		for i := s * span; i < min(n, (s+1)*span); i++ {
			out[i] = f(i)
		}
		return struct{}{}
	})
	return out
}
