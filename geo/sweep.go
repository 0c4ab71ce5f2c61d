package geo

import (
	"fmt"
	"math"
	"slices"
)

// plot is one polygon: rings of distinct spots, outer one first. The edge i runs from spot i to
// the next one of its ring.
type plot struct {
	spots []spot
	next  []int32
	ring  []int32
	order []int32 // edges, none of them left of one before it where both cross a latitude
}

// ends are those of an edge, the southern one first.
func (p *plot) ends(edge int32) (from, to spot) {
	from, to = p.spots[edge], p.spots[p.next[edge]]
	if compareSpots(from, to) > 0 {
		return to, from
	}
	return from, to
}

// leftOf compares two edges that cross one latitude, and do not cross each other below it.
func (p *plot) leftOf(a, b int32) int {
	al, au := p.ends(a)
	bl, bu := p.ends(b)
	if compareSpots(al, bl) >= 0 {
		if t := turn(bl, bu, al); t != 0 {
			return -t
		}
		return -turn(bl, bu, au)
	}
	if t := turn(al, au, bl); t != 0 {
		return t
	}
	return turn(al, au, bu)
}

// sweep walks over a plot from south to north and refuses rings that cross or run along each
// other or themselves, and holes outside. Rings may touch in single points. Only edges that
// become neighbours are compared (Shamos and Hoey, Geometric intersection problems, 1976), so
// that a million edges take seconds at most.
type sweep struct {
	*plot
	crossed *status
	last    []int32    // the edge before, by spot
	inside  []bool     // by edge: whether the ground right of it belongs to the plot
	begun   []bool     // by ring
	pairs   [][2]int32 // an edge and one right of it that were neighbours
}

// check refuses a plot that bounds no area and gives its edges an order from left to right.
func (p *plot) check() error {
	n := len(p.spots)
	s := sweep{plot: p, crossed: newStatus(n, p.leftOf), last: make([]int32, n), inside: make([]bool, n)}
	s.begun = make([]bool, p.ring[n-1]+1)
	stops := make([]int32, n)
	for i := range stops {
		stops[i] = int32(i)
		s.last[p.next[i]] = int32(i)
	}
	slices.SortFunc(stops, func(a, b int32) int { return compareSpots(p.spots[a], p.spots[b]) })
	for len(stops) > 0 {
		here := 1
		for here < len(stops) && p.spots[stops[here]] == p.spots[stops[0]] {
			here++
		}
		if err := s.pass(stops[:here]); err != nil {
			return err
		}
		stops = stops[here:]
	}
	p.order = leftToRight(n, s.pairs)
	return nil
}

// pass moves the sweep over one spot, which several corners may share.
func (s *sweep) pass(corners []int32) error {
	at := s.spots[corners[0]]
	var ending, starting []int32
	for _, c := range corners {
		for _, e := range [2]int32{s.last[c], c} {
			if from, _ := s.ends(e); from == at {
				starting = append(starting, e)
			} else {
				ending = append(ending, e)
			}
		}
	}
	below := s.through(at, ending)
	left, right := nobody, nobody
	if len(below) > 0 {
		left, right = s.crossed.before(below[0]), s.crossed.after(below[len(below)-1])
	}
	if len(below) == 1 && len(starting) == 1 { // the usual corner, with nothing near
		s.inside[starting[0]] = s.inside[ending[0]]
		s.crossed.replace(ending[0], starting[0])
		return s.meet(left, starting[0], right)
	}
	for _, e := range ending {
		s.crossed.remove(e)
	}
	for _, e := range starting {
		if on := s.crossed.insert(e); on != nobody {
			return s.refuse(at, e, on, "runs along")
		}
	}
	above := s.through(at, starting)
	if len(starting) == 0 {
		above = slices.DeleteFunc(slices.Clone(below), func(e int32) bool { return slices.Contains(ending, e) })
	}
	if len(ending) == 0 {
		below = slices.DeleteFunc(slices.Clone(above), func(e int32) bool { return slices.Contains(starting, e) })
	}
	if len(above) == 0 {
		return s.meet(left, right)
	}
	if len(corners) > 1 || len(above) > len(starting) {
		if a, b := s.tangled(at, below, above); a != nobody {
			return s.refuse(at, a, b, "crosses")
		}
	}
	for _, e := range above {
		if from, _ := s.ends(e); from != at {
			continue
		}
		before := s.crossed.before(e)
		enclosed := before != nobody && s.inside[before]
		s.inside[e] = !enclosed
		if r := s.ring[e]; !s.begun[r] {
			s.begun[r] = true
			if hole := r > 0; hole != enclosed {
				return fmt.Errorf("ring %d lies outside ring 1 or in a hole near %s; give the outer ring first, then its holes", r+1, sayPlace(at))
			}
		}
	}
	neighbours := append([]int32{s.crossed.before(above[0])}, above...)
	return s.meet(append(neighbours, s.crossed.after(above[len(above)-1]))...)
}

