package geo

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// ground is a brief as the search sees it: units on a plane. It does not change once surveyed.
type ground struct {
	units   []Unit
	flat    plane
	sites   []vec
	centers []vec     // of the units, as a map of neighbours sees them
	middle  []vec     // of each unit, the workload-weighted middle of its sites
	load    []float64 // of each unit
	pull    []float64 // of each unit, its load, or a trifle where it has none: it still has a place
	near    neighbours
	bridges [][2]int32 // pairs of near that cross a barrier
	lock    []int32    // of each unit, the territory it is locked to, or Free

	target     []float64 // of each territory; 0: a vacancy
	norm       []float64 // what a load off its target is measured by: the target, for a vacancy the mean of the others
	total      float64
	tolerance  float64
	resolution int     // of the largest units
	least      float64 // the imbalance no design can be below
	firm       float64 // the linear part of what a load off its target costs
	further    []further
	home       []*vec  // of each territory, nil where the design chooses
	scale      float64 // km, or km² from today, per unit of workload that plain k-means needs: the yardstick for all costs

	current []int32     // of each unit, the territory that has most of it today, or Free; nil without
	held    []holding   // of each unit, what that territory has of it
	minor   [][]holding // of each unit, what others have of it: nil nearly everywhere
	must    float64     // the workload that must change hands at least, for no load to be above tolerance
	price   float64     // of a change of hands
}

// holding is what a territory has today of a unit.
type holding struct {
	territory int32
	work      float64
	stay      float64 // what it costs to hand over: the work at its price
}

// further is a measure besides the workload.
type further struct {
	Measure
	amount []float64 // of each unit
	target []float64 // of each territory
	norm   []float64
}

// heavy is the part of a territory's target above which a cell is divided.
const heavy = 0.08

// unworked is the pull of a unit without work, in parts of the mean unit.
const unworked = 1e-3

// trifle is what a site counts besides its work, in parts of all work, when it changes hands: under a budget of
// nothing a site without work stays too.
const trifle = 1e-12

func (g *ground) territories() int     { return len(g.target) }
func (g *ground) vacant(t int32) bool  { return g.target[t] == 0 }
func (g *ground) movable(u int32) bool { return g.lock[u] == Free }
func (g *ground) exempt(u int32) bool  { return g.units[u].Exempt }

// away is what it costs that a unit lies away from its territory's centre. A design from nothing goes by the
// distance, which is what a rep feels; one from today goes by its square, under which a few far units do not pay.
func (g *ground) away(u int32, centre vec) float64 {
	if g.current != nil {
		return g.pull[u] * g.middle[u].distance2(centre) / g.scale
	}
	return g.pull[u] * g.middle[u].distance(centre) / g.scale
}

// source is a stream of chance of its own for each start, so that starts can run side by side.
func (g *ground) source(seed uint64, stream int) *rand.Rand {
	return rand.New(rand.NewPCG(seed, uint64(stream)))
}

// survey checks the brief and lays its sites on the plane. A cell of the resolution whole, or a finer one, is not divided
// for having several owners today.
func survey(b Brief, whole int) (*ground, error) {
	if err := b.check(); err != nil {
		return nil, err
	}
	g := &ground{tolerance: b.Tolerance, price: b.Price, firm: long * (1 + thrift*(b.Price+b.OpenSurcharge)) / force1}
	if g.tolerance == 0 {
		g.tolerance = DefaultTolerance
	}
	points := make([]Point, len(b.Sites))
	for i, s := range b.Sites {
		points[i] = s.Point
		g.total += s.Workload
	}
	g.target, g.norm = shared(b, g.total)
	least := math.Inf(1)
	for _, t := range g.target {
		if t > 0 {
			least = min(least, t)
		}
	}
	resolution := b.Resolution
	if resolution == 0 {
		resolution = SiteResolution
	}
	var err error
	g.resolution = resolution
	if g.units, g.lock, err = unitsOf(b, resolution, heavy*least, whole); err != nil {
		return nil, err
	}
	if err := g.checkRoom(b); err != nil {
		return nil, err
	}

	g.flat = planeOf(points)
	g.sites = make([]vec, len(points))
	for i, p := range points {
		g.sites[i] = g.flat.at(p)
	}
	g.home = make([]*vec, b.Territories)
	for t, home := range b.Homes {
		if home != nil {
			at := g.flat.at(*home)
			g.home[t] = &at
		}
	}
	g.weigh(b)
	g.least = g.leastOf(b.Sites)
	g.near, g.bridges = bordering(g.centers, g.units, b.Barriers, g.flat)
	if apart := g.joinLocked(); apart {
		g.near, g.bridges = bordering(g.centers, g.units, b.Barriers, g.flat)
	}
	g.settle(b)
	return g, nil
}

