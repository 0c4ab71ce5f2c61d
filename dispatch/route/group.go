package route

import (
	"cmp"
	"slices"
)

// group is a part of a plan that is searched by itself: some trips with all their visits, some unused vehicles, some
// of what is missing.
type group struct {
	visits   []int32
	vehicles []int32
	search   *search
}

// divide splits a plan into so many groups of trips that lie together. Where the cuts go is up to rng, so that what
// one division keeps apart another brings together.
func (pl *plan) divide(parts int, rng *random) []group {
	m := pl.m
	var trips []int32
	each(pl.active, func(r int32) { trips = append(trips, r) })
	groups := make([]group, 0, parts)
	pl.bisect(trips, parts, rng, func(trips []int32) {
		g := group{vehicles: slices.Clone(trips)}
		for _, r := range trips {
			for _, s := range pl.trips[r].slots {
				if s.node >= 0 {
					g.visits = append(g.visits, s.node)
				}
			}
		}
		groups = append(groups, g)
	})
	// Unused vehicles are dealt out kind by kind; what is missing, to the group of its nearest neighbour.
	home := make([]int32, m.n)
	for i := range groups {
		for _, c := range groups[i].visits {
			home[c] = int32(i)
		}
	}
	turn := rng.below(len(groups))
	for i := range m.kinds {
		for _, r := range m.kinds[i].vehicles {
			if pl.active[r>>6]&(1<<(r&63)) == 0 {
				groups[turn].vehicles = append(groups[turn].vehicles, r)
				turn = (turn + 1) % len(groups)
			}
		}
	}
	each(pl.missing, func(c int32) {
		if m.delivers[c] {
			return
		}
		to := rng.below(len(groups))
		for _, other := range m.neighbours(c) {
			if pl.at[other] >= 0 && rng.next()&3 != 0 {
				to = int(home[other])
				break
			}
		}
		groups[to].visits = append(groups[to].visits, c)
		if m.partner[c] >= 0 {
			groups[to].visits = append(groups[to].visits, m.partner[c])
		}
	})
	return groups
}

// bisect halves trips by how much nearer they are to one of two visits than to the other, until there are so many
// parts, and gives each part to f.
func (pl *plan) bisect(trips []int32, parts int, rng *random, f func([]int32)) {
	if parts <= 1 || len(trips) < 2 {
		f(trips)
		return
	}
	m := pl.m
	class := m.class[trips[0]]
	pick := func() int32 {
		t := &pl.trips[trips[rng.below(len(trips))]]
		for {
			if c := t.slots[1+rng.below(len(t.slots)-2)].node; c >= 0 {
				return m.place[c]
			}
		}
	}
	// The farthest of a few from the first makes a long axis.
	a := pick()
	b := a
	for range 4 {
		if c := pick(); class.drive(a, c) > class.drive(a, b) {
			b = c
		}
	}
	type side struct {
		lean  float64
		trip  int32
		total int
	}
	sides := make([]side, len(trips))
	all := 0
	for i, r := range trips {
		sum, n := 0.0, 0
		for _, s := range pl.trips[r].slots {
			if s.node >= 0 {
				sum += float64(class.drive(a, s.place)) - float64(class.drive(b, s.place))
				n++
			}
		}
		sides[i] = side{sum / float64(n), r, n}
		all += n
	}
	slices.SortFunc(sides, func(x, y side) int { return cmp.Or(cmp.Compare(x.lean, y.lean), cmp.Compare(x.trip, y.trip)) })
	left := parts / 2
	cut, sum := 0, 0
	for cut < len(sides)-1 && (cut == 0 || sum*parts < all*left) {
		sum += sides[cut].total
		cut++
	}
	halves := make([]int32, len(sides))
	for i, s := range sides {
		halves[i] = s.trip
	}
	pl.bisect(halves[:cut], left, rng, f)
	pl.bisect(halves[cut:], parts-left, rng, f)
}

