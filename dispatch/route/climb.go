package route

import "slices"

// climber improves routes by moves between near visits until none helps (the local search of HGS: Vidal, Computers &
// Operations Research 2022; Kool, Juninck, Roos, Cornelissen, Agterberg, van Hoorn and Visser, DIMACS 2022). Routes may
// be late and overloaded at a price. It knows vehicles that are all alike, one window a visit, one amount, and travel:
// see breedable.
//
// Its nodes are the visits, and a start and an end of each route. Costs are seconds of travel.
type climber struct {
	n      int
	routes int
	ways   []int32 // n+2 by n+2: visits, start, end
	stride int32
	at     []int32 // node's row of ways
	own    []warp  // node alone
	amount []int64 // node alone
	room   int64   // of a vehicle
	fixed  int64   // of a vehicle, in seconds of travel
	near   []int32 // granular visits of each visit
	nearBy int

	next, prev []int32
	route, pos []int32
	pre, post  []warp  // from the start up to a node; from a node to the end
	load       []int64 // from the start up to a node
	price      []int64 // by route: of what it breaks
	size       []int32 // by route
	moved      []int32 // by route: when it changed last
	tested     []int32 // by visit: when its moves were tried last
	clock      int32
	swapped    int32 // when SWAP* was tried last
	order      []int32

	priceBack, priceLoad int64 // of a second gone back, of a unit too much: in sixteenths

	swap swapper
}

// granular is how many visits near to each other one are tried beside it.
const granular = 40

func (c *climber) start(r int32) int32 { return int32(c.n) + 2*r }

func (c *climber) end(r int32) int32 { return int32(c.n) + 2*r + 1 }

func (c *climber) way(a, b int32) int32 { return c.ways[c.at[a]*c.stride+c.at[b]] }

func (c *climber) way64(a, b int32) int64 { return int64(c.ways[c.at[a]*c.stride+c.at[b]]) }

// priced is what going back and overloading cost.
func (c *climber) priced(back int32, load int64) int64 {
	return (c.priceBack*int64(back) + c.priceLoad*max(0, load-c.room)) >> 4
}

// clear empties all routes.
func (c *climber) clear() {
	for r := range int32(c.routes) {
		c.next[c.start(r)], c.prev[c.end(r)] = c.end(r), c.start(r)
		c.renew(r)
	}
	for v := range c.n {
		c.route[v] = -1
		c.tested[v] = -1
	}
}

// hang puts node v behind node p.
func (c *climber) hang(v, p int32) {
	q := c.next[p]
	c.next[p], c.prev[v] = v, p
	c.next[v], c.prev[q] = q, v
}

// unhang takes node v out.
func (c *climber) unhang(v int32) {
	p, q := c.prev[v], c.next[v]
	c.next[p], c.prev[q] = q, p
}

// renew walks route r and notes what follows from its order.
func (c *climber) renew(r int32) {
	first, last := c.start(r), c.end(r)
	w, load, k := c.own[first], int64(0), int32(0)
	c.pre[first], c.load[first], c.pos[first], c.route[first] = w, 0, 0, r
	row := c.at[first]
	for v := c.next[first]; ; v = c.next[v] {
		k++
		w = join(w, c.own[v], c.ways[row*c.stride+c.at[v]])
		load += c.amount[v]
		c.pre[v], c.load[v], c.pos[v], c.route[v] = w, load, k, r
		if v == last {
			break
		}
		row = c.at[v]
	}
	c.size[r] = k - 1
	c.price[r] = c.priced(w.back, load)
	w = c.own[last]
	c.post[last] = w
	for v := c.prev[last]; ; v = c.prev[v] {
		w = join(c.own[v], w, c.way(v, c.next[v]))
		c.post[v] = w
		if v == first {
			break
		}
	}
	c.clock++
	c.moved[r] = c.clock
}

// along appends the nodes from one to another, which lies behind it on the same route, to a stretch that ends at `last`.
func (c *climber) along(w warp, last, from, to int32) warp {
	for v := from; ; v = c.next[v] {
		w = join(w, c.own[v], c.way(last, v))
		if last = v; v == to {
			return w
		}
	}
}

