package route

import (
	"math"
	"slices"
)

// breeder is a hybrid genetic search (HGS: Vidal, Crainic, Gendreau, Lahrichi and Rei, Operations Research 2012): a
// population of plans, some of them late or overloaded at a price; two of them exchange routes (SREX: Nagata, Bräysy and
// Dullaert, Computers & Operations Research 2010), the child climbs, and is kept for its cost and for what is new in it.
// It takes over from the annealing where a problem is small or the search long, on problems that it can express.
type breeder struct {
	climber
	m       *model
	rng     random
	members []member // members[:2·capacity] by place; the last two are children in the making
	sound   herd     // nothing late, nothing overloaded
	unsound herd
	far     []float32 // by two members: the share of ways that they do not share

	best      int64 // cost of the best sound plan; infinite: none yet
	told      int64 // of which others know
	children  int   // since the penalties were set
	goodTimes int
	goodLoads int
	idle      int // children since the best plan got better
	credit    int

	trips   []int32 // of a parent, nearest first
	inA     []bool
	chosen  []bool
	from    [2][]int32 // by route of each parent
	missing []int32
}

const (
	herdLeast = 25 // members that stay after a cull
	herdMore  = 40 // and how many more make one necessary
	herdElite = 4  // members that their cost alone keeps
	herdClose = 5  // nearest members that say how different one is
	children  = 100
	wantSound = 0.4  // of the children
	patience  = 4000 // children without a better plan, after which the population begins anew
)

// breedable says whether a breeder can express the problem: vehicles that are all alike, at most one amount, a window a
// visit, everything mandatory for it, and numbers that can be added up.
func (m *model) breedable() bool {
	if !m.plain || m.n < 3 || m.m < 1 || len(m.kinds) != 1 || m.extra != nil || m.prized || m.dims > 1 || m.class[0].second <= 0 {
		return false
	}
	for _, can := range m.can {
		if !can {
			return false
		}
	}
	class, longest := m.class[0], int64(0)
	for _, way := range class.to {
		longest = max(longest, int64(way))
	}
	service := int64(0)
	for c, s := range class.service {
		service = max(service, int64(s))
		if m.hull[c].close < m.hull[c].open || !m.loose[c] {
			return false
		}
	}
	const most = 1 << 28
	return int(m.car[0].mostVisits) >= m.n && longest < most && service < most &&
		int64(m.n+2)*(longest+service)+int64(m.car[0].closes) < 2*most
}

