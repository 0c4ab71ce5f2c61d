package route

import (
	"math/bits"
	"slices"
)

func trailing(word uint64) int { return bits.TrailingZeros64(word) }

// A tie between two trips would let a change in one break the other. So a visit that is tied carries its tie in the
// hull of its slot: of a call for two both begin at one moment, and of a visit that waits for another each gets its
// side of a moment between them. Each trip can then be judged by itself, and a tie is chosen anew whenever one of its
// visits is inserted.

// separable says whether c can be taken out with all that can't stay without it.
func (s *search) separable(c int32) bool {
	m := s.m
	if s.trial.at[c] < 0 {
		return true
	}
	if !m.loose[c] {
		return false
	}
	if mate := m.partner[c]; mate >= 0 && !m.loose[mate] {
		return false
	}
	for _, x := range [2]int32{c, m.partner[c]} {
		if x < 0 {
			continue
		}
		for _, f := range m.followers[x] {
			if !s.separable(f) {
				return false
			}
		}
	}
	return true
}

// release gives the visits that others waited for their time back, where those are out.
func (s *search) release() {
	n := len(s.dirty)
	for _, c := range s.touched {
		for _, b := range s.m.before[c] {
			if s.trial.at[b] >= 0 {
				s.touch(s.trial.at[b])
				s.trial.retie(b)
			}
		}
	}
	for _, r := range s.dirty[n:] {
		s.trial.refresh(r)
	}
	for _, r := range s.dirty[:n] {
		s.trial.refresh(r)
	}
}

// retie gives the slot of c the widest hull that its ties leave. The trip wants a refresh afterwards.
func (pl *plan) retie(c int32) {
	m := pl.m
	hull := m.hull[c]
	own := &pl.trips[pl.at[c]].slots[pl.pos[c]]
	for _, b := range m.before[c] {
		if pl.at[b] >= 0 {
			hull.open = max(hull.open, own.open) // what c waits for has been given the time up to here
		}
	}
	for _, f := range m.followers[c] {
		if r := pl.at[f]; r >= 0 {
			hull.close = min(hull.close, pl.trips[r].slots[pl.pos[f]].open-pl.m.longest(c, pl.at[c]))
		}
	}
	if mate := m.partner[c]; mate >= 0 && !m.shipment[c] && pl.at[mate] >= 0 {
		hull = span{own.open, own.close}
	}
	own.open, own.close = hull.open, hull.close
}

// longest is the time that visit c takes at most.
func (m *model) longest(c, r int32) int32 { return m.class[r].service[c] + m.class[r].setup[c] }

// recreateLinked is recreate where visits are tied.
func (s *search) recreateLinked() {
	pl := s.trial
	for again := true; again; {
		again = false
		for _, c := range s.out {
			if pl.at[c] >= 0 || !s.ready(c) {
				continue
			}
			again = s.insertTied(c) || again
		}
		// Only what waits for something inserted just now deserves another look.
		again = again && slices.ContainsFunc(s.out, func(c int32) bool { return pl.at[c] < 0 && len(s.m.before[c]) > 0 })
	}
}

// ready says whether all that c and its mate wait for is served.
func (s *search) ready(c int32) bool {
	for _, x := range [2]int32{c, s.m.partner[c]} {
		if x < 0 {
			continue
		}
		if s.trial.at[x] >= 0 {
			return false
		}
		for _, b := range s.m.before[x] {
			if s.trial.at[b] < 0 {
				return false
			}
		}
	}
	return true
}

// insertTied inserts c, and its mate with it, where that costs least.
func (s *search) insertTied(c int32) bool {
	m := s.m
	mate := m.partner[c]
	switch {
	case mate < 0 && m.before[c] == nil:
		at, hull := s.place(c)
		if at.k < 0 || at.cost >= m.penalty[c] {
			return false
		}
		s.handle(c)
		s.touch(at.r)
		s.trial.insertWithin(c, at.r, int(at.k), hull)
		return true
	case mate < 0:
		return s.insertFollower(c)
	case m.shipment[c]:
		if m.delivers[c] {
			c, mate = mate, c
		}
		return s.insertShipment(c, mate)
	default:
		return s.insertTogether(c, mate)
	}
}