// sums are the travel of all routes with what they fix, the seconds gone back and the units too much.
func (c *climber) sums() (cost, back, over int64) {
	for r := range int32(c.routes) {
		if c.size[r] == 0 {
			continue
		}
		cost += c.fixed
		last := c.end(r)
		for v := c.start(r); v != last; v = c.next[v] {
			cost += c.way64(v, c.next[v])
		}
		back += int64(c.pre[last].back)
		over += max(0, c.load[last]-c.room)
	}
	return cost, back, over
}

// empty is the first route without visits; -1 where there is none.
func (c *climber) empty() int32 { return int32(slices.Index(c.size, 0)) }

// climb makes moves until none helps.
func (c *climber) climb(rng *random, exchange bool) {
	for i := len(c.order) - 1; i > 0; i-- {
		j := rng.below(i + 1)
		c.order[i], c.order[j] = c.order[j], c.order[i]
	}
	for v := range c.tested {
		c.tested[v] = -1
	}
	c.swapped = -1
	for first := true; ; first = false {
		for better := true; better; {
			better = false
			for _, u := range c.order {
				since := c.tested[u]
				c.tested[u] = c.clock
				for _, v := range c.near[int(u)*c.nearBy : int(u+1)*c.nearBy] {
					if max(c.moved[c.route[u]], c.moved[c.route[v]]) > since && c.improve(u, v) {
						better = true
					}
				}
				if c.moved[c.route[u]] > since && (!first || since >= 0) {
					if r := c.empty(); r >= 0 && c.size[c.route[u]] > 1 {
						better = c.relocate(u, c.start(r), 1, false) || c.cross(c.prev[u], c.end(r)) || better
					}
				}
			}
		}
		if !exchange || !c.exchangeAll() {
			return
		}
	}
}

// improve makes the first move of u beside v that helps. Most are refused by their ways alone: no move can save more
// than what its routes break now.
func (c *climber) improve(u, v int32) bool {
	pu, x, pv, y := c.prev[u], c.next[u], c.prev[v], c.next[v]
	r, s := c.route[u], c.route[v]
	most := c.price[r] + c.fixed
	if r != s {
		most += c.price[s]
	}
	most = min(most, 1<<30)
	room := int32(most)
	ways, stride := c.ways, c.stride
	rowU, rowV, rowX := ways[u*stride:(u+1)*stride], ways[v*stride:(v+1)*stride], ways[c.at[x]*stride:]
	rowPU, rowPV := ways[c.at[pu]*stride:], ways[c.at[pv]*stride:]
	atX, atY := c.at[x], c.at[y]
	puu, ux, pvv, vy := rowPU[u], rowU[atX], rowPV[v], rowV[atY]

	out := rowPU[atX] - puu - ux
	if out+rowV[u]+rowU[atY]-vy < room && c.relocate(u, v, 1, false) ||
		out+rowPV[u]+rowU[v]-pvv < room && c.relocate(u, pv, 1, false) {
		return true
	}
	if u < v && rowPU[v]+rowV[atX]-puu-ux+rowPV[u]+rowU[atY]-pvv-vy < room && c.trade(u, 1, v, 1) {
		return true
	}
	if x < int32(c.n) {
		atXX := c.at[c.next[x]]
		xxx := rowX[atXX]
		out := rowPU[atXX] - puu - xxx
		if out+rowV[u]+rowX[atY]-vy < room && c.relocate(u, v, 2, false) ||
			out+rowV[x]+rowU[atY]+rowX[u]-ux-vy < room && c.relocate(u, v, 2, true) ||
			rowPU[v]+rowV[atXX]-puu-xxx+rowPV[u]+rowX[atY]-pvv-vy < room && c.trade(u, 2, v, 1) {
			return true
		}
		if u < v && y < int32(c.n) {
			rowY, atYY := ways[y*stride:(y+1)*stride], c.at[c.next[y]]
			if rowPU[v]+rowY[atXX]-puu-xxx+rowPV[u]+rowX[atYY]-pvv-rowY[atYY] < room && c.trade(u, 2, v, 2) {
				return true
			}
		}
	}
	if r != s {
		return rowU[v]+rowPV[atX]-ux-pvv < room && c.cross(u, v)
	}
	return c.turn(u, v)
}