func newBreeder(m *model) *breeder {
	b := &breeder{m: m, best: infinite, told: infinite}
	n, routes := m.n, min(m.m, m.n)
	nodes := n + 2*routes
	c := &b.climber
	c.n, c.routes, c.stride = n, routes, int32(n+2)
	class, car := m.class[0], &m.car[0]
	spots := append(slices.Clone(m.place), car.start, car.end)
	c.ways = make([]int32, len(spots)*len(spots))
	for i, from := range spots {
		for j, to := range spots {
			c.ways[i*len(spots)+j] = class.drive(from, to)
		}
	}
	c.at, c.own, c.amount = make([]int32, nodes), make([]warp, nodes), make([]int64, nodes)
	for v := range n {
		c.at[v] = int32(v)
		c.own[v] = warp{span: class.service[v], early: m.hull[v].open, late: min(m.hull[v].close, car.closes)}
		for d := range m.dims {
			c.amount[v] += m.delivery[v*m.dims+d] + m.pickup[v*m.dims+d]
		}
	}
	for r := range int32(routes) {
		c.at[c.start(r)], c.at[c.end(r)] = int32(n), int32(n+1)
		c.own[c.start(r)] = warp{early: car.opens, late: car.closes}
		c.own[c.end(r)] = warp{early: car.opens, late: car.closes}
	}
	c.room = infinite / 4
	if car.capacity != nil && m.dims > 0 {
		c.room = car.capacity[0]
	}
	c.fixed = car.fixed / class.second
	c.findGranular()
	c.next, c.prev, c.route, c.pos = make([]int32, nodes), make([]int32, nodes), make([]int32, nodes), make([]int32, nodes)
	c.pre, c.post, c.load = make([]warp, nodes), make([]warp, nodes), make([]int64, nodes)
	c.price, c.size, c.moved = make([]int64, routes), make([]int32, routes), make([]int32, routes)
	c.tested, c.order = make([]int32, n), count(n)
	c.swap = swapper{
		best: make([][places]gap, nodes), gain: make([]int64, nodes),
		paired: make([]bool, routes*routes), seen: make([]int32, 0, routes*routes/2+1),
	}
	c.priceBack = 16
	c.priceLoad = b.dearLoad()

	capacity := herdLeast + herdMore + 1
	b.members = make([]member, 2*capacity+2)
	for i := range b.members {
		b.members[i] = member{
			visits: make([]int32, 0, n), ends: make([]int32, 0, routes), next: make([]int32, n), prev: make([]int32, n),
		}
	}
	b.far = make([]float32, len(b.members)*len(b.members))
	for k, h := range []*herd{&b.sound, &b.unsound} {
		h.alive, h.free = make([]int32, 0, capacity), make([]int32, 0, capacity)
		h.worth, h.ranks = make([]float64, len(b.members)), make([]int32, 0, capacity)
		for i := range int32(capacity) {
			h.free = append(h.free, int32(k*capacity)+i)
		}
	}
	b.trips, b.missing = make([]int32, 0, 2*routes), make([]int32, 0, n)
	b.inA, b.chosen = make([]bool, n), make([]bool, n)
	for k := range b.from {
		b.from[k] = make([]int32, n)
	}
	return b
}

// dearLoad is a first price of a unit too much: what an amount is to a way.
func (b *breeder) dearLoad() int64 {
	var way, amount int64
	for v := range int32(b.n) {
		way += b.way64(int32(b.n), v)
		amount = max(amount, b.amount[v])
	}
	return max(1, 16*way/int64(b.n)/max(1, amount))
}

// findGranular lists for each visit the others that it might well be served beside: near, with little waiting or
// lateness between (Vidal et al. 2013).
func (c *climber) findGranular() {
	c.nearBy = min(granular, c.n-1)
	c.near = make([]int32, 0, c.n*c.nearBy)
	beside := func(a, b int32) int64 {
		x, y := &c.own[a], &c.own[b]
		way := c.ways[a*c.stride+b]
		wait := max(0, int64(y.early)-int64(way)-int64(x.span)-int64(x.late))
		late := max(0, int64(x.early)+int64(x.span)+int64(way)-int64(y.late))
		return int64(way) + wait/5 + late
	}
	keys := make([]uint64, 0, c.n)
	for u := range int32(c.n) {
		keys = keys[:0]
		for v := range int32(c.n) {
			if v != u {
				keys = append(keys, uint64(min(beside(u, v), beside(v, u), math.MaxInt32))<<32|uint64(v))
			}
		}
		slices.Sort(keys)
		for _, key := range keys[:c.nearBy] {
			c.near = append(c.near, int32(uint32(key)))
		}
	}
}

// put loads a member's routes.
func (b *breeder) put(of *member) {
	b.clear()
	at := int32(0)
	for r, end := range of.ends {
		last := b.start(int32(r))
		for _, v := range of.visits[at:end] {
			b.hang(v, last)
			last = v
		}
		at = end
		b.renew(int32(r))
	}
}

