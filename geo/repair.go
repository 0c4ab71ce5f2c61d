package geo

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// start is a contiguous assignment to search from, with ground for every territory that has capacity. Its kind goes by
// its number: none is best on all ground.
func (g *ground) start(source *rand.Rand, number int) []int32 {
	begin := begun(g, source)
	owner := begin.owner
	if held := number % 3; held > 0 {
		m := marketOf(g, begin)
		m.hold([]fair{brisk, slow}[held-1])
		owner = m.owner
	}
	g.mend(owner, math.Inf(1))
	g.fill(owner, math.Inf(1))
	return owner
}

// today is the assignment of today, what is locked in its place and units nobody holds given to the nearest holder.
func (g *ground) today() []int32 {
	owner := slices.Clone(g.current)
	g.keepLocked(owner)
	var front []int32
	for u, t := range owner {
		if t != Free && !g.vacant(t) {
			front = append(front, int32(u))
		}
	}
	for len(front) > 0 {
		u := front[0]
		front = front[1:]
		for _, v := range g.near.of(u) {
			if owner[v] == Free {
				owner[v] = owner[u]
				front = append(front, v)
			}
		}
	}
	// Ground that borders on nobody's: all of it is new, or a vacancy's.
	first := int32(slices.IndexFunc(g.target, func(t float64) bool { return t > 0 }))
	for u, t := range owner {
		if t == Free {
			owner[u] = first
		}
	}
	return owner
}

// uprooted is the workload that is not where it is today.
func (g *ground) uprooted(owner []int32) (moved float64) {
	if g.current == nil {
		return 0
	}
	for u, t := range owner {
		work, _ := g.leaves(int32(u), t)
		moved += work
	}
	return moved
}

// shift is the workload that leaves its owner of today, less what comes home, when the units go to a territory.
func (g *ground) shift(owner, units []int32, to int32) (moved float64) {
	if g.current == nil {
		return 0
	}
	for _, u := range units {
		here, _ := g.has(u, owner[u])
		there, _ := g.has(u, to)
		moved += here - there
	}
	return moved
}

// mend makes every territory one piece: it keeps the heaviest piece, that with locked ground first, and gives the
// others to the bordering territory whose middle is nearest; a vacancy keeps nothing. No more than a
// budget of workload is moved; it is spent on the lightest pieces. Locked units stay.
func (g *ground) mend(owner []int32, within float64) {
	type part struct {
		units []int32
		to    int32
		moved float64
	}
	moved := g.uprooted(owner)
	for {
		piece, load := g.pieces(owner)
		main := g.mainPieces(owner, piece, load)
		middle := g.middles(owner)
		loose := make([]part, len(load))
		least := make([]float64, len(load))
		for p := range loose {
			loose[p].to, least[p] = Free, math.Inf(1)
		}
		for u, p := range piece {
			if main[owner[u]] == p || !g.movable(int32(u)) {
				continue
			}
			loose[p].units = append(loose[p].units, int32(u))
			for _, v := range g.near.of(int32(u)) {
				// Only whole neighbours take pieces in, or two loose ones could swap for ever.
				if t := owner[v]; t != owner[u] && main[t] == piece[v] {
					if d := g.middle[u].distance(middle[t]); d < least[p] {
						loose[p].to, least[p] = t, d
					}
				}
			}
		}
		g.settleVacancies(owner, piece, main, middle, func(p int32) bool { return loose[p].to == Free }, func(p, to int32) { loose[p].to = to })
		for i := range loose {
			loose[i].moved = g.shift(owner, loose[i].units, loose[i].to)
		}
		slices.SortStableFunc(loose, func(a, b part) int { return cmp.Compare(a.moved, b.moved) })
		mended := false
		for _, p := range loose {
			if p.to == Free || p.moved > 0 && moved+p.moved > within {
				continue
			}
			for _, u := range p.units {
				owner[u] = p.to
			}
			moved += p.moved
			mended = true
		}
		if !mended {
			return
		}
	}
}

// settleVacancies finds takers for the ground of vacancies that borders on nobody's: territories with capacity that have
// no ground yet, the nearest first.
func (g *ground) settleVacancies(owner, piece, main []int32, middle []vec, stuck func(p int32) bool, take func(p, to int32)) {
	taken := make([]bool, len(main))
	for u, p := range piece {
		if !g.vacant(owner[u]) || !g.movable(int32(u)) || !stuck(p) {
			continue
		}
		to := int32(Free)
		for t := range int32(len(main)) {
			if main[t] < 0 && !g.vacant(t) && !taken[t] &&
				(to == Free || g.middle[u].distance(middle[t]) < g.middle[u].distance(middle[to])) {
				to = t
			}
		}
		if to == Free {
			return
		}
		taken[to] = true
		take(p, to)
	}
}