// relocate moves u, or u and the visit behind it, behind node v.
func (c *climber) relocate(u, v int32, count int, flip bool) bool {
	last := u
	if count == 2 {
		last = c.next[u]
	}
	p, q, y := c.prev[u], c.next[last], c.next[v]
	if v == u || v == last || v == p {
		return false
	}
	head, tail := u, last
	delta := c.way64(p, q) - c.way64(p, u) - c.way64(last, q) - c.way64(v, y)
	if flip {
		head, tail = last, u
		delta += c.way64(last, u) - c.way64(u, last)
	}
	delta += c.way64(v, head) + c.way64(tail, y)
	from, to := c.route[u], c.route[v]
	if from != to {
		if c.fixed != 0 {
			if c.size[to] == 0 {
				delta += c.fixed
			}
			if c.size[from] == int32(count) {
				delta -= c.fixed
			}
		}
		before := c.price[from] + c.price[to]
		if delta >= before {
			return false
		}
		moved := c.load[last] - c.load[p]
		delta += c.priced(backOf(c.pre[p], c.post[q], c.way(p, q)), c.load[c.end(from)]-moved) - before
		if delta >= 0 {
			return false
		}
		w := join(c.pre[v], c.own[head], c.way(v, head))
		if head != tail {
			w = join(w, c.own[tail], c.way(head, tail))
		}
		delta += c.priced(backOf(w, c.post[y], c.way(tail, y)), c.load[c.end(to)]+moved)
	} else {
		before := c.price[from]
		if delta >= before {
			return false
		}
		var w warp
		var rest int32
		if c.pos[v] > c.pos[u] {
			w = c.along(c.pre[p], p, q, v)
			w = join(w, c.own[head], c.way(v, head))
			rest = y
		} else {
			w = join(c.pre[v], c.own[head], c.way(v, head))
			rest = q
		}
		if head != tail {
			w = join(w, c.own[tail], c.way(head, tail))
		}
		end := tail
		if rest == q {
			w = c.along(w, tail, y, p)
			end = p
		}
		delta += c.priced(backOf(w, c.post[rest], c.way(end, rest)), c.load[c.end(from)]) - before
	}
	if delta >= 0 {
		return false
	}
	c.unhang(u)
	if count == 2 {
		c.unhang(last)
		c.hang(head, v)
		c.hang(tail, head)
	} else {
		c.hang(u, v)
	}
	c.renew(from)
	if to != from {
		c.renew(to)
	}
	return true
}

// trade exchanges the stretch of j visits from u on with the one of k visits from v on.
func (c *climber) trade(u int32, j int, v int32, k int) bool {
	a, b := u, v
	if j == 2 {
		a = c.next[u]
	}
	if k == 2 {
		b = c.next[v]
	}
	pu, qu, pv, qv := c.prev[u], c.next[a], c.prev[v], c.next[b]
	if u == v || a == v || b == u || qu == v || qv == u {
		return false
	}
	delta := c.way64(pu, v) + c.way64(b, qu) - c.way64(pu, u) - c.way64(a, qu) +
		c.way64(pv, u) + c.way64(a, qv) - c.way64(pv, v) - c.way64(b, qv)
	r, s := c.route[u], c.route[v]
	if r != s {
		before := c.price[r] + c.price[s]
		if delta >= before {
			return false
		}
		more := c.load[b] - c.load[pv] - c.load[a] + c.load[pu]
		w := join(c.pre[pu], c.own[v], c.way(pu, v))
		if k == 2 {
			w = join(w, c.own[b], c.way(v, b))
		}
		delta += c.priced(backOf(w, c.post[qu], c.way(b, qu)), c.load[c.end(r)]+more) - before
		if delta >= 0 {
			return false
		}
		w = join(c.pre[pv], c.own[u], c.way(pv, u))
		if j == 2 {
			w = join(w, c.own[a], c.way(u, a))
		}
		delta += c.priced(backOf(w, c.post[qv], c.way(a, qv)), c.load[c.end(s)]-more)
	} else {
		before := c.price[r]
		if delta >= before {
			return false
		}
		x, xEnd, y, yEnd := u, a, v, b // in the order of the route
		if c.pos[u] > c.pos[v] {
			x, xEnd, y, yEnd = v, b, u, a
		}
		px := c.prev[x]
		w := c.along(c.pre[px], px, y, yEnd)
		w = c.along(w, yEnd, c.next[xEnd], c.prev[y])
		w = c.along(w, c.prev[y], x, xEnd)
		q := c.next[yEnd]
		delta += c.priced(backOf(w, c.post[q], c.way(xEnd, q)), c.load[c.end(r)]) - before
	}
	if delta >= 0 {
		return false
	}
	c.unhang(u)
	if j == 2 {
		c.unhang(a)
	}
	c.unhang(v)
	if k == 2 {
		c.unhang(b)
	}
	c.hang(v, pu)
	if k == 2 {
		c.hang(b, v)
	}
	c.hang(u, pv)
	if j == 2 {
		c.hang(a, u)
	}
	c.renew(r)
	if s != r {
		c.renew(s)
	}
	return true
}

