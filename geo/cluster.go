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
	distance float64 // km × workload
}

// kMeans knows nothing of load: each unit goes to its nearest centre. It is the yardstick of
// how compact territories could be if balance were free.
func kMeans(g *ground, source *rand.Rand) clustering {
	c := clustering{owner: make([]int32, len(g.middle)), centre: seeds(g, source)}
	none := make([]float64, len(c.centre))
	for range 30 {
		assign(g, c, none)
		c.recentre(g)
	}
	assign(g, c, none)
	for u, t := range c.owner {
		c.distance += g.load[u] * g.middle[u].distance(c.centre[t])
	}
	return c
}

// balanced is k-means as a power diagram: a unit goes where d² − weight is least, and an
// overloaded territory loses weight until the loads come near their targets.
func balanced(g *ground, source *rand.Rand) clustering {
	c := clustering{owner: bisected(g, source), centre: make([]vec, g.territories())}
	c.recentre(g)
	weight := make([]float64, len(c.centre))
	load := make([]float64, len(c.centre))
	spread := make([]float64, len(c.centre))
	const rounds = 60
	for round := range rounds {
		assign(g, c, weight)
		clear(load)
		clear(spread)
		for u, t := range c.owner {
			load[t] += g.load[u]
			spread[t] += g.load[u] * g.middle[u].distance2(c.centre[t])
		}
		step := 0.7 * (1 - 0.8*float64(round)/rounds)
		for t := range weight {
			off := max(-1, min(1, load[t]/g.target[t]-1))
			radius2 := (spread[t] + 1e-9) / (load[t] + 1e-9)
			weight[t] -= step * off * radius2
		}
		if round < rounds*3/4 {
			c.recentre(g)
		}
	}
	assign(g, c, weight)
	return c
}

// bisected halves the ground again and again across its long axis, give or take some degrees,
// in proportion to the targets: every region gets as many territories as its work is worth.
func bisected(g *ground, source *rand.Rand) []int32 {
	owner := make([]int32, len(g.middle))
	all := make([]int32, len(owner))
	for u := range all {
		all[u] = int32(u)
	}
	var halve func(units []int32, lo, hi int)
	halve = func(units []int32, lo, hi int) {
		if hi-lo == 1 {
			for _, u := range units {
				owner[u] = int32(lo)
			}
			return
		}
		mid := (lo + hi) / 2
		var left, whole, load float64
		for t := lo; t < hi; t++ {
			whole += g.target[t]
			if t < mid {
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
	halve(all, 0, g.territories())
	return owner
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

// seeds picks centres far apart (k-means++): each next one with a chance that grows with the
// workload and with the square of the distance to the nearest so far.
func seeds(g *ground, source *rand.Rand) []vec {
	far := make([]float64, len(g.middle))
	for u := range far {
		far[u] = math.Inf(1)
	}
	centre := make([]vec, 0, g.territories())
	chance := make([]float64, len(far))
	for len(centre) < g.territories() {
		sum := 0.0
		for u := range far {
			chance[u] = g.load[u]
			if len(centre) > 0 {
				far[u] = min(far[u], g.middle[u].distance2(centre[len(centre)-1]))
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
		centre = append(centre, g.middle[at])
	}
	return centre
}

func assign(g *ground, c clustering, weight []float64) {
	for u, p := range g.middle {
		best, least := int32(0), math.Inf(1)
		for t, q := range c.centre {
			if d := p.distance2(q) - weight[t]; d < least {
				best, least = int32(t), d
			}
		}
		c.owner[u] = best
	}
}

// recentre moves each centre to the middle of its load; one without load stays.
func (c clustering) recentre(g *ground) {
	sum := make([]vec, len(c.centre))
	load := make([]float64, len(c.centre))
	for u, t := range c.owner {
		w := g.load[u]
		sum[t] = vec{sum[t].x + w*g.middle[u].x, sum[t].y + w*g.middle[u].y}
		load[t] += w
	}
	for t := range sum {
		if load[t] > 0 {
			c.centre[t] = vec{sum[t].x / load[t], sum[t].y / load[t]}
		}
	}
}
