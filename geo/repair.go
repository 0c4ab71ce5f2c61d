package geo

import (
	"math"
	"math/rand/v2"
	"slices"
)

// start is a contiguous assignment to search from, every territory with at least one unit:
// today's where the brief has one, else a balanced power diagram.
func (g *ground) start(source *rand.Rand) []int32 {
	var owner []int32
	if g.current != nil {
		owner = g.completed()
	} else {
		owner = balanced(g, source).owner
	}
	g.mend(owner)
	for {
		empty := g.firstEmpty(owner)
		if empty < 0 {
			return owner
		}
		g.halve(owner, empty)
		g.mend(owner)
	}
}

// completed is today's assignment, with units nobody holds given to the nearest holder.
func (g *ground) completed() []int32 {
	owner := slices.Clone(g.current)
	front := make([]int32, 0, len(owner))
	for u, t := range owner {
		if t >= 0 {
			front = append(front, int32(u))
		}
	}
	if len(front) == 0 {
		clear(owner)
		return owner
	}
	for len(front) > 0 {
		u := front[0]
		front = front[1:]
		for _, v := range g.near.of(u) {
			if owner[v] < 0 {
				owner[v] = owner[u]
				front = append(front, v)
			}
		}
	}
	return owner
}

// mend makes every territory one piece: it keeps the heaviest piece and gives the others to
// the bordering territory whose middle is nearest.
func (g *ground) mend(owner []int32) {
	for {
		piece, load := g.pieces(owner)
		main := make([]int32, g.territories())
		for t := range main {
			main[t] = -1
		}
		for u, p := range piece {
			if t := owner[u]; main[t] < 0 || load[p] > load[main[t]] {
				main[t] = p
			}
		}
		middle := g.middles(owner)
		target := make([]int32, len(load))
		least := make([]float64, len(load))
		for p := range least {
			target[p], least[p] = -1, math.Inf(1)
		}
		loose := false
		for u, p := range piece {
			if main[owner[u]] == p {
				continue
			}
			loose = true
			for _, v := range g.near.of(int32(u)) {
				// Only whole neighbours take pieces in, or two loose ones could swap for ever.
				if t := owner[v]; t != owner[u] && main[t] == piece[v] {
					if d := g.middle[u].distance(middle[t]); d < least[p] {
						target[p], least[p] = t, d
					}
				}
			}
		}
		if !loose {
			return
		}
		for u, p := range piece {
			if t := target[p]; t >= 0 {
				owner[u] = t
			}
		}
	}
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

// middles is the workload-weighted middle of each territory.
func (g *ground) middles(owner []int32) []vec {
	c := clustering{owner: owner, centre: make([]vec, g.territories())}
	for u, t := range owner {
		c.centre[t] = g.middle[u] // for a territory without work
	}
	c.recentre(g)
	return c.centre
}

func (g *ground) firstEmpty(owner []int32) int32 {
	held := make([]bool, g.territories())
	for _, t := range owner {
		held[t] = true
	}
	return int32(slices.Index(held, false))
}

// halve gives the empty territory about half of the heaviest one that has two units or more,
// grown from its far end.
func (g *ground) halve(owner []int32, empty int32) {
	load := make([]float64, g.territories())
	count := make([]int, g.territories())
	for u, t := range owner {
		load[t] += g.load[u]
		count[t]++
	}
	from := int32(-1)
	for t := range load {
		if count[t] > 1 && (from < 0 || load[t]/g.target[t] > load[from]/g.target[from]) {
			from = int32(t)
		}
	}
	middle := g.middles(owner)[from]
	end, far := int32(-1), -1.0
	for u, t := range owner {
		if t == from && g.middle[u].distance(middle) > far {
			end, far = int32(u), g.middle[u].distance(middle)
		}
	}
	share := g.target[empty] / (g.target[empty] + g.target[from]) * load[from]
	owner[end] = empty
	taken, left := g.load[end], count[from]-1
	front := []int32{end}
	for len(front) > 0 {
		u := front[0]
		front = front[1:]
		for _, v := range g.near.of(u) {
			if owner[v] != from || left == 1 || taken+g.load[v] > share {
				continue
			}
			owner[v] = empty
			taken += g.load[v]
			left--
			front = append(front, v)
		}
	}
}