// checkRoom refuses more territories than there are places to give them.
func (g *ground) checkRoom(b Brief) error {
	places, needy := 0, 0
	for u := range g.units {
		if !g.units[u].Exempt {
			places++
		}
	}
	given := make([]bool, b.Territories)
	for _, t := range g.lock {
		if t != Free {
			given[t] = true
		}
	}
	taken := 0
	for u, t := range g.lock {
		if t != Free && !g.units[u].Exempt {
			taken++
		}
	}
	for t := range g.target {
		if g.target[t] > 0 && !given[t] {
			needy++
		}
	}
	if room := places - taken; needy > room {
		return fmt.Errorf("%w: %d asked for, and the ground has fewer indivisible places that are free (%d); ask for %d fewer",
			ErrTerritories, b.Territories, room, needy-room)
	}
	return nil
}

// weigh finds each unit's place, load and amounts.
func (g *ground) weigh(b Brief) {
	n := len(g.units)
	g.middle, g.centers = make([]vec, n), make([]vec, n)
	g.load, g.pull = make([]float64, n), make([]float64, n)
	for _, m := range b.Measures {
		if m.Tolerance == 0 {
			m.Tolerance = g.tolerance
		}
		g.further = append(g.further, further{Measure: m, amount: make([]float64, n)})
	}
	for u, unit := range g.units {
		g.centers[u] = g.flat.at(unit.Center)
		g.load[u] = unit.Workload
		g.pull[u] = max(unit.Workload, unworked*g.total/float64(n))
		var sum, weight = vec{}, 0.0
		for _, i := range unit.Sites {
			w := b.Sites[i].Workload + 1e-9*g.total // a site without work still has a place
			sum = vec{sum.x + w*g.sites[i].x, sum.y + w*g.sites[i].y}
			weight += w
			for m, x := range b.Sites[i].Amounts {
				g.further[m].amount[u] += x
			}
		}
		g.middle[u] = vec{sum.x / weight, sum.y / weight}
	}
	for m := range g.further {
		whole := 0.0
		for _, x := range g.further[m].amount {
			whole += x
		}
		g.further[m].target, g.further[m].norm = shared(b, whole)
	}
}

// shared divides a whole among the territories in proportion to their capacities, and says what a difference from
// each share is measured by.
func shared(b Brief, whole float64) (target, norm []float64) {
	target, norm = make([]float64, b.Territories), make([]float64, b.Territories)
	sum, working := 0.0, 0.0
	for j := range target {
		target[j] = 1
		if b.Capacity != nil {
			target[j] = b.Capacity[j]
		}
		sum += target[j]
		if target[j] > 0 {
			working++
		}
	}
	for j := range target {
		target[j] *= whole / sum
		norm[j] = target[j]
		if norm[j] == 0 {
			norm[j] = max(whole, 1e-300) / working
		}
	}
	return target, norm
}

// settle notes who holds each unit today, how much of it, and what handing it over costs.
func (g *ground) settle(b Brief) {
	if b.Current == nil {
		return
	}
	n := len(g.units)
	g.current, g.held, g.minor = make([]int32, n), make([]holding, n), make([][]holding, n)
	var all []holding
	for u, unit := range g.units {
		all = all[:0]
		for _, i := range unit.Sites {
			t, w := int32(b.Current[i]), b.Sites[i].Workload
			if t == Free {
				continue
			}
			at := slices.IndexFunc(all, func(h holding) bool { return h.territory == t })
			if at < 0 {
				at = len(all)
				all = append(all, holding{territory: t})
			}
			all[at].work += w + trifle*g.total
			all[at].stay += w * b.Price
			if b.Sites[i].Open {
				all[at].stay += w * b.OpenSurcharge
			}
		}
		slices.SortFunc(all, func(a, b holding) int {
			return cmp.Or(cmp.Compare(b.work, a.work), cmp.Compare(a.territory, b.territory))
		})
		g.held[u].territory = Free
		if len(all) > 0 {
			g.held[u] = all[0]
		}
		if len(all) > 1 {
			g.minor[u] = slices.Clone(all[1:])
		}
		g.current[u] = g.held[u].territory
	}
	before := make([]float64, g.territories())
	for i, t := range b.Current {
		if t != Free {
			before[t] += b.Sites[i].Workload
		}
	}
	for t, load := range before {
		g.must += max(0, load-(1+g.tolerance)*g.target[t])
	}
}

