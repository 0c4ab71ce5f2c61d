package geo

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// clustering is an assignment of units to centres, the load ignored or nearly balanced.
type clustering struct {
	owner    []int32
	centre   []vec
	open     []int32 // the territories that take part: not the vacancies
	held     []bool  // centres that do not move; nil: all do
	distance float64 // km × workload
	inertia  float64 // km² × workload
}

// kMeans knows nothing of load: each unit goes to its nearest centre. It is the yardstick of
// how compact territories could be if balance were free.
func kMeans(g *ground, source *rand.Rand) clustering {
	c := clustering{owner: make([]int32, len(g.middle)), centre: g.seeds(source)}
	for t := range c.centre {
		if !g.vacant(int32(t)) {
			c.open = append(c.open, int32(t))
		}
	}
	none := make([]float64, len(c.centre))
	for range 30 {
		c.assign(g, none)
		if !c.recentre(g) {
			break
		}
	}
	c.assign(g, none)
	c.weigh(g)
	return c
}

// weigh sums up how far the load is from the centres.
func (c *clustering) weigh(g *ground) {
	c.distance, c.inertia = 0, 0
	for u, t := range c.owner {
		c.distance += g.load[u] * g.middle[u].distance(c.centre[t])
		c.inertia += g.load[u] * g.middle[u].distance2(c.centre[t])
	}
}

// balanced is k-means as a power diagram: a unit goes where d² − weight is least, and an
// overloaded territory loses weight until the loads come near their targets (after von Looz, Tzovas and
// Meyerhenke, Balanced k-means for parallel geometric partitioning, 2018).
func balanced(g *ground, source *rand.Rand) clustering {
	k, c := g.territories(), begun(g, source)
	weight, load, spread := make([]float64, k), make([]float64, k), make([]float64, k)
	const rounds = 60
	for round := range rounds {
		c.assign(g, weight)
		g.keepLocked(c.owner)
		clear(load)
		clear(spread)
		for u, t := range c.owner {
			load[t] += g.load[u]
			spread[t] += g.load[u] * g.middle[u].distance2(c.centre[t])
		}
		step := 0.7 * (1 - 0.8*float64(round)/rounds)
		for _, t := range c.open {
			off := max(-1, min(1, load[t]/g.target[t]-1))
			radius2 := (spread[t] + 1e-9) / (load[t] + 1e-9)
			weight[t] -= step * off * radius2
		}
		if round < rounds*3/4 {
			c.recentre(g)
		}
	}
	c.assign(g, weight)
	g.keepLocked(c.owner)
	return c
}

// keepLocked puts what is locked where it belongs.
func (g *ground) keepLocked(owner []int32) {
	for u, t := range g.lock {
		if t != Free {
			owner[u] = t
		}
	}
}

// bisected halves the ground again and again across its long axis, give or take some degrees,
// in proportion to the targets: every region gets as many territories as its work is worth.
func bisected(g *ground, source *rand.Rand, c clustering) {
	var free []int32
	for u, t := range g.lock {
		if t == Free {
			free = append(free, int32(u))
		}
	}
	var halve func(units []int32, lo, hi int)
	halve = func(units []int32, lo, hi int) {
		if hi-lo == 1 {
			for _, u := range units {
				c.owner[u] = c.open[lo]
			}
			return
		}
		mid := (lo + hi) / 2
		var left, whole, load float64
		for i, t := range c.open[lo:hi] {
			whole += g.target[t]
			if lo+i < mid {
				left += g.target[t]
			}
		}
		for _, u := range units {
			load += g.load[u]
		}
		sin, cos := math.Sincos(longAxis(g, units) + 0.4*source.NormFloat64())
		along := func(u int32) float64 { return g.middle[u].dot(vec{cos, sin}) }
		slices.SortFunc(units, func(a, b int32) int {
			return cmp.Or(cmp.Compare(along(a), along(b)), cmp.Compare(a, b))
		})
		cut, taken := 0, 0.0
		for cut < len(units) && taken+g.load[units[cut]]/2 < load*left/whole {
			taken += g.load[units[cut]]
			cut++
		}
		halve(units[:cut], lo, mid)
		halve(units[cut:], mid, hi)
	}
	halve(free, 0, len(c.open))
}