// through lists from left to right the crossed edges that end at, start at or pass through a
// spot; some of them must be given.
func (s *sweep) through(at spot, some []int32) []int32 {
	if len(some) == 0 {
		return nil
	}
	touches := func(e int32) bool {
		if e == nobody {
			return false
		}
		from, to := s.ends(e)
		return turn(from, to, at) == 0
	}
	first := some[0]
	for e := s.crossed.before(first); touches(e); e = s.crossed.before(e) {
		first = e
	}
	var edges []int32
	for e := first; touches(e); e = s.crossed.after(e) {
		edges = append(edges, e)
	}
	return edges
}

// tangled finds two ways through a spot that cross there. Going around the spot, the ways that
// do not cross open and close like brackets.
func (s *sweep) tangled(at spot, below, above []int32) (a, b int32) {
	type way struct {
		corner int32 // by which it leads, or nobody if the edge passes straight through
		edge   int32
	}
	var open []way
	meet := func(e int32) {
		w := way{nobody, e}
		if s.spots[e] == at {
			w.corner = e
		} else if s.spots[s.next[e]] == at {
			w.corner = s.next[e]
		}
		if n := len(open); n > 0 && open[n-1].corner == w.corner && (w.corner != nobody || open[n-1].edge == e) {
			open = open[:n-1]
		} else {
			open = append(open, w)
		}
	}
	for _, e := range slices.Backward(above) {
		meet(e)
	}
	for _, e := range below {
		meet(e)
	}
	if len(open) == 0 {
		return nobody, nobody
	}
	return open[0].edge, open[1].edge
}

// meet compares edges that have become neighbours, given from left to right.
func (s *sweep) meet(edges ...int32) error {
	for i := 1; i < len(edges); i++ {
		a, b := edges[i-1], edges[i]
		if a == nobody || b == nobody {
			continue
		}
		al, au := s.ends(a)
		bl, bu := s.ends(b)
		if turn(al, au, bl)*turn(al, au, bu) < 0 && turn(bl, bu, al)*turn(bl, bu, au) < 0 {
			return s.refuse(meeting(al, au, bl, bu), a, b, "crosses")
		}
		s.pairs = append(s.pairs, [2]int32{a, b})
	}
	return nil
}

// meeting is where two lines cross, to a metre or so.
func meeting(a, b, c, d spot) spot {
	abx, aby := float64(b.x-a.x), float64(b.y-a.y)
	cdx, cdy := float64(d.x-c.x), float64(d.y-c.y)
	by := (float64(c.x-a.x)*cdy - float64(c.y-a.y)*cdx) / (abx*cdy - aby*cdx)
	return spot{a.x + int64(by*abx), a.y + int64(by*aby)}
}

func (s *sweep) refuse(at spot, a, b int32, does string) error {
	one, other := s.ring[a]+1, s.ring[b]+1
	if one == other {
		return fmt.Errorf("ring %d %s itself near %s", one, does, sayPlace(at))
	}
	return fmt.Errorf("ring %d %s ring %d near %s", max(one, other), does, min(one, other), sayPlace(at))
}

func sayPlace(s spot) string {
	p := s.point()
	return fmt.Sprintf("latitude %.6f, longitude %.6f", p.Lat(), math.Remainder(p.Lon(), 360))
}

// leftToRight arranges n edges so that of each pair the first comes first. Edges that do not
// cross leave no circle of pairs.
func leftToRight(n int, pairs [][2]int32) []int32 {
	waiting := make([]int32, n) // how many must come before
	from := make([]int32, n+1)  // where the followers of an edge begin
	for _, p := range pairs {
		waiting[p[1]]++
		from[p[0]+1]++
	}
	for i := range n {
		from[i+1] += from[i]
	}
	followers := make([]int32, len(pairs))
	filled := slices.Clone(from[:n])
	for _, p := range pairs {
		followers[filled[p[0]]] = p[1]
		filled[p[0]]++
	}
	order := make([]int32, 0, n)
	for i := range n {
		if waiting[i] == 0 {
			order = append(order, int32(i))
		}
	}
	for i := 0; i < len(order); i++ {
		e := order[i]
		for _, f := range followers[from[e]:from[e+1]] {
			if waiting[f]--; waiting[f] == 0 {
				order = append(order, f)
			}
		}
	}
	return order
}