// part is the model of some of the visits and vehicles. Tables are shared.
func (m *model) part(visits, vehicles []int32) *model {
	g := &model{
		p: m.p, n: len(visits), m: len(vehicles), base: m.base, scale: m.scale, dims: m.dims,
		churn: m.churn, plain: m.plain, loaded: m.loaded, setups: m.setups, linked: m.linked, balance: m.balance, mixed: m.mixed, prized: m.prized,
	}
	local := make([]int32, m.n)
	for i := range local {
		local[i] = -1
	}
	for i, c := range visits {
		local[c] = int32(i)
	}
	g.visits, g.vehicles = pick(m.visits, visits), pick(m.vehicles, vehicles)
	g.place, g.hull, g.windows = pick(m.place, visits), pick(m.hull, visits), pick(m.windows, visits)
	g.penalty, g.loose, g.bulk = pick(m.penalty, visits), pick(m.loose, visits), pick(m.bulk, visits)
	g.choices, g.delivers, g.shipment = pick(m.choices, visits), pick(m.delivers, visits), pick(m.shipment, visits)
	if m.published != nil {
		g.published = pick(m.published, visits)
	}
	if m.told != nil {
		g.told, g.promise = pick(m.told, visits), pick(m.promise, visits)
		for i, r := range g.told {
			g.told[i] = int32(slices.Index(vehicles, r))
		}
	}
	g.partner = pick(m.partner, visits)
	for i, mate := range g.partner {
		if mate >= 0 {
			g.partner[i] = local[mate]
		}
	}
	g.before, g.followers = make([][]int32, g.n), make([][]int32, g.n)
	g.delivery, g.pickup = make([]int64, 0, g.n*g.dims), make([]int64, 0, g.n*g.dims)
	for _, c := range visits {
		g.delivery = append(g.delivery, m.delivery[int(c)*m.dims:(int(c)+1)*m.dims]...)
		g.pickup = append(g.pickup, m.pickup[int(c)*m.dims:(int(c)+1)*m.dims]...)
	}
	classes := map[*class]*class{}
	g.car, g.class = pick(m.car, vehicles), pick(m.class, vehicles)
	for k, whole := range g.class {
		if classes[whole] == nil {
			own := *whole
			own.service, own.setup = pick(whole.service, visits), pick(whole.setup, visits)
			classes[whole] = &own
		}
		g.class[k] = classes[whole]
	}
	g.can = make([]bool, 0, g.n*g.m)
	for _, c := range visits {
		g.can = append(g.can, pick(m.can[int(c)*m.m:(int(c)+1)*m.m], vehicles)...)
	}
	if m.extra != nil {
		g.extra = make([]int64, 0, g.n*g.m)
		for _, c := range visits {
			g.extra = append(g.extra, pick(m.extra[int(c)*m.m:(int(c)+1)*m.m], vehicles)...)
		}
	}
	kinds := map[int32]int32{}
	g.kindOf = make([]int32, g.m)
	for k, r := range vehicles {
		old := m.kindOf[r]
		own, known := kinds[old]
		if !known {
			own = int32(len(g.kinds))
			kinds[old] = own
			g.kinds = append(g.kinds, kind{})
		}
		g.kindOf[k] = own
		g.kinds[own].vehicles = append(g.kinds[own].vehicles, int32(k))
	}
	g.nearAt = make([]int32, g.n+1)
	for i, c := range visits {
		for _, other := range m.neighbours(c) {
			if local[other] >= 0 {
				g.near = append(g.near, local[other])
			}
		}
		g.nearAt[i+1] = int32(len(g.near))
	}
	return g
}

func pick[T any](all []T, which []int32) []T {
	some := make([]T, len(which))
	for i, w := range which {
		some[i] = all[w]
	}
	return some
}

// cut makes the search of a group begin where the plan stands, with so many more changes of what was published allowed.
func (g *group) cut(pl *plan, changes int64) {
	m := pl.m.part(g.visits, g.vehicles)
	s := newSearch(m)
	local := make([]int32, pl.m.n)
	for i, c := range g.visits {
		local[c] = int32(i)
	}
	for k, r := range g.vehicles {
		t := &s.now.trips[k]
		t.slots = append(t.slots[:0], pl.trips[r].slots...)
		s.now.first[k] = pl.first[r]
		for i := range t.slots {
			if c := t.slots[i].node; c >= 0 {
				t.slots[i].node = local[c]
				s.now.take(local[c], int32(k))
			}
		}
		s.now.refresh(int32(k))
	}
	if m.churn.bounded() {
		m.churn.most = s.now.changed + changes
	}
	s.trial.copyAll(s.now)
	s.best.copyAll(s.now)
	g.search = s
}

// paste writes a group's plan into the whole one.
func (g *group) paste(from, to *plan) {
	for _, c := range g.visits {
		if to.at[c] >= 0 {
			to.drop(c)
		}
	}
	for k, r := range g.vehicles {
		t := &to.trips[r]
		t.slots = append(t.slots[:0], from.trips[k].slots...)
		for i := range t.slots {
			if c := t.slots[i].node; c >= 0 {
				t.slots[i].node = g.visits[c]
				to.take(g.visits[c], r)
			}
		}
		to.refresh(r)
	}
}
