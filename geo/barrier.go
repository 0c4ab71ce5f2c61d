package geo

import (
	"cmp"
	"slices"
)

// barrier is a stretch of a line no territory shall cross, in its box.
type barrier struct {
	line      []vec
	low, high vec
}

// boxed is how many points of a line share a box.
const boxed = 32

func barriersOf(lines [][]Point, flat plane) (all []barrier) {
	for _, line := range lines {
		for lo := 0; lo < len(line)-1; lo += boxed {
			b := barrier{}
			for _, p := range line[lo:min(lo+boxed+1, len(line))] {
				b.line = append(b.line, flat.at(p))
			}
			b.low, b.high = b.line[0], b.line[0]
			for _, p := range b.line {
				b.low = vec{min(b.low.x, p.x), min(b.low.y, p.y)}
				b.high = vec{max(b.high.x, p.x), max(b.high.y, p.y)}
			}
			all = append(all, b)
		}
	}
	return all
}

// parts says whether the straight way from p to q crosses the barrier.
func (b barrier) parts(p, q vec) bool {
	if max(p.x, q.x) < b.low.x || min(p.x, q.x) > b.high.x || max(p.y, q.y) < b.low.y || min(p.y, q.y) > b.high.y {
		return false
	}
	for i := range len(b.line) - 1 {
		a, c := b.line[i], b.line[i+1]
		if leftOf(a, c, p)*leftOf(a, c, q) <= 0 && leftOf(p, q, a)*leftOf(p, q, c) <= 0 {
			return true
		}
	}
	return false
}

// leftOf is positive where p lies left of the line from a to b.
func leftOf(a, b, p vec) float64 {
	return (b.x-a.x)*(p.y-a.y) - (b.y-a.y)*(p.x-a.x)
}

// bordering is the neighbours of the units that need hang together. Pairs across a barrier are left out. Where that,
// or exempt units in between, would part the ground, the shortest pairs that join it are kept; those of them that
// cross a barrier are the bridges.
func bordering(centers []vec, units []Unit, lines [][]Point, flat plane) (neighbours, [][2]int32) {
	near := neighboursOf(centers)
	barriers := barriersOf(lines, flat)
	var ground []int32
	for u := range units {
		if !units[u].Exempt {
			ground = append(ground, int32(u))
		}
	}
	if len(barriers) == 0 && len(ground) == len(units) {
		return near, nil
	}
	crosses := func(a, b int32) bool {
		return slices.ContainsFunc(barriers, func(l barrier) bool { return l.parts(centers[a], centers[b]) })
	}
	joined := newForest(len(units))
	var kept [][2]int32
	for a := range int32(len(units)) {
		for _, b := range near.of(a) {
			if a < b && !units[a].Exempt && !units[b].Exempt && !crosses(a, b) {
				kept = append(kept, [2]int32{a, b})
				joined.union(a, b)
			}
		}
	}

	type pair struct {
		a, b    int32
		crosses bool
		length  float64
	}
	var spare []pair
	places := make([]vec, len(ground))
	for i, u := range ground {
		places[i] = centers[u]
	}
	if len(places) > 0 {
		alone := neighboursOf(places)
		for i, a := range ground {
			for _, j := range alone.of(int32(i)) {
				if b := ground[j]; a < b && joined.root(a) != joined.root(b) {
					spare = append(spare, pair{a, b, crosses(a, b), centers[a].distance(centers[b])})
				}
			}
		}
	}
	slices.SortFunc(spare, func(p, q pair) int {
		if p.crosses != q.crosses {
			if q.crosses {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(p.length, q.length), cmp.Compare(p.a, q.a), cmp.Compare(p.b, q.b))
	})
	var bridges [][2]int32
	for _, p := range spare {
		if joined.union(p.a, p.b) {
			kept = append(kept, [2]int32{p.a, p.b})
			if p.crosses {
				bridges = append(bridges, [2]int32{p.a, p.b})
			}
		}
	}
	return neighboursFrom(len(units), kept), bridges
}
