package geo

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Repair mends the surroundings of an edit: what was cut off goes to a neighbour, and ground passes between the territories
// touched and those that border on them until their loads are within the tolerance again, or as near as ground that
// hangs together allows. Ground given by hand, locked ground and sites standing apart stay. Nothing changes farther away.
type Repair struct {
	Territories []int   // to mend around; none: those of the edits it stands Together with, else of the last edit applied
	Price       float64 // what a share of workload that changes hands costs, in shares of distance; 0: 5
}

const (
	repairPrice = 5
	repairForce = 300  // of a load off its target, against distance
	repairMoves = 2000 // most, so that there is an end
	recentring  = 16   // moves after which the middles are found anew
)

func (e Repair) apply(w *Workbench) error {
	if !(e.Price >= 0) || math.IsInf(e.Price, 0) {
		return fmt.Errorf("%w: the price of a repair is %v; it must be 0 or more", ErrEdit, e.Price)
	}
	r := repair{w: w, price: e.Price, in: make([]bool, len(w.figures)), before: map[int32]int32{}}
	if r.price == 0 {
		r.price = repairPrice
	}
	touched := w.tape.touched
	if !slices.Contains(touched, true) && len(w.journal) > 0 {
		touched = w.journal[len(w.journal)-1].touched
	}
	if len(e.Territories) > 0 {
		touched = make([]bool, len(w.figures))
		for _, t := range e.Territories {
			if t < 0 || t >= len(touched) {
				return fmt.Errorf("%w: territory %d, but there are %d", ErrEdit, t, len(touched))
			}
			touched[t] = true
		}
	}
	if !slices.Contains(touched, true) {
		return nil
	}
	copy(r.in, touched)
	for i := range w.units {
		if t := w.units[i].owner; t >= 0 && touched[t] {
			for _, v := range w.near[i] {
				if o := w.units[v].owner; o >= 0 {
					r.in[o] = true
				}
			}
		}
	}
	r.begin()
	r.mend()
	r.balance()
	return nil
}

// repair is one under way.
type repair struct {
	w      *Workbench
	in     []bool // territories that may change
	price  float64
	scale  float64 // km: what a unit of workload is away from its middle on the mean
	load   []float64
	target []float64
	middle []vec
	before map[int32]int32 // owners of the units moved so far
	free   []int32         // units that may move
}

func (r *repair) begin() {
	w := r.w
	r.load = make([]float64, len(w.figures))
	r.target = make([]float64, len(w.figures))
	for t := range r.target {
		r.target[t] = w.share[t] * w.total
	}
	for i := range w.units {
		if t := w.units[i].owner; t >= 0 {
			r.load[t] += w.units[i].load
		}
	}
	for _, i := range w.apart {
		if t := w.sites[i].owner; t >= 0 {
			r.load[t] += w.sites[i].load
		}
	}
	for i := range w.units {
		if u := int32(i); len(w.units[i].sites) > 0 && !r.fixed(u) {
			r.free = append(r.free, u)
		}
	}
	r.scale = max(w.Overall().MeanKm, 1e-9)
	r.recentre()
}

// recentre finds the middles of the territories that may change.
func (r *repair) recentre() {
	sum := make([]vec, len(r.in))
	weight := make([]float64, len(r.in))
	for i := range r.w.units {
		u := &r.w.units[i]
		if u.owner >= 0 && r.in[u.owner] && len(u.sites) > 0 {
			pull := u.load + 1e-9*r.w.total
			sum[u.owner] = vec{sum[u.owner].x + pull*u.middle.x, sum[u.owner].y + pull*u.middle.y}
			weight[u.owner] += pull
		}
	}
	r.middle = make([]vec, len(r.in))
	for t := range sum {
		if weight[t] > 0 {
			r.middle[t] = vec{sum[t].x / weight[t], sum[t].y / weight[t]}
		}
	}
}

// fixed says whether a unit stays where it is.
func (r *repair) fixed(u int32) bool {
	unit := &r.w.units[u]
	return unit.held || unit.painted || unit.owner < 0 || !r.in[unit.owner]
}

func (r *repair) move(group []int32, to int32) {
	for _, u := range group {
		from := r.w.units[u].owner
		if _, known := r.before[u]; !known {
			r.before[u] = from
		}
		r.load[from] -= r.w.units[u].load
		r.load[to] += r.w.units[u].load
		r.w.give(u, to, false)
	}
}

// mend gives what hangs apart from the heaviest piece of its territory to the bordering territory with the nearest middle.
// A piece with ground given by hand stays where it was put.
func (r *repair) mend() {
	for range len(r.in) {
		type loose struct {
			units []int32
			load  float64
		}
		pieces := make([][]loose, len(r.in))
		r.w.eachPiece(r.in, func(t int32, units []int32) {
			p := loose{units: slices.Clone(units)}
			for _, u := range units {
				p.load += r.w.units[u].load
			}
			pieces[t] = append(pieces[t], p)
		})
		moved := false
		for t := range pieces {
			main := 0
			for i, p := range pieces[t] {
				if p.load > pieces[t][main].load {
					main = i
				}
			}
			for i, p := range pieces[t] {
				if i == main || slices.ContainsFunc(p.units, r.fixed) {
					continue
				}
				if to := r.nearest(p.units); to >= 0 {
					r.move(p.units, to)
					moved = true
				}
			}
		}
		if !moved {
			return
		}
		r.recentre()
	}
}

