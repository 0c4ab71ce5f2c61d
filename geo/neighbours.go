package geo

import (
	"cmp"
	"math"
	"slices"
)

// neighbours says which places border on which: the Gabriel pairs (no third place lies in the
// circle whose diameter joins the two) and a minimum spanning tree, so that all hang together.
// Cells of one resolution that touch always are a pair; so are the two sides of an empty field.
type neighbours struct {
	start []int32 // the neighbours of i are to[start[i]:start[i+1]]
	to    []int32
}

func (n neighbours) of(i int32) []int32 { return n.to[n.start[i]:n.start[i+1]] }

// clearance is how far outside the circle, in parts of its radius, every third place must lie.
// On a hexagonal lattice many lie exactly on it; which side rounding puts them on must not
// decide whether a territory is in one piece.
const clearance = 0.01

// neighboursOf needs distinct places.
func neighboursOf(places []vec) neighbours {
	type pair struct {
		a, b   int32
		length float64
		clear  bool
	}
	tree := kdTreeOf(places)
	box := boxAround(places)
	pairs := slices.Concat(parallelSpans(len(places), func(i int) (pairs []pair) {
		p := places[i]
		region := slices.Clone(box)
		var seen []int32
		tree.near(p, math.Inf(1), func(j int32) float64 {
			if int(j) == i {
				return region.reach(p)
			}
			if cut := region.clip(places[j], p.minus(places[j])); cut {
				seen = append(seen, j)
			}
			return region.reach(p)
		})
		for _, j := range seen {
			if int(j) < i {
				continue
			}
			gap := math.Inf(1)
			middle := p.toward(places[j], 0.5)
			for _, k := range seen {
				if k != j {
					gap = min(gap, middle.distance(places[k]))
				}
			}
			length := p.distance(places[j])
			if gap >= length/2*(1-1e-9) {
				pairs = append(pairs, pair{int32(i), j, length, gap >= length/2*(1+clearance)})
			}
		}
		return pairs
	})...)

	slices.SortFunc(pairs, func(a, b pair) int {
		return cmp.Or(cmp.Compare(a.length, b.length), cmp.Compare(a.a, b.a), cmp.Compare(a.b, b.b))
	})
	joined := newForest(len(places))
	var kept [][2]int32
	for _, q := range pairs {
		if bridge := joined.union(q.a, q.b); bridge || q.clear {
			kept = append(kept, [2]int32{q.a, q.b})
		}
	}
	return neighboursFrom(len(places), kept)
}

// neighboursFrom are n places of which the pairs border on each other.
func neighboursFrom(n int, pairs [][2]int32) neighbours {
	start := make([]int32, n+1)
	for _, q := range pairs {
		start[q[0]+1]++
		start[q[1]+1]++
	}
	for i := range n {
		start[i+1] += start[i]
	}
	to := make([]int32, 2*len(pairs))
	next := slices.Clone(start)
	for _, q := range pairs {
		to[next[q[0]]], to[next[q[1]]] = q[1], q[0]
		next[q[0]]++
		next[q[1]]++
	}
	return neighbours{start: start, to: to}
}

// polygon is convex, its corners in order.
type polygon []vec

// boxAround is a box that holds all places with room to spare.
func boxAround(places []vec) polygon {
	low, high := places[0], places[0]
	for _, p := range places {
		low = vec{min(low.x, p.x), min(low.y, p.y)}
		high = vec{max(high.x, p.x), max(high.y, p.y)}
	}
	return polygon{{low.x - 1, low.y - 1}, {high.x + 1, low.y - 1}, {high.x + 1, high.y + 1}, {low.x - 1, high.y + 1}}
}

// reach is the distance from p to the farthest corner.
func (g polygon) reach(p vec) float64 {
	far := 0.0
	for _, c := range g {
		far = max(far, c.distance2(p))
	}
	return math.Sqrt(far)
}

// clip keeps what lies on the inner side of the line through q, and says whether that took
// anything away or touched the edge.
func (g *polygon) clip(q, inward vec) bool {
	whole := true
	for _, c := range *g {
		if c.minus(q).dot(inward) <= 0 {
			whole = false
			break
		}
	}
	if whole {
		return false
	}
	old := *g
	kept := make(polygon, 0, len(old)+1)
	for i, a := range old {
		b := old[(i+1)%len(old)]
		da, db := a.minus(q).dot(inward), b.minus(q).dot(inward)
		if da >= 0 {
			kept = append(kept, a)
		}
		if da*db < 0 {
			kept = append(kept, a.toward(b, da/(da-db)))
		}
	}
	*g = kept
	return true
}

// forest is a set of trees that grow together (union-find).
type forest []int32

func newForest(n int) forest {
	f := make(forest, n)
	for i := range f {
		f[i] = int32(i)
	}
	return f
}

func (f forest) root(i int32) int32 {
	for f[i] != i {
		f[i] = f[f[i]]
		i = f[i]
	}
	return i
}

// union joins the trees of a and b and says whether they were two.
func (f forest) union(a, b int32) bool {
	a, b = f.root(a), f.root(b)
	f[max(a, b)] = min(a, b)
	return a != b
}
