package geo

import (
	"cmp"
	"slices"
)

// kdTree finds the points near a place. It is laid out in one slice: the root of points[lo:hi]
// stands in the middle, what lies lower along the node's axis before it, the rest after.
type kdTree struct {
	points []vec
	order  []int32
}

func kdTreeOf(points []vec) kdTree {
	t := kdTree{points: points, order: make([]int32, len(points))}
	for i := range t.order {
		t.order[i] = int32(i)
	}
	t.build(0, len(points), 0)
	return t
}

func (t kdTree) build(lo, hi, depth int) {
	if hi-lo < 2 {
		return
	}
	slices.SortFunc(t.order[lo:hi], func(a, b int32) int {
		return cmp.Or(cmp.Compare(t.along(a, depth), t.along(b, depth)), cmp.Compare(a, b))
	})
	mid := (lo + hi) / 2
	t.build(lo, mid, depth+1)
	t.build(mid+1, hi, depth+1)
}

func (t kdTree) along(i int32, depth int) float64 {
	if depth%2 == 0 {
		return t.points[i].x
	}
	return t.points[i].y
}

// near calls visit with every point no farther from p than the radius, roughly the nearest
// first. visit answers the radius for what follows, so that the search can narrow.
func (t kdTree) near(p vec, radius float64, visit func(i int32) float64) {
	t.descend(p, &radius, visit, 0, len(t.order), 0)
}

func (t kdTree) descend(p vec, radius *float64, visit func(int32) float64, lo, hi, depth int) {
	if lo >= hi {
		return
	}
	mid := (lo + hi) / 2
	i := t.order[mid]
	side := p.x - t.points[i].x
	if depth%2 == 1 {
		side = p.y - t.points[i].y
	}
	if side < 0 {
		t.descend(p, radius, visit, lo, mid, depth+1)
	} else {
		t.descend(p, radius, visit, mid+1, hi, depth+1)
	}
	if max(side, -side) > *radius {
		return
	}
	if t.points[i].distance(p) <= *radius {
		*radius = visit(i)
	}
	if side < 0 {
		t.descend(p, radius, visit, mid+1, hi, depth+1)
	} else {
		t.descend(p, radius, visit, lo, mid, depth+1)
	}
}