// cross lets v follow u, and what followed u follow what was before v: 2-opt* (Potvin and Rousseau, JORS 1995).
func (c *climber) cross(u, v int32) bool {
	r, s := c.route[u], c.route[v]
	p, x := c.prev[v], c.next[u]
	if r == s {
		return false
	}
	delta := c.way64(u, v) + c.way64(p, x) - c.way64(u, x) - c.way64(p, v)
	before := c.price[r] + c.price[s]
	if delta-c.fixed >= before {
		return false
	}
	if c.fixed != 0 {
		used := func(visits int32) int64 {
			if visits > 0 {
				return c.fixed
			}
			return 0
		}
		all := c.size[r] + c.size[s]
		kept := c.pos[u] + c.size[s] + 1 - c.pos[v]
		delta += used(kept) + used(all-kept) - used(c.size[r]) - used(c.size[s])
	}
	head, tail := c.load[u], c.load[c.end(s)]-c.load[p]
	all := c.load[c.end(r)] + c.load[c.end(s)]
	delta += c.priced(backOf(c.pre[u], c.post[v], c.way(u, v)), head+tail) - before
	if delta >= 0 {
		return false
	}
	delta += c.priced(backOf(c.pre[p], c.post[x], c.way(p, x)), all-head-tail)
	if delta >= 0 {
		return false
	}
	// The ends change hands, so that each route keeps its own.
	lastR, lastS := c.prev[c.end(r)], c.prev[c.end(s)]
	endR, endS := c.end(r), c.end(s)
	if v == endS {
		c.link(u, endR)
	} else {
		c.link(u, v)
		c.link(lastS, endR)
	}
	if x == endR {
		c.link(p, endS)
	} else {
		c.link(p, x)
		c.link(lastR, endS)
	}
	c.renew(r)
	c.renew(s)
	return true
}

func (c *climber) link(a, b int32) { c.next[a], c.prev[b] = b, a }

// turn goes the stretch behind u up to v the other way round (2-opt).
func (c *climber) turn(u, v int32) bool {
	if c.pos[u] >= c.pos[v] || c.next[u] == v {
		return false
	}
	x, y, r := c.next[u], c.next[v], c.route[u]
	delta := c.way64(u, v) + c.way64(x, y) - c.way64(u, x) - c.way64(v, y)
	before := c.price[r]
	w, last := c.pre[u], u
	for z := v; z != u; z = c.prev[z] {
		w = join(w, c.own[z], c.way(last, z))
		if last != u {
			delta += c.way64(last, z) - c.way64(z, last)
		}
		if last = z; w.back > c.pre[c.end(r)].back && delta >= 0 {
			return false
		}
	}
	delta += c.priced(backOf(w, c.post[y], c.way(x, y)), c.load[c.end(r)]) - before
	if delta >= 0 {
		return false
	}
	for z := x; z != y; {
		after := c.next[z]
		c.next[z], c.prev[z] = c.prev[z], after
		z = after
	}
	c.link(u, v)
	c.link(x, y)
	c.renew(r)
	return true
}

// place gives visit v, which has no route, its cheapest place.
func (c *climber) place(v int32) {
	best, behind := infinite, int32(-1)
	fresh := false
	for r := range int32(c.routes) {
		if c.size[r] == 0 {
			if fresh {
				continue
			}
			fresh = true
		}
		end := c.end(r)
		load := c.load[end] + c.amount[v]
		for p := c.start(r); p != end; p = c.next[p] {
			q := c.next[p]
			cost := c.way64(p, v) + c.way64(v, q) - c.way64(p, q) - c.price[r]
			if c.size[r] == 0 {
				cost += c.fixed
			}
			if cost >= best {
				continue
			}
			w := join(c.pre[p], c.own[v], c.way(p, v))
			if cost += c.priced(backOf(w, c.post[q], c.way(v, q)), load); cost < best {
				best, behind = cost, p
			}
		}
	}
	r := c.route[behind]
	c.hang(v, behind)
	c.renew(r)
}
