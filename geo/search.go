package geo

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// search improves an assignment by handing units across borders. No territory falls into more pieces than it had;
// distance, load and changes of hands are weighed in one cost.
type search struct {
	g      *ground
	source *rand.Rand
	owner  []int32
	load   []float64
	more   [][]float64 // loads in the further measures
	count  []int32     // units of each territory
	centre []vec       // where a territory's workload is nearest on the mean, or its home; moves once in a sweep
	moved  float64     // workload that is not where it is today
	within float64     // the most that may be
	dear   float64     // how many times its price a change of hands costs in the search

	rim []int32 // movable units with a neighbour elsewhere
	at  []int32 // where in the rim each unit stands, or -1

	mark  []int32 // scratch of branch: the stamp under which a unit was last reached
	stamp int32
	queue []int32
	group []int32
	extra []float64 // scratch: amounts of a group
}

func newSearch(g *ground, owner []int32, source *rand.Rand) *search {
	k := g.territories()
	s := &search{
		g: g, source: source, owner: owner, within: math.Inf(1), dear: 1,
		moved: g.uprooted(owner), load: make([]float64, k), count: make([]int32, k), centre: g.middles(owner),
		mark: make([]int32, len(owner)), at: make([]int32, len(owner)), extra: make([]float64, len(g.further)),
	}
	for range g.further {
		s.more = append(s.more, make([]float64, k))
	}
	for u, t := range owner {
		s.load[t] += g.load[u]
		s.count[t]++
		for m := range g.further {
			s.more[m][t] += g.further[m].amount[u]
		}
		s.at[u] = -1
	}
	for u := range owner {
		s.border(int32(u))
	}
	return s
}

const (
	headroom   = 0.96        // part of the tolerance the search allows itself
	patience   = 3.0         // how much farther below its target than above it today's territory may stay
	searchable = 100         // units looked at before a loop around a unit is given up
	force1     = 3000.       // of a load off its target, against distance, at the end
	force2     = 30 * force1 // and where nothing else makes it even
)

// What changes of hands cost when states are compared, in parts of their price. Some must be; where surplus has to pass
// through full territories, some more. That much buys better ground cheaply. What goes beyond had better not be.
const (
	leeway = 1.5 // what is cheap, in parts of what must change hands
	ease   = 0.5
	thrift = 4 // beyond
)

// effort is how long and how boldly to anneal.
type effort struct {
	sweeps    int     // proposals per unit of the rim
	hot, cold float64 // temperatures, in parts of a typical unit
	force     float64 // of a load off its target, against distance, at the start; force1 at the end
}

var (
	quick  = effort{sweeps: 300, hot: 4, cold: 0.01, force: 10}    // from a start
	calm   = effort{sweeps: 900, hot: 1, cold: 0.01, force: 300}   // of the best of those
	shake  = effort{sweeps: 600, hot: 2, cold: 0.01, force: 300}   // of a design that came out uneven
	polish = effort{sweeps: 600, hot: 0.3, cold: 0.01, force: 300} // of borders drawn roughly
	nudge  = effort{sweeps: 60, hot: 0.1, cold: 0.01, force: 100}  // at each rung of a way from today
	trim   = effort{sweeps: 60, hot: 0.1, cold: 0.01, force: 1500} // of what is even
)

