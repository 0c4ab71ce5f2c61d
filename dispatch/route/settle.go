package route

import "slices"

// settle serves what a search has left out although somebody has room for it. A search overlooks places by chance, a
// division into groups hides the vehicles of the others, and a break may stand in the way that could as well be taken
// earlier or later. Afterwards no visit that is free of ties has a place in any trip, with the order of the others as it
// is and the breaks wherever they fit.
func (pl *plan) settle() {
	if pl.m.linked && ones(pl.missing) > 0 {
		pl.settleTied()
	}
	frames := make([]frame, pl.m.m)
	for again := true; again; {
		again = false
		var left []int32
		each(pl.missing, func(c int32) {
			if pl.m.partner[c] < 0 && pl.m.before[c] == nil && pl.m.followers[c] == nil {
				left = append(left, c)
			}
		})
		slices.SortStableFunc(left, func(a, b int32) int { return int(min(1, max(-1, pl.m.penalty[b]-pl.m.penalty[a]))) })
		for _, c := range left {
			again = pl.settleVisit(c, frames) || again
		}
	}
}

// settleTied lets a search insert what is missing, ties and all, until it finds nothing more.
func (pl *plan) settleTied() {
	const patience = 3 // a place is overlooked once in a hundred times: not three times
	s := newSearch(pl.m)
	s.rng = newRandom(uint64(pl.m.n))
	for _, other := range []*plan{s.now, s.trial, s.best} {
		other.copyAll(pl)
	}
	for failed := 0; failed < patience; failed++ {
		before := s.best.cost
		s.fill()
		if s.best.cost < before {
			failed = -1
		}
	}
	pl.copyAll(s.best)
}

// settleVisit inserts c where it costs least, or else where a break can give way to it.
func (pl *plan) settleVisit(c int32, frames []frame) bool {
	best, within := spot{pl.m.penalty[c], -1, -1}, pl.m.hull[c]
	if r, promise, ok := pl.m.promised(c); ok {
		if at := pl.scanWithin(c, r, promise, -1, nil); at.k >= 0 && at.cost < best.cost && pl.allows(c, at, promise) {
			best, within = at, promise
		}
	}
	for r := range pl.trips {
		if at := pl.scan(c, int32(r), -1, nil); at.k >= 0 && at.cost < best.cost && pl.allows(c, at, pl.m.hull[c]) {
			best, within = at, pl.m.hull[c]
		}
	}
	if best.k >= 0 {
		pl.insertWithin(c, best.r, int(best.k), within)
		return true
	}
	for r := range pl.trips {
		car := &pl.m.car[r]
		if pl.m.can[int(c)*pl.m.m+r] && len(car.breaks) > 0 && pl.first[r] == 0 && pl.trips[r].visits < car.mostVisits && pl.room(c, int32(r)) && pl.giveWay(c, int32(r), &frames[r]) {
			return true
		}
	}
	return false
}

// frame is a trip without its breaks, as long as it is the same: see unbroken.
type frame struct {
	version       uint32
	visits        []slot
	leave, latest []int32
}

// giveWay inserts c into the trip of vehicle r at the first place at which the breaks can be arranged around it.
func (pl *plan) giveWay(c, r int32, f *frame) bool {
	t := &pl.trips[r]
	if f.version != t.version {
		f.version, f.visits = t.version, f.visits[:0]
		for _, s := range t.slots {
			if s.node >= 0 {
				f.visits = append(f.visits, s)
			}
		}
		f.leave, f.latest = pl.unbroken(r, f.visits)
	}
	own := slot{node: c, place: pl.m.place[c], open: pl.m.hull[c].open, close: pl.m.hull[c].close}
	before, over := t.cost, pl.over()
	for k := 0; k <= len(f.visits) && f.leave[k] <= own.close; k++ {
		if !pl.mayHold(c, r, f, k) {
			continue
		}
		old := slices.Clone(t.slots)
		visits := slices.Insert(slices.Clone(f.visits), k, own)
		arranged, ok := pl.arrange(r, visits)
		if !ok {
			continue
		}
		t.slots = append(append(append(t.slots[:0], old[0]), arranged...), old[len(old)-1])
		pl.take(c, r)
		pl.refresh(r)
		if t.cost-before < pl.m.penalty[c] && pl.keeps(r) && pl.over() <= over {
			return true
		}
		pl.drop(c)
		t.slots = append(t.slots[:0], old...)
		pl.refresh(r)
	}
	return false
}