// mainPieces is for each territory the piece it keeps, -1 for a vacancy and for one without ground.
func (g *ground) mainPieces(owner, piece []int32, load []float64) []int32 {
	main := make([]int32, g.territories())
	locked := make([]bool, len(main))
	for t := range main {
		main[t] = -1
	}
	for u, p := range piece {
		t := owner[u]
		if g.exempt(int32(u)) || g.vacant(t) {
			continue
		}
		here := g.lock[u] == t
		if main[t] < 0 || here && !locked[t] || here == locked[t] && load[p] > load[main[t]] {
			main[t], locked[t] = p, here
		}
	}
	return main
}

// pieces numbers the connected pieces of all territories and weighs them.
func (g *ground) pieces(owner []int32) (piece []int32, load []float64) {
	piece = make([]int32, len(owner))
	for u := range piece {
		piece[u] = -1
	}
	var stack []int32
	for u := range owner {
		if piece[u] >= 0 {
			continue
		}
		p := int32(len(load))
		load = append(load, 0)
		piece[u] = p
		stack = append(stack[:0], int32(u))
		for len(stack) > 0 {
			v := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			load[p] += g.load[v]
			for _, w := range g.near.of(v) {
				if piece[w] < 0 && owner[w] == owner[v] {
					piece[w] = p
					stack = append(stack, w)
				}
			}
		}
	}
	return piece, load
}

// broken counts the territories in more than one piece. Units that need not hang together make no piece.
func broken(g *ground, owner []int32) int {
	first := make([]int32, g.territories())
	for t := range first {
		first[t] = -1
	}
	split := make([]bool, len(first))
	piece, _ := g.pieces(owner)
	n := 0
	for u, p := range piece {
		t := owner[u]
		switch {
		case g.exempt(int32(u)):
		case first[t] < 0:
			first[t] = p
		case first[t] != p && !split[t]:
			split[t] = true
			n++
		}
	}
	return n
}

// middles is the home of each territory, or the workload-weighted middle.
func (g *ground) middles(owner []int32) []vec {
	c := clustering{owner: owner, centre: make([]vec, g.territories())}
	for u, t := range owner {
		c.centre[t] = g.middle[u] // for a territory without work
	}
	c.recentre(g)
	for t, home := range g.home {
		if home != nil {
			c.centre[t] = *home
		}
	}
	return c.centre
}

// fill gives ground to the territories with capacity that have none, as far as the budget goes. Locked customers who need
// not hang together are no ground: nothing can grow from them.
func (g *ground) fill(owner []int32, within float64) {
	for t := range int32(g.territories()) {
		if !g.vacant(t) && g.bare(owner, t) {
			g.halve(owner, t, within)
			g.mend(owner, within)
		}
	}
}

// bare says whether a territory has no ground, and its locked customers are not work enough for it.
func (g *ground) bare(owner []int32, t int32) bool {
	locked := 0.0
	for u, o := range owner {
		if o != t {
			continue
		}
		if !g.exempt(int32(u)) {
			return false
		}
		locked += g.load[u]
	}
	return locked < g.target[t]
}

// halve gives the empty territory about half of the heaviest one that has ground to spare, grown from its far end, or
// from the home of the empty one.
func (g *ground) halve(owner []int32, empty int32, within float64) {
	load := make([]float64, g.territories())
	free := make([]int, g.territories())
	count := make([]int, g.territories())
	barren := true
	for u, t := range owner {
		load[t] += g.load[u]
		count[t]++
		if g.movable(int32(u)) {
			free[t]++
		}
		barren = barren && t != empty
	}
	from := int32(-1)
	for t := range int32(g.territories()) {
		// One without any customer takes the last ground of one that has locked customers left.
		spare := free[t] > 1 || free[t] > 0 && barren && count[t] > 1
		if spare && (from < 0 || load[t]/g.norm[t] > load[from]/g.norm[from]) {
			from = t
		}
	}
	if from < 0 {
		return
	}
	middle := g.middles(owner)[from]
	end, best := int32(-1), math.Inf(-1)
	for u, t := range owner {
		if t != from || !g.movable(int32(u)) {
			continue
		}
		fit := g.middle[u].distance(middle)
		if home := g.home[empty]; home != nil {
			fit = -g.middle[u].distance(*home)
		}
		if fit > best {
			end, best = int32(u), fit
		}
	}
	share := g.target[empty]/(g.target[empty]+g.norm[from])*load[from] - load[empty]
	moved := g.uprooted(owner)
	if cost := g.shift(owner, []int32{end}, empty); cost > 0 && moved+cost > within {
		return
	}
	moved += g.shift(owner, []int32{end}, empty)
	owner[end] = empty
	taken, left := g.load[end], free[from]-1
	front := []int32{end}
	for len(front) > 0 {
		u := front[0]
		front = front[1:]
		for _, v := range g.near.of(u) {
			if owner[v] != from || !g.movable(v) || left == 1 || taken+g.load[v] > share {
				continue
			}
			cost := g.shift(owner, []int32{v}, empty)
			if cost > 0 && moved+cost > within {
				continue
			}
			moved += cost
			owner[v] = empty
			taken += g.load[v]
			left--
			front = append(front, v)
		}
	}
}
