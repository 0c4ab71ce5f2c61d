package geo

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
)

// Draft is a design: every site belongs to one unit, every unit to one territory.
type Draft struct {
	Units     []Unit // in the order of their cells
	Territory []int  // of each unit, from 0. Without Current and Capacity they are numbered from north to south
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

// heavy is the part of a territory's target above which a cell is divided.
const heavy = 0.08

// starts is how many designs are tried from different seeds; the best is kept.
const starts = 4

// Design divides the ground of the sites into contiguous territories whose loads come near
// their targets and whose customers are near their middles.
//
// It is a function of its brief alone: neither the clock nor the number of processors changes
// the answer. It refuses with ErrNoSites, ErrTerritories, ErrWorkload, ErrNoPlace or ErrBrief.
func Design(b Brief) (Draft, error) {
	g, err := survey(b)
	if err != nil {
		return Draft{}, err
	}
	reference := slices.MinFunc(parallel(starts, func(i int) clustering {
		return kMeans(g, g.source(b.Seed, i))
	}), func(a, b clustering) int { return cmp.Compare(a.distance, b.distance) })
	g.scale = max(reference.distance/g.total, 1e-9)

	plans := parallel(starts, func(i int) *search {
		source := g.source(b.Seed, starts+i)
		s := newSearch(g, g.start(source), source)
		s.anneal()
		return s
	})
	best, least := plans[0], math.Inf(1)
	for _, s := range plans {
		if cost := s.cost(); cost < least { // asked once each: it moves the centres a step
			best, least = s, cost
		}
	}

	draft := Draft{Units: g.units, Territory: make([]int, len(g.units))}
	for u, t := range best.owner {
		draft.Territory[u] = int(t)
	}
	if b.Current == nil && b.Capacity == nil {
		numberFromNorth(draft, g.territories())
	}
	draft.Measures = measure(b, g, draft, reference)
	return draft, nil
}

// ground is a brief as the search sees it: units on a plane.
type ground struct {
	units     []Unit
	sites     []vec
	middle    []vec     // of each unit, the workload-weighted middle of its sites
	load      []float64 // of each unit
	near      neighbours
	target    []float64 // of each territory
	total     float64
	tolerance float64
	scale     float64 // km per unit of workload that plain k-means needs: the yardstick for all costs
	price     float64
	current   []int32   // of each unit, the territory that holds most of it today, or -1; nil without
	settled   []float64 // of each unit, its workload in that territory
}

func (g *ground) territories() int { return len(g.target) }

// source is a stream of chance of its own for each start, so that starts can run side by side.
func (g *ground) source(seed uint64, stream int) *rand.Rand {
	return rand.New(rand.NewPCG(seed, uint64(stream)))
}

// survey checks the brief and lays its sites on the plane.
func survey(b Brief) (*ground, error) {
	if err := b.check(); err != nil {
		return nil, err
	}
	g := &ground{tolerance: b.Tolerance, price: b.Price}
	if g.tolerance == 0 {
		g.tolerance = DefaultTolerance
	}
	points := make([]Point, len(b.Sites))
	for i, s := range b.Sites {
		points[i] = s.Point
		g.total += s.Workload
	}
	var err error
	if g.target, err = targets(b, g.total); err != nil {
		return nil, err
	}
	resolution := b.Resolution
	if resolution == 0 {
		resolution = SiteResolution
	}
	if g.units, err = unitsOf(b.Sites, resolution, heavy*slices.Min(g.target)); err != nil {
		return nil, err
	}
	if b.Territories > len(g.units) {
		return nil, fmt.Errorf("%w: %d asked for, but the %d sites stand in only %d indivisible places; ask for %d or fewer",
			ErrTerritories, b.Territories, len(b.Sites), len(g.units), len(g.units))
	}

	flat := planeOf(points)
	g.sites = make([]vec, len(points))
	for i, p := range points {
		g.sites[i] = flat.at(p)
	}
	g.middle = make([]vec, len(g.units))
	g.load = make([]float64, len(g.units))
	centers := make([]vec, len(g.units))
	for u, unit := range g.units {
		centers[u] = flat.at(unit.Center)
		g.load[u] = unit.Workload
		var sum, weight = vec{}, 0.0
		for _, i := range unit.Sites {
			w := b.Sites[i].Workload + 1e-9*g.total // a site without work still has a place
			sum = vec{sum.x + w*g.sites[i].x, sum.y + w*g.sites[i].y}
			weight += w
		}
		g.middle[u] = vec{sum.x / weight, sum.y / weight}
	}
	g.near = neighboursOf(centers)
	g.settle(b)
	return g, nil
}

// targets shares the total among the territories.
func targets(b Brief, total float64) ([]float64, error) {
	t := make([]float64, b.Territories)
	sum := 0.0
	for j := range t {
		t[j] = 1
		if b.Capacity != nil {
			t[j] = b.Capacity[j]
		}
		if !(t[j] > 0) || math.IsInf(t[j], 0) {
			return nil, fmt.Errorf("%w: territory %d has capacity %v; it must be above 0", ErrBrief, j, t[j])
		}
		sum += t[j]
	}
	for j := range t {
		t[j] *= total / sum
	}
	return t, nil
}

// settle notes for each unit who holds most of it today.
func (g *ground) settle(b Brief) {
	if b.Current == nil {
		return
	}
	g.current = make([]int32, len(g.units))
	g.settled = make([]float64, len(g.units))
	for u, unit := range g.units {
		g.current[u] = -1
		held := map[int]float64{}
		for _, i := range unit.Sites {
			held[b.Current[i]] += b.Sites[i].Workload
		}
		for _, i := range unit.Sites {
			if t := b.Current[i]; t >= 0 && (g.current[u] < 0 || held[t] > g.settled[u]) {
				g.current[u], g.settled[u] = int32(t), held[t]
			}
		}
	}
}

// numberFromNorth renumbers territories by the latitude of their middles.
func numberFromNorth(d Draft, k int) {
	lat, count := make([]float64, k), make([]float64, k)
	for u, t := range d.Territory {
		lat[t] += d.Units[u].Center.Lat
		count[t]++
	}
	order := make([]int, k)
	for t := range order {
		order[t] = t
		lat[t] /= count[t]
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
