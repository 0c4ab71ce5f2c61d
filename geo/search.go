package geo

import (
	"math"
	"math/rand/v2"
)

// search improves an assignment by handing units across borders. Each territory stays in one
// piece at every step; distance, load and changes of hands are weighed in one cost.
type search struct {
	g      *ground
	source *rand.Rand
	owner  []int32
	load   []float64
	count  []int32
	centre []vec // where a territory's workload is nearest on the mean; moves once in a sweep

	mark  []int32 // scratch of branch: the stamp under which a unit was last reached
	stamp int32
	queue []int32
	group []int32
}

func newSearch(g *ground, owner []int32, source *rand.Rand) *search {
	k := g.territories()
	s := &search{
		g: g, source: source, owner: owner,
		load: make([]float64, k), count: make([]int32, k), centre: g.middles(owner),
		mark: make([]int32, len(owner)),
	}
	for u, t := range owner {
		s.load[t] += g.load[u]
		s.count[t]++
	}
	return s
}

const (
	sweeps     = 2400       // most proposals per unit
	proposals  = 12_000_000 // most proposals in all
	force0     = 10.0       // of a load off its target, against distance, at the start
	force1     = 3000.0     // and at the end
	hot, cold  = 1.0, 0.01  // temperatures, in parts of a typical unit
	warm       = 0.1        // the first temperature where today's design is to be kept
	headroom   = 0.7        // part of the tolerance the search allows itself
	patience   = 3.0        // how much farther below its target than above it today's territory may stay
	searchable = 300        // units looked at before a loop around a unit is given up
)

// anneal tries moves that at first may make things worse by about one typical unit, later
// hardly at all.
func (s *search) anneal() {
	g := s.g
	if g.territories() == 1 {
		return
	}
	n := len(s.owner)
	typical := g.total / float64(n)
	start := hot
	if g.current != nil {
		start = warm
	}
	rounds := min(sweeps, proposals/n+1)
	for sweep := range rounds {
		if sweep%5 == 0 {
			s.recentre()
		}
		done := float64(sweep) / float64(rounds)
		temperature := typical * start * math.Pow(cold/start, done)
		force := force0 * math.Pow(force1/force0, done)
		for range n {
			u := int32(s.source.IntN(n))
			around := g.near.of(u)
			if len(around) == 0 {
				continue
			}
			to := s.owner[around[s.source.IntN(len(around))]]
			if to != s.owner[u] {
				s.try(u, to, temperature, force)
			}
		}
	}
}

// try hands u, with whatever would be cut off without it, to another territory if the change
// in cost is good, or bad within the temperature.
func (s *search) try(u, to int32, temperature, force float64) {
	from := s.owner[u]
	limit := temperature * s.source.ExpFloat64()
	s.group = append(s.group[:0], u)
	if s.change(s.group, from, to, force) > limit {
		return
	}
	if !s.branch(u) || len(s.group) == int(s.count[from]) {
		return
	}
	if len(s.group) > 1 && s.change(s.group, from, to, force) > limit {
		return
	}
	for _, v := range s.group {
		s.owner[v] = to
		s.load[from] -= s.g.load[v]
		s.load[to] += s.g.load[v]
	}
	s.count[from] -= int32(len(s.group))
	s.count[to] += int32(len(s.group))
}

// change is what handing the group over adds to the cost.
func (s *search) change(group []int32, from, to int32, force float64) float64 {
	g := s.g
	var load, distance, moved float64
	for _, u := range group {
		load += g.load[u]
		distance += g.load[u] * (g.middle[u].distance(s.centre[to]) - g.middle[u].distance(s.centre[from]))
		if g.current != nil {
			switch g.current[u] {
			case from:
				moved += g.settled[u]
			case to:
				moved -= g.settled[u]
			}
		}
	}
	off := s.penalty(from, -load) + s.penalty(to, load) - s.penalty(from, 0) - s.penalty(to, 0)
	return distance/g.scale + force*off + g.price*moved
}