// after is the hull of c behind all that it waits for, as that lies now.
func (pl *plan) after(c int32) span {
	hull := pl.m.hull[c]
	for _, b := range pl.m.before[c] {
		hull.open = max(hull.open, pl.begun(b)+pl.m.longest(b, pl.at[b]))
	}
	return hull
}

// behind is gaps for a visit that waits for others: none lies before one of those.
func (pl *plan) behind(c, r int32) (first, last int) {
	first, last = pl.gaps(r)
	for _, b := range pl.m.before[c] {
		if pl.at[b] == r {
			first = max(first, int(pl.pos[b]))
		}
	}
	return first, last
}

// begun is when a served visit begins at the earliest.
func (pl *plan) begun(c int32) int32 {
	s := &pl.trips[pl.at[c]].slots[pl.pos[c]]
	return s.leave - s.spent
}

// tie gives those that c waits for the time up to its begin, and c the time from then on.
func (s *search) tie(c, start int32) {
	pl := s.trial
	for _, b := range pl.m.before[c] {
		r := pl.at[b]
		slot := &pl.trips[r].slots[pl.pos[b]]
		if bound := start - pl.m.longest(b, r); slot.close > bound {
			s.touch(r)
			slot.close = bound
			pl.refresh(r)
		}
	}
}

// vehicles calls f with each vehicle that may take c: those in use, and one unused of each kind.
func (s *search) vehicles(c int32, f func(r int32)) {
	m, pl := s.m, s.trial
	each(pl.active, func(r int32) {
		if m.can[int(c)*m.m+int(r)] {
			f(r)
		}
	})
	for i := range m.kinds {
		if r := pl.unused(&m.kinds[i]); r >= 0 && m.can[int(c)*m.m+int(r)] {
			f(r)
		}
	}
}

func (s *search) insertFollower(c int32) bool {
	pl := s.trial
	hull := pl.after(c)
	best, begins := spot{infinite, -1, -1}, int32(0)
	s.vehicles(c, func(r int32) {
		if !pl.room(c, r) {
			return
		}
		first, last := pl.behind(c, r)
		for k := first; k <= last; k++ {
			if cost, start, ok := pl.judge(c, r, k, hull); ok && cost < best.cost && !s.rng.blinks() {
				best, begins = spot{cost, r, int32(k)}, start
			}
		}
	})
	if best.k < 0 || best.cost >= s.m.penalty[c] {
		return false
	}
	s.handle(c)
	s.touch(best.r)
	pl.insertWithin(c, best.r, int(best.k), span{begins, hull.close})
	s.tie(c, begins)
	return true
}

// insertShipment tries every place of the pickup with every later place of the delivery.
func (s *search) insertShipment(a, b int32) bool {
	m, pl := s.m, s.trial
	best, until := spot{infinite, -1, -1}, 0
	hullA, hullB := pl.after(a), pl.after(b)
	s.vehicles(a, func(r int32) {
		if !m.can[int(b)*m.m+int(r)] {
			return
		}
		if !pl.room(a, r) || pl.trips[r].visits+2 > m.car[r].mostVisits {
			return
		}
		extra := m.extraOf(a, r) + m.extraOf(b, r)
		s.weighAboard(r)
		first, last := pl.behind(a, r)
		second, _ := pl.behind(b, r)
		for i := first; i <= last; i++ {
			if pl.trips[r].slots[i].leave > hullA.close {
				break
			}
			w, ok := pl.walkFrom(r, i)
			if !ok || !w.serve(a, hullA) {
				continue
			}
			for j := i; j <= last; j++ {
				if j > i && (w.t.slots[w.k+1].node == terminal || !w.pass()) || w.now > hullB.close {
					break
				}
				if !s.bears(a, r, j) {
					break
				}
				end := w
				if j < second || !end.serve(b, hullB) || !end.join() {
					continue
				}
				if cost, ok := end.added(2, extra); ok && cost < best.cost && !s.rng.blinks() &&
					(!m.car[r].light || pl.restsLight(r, a, b, i, j)) {
					best, until = spot{cost, r, int32(i)}, j
				}
			}
		}
	})
	if best.k < 0 || best.cost >= m.penalty[a] {
		return false
	}
	s.handle(a)
	s.handle(b)
	s.touch(best.r)
	pl.insertWithin(a, best.r, int(best.k), hullA)
	pl.insertWithin(b, best.r, until+1, hullB)
	for _, x := range [2]int32{a, b} {
		if m.before[x] != nil {
			slot := &pl.trips[best.r].slots[pl.pos[x]]
			start := pl.begun(x)
			slot.open = max(slot.open, start)
			pl.refresh(best.r)
			s.tie(x, start)
		}
	}
	return true
}