// take writes the routes as they are into a member.
func (b *breeder) take(into *member) {
	into.visits, into.ends = into.visits[:0], into.ends[:0]
	for r := range int32(b.routes) {
		if b.size[r] == 0 {
			continue
		}
		for v := b.climber.next[b.start(r)]; v != b.end(r); v = b.climber.next[v] {
			into.visits = append(into.visits, v)
			into.next[v], into.prev[v] = b.climber.next[v], b.climber.prev[v]
			if into.next[v] >= int32(b.n) {
				into.next[v] = -1
			}
			if into.prev[v] >= int32(b.n) {
				into.prev[v] = -1
			}
		}
		into.ends = append(into.ends, int32(len(into.visits)))
	}
	into.cost, into.back, into.over = b.sums()
	into.penalized = into.cost + (b.priceBack*into.back+b.priceLoad*into.over)>>4
}

// plant makes a member out of nothing: visits by chance, each where it then costs least.
func (b *breeder) plant() {
	b.clear()
	b.missing = b.missing[:0]
	for v := range int32(b.n) {
		b.missing = append(b.missing, v)
	}
	b.placeMissing()
	b.mature()
}

func (b *breeder) placeMissing() {
	for i := len(b.missing) - 1; i >= 0; i-- {
		j := b.rng.below(i + 1)
		b.missing[i], b.missing[j] = b.missing[j], b.missing[i]
		b.place(b.missing[i])
	}
}

// mature lets the routes climb and admits them; what is unsound is repaired half of the time.
func (b *breeder) mature() {
	b.climb(&b.rng, b.rng.next()%100 < 25)
	_, back, over := b.sums()
	b.admit()
	b.children++
	b.idle++
	if back == 0 {
		b.goodTimes++
	}
	if over == 0 {
		b.goodLoads++
	}
	if back+over > 0 && b.rng.next()&1 == 0 {
		dear, full := b.priceBack, b.priceLoad
		b.priceBack, b.priceLoad = 10*dear, 10*full
		b.reprice()
		b.climb(&b.rng, false)
		b.priceBack, b.priceLoad = dear, full
		if _, back, over = b.sums(); back+over == 0 {
			b.admit()
		}
	}
	if b.children >= children {
		b.setPrices()
	}
}

// reprice tells the routes what they break at the prices as they are.
func (c *climber) reprice() {
	for r := range int32(c.routes) {
		last := c.end(r)
		c.price[r] = c.priced(c.pre[last].back, c.load[last])
	}
}

// setPrices makes lateness and overload dearer where too few children are sound, and cheaper where too many are.
func (b *breeder) setPrices() {
	adapt := func(price *int64, good int) {
		switch share := float64(good) / float64(b.children); {
		case share < wantSound-0.05:
			*price = min(*price*6/5+1, 1<<24)
		case share > wantSound+0.05:
			*price = max(1, *price*17/20)
		}
	}
	adapt(&b.priceBack, b.goodTimes)
	adapt(&b.priceLoad, b.goodLoads)
	b.children, b.goodTimes, b.goodLoads = 0, 0, 0
	for _, i := range b.unsound.alive {
		x := &b.members[i]
		x.penalized = x.cost + (b.priceBack*x.back+b.priceLoad*x.over)>>4
	}
}

// breed makes a child of two parents.
func (b *breeder) breed() {
	b.judge(&b.sound)
	b.judge(&b.unsound)
	x, y := b.parent(), b.parent()
	for range 8 {
		if x != y {
			break
		}
		y = b.parent()
	}
	b.exchangeRoutes(x, y)
	b.mature()
}

// run makes children for so many iterations of a search.
func (b *breeder) run(iterations int) {
	b.credit += iterations
	for each := childCost * b.n; b.credit >= each; b.credit -= each {
		if len(b.sound.alive)+len(b.unsound.alive) < herdLeast {
			b.plant()
			continue
		}
		b.breed()
		if b.idle > patience {
			b.again()
		}
	}
}

// again lets everybody go, so that a new population can find what this one can't.
func (b *breeder) again() {
	b.idle = 0
	for _, h := range []*herd{&b.sound, &b.unsound} {
		h.free = append(h.free, h.alive...)
		h.alive = h.alive[:0]
	}
}

// childCost is about how many iterations of an annealing a child takes, for each visit.
const childCost = 1
