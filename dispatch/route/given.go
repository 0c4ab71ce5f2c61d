package route

import (
	"cmp"
	"slices"
)

// loadFrozen puts the frozen beginnings of the given routes into an empty plan.
func (pl *plan) loadFrozen() {
	for r := range pl.m.p.Vehicles {
		v := &pl.m.p.Vehicles[r]
		k := 0
		for _, c := range v.Given[:v.Frozen] {
			k = pl.freeze(c, int32(r), k)
			pl.first[r] = k
		}
	}
}

// load puts the given routes into an empty plan. What is frozen stays whatever it breaks; of the rest, what does not
// fit at its place in the order is left out.
func (pl *plan) load() {
	pl.loadFrozen()
	m := pl.m
	for r := range m.p.Vehicles {
		v := &m.p.Vehicles[r]
		if pl.loadWhole(int32(r)) {
			continue
		}
		k := pl.first[r]
		for _, c := range v.Given[v.Frozen:] {
			at, hull, ok := pl.nextAsTold(c, int32(r), k)
			if ok {
				pl.insertWithin(c, int32(r), at, hull)
				k = at + 1
			}
		}
	}
	if m.linked {
		pl.knit()
	}
}

// loadWhole loads a route with shipments all at once, with its breaks wherever they fit: one half of a shipment alone can't
// be judged. It does nothing where there are none, or where the route can't be kept as it is given.
func (pl *plan) loadWhole(r int32) bool {
	m, t, v := pl.m, &pl.trips[r], &pl.m.p.Vehicles[r]
	if v.Frozen > 0 || !slices.ContainsFunc(v.Given, func(c int32) bool { return m.shipment[c] }) {
		return false
	}
	visits := make([]slot, len(v.Given))
	for i, c := range v.Given {
		if !m.can[int(c)*m.m+int(r)] {
			return false
		}
		hull := m.hull[c]
		if told, promise, ok := m.promised(c); ok && told == r {
			hull = promise
		}
		visits[i] = slot{node: c, place: m.place[c], open: hull.open, close: hull.close}
	}
	arranged, ok := pl.arrange(r, visits)
	if !ok {
		return false
	}
	start, end := t.slots[0], t.slots[len(t.slots)-1]
	empty := slices.Clone(t.slots)
	t.slots = append(append(append(t.slots[:0], start), arranged...), end)
	for _, c := range v.Given {
		pl.take(c, r)
	}
	pl.refresh(r)
	if pl.keeps(r) && !pl.broken(r) {
		return true
	}
	for _, c := range v.Given {
		pl.drop(c)
	}
	t.slots = append(t.slots[:0], empty...)
	pl.refresh(r)
	return false
}

// nextAsTold is next, where c was promised if it can be, with the hull to insert it with.
func (pl *plan) nextAsTold(c, r int32, k int) (at int, hull span, ok bool) {
	if told, promise, published := pl.m.promised(c); published && told == r {
		if at, ok := pl.next(c, r, k, promise); ok {
			return at, promise, true
		}
	}
	at, ok = pl.next(c, r, k, pl.m.hull[c])
	return at, pl.m.hull[c], ok
}

// next is the first slot from k on, with nothing but breaks between, behind which c fits inside hull.
func (pl *plan) next(c, r int32, k int, hull span) (int, bool) {
	m := pl.m
	if !m.can[int(c)*m.m+int(r)] || !pl.room(c, r) {
		return 0, false
	}
	if m.shipment[c] {
		return k, true // knit judges it with its other half
	}
	for {
		if _, _, ok := pl.judge(c, r, k, hull); ok {
			return k, true
		}
		if k++; !pl.trips[r].slots[k].paused() {
			return 0, false
		}
	}
}

// freeze puts c behind slot k, and stretches its window to where it comes.
func (pl *plan) freeze(c, r int32, k int) int {
	if at, hull, ok := pl.nextAsTold(c, r, k); ok {
		pl.insertWithin(c, r, at, hull)
		return at + 1
	}
	w, _ := pl.walkFrom(r, k)
	w.reach(pl.m.place[c])
	hull := pl.m.hull[c]
	pl.insertWithin(c, r, k, span{min(hull.open, w.now), max(hull.close, w.now)})
	return k + 1
}