// has is what a territory has today of a unit: its work, and what that costs to hand over.
func (g *ground) has(u, t int32) (work, stay float64) {
	if g.current[u] == t {
		return g.held[u].work, g.held[u].stay
	}
	for _, h := range g.minor[u] {
		if h.territory == t {
			return h.work, h.stay
		}
	}
	return 0, 0
}

// leaves is what changes hands if a unit is a territory's: what all others have of it today.
func (g *ground) leaves(u, t int32) (work, stay float64) {
	if h := g.held[u]; h.territory != Free && h.territory != t {
		work, stay = h.work, h.stay
	}
	for _, h := range g.minor[u] {
		if h.territory != t {
			work, stay = work+h.work, stay+h.stay
		}
	}
	return work, stay
}

// joinLocked makes the locked ground of each territory hang together where its target allows: the lightest way
// from piece to piece becomes locked ground too. What can't be joined is exempt; it says whether there is such.
func (g *ground) joinLocked() (apart bool) {
	for t := range int32(g.territories()) {
		var ground []int32
		load := 0.0
		for u, lock := range g.lock {
			if lock == t {
				load += g.load[u]
				if !g.exempt(int32(u)) {
					ground = append(ground, int32(u))
				}
			}
		}
		if len(ground) < 2 {
			continue
		}
		pieces := g.lockedPieces(t, ground)
		for len(pieces) > 1 {
			way, weight, reached := g.lightestWay(pieces)
			if reached < 0 || load+weight > g.target[t] {
				break
			}
			for _, u := range way {
				g.lock[u] = t
				ground = append(ground, u)
			}
			load += weight
			pieces = g.lockedPieces(t, ground)
		}
		for _, p := range pieces[1:] {
			for _, u := range p {
				g.units[u].Exempt, apart = true, true
			}
		}
	}
	return apart
}

// lockedPieces are the pieces of the territory's locked ground, the heaviest first.
func (g *ground) lockedPieces(t int32, ground []int32) [][]int32 {
	seen := map[int32]bool{}
	var pieces [][]int32
	var weights []float64
	for _, first := range ground {
		if seen[first] {
			continue
		}
		seen[first] = true
		p, weight := []int32{first}, 0.0
		for i := 0; i < len(p); i++ {
			weight += g.load[p[i]]
			for _, v := range g.near.of(p[i]) {
				if g.lock[v] == t && !g.exempt(v) && !seen[v] {
					seen[v] = true
					p = append(p, v)
				}
			}
		}
		at := 0
		for at < len(weights) && weights[at] >= weight {
			at++
		}
		pieces, weights = slices.Insert(pieces, at, p), slices.Insert(weights, at, weight)
	}
	return pieces
}

// lightestWay is the free ground with the least load (and fewest units) between the first piece and any other
// (Dijkstra's algorithm), its load, and the number of the piece it reaches, or -1.
func (g *ground) lightestWay(pieces [][]int32) (way []int32, weight float64, reached int) {
	piece := make([]int, len(g.units))
	cost, from := make([]float64, len(g.units)), make([]int32, len(g.units))
	for u := range cost {
		cost[u], from[u], piece[u] = math.Inf(1), -1, -1
	}
	for i, p := range pieces {
		for _, u := range p {
			piece[u] = i
		}
	}
	var queue heapOf
	for _, u := range pieces[0] {
		cost[u] = 0
		queue.push(u, 0)
	}
	for len(queue) > 0 {
		u, c := queue.pop()
		if c > cost[u] {
			continue
		}
		if piece[u] > 0 {
			for v := from[u]; piece[v] < 0; v = from[v] {
				way = append(way, v)
				weight += g.load[v]
			}
			return way, weight, piece[u]
		}
		for _, v := range g.near.of(u) {
			if g.lock[v] != Free && piece[v] < 0 {
				continue
			}
			if c := cost[u] + g.pull[v]; c < cost[v] {
				cost[v], from[v] = c, u
				queue.push(v, c)
			}
		}
	}
	return nil, 0, -1
}
