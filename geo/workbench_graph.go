package geo

import (
	"cmp"
	"math"
	"slices"
)

// surroundings are what borders on a place, by the rule of neighbours.
type surroundings struct {
	seen  []int32 // all that had a say
	pairs []pairing
}

// pairing is a Gabriel pair: nothing lies in the circle between its two units.
type pairing struct {
	a, b   int32
	length float64
	clear  bool // nor near the circle's edge
}

func shorter(p, q pairing) int {
	return cmp.Or(cmp.Compare(p.length, q.length), cmp.Compare(p.a, q.a), cmp.Compare(p.b, q.b))
}

// look finds the surroundings of a unit that has sites, or is about to get some.
func (w *Workbench) look(u int32) surroundings {
	p := w.units[u].at
	region := boxAround([]vec{w.low, w.high})
	var s surroundings
	visit := func(j int32) float64 {
		if other := &w.units[j]; j != u && len(other.sites) > 0 {
			if region.clip(other.at, p.minus(other.at)) {
				s.seen = append(s.seen, j)
			}
		}
		return region.reach(p)
	}
	for j := len(w.tree.order); j < len(w.units); j++ { // units the tree has not heard of
		visit(int32(j))
	}
	w.tree.near(p, math.Inf(1), visit)
	for _, j := range s.seen {
		gap := math.Inf(1)
		middle := p.toward(w.units[j].at, 0.5)
		for _, k := range s.seen {
			if k != j {
				gap = min(gap, middle.distance(w.units[k].at))
			}
		}
		length := p.distance(w.units[j].at)
		if gap >= length/2*(1-1e-9) {
			s.pairs = append(s.pairs, pairing{u, j, length, gap >= length/2*(1+clearance)})
		}
	}
	return s
}

// join takes a unit into the neighbour graph. Pairs it comes between part; where it lies on the edge of their circle they part
// only if a way round is left.
func (w *Workbench) join(u int32) {
	p := w.units[u].at
	s := w.look(u)
	for i, a := range s.seen {
		for _, b := range s.seen[i+1:] {
			middle, radius := w.units[a].at.toward(w.units[b].at, 0.5), w.units[a].at.distance(w.units[b].at)/2
			if middle.distance(p) < radius*(1-1e-9) && slices.Contains(w.near[a], b) {
				w.part(a, b)
			}
		}
	}
	w.pair(append(s.seen, u), s.pairs)
	for i, a := range s.seen {
		for _, b := range s.seen[i+1:] {
			middle, radius := w.units[a].at.toward(w.units[b].at, 0.5), w.units[a].at.distance(w.units[b].at)/2
			if middle.distance(p) < radius*(1+clearance) && slices.Contains(w.near[a], b) &&
				slices.Contains(w.near[u], a) && slices.Contains(w.near[u], b) {
				w.part(a, b)
			}
		}
	}
}

// leave takes a unit without sites out of the neighbour graph. What it kept apart may border now.
func (w *Workbench) leave(u int32) {
	s := w.look(u)
	for _, v := range slices.Clone(w.near[u]) {
		w.part(u, v)
	}
	p := w.units[u].at
	var pairs []pairing
	for _, a := range s.seen {
		for _, q := range w.look(a).pairs {
			middle := w.units[a].at.toward(w.units[q.b].at, 0.5)
			if a < q.b && middle.distance(p) < q.length/2*(1+2*clearance) && slices.Contains(s.seen, q.b) {
				pairs = append(pairs, q)
			}
		}
	}
	w.pair(s.seen, pairs)
}

// pair lets units border: the clear pairs, and of the others those that join what the units and their borders leave apart.
func (w *Workbench) pair(units []int32, pairs []pairing) {
	slices.SortFunc(pairs, shorter)
	place := make(map[int32]int32, len(units))
	for i, u := range units {
		place[u] = int32(i)
	}
	joined := newForest(len(units))
	for i, u := range units {
		for _, v := range w.near[u] {
			if j, known := place[v]; known {
				joined.union(int32(i), j)
			}
		}
	}
	for _, q := range pairs {
		if q.clear {
			joined.union(place[q.a], place[q.b])
		}
	}
	for _, q := range pairs {
		if bridge := !q.clear && joined.union(place[q.a], place[q.b]); (q.clear || bridge) &&
			!slices.Contains(w.near[q.a], q.b) && !w.barred(w.units[q.a].at, w.units[q.b].at) {
			w.touch(w.units[q.a].owner) // what hangs together may change without a site changing hands
			w.touch(w.units[q.b].owner)
			w.tape.near.set(w.near, int(q.a), append(slices.Clone(w.near[q.a]), q.b))
			w.tape.near.set(w.near, int(q.b), append(slices.Clone(w.near[q.b]), q.a))
		}
	}
}

func (w *Workbench) part(a, b int32) {
	without := func(from, v int32) {
		near := slices.DeleteFunc(slices.Clone(w.near[from]), func(x int32) bool { return x == v })
		w.tape.near.set(w.near, int(from), near)
	}
	without(a, b)
	without(b, a)
	w.touch(w.units[a].owner)
	w.touch(w.units[b].owner)
}

// barred says whether a barrier lies between two places.
func (w *Workbench) barred(a, b vec) bool {
	return slices.ContainsFunc(w.barriers, func(l barrier) bool { return l.parts(a, b) })
}