// knit gives loaded visits their ties. What can't be tied as it lies is taken out.
func (pl *plan) knit() {
	m := pl.m
	out := func(c int32) {
		if r := pl.at[c]; r >= 0 && m.loose[c] {
			pl.drop(c)
			pl.compact(r)
		}
	}
	for again := true; again; {
		again = false
		for c := range int32(m.n) {
			if pl.at[c] < 0 {
				continue
			}
			mate := m.partner[c]
			alone := mate >= 0 && pl.at[mate] < 0 ||
				m.delivers[c] && (pl.at[c] != pl.at[mate] || pl.pos[c] < pl.pos[mate])
			for _, b := range m.before[c] {
				alone = alone || pl.at[b] < 0
			}
			if alone && m.loose[c] {
				out(c)
				again = true
			}
		}
	}
	sound := func(r int32) bool {
		for _, s := range pl.trips[r].slots {
			if s.leave > s.until && s.node >= 0 {
				return false
			}
		}
		return true
	}
	for c := range int32(m.n) {
		if r := pl.at[c]; r >= 0 && m.shipment[c] && (!sound(r) || pl.overloaded(r)) {
			out(c)
			out(m.partner[c])
		}
	}
	// In the order of their times, so that no call takes away the time that one before it needs.
	begun := func(c int32) int32 {
		if pl.at[c] < 0 {
			return 0
		}
		return pl.begun(c)
	}
	calls := slices.Clone(m.p.Together)
	slices.SortStableFunc(calls, func(x, y Together) int {
		return cmp.Compare(max(begun(x.A), begun(x.B)), max(begun(y.A), begun(y.B)))
	})
	for _, tie := range calls {
		a, b := tie.A, tie.B
		if pl.at[a] < 0 || pl.at[b] < 0 {
			continue
		}
		at, ok := pl.shared(a, b)
		if !ok && m.loose[a] && m.loose[b] || pl.at[a] == pl.at[b] {
			out(a)
			out(b)
			continue
		}
		for _, c := range [2]int32{a, b} {
			s := &pl.trips[pl.at[c]].slots[pl.pos[c]]
			s.open, s.close = at, at
			pl.refresh(pl.at[c])
		}
	}
	// In the order of their times, so that what is waited for has its time before what waits.
	for c := range int32(m.n) {
		for _, b := range m.before[c] {
			pl.knitAfter(b, c, out)
		}
	}
}

// overloaded says whether more is on board than fits.
func (pl *plan) overloaded(r int32) bool {
	m, t := pl.m, &pl.trips[r]
	if !m.loaded {
		return false
	}
	for d, most := range m.car[r].capacity {
		if t.board[2*d+1] > most {
			return true
		}
	}
	return false
}

// shared is the first moment at which two visits, where they lie, can both begin.
func (pl *plan) shared(a, b int32) (int32, bool) {
	m := pl.m
	early, late := int32(0), far
	for _, c := range [2]int32{a, b} {
		s := &pl.trips[pl.at[c]].slots[pl.pos[c]]
		early = max(early, pl.begun(c))
		late = min(late, s.latest)
	}
	for range 64 {
		one, ok := begin(early, m.hull[a], m.windows[a])
		two, also := begin(one, m.hull[b], m.windows[b])
		if !ok || !also || two > late {
			return early, false
		}
		if one == two && one >= early {
			return one, true
		}
		early = two
	}
	return early, false
}

// knitAfter lets c wait for b where they lie, or takes c out.
func (pl *plan) knitAfter(b, c int32, out func(int32)) {
	if pl.at[b] < 0 || pl.at[c] < 0 {
		out(c)
		return
	}
	ahead, behind := &pl.trips[pl.at[b]].slots[pl.pos[b]], &pl.trips[pl.at[c]].slots[pl.pos[c]]
	ended := pl.begun(b) + pl.m.longest(b, pl.at[b])
	start := max(ended, pl.begun(c), behind.open)
	if start > behind.latest && pl.m.loose[c] {
		out(c)
		return
	}
	ahead.close = min(ahead.close, max(start, ended)-pl.m.longest(b, pl.at[b]))
	behind.open = max(behind.open, start)
	pl.refresh(pl.at[b])
	pl.refresh(pl.at[c])
}
