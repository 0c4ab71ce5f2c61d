package route

// swapper keeps, while two routes are compared, the best places of each visit of one in the other.
type swapper struct {
	best   [][places]gap // by visit
	gain   []int64       // by visit: what taking it out of its route adds; mostly less than nothing
	paired []bool        // by pair of routes
	seen   []int32       // pairs that are near, in the order they were met
}

const places = 3

// gap is a place behind a node, at a cost.
type gap struct {
	cost   int64
	behind int32
}

// nearRoutes is how many near visits of a visit say which routes are near its own.
const nearRoutes = 8

// exchangeAll tries SWAP* between all near routes that changed: a visit of each moves to the other, each to its best place
// there, which need not be where the other was (Vidal, Computers & Operations Research 2022). It says whether any did.
func (c *climber) exchangeAll() bool {
	s := &c.swap
	for _, pair := range s.seen {
		s.paired[pair] = false
	}
	s.seen = s.seen[:0]
	for u := range int32(c.n) {
		r := c.route[u]
		for _, v := range c.near[int(u)*c.nearBy : int(u)*c.nearBy+min(nearRoutes, c.nearBy)] {
			a, b := min(r, c.route[v]), max(r, c.route[v])
			if pair := a*int32(c.routes) + b; a != b && !s.paired[pair] {
				s.paired[pair] = true
				s.seen = append(s.seen, pair)
			}
		}
	}
	better := false
	for i := 0; i < len(s.seen); i++ {
		a, b := s.seen[i]/int32(c.routes), s.seen[i]%int32(c.routes)
		if max(c.moved[a], c.moved[b]) > c.swapped && c.size[a] > 0 && c.size[b] > 0 && c.exchange(a, b) {
			better = true
		}
	}
	c.swapped = c.clock
	return better
}

// exchange makes the best SWAP* of two routes, if it helps.
func (c *climber) exchange(a, b int32) bool {
	c.rate(a, b)
	c.rate(b, a)
	s := &c.swap
	least := int64(0)
	var u, v, forU, forV int32
	spare := c.price[a] + c.price[b]
	for x := c.next[c.start(a)]; x != c.end(a); x = c.next[x] {
		for y := c.next[c.start(b)]; y != c.end(b); y = c.next[y] {
			if s.gain[x]+s.gain[y]-spare >= least { // places only add to it, but for rounding
				continue
			}
			more := c.amount[y] - c.amount[x]
			load := c.priced(0, c.load[c.end(a)]+more) + c.priced(0, c.load[c.end(b)]-more) - spare
			p, one := c.cheapest(x, y)
			q, two := c.cheapest(y, x)
			if cost := one + two + load + s.gain[x] + s.gain[y]; cost < least {
				least, u, v, forU, forV = cost, x, y, p, q
			}
		}
	}
	if least >= 0 || !c.exchanges(u, v, forU, forV) {
		return false
	}
	pu, pv := c.prev[u], c.prev[v]
	c.unhang(u)
	c.unhang(v)
	if forU == v {
		forU = pv
	}
	if forV == u {
		forV = pu
	}
	c.hang(u, forU)
	c.hang(v, forV)
	c.renew(a)
	c.renew(b)
	return true
}

// rate notes what taking each visit out of route a saves, and its best places in route b.
func (c *climber) rate(a, b int32) {
	s := &c.swap
	for u := c.next[c.start(a)]; u != c.end(a); u = c.next[u] {
		p, q := c.prev[u], c.next[u]
		s.gain[u] = c.way64(p, q) - c.way64(p, u) - c.way64(u, q) + c.priced(backOf(c.pre[p], c.post[q], c.way(p, q)), 0)
		best := &s.best[u]
		*best = [places]gap{{infinite, -1}, {infinite, -1}, {infinite, -1}}
		base := c.priced(c.pre[c.end(b)].back, 0)
		for p := c.start(b); p != c.end(b); p = c.next[p] {
			q := c.next[p]
			cost := c.way64(p, u) + c.way64(u, q) - c.way64(p, q) - base
			if cost >= best[places-1].cost {
				continue
			}
			w := join(c.pre[p], c.own[u], c.way(p, u))
			if cost += c.priced(backOf(w, c.post[q], c.way(u, q)), 0); cost >= best[places-1].cost {
				continue
			}
			k := places - 1
			for ; k > 0 && best[k-1].cost > cost; k-- {
				best[k] = best[k-1]
			}
			best[k] = gap{cost, p}
		}
	}
}

// cheapest is the best place of u in the route of v once v is gone, and roughly its cost.
func (c *climber) cheapest(u, v int32) (int32, int64) {
	p, q := c.prev[v], c.next[v]
	cost := c.way64(p, u) + c.way64(u, q) - c.way64(p, q)
	behind := v // where v was
	w := join(c.pre[p], c.own[u], c.way(p, u))
	cost += c.priced(backOf(w, c.post[q], c.way(u, q)), 0) - c.priced(backOf(c.pre[p], c.post[q], c.way(p, q)), 0)
	for _, at := range c.swap.best[u] {
		if at.behind != v && at.behind != p && at.behind >= 0 {
			if at.cost < cost {
				return at.behind, at.cost
			}
			break
		}
	}
	return behind, cost
}

// exchanges says whether the exchange of u and v, each to its place, helps: in full.
func (c *climber) exchanges(u, v, forU, forV int32) bool {
	cost := c.replaced(u, v, forV) + c.replaced(v, u, forU)
	return cost < 0
}

// replaced is what it costs that u leaves its route, and v comes behind a node of it (u: where that was).
func (c *climber) replaced(u, v, behind int32) int64 {
	p, q, r := c.prev[u], c.next[u], c.route[u]
	var cost int64
	var w warp
	rest, last := q, v
	switch {
	case behind == u || behind == p:
		cost = c.way64(p, v) + c.way64(v, q) - c.way64(p, u) - c.way64(u, q)
		w = join(c.pre[p], c.own[v], c.way(p, v))
	case c.pos[behind] < c.pos[u]:
		y := c.next[behind]
		cost = c.way64(behind, v) + c.way64(v, y) - c.way64(behind, y) + c.way64(p, q) - c.way64(p, u) - c.way64(u, q)
		w = join(c.pre[behind], c.own[v], c.way(behind, v))
		w = c.along(w, v, y, p)
		last = p
	default:
		rest = c.next[behind]
		cost = c.way64(behind, v) + c.way64(v, rest) - c.way64(behind, rest) + c.way64(p, q) - c.way64(p, u) - c.way64(u, q)
		w = c.along(c.pre[p], p, q, behind)
		w = join(w, c.own[v], c.way(behind, v))
	}
	load := c.load[c.end(r)] - c.amount[u] + c.amount[v]
	return cost + c.priced(backOf(w, c.post[rest], c.way(last, rest)), load) - c.price[r]
}
