package geo

import (
	"slices"
	"sort"
)

// slabs finds out fast whether a spot lies in a plot: a segment tree over latitudes. An edge
// stands at the few nodes whose whole slab it crosses; there all edges run from south to north
// without crossing and so have an order from left to right, in which the spot's place is found
// by halving. What ends within a leaf's slab is looked at one by one. (Bentley and Wood, 1980.)
type slabs struct {
	latitudes []int64 // leaf i reaches from the i-th up to the next one
	across    lists   // by node, 1 is the root, edges that cross the whole slab
	within    lists   // by leaf, edges that end in it
}

// lists are many slices in one.
type lists struct {
	from  []int32
	items []int32
}

func (l lists) of(i int) []int32 { return l.items[l.from[i]:l.from[i+1]] }

// perLeaf is about how many spots lie in a leaf.
const perLeaf = 16

func slabsOf(p *plot) slabs {
	heights := make([]int64, len(p.spots))
	for i, s := range p.spots {
		heights[i] = s.y
	}
	slices.Sort(heights)
	leaves := 1
	for leaves*perLeaf < len(heights) {
		leaves *= 2
	}
	s := slabs{latitudes: make([]int64, leaves+1)}
	for i := range leaves {
		s.latitudes[i] = heights[i*len(heights)/leaves]
	}
	s.latitudes[leaves] = heights[len(heights)-1]
	s.across.from = make([]int32, 2*leaves+1)
	s.within.from = make([]int32, leaves+1)

	place := func(found func(l *lists, i int, edge int32)) {
		for _, e := range p.order {
			if from, to := p.ends(e); from.y < to.y {
				s.place(1, 0, leaves, from.y, to.y, func(l *lists, i int) { found(l, i, e) })
			}
		}
	}
	place(func(l *lists, i int, _ int32) { l.from[i+1]++ })
	var filled [2][]int32
	for i, l := range []*lists{&s.across, &s.within} {
		for j := 1; j < len(l.from); j++ {
			l.from[j] += l.from[j-1]
		}
		l.items = make([]int32, l.from[len(l.from)-1])
		filled[i] = slices.Clone(l.from)
	}
	place(func(l *lists, i int, e int32) {
		to := filled[0]
		if l == &s.within {
			to = filled[1]
		}
		l.items[to[i]] = e
		to[i]++
	})
	return s
}

// place names the lists of an edge between two latitudes, from the node of leaves a up to b down.
func (s *slabs) place(node, a, b int, south, north int64, found func(l *lists, i int)) {
	low, high := s.latitudes[a], s.latitudes[b]
	switch {
	case north <= low || south >= high:
	case south <= low && north >= high:
		found(&s.across, node)
	case b == a+1:
		found(&s.within, a)
	default:
		s.place(2*node, a, (a+b)/2, south, north, found)
		s.place(2*node+1, (a+b)/2, b, south, north, found)
	}
}

// contains says whether the spot lies in the plot. Of two plots that share a border exactly one
// has a spot on it: southern and western borders belong to a plot, northern and eastern do not.
func (s *slabs) contains(p *plot, at spot) bool {
	leaves := len(s.latitudes) - 1
	leaf := sort.Search(leaves+1, func(i int) bool { return s.latitudes[i] > at.y }) - 1
	if leaf < 0 || leaf == leaves {
		return false
	}
	passed := func(e int32) bool { // the edge lies left of the spot
		from, to := p.ends(e)
		return turn(from, to, at) <= 0
	}
	left := 0
	for _, e := range s.within.of(leaf) {
		if from, to := p.ends(e); from.y <= at.y && at.y < to.y && passed(e) {
			left++
		}
	}
	for node := leaves + leaf; node > 0; node /= 2 {
		edges := s.across.of(node)
		left += sort.Search(len(edges), func(i int) bool { return !passed(edges[i]) })
	}
	return left%2 == 1
}