// penalty is that of a territory's load after adding to it: the square of what exceeds the
// tolerance, in units of workload. Where changes of hands have a price, too little work is
// borne longer than too much: only overload must be moved.
func (s *search) penalty(t int32, add float64) float64 {
	target := s.g.target[t]
	off := (s.load[t]+add)/target - 1
	if off < 0 && s.g.current != nil {
		off /= patience
	}
	off = math.Abs(off) - headroom*s.g.tolerance
	if off <= 0 {
		return 0
	}
	return off * off * target
}

// branch extends the group from u alone by the small pieces that would be cut off were u to
// leave. It says no where it cannot tell within reason.
func (s *search) branch(u int32) bool {
	g, from := s.g, s.owner[u]
	s.stamp++
	s.mark[u] = s.stamp
	waiting := 0
	for _, v := range g.near.of(u) {
		if s.owner[v] == from {
			waiting++
		}
	}
	if waiting < 2 {
		return true
	}
	main, mainLoad, unbounded := -1, 0.0, false
	type span struct{ lo, hi int }
	var spans [8]span
	pieces := 0
	s.queue = s.queue[:0]
	for _, first := range g.near.of(u) {
		if s.owner[first] != from || s.mark[first] == s.stamp {
			continue
		}
		if pieces == len(spans) {
			return false
		}
		lo, load, open := len(s.queue), 0.0, false
		s.mark[first] = s.stamp
		s.queue = append(s.queue, first)
		for i := lo; i < len(s.queue); i++ {
			v := s.queue[i]
			load += g.load[v]
			for _, w := range g.near.of(v) {
				if w == u {
					waiting--
				} else if s.owner[w] == from && s.mark[w] != s.stamp {
					s.mark[w] = s.stamp
					s.queue = append(s.queue, w)
				}
			}
			if waiting == 0 && pieces == 0 {
				return true
			}
			if len(s.queue)-lo > searchable {
				open = true
				break
			}
		}
		if open && unbounded {
			return false
		}
		if open || !unbounded && (main < 0 || load > mainLoad) {
			main, mainLoad, unbounded = pieces, load, unbounded || open
		}
		spans[pieces] = span{lo, len(s.queue)}
		pieces++
	}
	for i, p := range spans[:pieces] {
		if i != main {
			s.group = append(s.group, s.queue[p.lo:p.hi]...)
		}
	}
	return true
}

// recentre moves each centre a step towards the place with the least mean distance
// (Weiszfeld's iteration).
func (s *search) recentre() {
	sum := make([]vec, len(s.centre))
	pull := make([]float64, len(s.centre))
	for range 2 {
		clear(sum)
		clear(pull)
		for u, t := range s.owner {
			p := s.g.middle[u]
			w := s.g.load[u] / (p.distance(s.centre[t]) + 0.05)
			sum[t] = vec{sum[t].x + w*p.x, sum[t].y + w*p.y}
			pull[t] += w
		}
		for t := range sum {
			if pull[t] > 0 {
				s.centre[t] = vec{sum[t].x / pull[t], sum[t].y / pull[t]}
			}
		}
	}
}

// cost is that of the whole assignment, to compare the ends of several searches. It brings the centres up to date
// first, one step further each time it is asked.
func (s *search) cost() float64 {
	s.recentre()
	var distance, moved, worst float64
	for u, t := range s.owner {
		distance += s.g.load[u] * s.g.middle[u].distance(s.centre[t])
		if s.g.current != nil && s.g.current[u] >= 0 && s.g.current[u] != t {
			moved += s.g.settled[u]
		}
	}
	for t, load := range s.load {
		worst = max(worst, load/s.g.target[t]-1)
	}
	over := max(0, worst-s.g.tolerance)
	return (distance/s.g.scale + s.g.price*moved) * (1 + 20*over)
}