// anneal tries moves that at first may make things worse by about one typical unit, later hardly at all
// (Kirkpatrick, Gelatt and Vecchi 1983).
func (s *search) anneal(e effort) {
	g := s.g
	typical := g.total / float64(len(s.owner))
	for sweep := range e.sweeps {
		if len(s.rim) == 0 {
			return
		}
		if sweep%5 == 0 {
			s.recentre()
		}
		done := float64(sweep) / float64(e.sweeps)
		temperature := typical * e.hot * math.Pow(e.cold/e.hot, done)
		force := e.force * math.Pow(force1/e.force, done)
		for range len(s.rim) {
			u := s.rim[s.source.IntN(len(s.rim))]
			around := g.near.of(u)
			to := s.owner[around[s.source.IntN(len(around))]]
			if to != s.owner[u] && !g.vacant(to) {
				s.try(u, to, temperature, force)
			}
			if len(s.rim) == 0 {
				return
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
	if !s.branch(u) || s.emptied(from, len(s.group)) {
		return
	}
	if len(s.group) > 1 && s.change(s.group, from, to, force) > limit {
		return
	}
	if g := s.g; g.current != nil && s.moved+s.uprooted(s.group, from, to) > s.within {
		return
	}
	s.hand(s.group, from, to)
}

// emptied says whether a territory that is to have ground would lose its last units.
func (s *search) emptied(from int32, leaving int) bool {
	return leaving >= int(s.count[from]) && !s.g.vacant(from)
}

// change is what handing the group over adds to the cost.
func (s *search) change(group []int32, from, to int32, force float64) float64 {
	g := s.g
	var load, away, moved float64
	clear(s.extra)
	for _, u := range group {
		load += g.load[u]
		away += g.away(u, s.centre[to]) - g.away(u, s.centre[from])
		if g.current != nil {
			_, here := g.has(u, from)
			_, there := g.has(u, to)
			moved += here - there
		}
		for m := range g.further {
			s.extra[m] += g.further[m].amount[u]
		}
	}
	off := s.penalty(from, -load, s.extra, -1) + s.penalty(to, load, s.extra, 1) - s.penalty(from, 0, nil, 0) - s.penalty(to, 0, nil, 0)
	return away + force*off + s.dear*moved
}

// uprooted is the workload that handing the group over moves away from where it is today.
func (s *search) uprooted(group []int32, from, to int32) (moved float64) {
	g := s.g
	if g.current == nil {
		return 0
	}
	for _, u := range group {
		here, _ := g.has(u, from)
		there, _ := g.has(u, to)
		moved += here - there
	}
	return moved
}

// penalty is that of a territory's loads after adding to them: the square of what exceeds the tolerance, in units of
// workload. Where changes of hands have a price, too little work is borne longer than too much: only overload must be
// moved. The further amounts count with the given sign.
func (s *search) penalty(t int32, add float64, extra []float64, sign float64) float64 {
	g := s.g
	p := g.excess((s.load[t]+add-g.target[t])/g.norm[t], g.tolerance)
	for m := range g.further {
		f := &g.further[m]
		x := s.more[m][t]
		if extra != nil {
			x += sign * extra[m]
		}
		p += g.excess((x-f.target[t])/f.norm[t], f.Tolerance)
	}
	return p * g.norm[t]
}

// excess is about the square of how far a load is off its target beyond the tolerance, both in parts of the target.
// A little of it is linear, so that at the end no price of a change of hands is worth an overload.
func (g *ground) excess(off, tolerance float64) float64 {
	if off < 0 {
		off = -off
		if g.current != nil {
			off /= patience
		}
	}
	off -= headroom * tolerance
	if off <= 0 {
		return 0
	}
	return off * (off + g.firm)
}

// hand gives the group to another territory.
func (s *search) hand(group []int32, from, to int32) {
	g := s.g
	s.moved += s.uprooted(group, from, to)
	for _, v := range group {
		s.owner[v] = to
		s.load[from] -= g.load[v]
		s.load[to] += g.load[v]
		for m := range g.further {
			s.more[m][from] -= g.further[m].amount[v]
			s.more[m][to] += g.further[m].amount[v]
		}
	}
	s.count[from] -= int32(len(group))
	s.count[to] += int32(len(group))
	for _, v := range group {
		s.border(v)
		for _, w := range g.near.of(v) {
			s.border(w)
		}
	}
}

// border puts a unit on the rim or takes it off.
func (s *search) border(u int32) {
	outside := false
	if s.g.movable(u) {
		for _, v := range s.g.near.of(u) {
			if s.owner[v] != s.owner[u] {
				outside = true
				break
			}
		}
	}
	at := s.at[u]
	switch {
	case outside && at < 0:
		s.at[u] = int32(len(s.rim))
		s.rim = append(s.rim, u)
	case !outside && at >= 0:
		last := s.rim[len(s.rim)-1]
		s.rim[at], s.at[last] = last, at
		s.rim = s.rim[:len(s.rim)-1]
		s.at[u] = -1
	}
}

// branch extends the group from u alone by the small pieces that would be cut off were u to
// leave. It says no where it cannot tell within reason, or where locked ground would be cut off.
func (s *search) branch(u int32) bool {
	g, from := s.g, s.owner[u]
	s.group = append(s.group[:0], u)
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
		if i == main {
			continue
		}
		for _, v := range s.queue[p.lo:p.hi] {
			if !g.movable(v) {
				return false
			}
		}
		s.group = append(s.group, s.queue[p.lo:p.hi]...)
	}
	return true
}

// hub is a distance, in km, that customers at the very centre count as being away: nothing weighs infinitely.
const hub = 0.05

// recentre moves each centre that is no home a step towards the place with the least mean distance
// (Weiszfeld's iteration), or to the middle where squares count.
func (s *search) recentre() {
	g := s.g
	sum := make([]vec, len(s.centre))
	pull := make([]float64, len(s.centre))
	for range 2 {
		clear(sum)
		clear(pull)
		for u, t := range s.owner {
			p := g.middle[u]
			w := g.pull[u]
			if g.current == nil {
				w /= p.distance(s.centre[t]) + hub
			}
			sum[t] = vec{sum[t].x + w*p.x, sum[t].y + w*p.y}
			pull[t] += w
		}
		for t := range sum {
			if pull[t] > 0 && g.home[t] == nil {
				s.centre[t] = vec{sum[t].x / pull[t], sum[t].y / pull[t]}
			}
		}
	}
}

// state is an assignment and what it is worth.
type state struct {
	owner []int32
	loose int     // territories in pieces, territories that should have ground and have none, and those that should not and have
	over  float64 // what the worst load is above its target and tolerance, in parts of the target
	cost  float64
	moved float64 // workload that changed hands
}

// state takes down where the search is. It brings the centres up to date first.
func (s *search) state() state {
	g := s.g
	for range 3 {
		s.recentre()
	}
	at := state{owner: slices.Clone(s.owner), loose: broken(g, s.owner), moved: g.uprooted(s.owner)}
	served := make([]bool, len(s.load)) // vacancies with ground they should not have
	for u, t := range s.owner {
		if g.vacant(t) && g.movable(int32(u)) && !served[t] {
			served[t] = true
			at.loose++
		}
		at.cost += g.away(int32(u), s.centre[t])
		if g.current != nil {
			_, stay := g.leaves(int32(u), t)
			at.cost += stay
		}
	}
	for t := range s.load {
		if s.count[t] == 0 && !g.vacant(int32(t)) {
			at.loose++
		}
		at.cost += force1 * s.penalty(int32(t), 0, nil, 0)
	}
	if g.current != nil {
		over := max(0, at.moved-leeway*g.must)
		at.cost += g.price * (ease*(at.moved-over) + thrift*over - at.moved)
	}
	at.over = s.over()
	return at
}

// over is what the worst load is above its target and tolerance, in parts of the target.
func (s *search) over() (worst float64) {
	g := s.g
	for t := range s.load {
		worst = max(worst, (s.load[t]-g.target[t])/g.norm[t]-g.tolerance)
		for m, f := range g.further {
			worst = max(worst, (s.more[m][t]-f.target[t])/f.norm[t]-f.Tolerance)
		}
	}
	return worst
}

// uneven says whether what the worst load is over is more than the units force on any design.
func (g *ground) uneven(over float64) bool { return over > max(0, g.least-g.tolerance)+1e-9 }

// compare puts the better state first: whole territories, then even ones, then what is near and stays.
func (a state) compare(b state) int {
	return cmp.Or(cmp.Compare(a.loose, b.loose), cmp.Compare(a.over, b.over), cmp.Compare(a.cost, b.cost), cmp.Compare(a.moved, b.moved))
}