// unbroken bounds the gaps between visits by a day without breaks and with all set-up saved behind the gap: nothing
// leaves what lies before gap k earlier than leave[k], or may come to what lies behind it later than latest[k].
func (pl *plan) unbroken(r int32, visits []slot) (leave, latest []int32) {
	m, car, class := pl.m, &pl.m.car[r], pl.m.class[r]
	n := len(visits)
	leave, latest = make([]int32, n+1), make([]int32, n+1)
	leave[0] = car.opens
	place := car.start
	for k, s := range visits {
		start, _ := begin(leave[k]+class.drive(place, s.place), span{s.open, s.close}, m.windows[s.node])
		leave[k+1] = start + class.service[s.node]
		if s.place != place {
			leave[k+1] += class.setup[s.node]
		}
		place = s.place
	}
	latest[n] = car.closes
	place = car.end
	for k := n - 1; k >= 0; k-- {
		s := &visits[k]
		latest[k] = min(s.close, latest[k+1]-class.drive(s.place, place)-class.service[s.node])
		place = s.place
	}
	return leave, latest
}

// mayHold says whether c would fit into gap k between these bounds.
func (pl *plan) mayHold(c, r int32, f *frame, k int) bool {
	m, car, class := pl.m, &pl.m.car[r], pl.m.class[r]
	if max(f.leave[k], m.hull[c].open)+class.service[c] > f.latest[k] {
		return false
	}
	from, to := car.start, car.end
	if k > 0 {
		from = f.visits[k-1].place
	}
	if k < len(f.visits) {
		to = f.visits[k].place
	}
	end, fits := begin(f.leave[k]+class.drive(from, m.place[c]), m.hull[c], m.windows[c])
	return fits && end+class.service[c]+class.drive(m.place[c], to) <= f.latest[k]
}

// keeps says whether a trip whose times are sound keeps to all its other bounds.
func (pl *plan) keeps(r int32) bool {
	t, car := &pl.trips[r], &pl.m.car[r]
	return t.visits <= car.mostVisits && t.travel <= car.mostTravel && t.metres <= car.mostMetres && !pl.overloaded(r) && pl.light(r)
}

// light says whether what is on board during breaks stays within their bounds.
func (pl *plan) light(r int32) bool {
	m := pl.m
	for d := range m.dims {
		on := int64(0)
		for _, s := range pl.trips[r].slots {
			if s.node >= 0 && !m.shipment[s.node] {
				on += m.delivery[int(s.node)*m.dims+d]
			}
		}
		for _, s := range pl.trips[r].slots {
			if s.node >= 0 {
				on += m.gain(s.node, d)
			}
			if s.paused() {
				if bound := m.car[r].breaks[pauseOf(s.node)].maxLoad; bound != nil && on > bound[d] {
					return false
				}
			}
		}
	}
	return true
}

// arrange puts the breaks of vehicle r between visits so that each visit ends as early as it can: for each of them and
// each number of breaks before it, the earliest end follows from those of the visit before it.
func (pl *plan) arrange(r int32, visits []slot) (arranged []slot, ok bool) {
	m, car, class := pl.m, &pl.m.car[r], pl.m.class[r]
	n := len(car.breaks)
	ends := make([]int32, (len(visits)+2)*(n+1)) // by visits, then breaks, done; negative: not possible
	took := make([]int, len(ends))               // breaks taken on the way there
	for i := range ends {
		ends[i] = -1
	}
	ends[0] = car.opens
	place := car.start
	for i := range len(visits) + 1 {
		to := slot{place: car.end, close: car.closes}
		if i < len(visits) {
			to = visits[i]
		}
		arc := class.drive(place, to.place)
		for b := range n + 1 {
			now, rest := ends[i*(n+1)+b], arc
			for k := b; now >= 0; k++ {
				end := now + rest
				var fits bool
				if i == len(visits) {
					fits = end <= car.closes
				} else {
					end, fits = begin(end, span{to.open, to.close}, m.windows[to.node])
					end += class.service[to.node]
					if to.place != place {
						end += class.setup[to.node]
					}
				}
				if at := (i+1)*(n+1) + k; fits && (ends[at] < 0 || end < ends[at]) {
					ends[at], took[at] = end, k-b
				}
				if k == n {
					break
				}
				start, open := begin(now, car.breaks[k].hull, car.breaks[k].windows)
				if !open {
					break
				}
				rest -= min(rest, start-now)
				now = start + car.breaks[k].service
			}
		}
		place = to.place
	}
	if ends[len(ends)-1] < 0 {
		return nil, false
	}
	b := n
	for i := len(visits); i >= 0; i-- {
		for range took[(i+1)*(n+1)+b] {
			b--
			arranged = append(arranged, slot{node: int32(-2 - b), open: car.breaks[b].hull.open, close: car.breaks[b].hull.close})
		}
		if i > 0 {
			arranged = append(arranged, visits[i-1])
		}
	}
	slices.Reverse(arranged)
	return arranged, true
}