// longAxis is the direction, as an angle, in which the load of the units spreads most.
func longAxis(g *ground, units []int32) float64 {
	var weight, x, y, xx, xy, yy float64
	for _, u := range units {
		w, p := g.load[u], g.middle[u]
		weight, x, y = weight+w, x+w*p.x, y+w*p.y
		xx, xy, yy = xx+w*p.x*p.x, xy+w*p.x*p.y, yy+w*p.y*p.y
	}
	if weight == 0 {
		return 0
	}
	xx, xy, yy = xx-x*x/weight, xy-x*y/weight, yy-y*y/weight
	return math.Atan2(2*xy, xx-yy) / 2
}

// seeds picks centres far apart (k-means++, Arthur and Vassilvitskii 2007): each next one with a chance that grows
// with the workload and with the square of the distance to the nearest so far. Homes and the middles of locked ground
// are given.
func (g *ground) seeds(source *rand.Rand) []vec {
	k := g.territories()
	centre, given := make([]vec, k), make([]bool, k)
	far := make([]float64, len(g.middle))
	for u := range far {
		far[u] = math.Inf(1)
	}
	put := func(t int, at vec) {
		centre[t], given[t] = at, true
		if g.vacant(int32(t)) {
			return
		}
		for u := range far {
			far[u] = min(far[u], g.middle[u].distance2(at))
		}
	}
	sum, weight := make([]vec, k), make([]float64, k)
	for u, t := range g.lock {
		if t != Free {
			w, p := g.pull[u], g.middle[u]
			sum[t] = vec{sum[t].x + w*p.x, sum[t].y + w*p.y}
			weight[t] += w
		}
	}
	first := true
	for t := range k {
		switch {
		case g.home[t] != nil:
			put(t, *g.home[t])
		case weight[t] > 0:
			put(t, vec{sum[t].x / weight[t], sum[t].y / weight[t]})
		default:
			continue
		}
		first = first && g.vacant(int32(t))
	}
	chance := make([]float64, len(far))
	for t := range k {
		if given[t] {
			continue
		}
		sum := 0.0
		for u := range far {
			chance[u] = g.load[u]
			if !first {
				chance[u] = (g.load[u] + 1e-9*g.total) * far[u]
			}
			sum += chance[u]
		}
		pick, at := source.Float64()*sum, 0
		for u, p := range chance {
			if p > 0 {
				at = u
				if pick -= p; pick < 0 {
					break
				}
			}
		}
		put(t, g.middle[at])
		first = first && g.vacant(int32(t))
	}
	return centre
}

// nearby is how many centres near a unit's own are compared before all are.
const nearby = 24

// assign gives each unit the territory whose power d² − weight is least. The nearest centres of the one that had it
// are tried first, as far as the triangle inequality leaves them a chance.
func (c clustering) assign(g *ground, weight []float64) {
	places := make([]vec, len(c.open))
	most := math.Inf(-1)
	for i, t := range c.open {
		places[i] = c.centre[t]
		most = max(most, weight[t])
	}
	tree := kdTreeOf(places)
	near := make([][]aside, len(c.centre))
	m := min(nearby, len(places))
	for i, t := range c.open {
		near[t] = tree.nearest(nil, c.open, places[i], m)
	}
	for u, p := range g.middle {
		own := c.owner[u]
		if g.vacant(own) {
			own = c.open[0]
		}
		best, reach := own, p.distance(c.centre[own])
		least := reach*reach - weight[own]
		sure := len(near[own]) == len(c.open)
		for _, b := range near[own] {
			if b.far > reach+math.Sqrt(max(0, least+most)) {
				sure = true
				break
			}
			if d := p.distance2(c.centre[b.t]) - weight[b.t]; d < least || d == least && b.t < best {
				best, least = b.t, d
			}
		}
		if !sure {
			for _, t := range c.open {
				if d := p.distance2(c.centre[t]) - weight[t]; d < least || d == least && t < best {
					best, least = t, d
				}
			}
		}
		c.owner[u] = best
	}
}

// recentre moves each centre that may move to the middle of its load, and says whether one did; one without load stays.
func (c clustering) recentre(g *ground) bool {
	sum := make([]vec, len(c.centre))
	load := make([]float64, len(c.centre))
	for u, t := range c.owner {
		w := g.load[u]
		sum[t] = vec{sum[t].x + w*g.middle[u].x, sum[t].y + w*g.middle[u].y}
		load[t] += w
	}
	moved := false
	for t := range sum {
		if load[t] > 0 && (c.held == nil || !c.held[t]) {
			at := vec{sum[t].x / load[t], sum[t].y / load[t]}
			moved = moved || at != c.centre[t]
			c.centre[t] = at
		}
	}
	return moved
}
