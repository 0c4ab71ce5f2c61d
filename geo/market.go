package geo

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// market is an assignment by price. Each territory asks a price for a share of its time, in km per unit of workload,
// and a unit goes where distance and price together are least. Where more comes than a territory can do
// the price rises, where less comes it falls, below nothing if need be. At the prices at which all are content, no other
// assignment with the same centres and loads has less distance (Geiß, Klein, Penninger and Rote, Optimally solving a
// transportation problem using Voronoi diagrams, 2014).
type market struct {
	g      *ground
	open   []int32 // the territories that take part: not the vacancies
	centre []vec
	price  []float64 // of each territory
	step   []float64 // by how much of its usual distance a territory changes its price where all or none of its work is too much
	last   []float64 // how far the load was off when the price was last changed

	owner []int32
	reach []float64 // of each unit, the distance to its centre
	load  []float64 // of each territory
	far   []float64 // of each territory, km × workload
	near  [][]aside
}

// aside is a territory and how far its centre is from another.
type aside struct {
	t   int32
	far float64
}

// marketOf opens a market from an assignment: its centres, no prices.
func marketOf(g *ground, from clustering) *market {
	k, n := g.territories(), len(from.owner)
	return &market{
		g: g, open: from.open, centre: slices.Clone(from.centre), owner: slices.Clone(from.owner),
		price: make([]float64, k), step: make([]float64, k), last: make([]float64, k),
		reach: make([]float64, n), load: make([]float64, k), far: make([]float64, k), near: make([][]aside, k),
	}
}

// fair is how long a market is held.
type fair struct {
	days  int     // rounds of prices, between a first and a last part of which the centres move
	calm  int     // how long each of these parts is
	times int     // how often all this is done
	haste float64 // part of the way to the middle that a centre goes in one round
}

var (
	brisk = fair{days: 50, calm: 10, times: 2, haste: 0.3}
	slow  = fair{days: 50, calm: 10, times: 4, haste: 0.5}
)

const (
	company = 14 // centres a unit may move to in one step
	stale   = 4  // rounds after which they are looked for anew
)

// hold lets prices and centres settle.
func (m *market) hold(f fair) {
	for range f.times {
		for t := range m.step {
			m.step[t], m.last[t] = firstStep, 0
		}
		for day := range f.days {
			if day == 0 || day > f.calm && day <= f.days-f.calm && day%stale == 0 {
				m.neighbours()
			}
			m.assign()
			if day >= f.calm && day < f.days-f.calm {
				m.recentre(f.haste)
			}
			m.reprice()
		}
	}
}

// neighbours lists for each territory those with the nearest centres.
func (m *market) neighbours() {
	places := make([]vec, len(m.open))
	for i, t := range m.open {
		places[i] = m.centre[t]
	}
	tree := kdTreeOf(places)
	most := min(company, len(places))
	for i, t := range m.open {
		m.near[t] = tree.nearest(m.near[t][:0], m.open, places[i], most)
	}
}

// assign sends each unit where distance and price together are least, from the territory that had it to ever
// better ones near by.
func (m *market) assign() {
	low := math.Inf(1)
	for _, t := range m.open {
		low = min(low, m.price[t])
	}
	clear(m.load)
	clear(m.far)
	for u, p := range m.g.middle {
		own := m.owner[u]
		reach := p.distance(m.centre[own])
		for !m.g.vacant(own) && m.g.lock[u] == Free {
			best, least := own, reach+m.price[own]
			for _, b := range m.near[own] {
				if b.far-p.distance(m.centre[own])+low >= least {
					break
				}
				if d := p.distance(m.centre[b.t]); d+m.price[b.t] < least {
					best, least, reach = b.t, d+m.price[b.t], d
				}
			}
			if best == own {
				break
			}
			own = best
		}
		m.owner[u], m.reach[u] = own, reach
		m.load[own] += m.g.load[u]
		m.far[own] += m.g.load[u] * reach
	}
}

const (
	firstStep = 0.3
	boldest   = 4.0 // the longest step
	bolder    = 1.2 // where a price has still not gone far enough
	shyer     = 0.6 // where it has gone too far
)

// reprice changes prices by what loads are off. Steps grow while they go one way and shrink when they turn
// (Riedmiller and Braun 1993). A load within the tolerance has no price.
func (m *market) reprice() {
	for _, t := range m.open {
		target, slack := m.g.target[t], headroom*m.g.tolerance
		p, off := m.price[t], m.load[t]/m.g.target[t]-1
		switch {
		case p > 0:
			off -= slack
		case p < 0:
			off += slack
		default:
			off = max(off-slack, min(0, off+slack))
		}
		off = max(-1, min(1, off))
		switch turned := off * m.last[t]; {
		case turned > 0:
			m.step[t] = min(m.step[t]*bolder, boldest)
		case turned < 0:
			m.step[t] *= shyer
		}
		m.last[t] = off
		usual := (m.far[t] + 1e-9*target) / (m.load[t] + 1e-9*target)
		next := p + m.step[t]*off*usual
		if next*p < 0 {
			next = 0
		}
		m.price[t] = next
	}
}

// recentre moves each centre that is no home part of the way to the place with the least mean distance.
func (m *market) recentre(haste float64) {
	sum, pull := make([]vec, len(m.centre)), make([]float64, len(m.centre))
	for u, p := range m.g.middle {
		t := m.owner[u]
		w := m.g.load[u] / (m.reach[u] + hub)
		sum[t] = vec{sum[t].x + w*p.x, sum[t].y + w*p.y}
		pull[t] += w
	}
	for _, t := range m.open {
		if pull[t] > 0 && m.g.home[t] == nil {
			m.centre[t] = m.centre[t].toward(vec{sum[t].x / pull[t], sum[t].y / pull[t]}, haste)
		}
	}
}

// nearest lists the n points nearest to a place, the nearest first; they are called by the names given.
func (t kdTree) nearest(list []aside, names []int32, p vec, n int) []aside {
	t.near(p, math.Inf(1), func(j int32) float64 {
		b := aside{names[j], p.distance(t.points[j])}
		at, _ := slices.BinarySearchFunc(list, b, func(a, b aside) int {
			return cmp.Or(cmp.Compare(a.far, b.far), cmp.Compare(a.t, b.t))
		})
		list = slices.Insert(list, at, b)
		if len(list) <= n {
			return math.Inf(1)
		}
		list = list[:n]
		return list[n-1].far
	})
	return list
}

// begun is a first rough assignment: halved ground, or where homes and locks say where territories lie, each unit's
// nearest.
func begun(g *ground, source *rand.Rand) clustering {
	k := g.territories()
	c := clustering{owner: make([]int32, len(g.middle)), centre: make([]vec, k), held: make([]bool, k)}
	anchored := false
	for t := range int32(k) {
		if !g.vacant(t) {
			c.open = append(c.open, t)
		}
		c.held[t] = g.home[t] != nil
		anchored = anchored || c.held[t]
	}
	for u, t := range g.lock {
		anchored = anchored || t != Free && !g.vacant(t)
		c.owner[u] = max(t, 0)
	}
	if anchored {
		c.centre = g.seeds(source)
		c.assign(g, make([]float64, k))
		g.keepLocked(c.owner)
	} else {
		bisected(g, source, c)
		c.recentre(g)
	}
	return c
}