// nearest is the territory that borders on a piece and whose middle is nearest to it; -1 for none.
func (r *repair) nearest(piece []int32) int32 {
	best, least := int32(-1), math.Inf(1)
	for _, u := range piece {
		for _, v := range r.w.near[u] {
			to := r.w.units[v].owner
			if to < 0 || to == r.w.units[u].owner || !r.in[to] {
				continue
			}
			if d := r.w.units[u].middle.distance(r.middle[to]); d < least || d == least && to < best {
				best, least = to, d
			}
		}
	}
	return best
}

// handover is a unit that could go to a bordering territory.
type handover struct {
	unit, to int32
	change   float64
}

// balance makes the best handover again and again while one lowers the cost. Loads off their targets count by their squares,
// so that a surplus is passed on from one neighbour to the next.
func (r *repair) balance() {
	var offers []handover
	for n := range repairMoves {
		if n%recentring == recentring-1 {
			r.recentre()
		}
		offers = offers[:0]
		for _, u := range r.free {
			from := r.w.units[u].owner
			for k, v := range r.w.near[u] {
				to := r.w.units[v].owner
				if to < 0 || to == from || !r.in[to] || slices.ContainsFunc(r.w.near[u][:k], func(x int32) bool { return r.w.units[x].owner == to }) {
					continue
				}
				if change := r.change([]int32{u}, to); change < -1e-9*r.w.total {
					offers = append(offers, handover{u, to, change})
				}
			}
		}
		slices.SortFunc(offers, func(a, b handover) int {
			return cmp.Or(cmp.Compare(a.change, b.change), cmp.Compare(a.unit, b.unit), cmp.Compare(a.to, b.to))
		})
		if !slices.ContainsFunc(offers, r.accept) {
			return
		}
	}
}

// accept makes a handover, with what would be cut off, if that still lowers the cost.
func (r *repair) accept(o handover) bool {
	group := r.branch(o.unit)
	if group == nil || slices.ContainsFunc(group, r.fixed) {
		return false
	}
	if len(group) > 1 && r.change(group, o.to) >= -1e-9*r.w.total {
		return false
	}
	r.move(group, o.to)
	return true
}

// change is what a group's going to a territory adds to the cost.
func (r *repair) change(group []int32, to int32) float64 {
	from := r.w.units[group[0]].owner
	var load, distance, moved float64
	for _, u := range group {
		unit := &r.w.units[u]
		load += unit.load
		distance += unit.load * (unit.middle.distance(r.middle[to]) - unit.middle.distance(r.middle[from]))
		switch was, known := r.before[u]; {
		case !known || was == from:
			moved += unit.load
		case was == to:
			moved -= unit.load
		}
	}
	off := r.penalty(from, -load) + r.penalty(to, load) - r.penalty(from, 0) - r.penalty(to, 0)
	return distance/r.scale + repairForce*off + r.price*moved
}

// penalty is that of a territory's load after adding to it: the square of what exceeds most of the tolerance, in units of
// workload. A vacancy should have nothing.
func (r *repair) penalty(t int32, add float64) float64 {
	const part = 0.7 // of the tolerance
	target, off := r.target[t], 0.0
	if target > 0 {
		off = math.Abs((r.load[t]+add)/target-1) - part*r.w.tolerance
	} else {
		target = r.w.total / float64(len(r.target))
		off = (r.load[t] + add) / target
	}
	if off <= 0 {
		return 0
	}
	return off * off * target
}

// branch is a unit with the lighter pieces its territory falls into without it; nil where it is the last of its territory.
func (r *repair) branch(u int32) []int32 {
	w := r.w
	from := w.units[u].owner
	clear(w.mark)
	w.mark[u] = true
	group, main, mainLoad := []int32{u}, []int32(nil), -1.0
	for _, first := range w.near[u] {
		if w.units[first].owner != from || w.mark[first] {
			continue
		}
		piece, load := []int32{first}, 0.0
		w.mark[first] = true
		for i := 0; i < len(piece); i++ {
			load += w.units[piece[i]].load
			for _, v := range w.near[piece[i]] {
				if w.units[v].owner == from && !w.mark[v] {
					w.mark[v] = true
					piece = append(piece, v)
				}
			}
		}
		if load > mainLoad {
			group = append(group, main...)
			main, mainLoad = piece, load
		} else {
			group = append(group, piece...)
		}
	}
	if main == nil {
		return nil
	}
	return group
}