// weighAboard notes what is on board behind each slot of vehicle r: dims each.
func (s *search) weighAboard(r int32) {
	m, t := s.m, &s.trial.trips[r]
	s.aboard = slices.Grow(s.aboard[:0], m.dims*len(t.slots))[:m.dims*len(t.slots)]
	for d := range m.dims {
		on := int64(0)
		for k := range t.slots {
			if c := t.slots[k].node; c >= 0 && !m.shipment[c] {
				on += m.delivery[int(c)*m.dims+d]
			}
		}
		for k := range t.slots {
			if c := t.slots[k].node; c >= 0 {
				on += m.gain(c, d)
			}
			s.aboard[k*m.dims+d] = on
		}
	}
}

// bears says whether vehicle r has room for shipment a behind slot k, as weighAboard found it.
func (s *search) bears(a, r int32, k int) bool {
	m := s.m
	for d, most := range m.car[r].capacity {
		if s.aboard[k*m.dims+d]+m.pickup[int(a)*m.dims+d] > most {
			return false
		}
	}
	return true
}

// insertTogether finds two places on two vehicles whose times overlap, and lets both begin at the first moment that
// suits both.
func (s *search) insertTogether(a, b int32) bool {
	m, pl := s.m, s.trial
	hullA, hullB := pl.after(a), pl.after(b)
	s.spots, s.mates = s.gather(a, hullA, s.spots[:0]), s.gather(b, hullB, s.mates[:0])
	best, cost, start := [2]spot{}, infinite, int32(0)
	for _, x := range s.spots {
		for _, y := range s.mates {
			if x.cost+y.cost >= cost {
				break
			}
			if x.r == y.r {
				continue
			}
			if at, ok := pl.meet(a, b, x, y, hullA, hullB); ok {
				best, cost, start = [2]spot{x, y}, x.cost+y.cost, at
			}
		}
	}
	if cost >= m.penalty[a]+m.penalty[b] {
		return false
	}
	for i, c := range [2]int32{a, b} {
		s.handle(c)
		s.touch(best[i].r)
		pl.insertWithin(c, best[i].r, int(best[i].k), span{start, start})
	}
	s.tie(a, start)
	s.tie(b, start)
	return true
}

// gather lists the places of c, the cheapest first.
func (s *search) gather(c int32, hull span, spots []spot) []spot {
	const most = 64
	pl := s.trial
	s.vehicles(c, func(r int32) {
		if !pl.room(c, r) {
			return
		}
		first, last := pl.behind(c, r)
		for k := first; k <= last; k++ {
			if cost, _, ok := pl.judge(c, r, k, hull); ok && !s.rng.blinks() {
				spots = append(spots, spot{cost, r, int32(k)})
			}
		}
	})
	slices.SortFunc(spots, func(x, y spot) int {
		switch {
		case x.cost != y.cost:
			if x.cost < y.cost {
				return -1
			}
			return 1
		case x.r != y.r:
			return int(x.r - y.r)
		}
		return int(x.k - y.k)
	})
	return spots[:min(len(spots), most)]
}

// meet is the first moment at which a behind x and b behind y can both begin.
func (pl *plan) meet(a, b int32, x, y spot, hullA, hullB span) (int32, bool) {
	m := pl.m
	_, first, _ := pl.judge(a, x.r, int(x.k), hullA)
	_, second, _ := pl.judge(b, y.r, int(y.k), hullB)
	last := min(pl.lateAt(a, x.r, int(x.k), hullA), pl.lateAt(b, y.r, int(y.k), hullB))
	at := max(first, second)
	for at <= last {
		one, ok := begin(at, hullA, m.windows[a])
		two, also := begin(at, hullB, m.windows[b])
		if !ok || !also {
			return 0, false
		}
		if one == at && two == at {
			return at, true
		}
		at = max(one, two)
	}
	return 0, false
}
