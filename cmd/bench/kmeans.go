package main

import (
	"math"
	"math/rand/v2"
	"slices"
)

// kMeans is plain k-means on the ground's units: each goes to its nearest centre, whatever the
// load (Lloyd's iteration from k-means++ seeds). Of as many seeds it is the one with the least inertia. Its
// medoid_km is how near the customers could be if balance were free; nil if no seed fills all k territories.
func kMeans(g *ground, k, seeds int) division {
	type answer struct {
		division
		inertia float64
	}
	answers := parallel(seeds, func(seed int) answer {
		d, inertia := g.lloyd(rand.New(rand.NewPCG(uint64(seed), 1)), k)
		return answer{d, inertia}
	})
	var best answer
	for _, a := range answers {
		if full := !math.IsInf(g.imbalance(a.division, k), 1); full && (best.division == nil || a.inertia < best.inertia) {
			best = a
		}
	}
	return best.division
}

func (g *ground) lloyd(r *rand.Rand, k int) (division, float64) {
	const rounds = 100
	centre := g.seeds(r, k)
	d, inertia := make(division, len(g.units)), math.Inf(1)
	for range rounds {
		before := inertia
		inertia = 0
		sum, load := make([]vec, k), make([]float64, k)
		for u := range g.units {
			p, w := g.units[u].middle, g.units[u].workload
			best, least := 0, math.Inf(1)
			for t, c := range centre {
				if d2 := p.distance2(c); d2 < least {
					best, least = t, d2
				}
			}
			d[u] = best
			inertia += w * least
			sum[best] = vec{sum[best].x + w*p.x, sum[best].y + w*p.y}
			load[best] += w
		}
		if inertia > before*(1-1e-4) {
			break
		}
		for t := range centre {
			if load[t] > 0 {
				centre[t] = vec{sum[t].x / load[t], sum[t].y / load[t]}
			}
		}
	}
	return d, inertia
}

// seeds draws centres with a chance that grows with the workload and with the square of the
// distance to the nearest so far (k-means++).
func (g *ground) seeds(r *rand.Rand, k int) []vec {
	chance := make([]float64, len(g.units))
	for u := range chance {
		chance[u] = g.units[u].workload
	}
	far := slices.Repeat([]float64{math.Inf(1)}, len(g.units))
	var centre []vec
	for len(centre) < k {
		sum := 0.0
		for _, c := range chance {
			sum += c
		}
		dice, at := r.Float64()*sum, len(chance)-1
		for u, c := range chance {
			if dice -= c; dice < 0 {
				at = u
				break
			}
		}
		next := g.units[at].middle
		centre = append(centre, next)
		for u := range chance {
			far[u] = min(far[u], g.units[u].middle.distance2(next))
			chance[u] = (g.units[u].workload + 1e-9*g.total) * far[u]
		}
	}
	return centre
}
