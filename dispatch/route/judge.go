package route

// walker goes along a trip with something new in it, from a slot whose past is unchanged to one whose future can be
// judged by its bounds. It counts what the way costs, and what it cost before.
type walker struct {
	pl    *plan
	t     *trip
	c     *class
	car   *car
	r     int32
	k     int // the last slot passed
	place int32
	now   int32
	drove int32 // driven during waits for breaks

	travel, metres, task, cost int64 // more than before
	start                      int32 // of the visit served last
	finish                     int32 // after join
}

// walkFrom begins at the last slot with a place up to slot k, and passes the breaks behind it up to k.
func (pl *plan) walkFrom(r int32, k int) (w walker, ok bool) {
	t := &pl.trips[r]
	at := k
	for t.slots[at].paused() {
		at--
	}
	s := &t.slots[at]
	w = walker{pl: pl, t: t, c: pl.m.class[r], car: &pl.m.car[r], r: r, k: at, place: s.place, now: s.leave}
	for w.k < k {
		if !w.pass() {
			return w, false
		}
	}
	return w, true
}

// pass goes on to the trip's next slot, which is not its end. The way between two slots that are still neighbours counts as before
// and again, so that it costs nothing more.
func (w *walker) pass() bool {
	w.k++
	s := &w.t.slots[w.k]
	if s.paused() {
		b := &w.car.breaks[pauseOf(s.node)]
		start, ok := begin(w.now, span{s.open, s.close}, b.windows)
		w.drove += start - w.now
		w.now = start + b.service
		return ok
	}
	w.forget(s)
	return w.serve(s.node, span{s.open, s.close})
}

// forget takes off what the way from the slot before to s cost.
func (w *walker) forget(s *slot) {
	before := w.k - 1
	for w.t.slots[before].paused() {
		before--
	}
	place := w.t.slots[before].place
	arc, metres, cost := w.t.slots[before].arc, int64(0), int64(0)
	if w.c.fares == nil && w.c.metre == 0 && w.car.mostMetres == infinite {
		cost = int64(arc) * w.c.second
	} else {
		_, metres, cost = w.c.leg(place, s.place)
	}
	w.travel -= int64(arc)
	w.metres -= metres
	w.cost -= cost
	if s.node >= 0 {
		w.task -= int64(w.spent(s.node, place))
	}
}

// spent is set-up and service of a visit, coming from a place.
func (w *walker) spent(c, from int32) int32 {
	if w.pl.m.place[c] == from {
		return w.c.service[c]
	}
	return w.c.service[c] + w.c.setup[c]
}

func (w *walker) reach(place int32) {
	arc, metres, cost := w.c.leg(w.place, place)
	w.travel += int64(arc)
	w.metres += metres
	w.cost += cost
	w.now += max(0, arc-w.drove)
	w.drove, w.place = 0, place
}

// serve goes to a visit and serves it inside hull.
func (w *walker) serve(c int32, hull span) (ok bool) {
	spent := w.spent(c, w.place)
	w.reach(w.pl.m.place[c])
	w.start, ok = begin(w.now, hull, w.pl.m.windows[c])
	w.now = w.start + spent
	w.task += int64(spent)
	return ok
}

// join goes on to the next slot with a place, and says whether what lies behind can bear it.
func (w *walker) join() bool {
	for w.t.slots[w.k+1].paused() {
		if !w.pass() {
			return false
		}
	}
	w.k++
	s := &w.t.slots[w.k]
	w.forget(s)
	if s.node == terminal {
		w.reach(s.place)
		w.finish = w.now
		return w.now <= s.latest
	}
	if !w.serve(s.node, span{s.open, s.close}) || w.now > s.until {
		return false
	}
	w.finish = w.t.finish + max(0, w.now-s.leave-s.wait)
	return true
}

// added is what the trip costs more, with n more visits whose extra costs are given; false where a bound of the
// whole trip is broken.
func (w *walker) added(n int32, extra int64) (int64, bool) {
	t, car, m := w.t, w.car, w.pl.m
	cost, travel, metres, task, work := w.cost, t.travel+w.travel, t.metres+w.metres, w.task, t.work
	over := int64(max(0, w.finish-car.ends) - max(0, t.finish-car.ends))
	if t.visits == 0 {
		// An unused vehicle costs nothing, a used one its whole day.
		cost += w.c.price(car.start, car.end) + car.fixed
		over = int64(max(0, w.finish-car.ends))
		work = 0
		w.travel += t.travel
	}
	if t.visits+n > car.mostVisits || travel > car.mostTravel || metres > car.mostMetres {
		return 0, false
	}
	cost += task*w.c.taskCost + over*car.overtime + extra + int64(n)*car.visit
	if m.balance > 0 {
		cost += m.convex(work+w.travel+task) - m.convex(work)
	}
	return cost, true
}

// judge says whether visit c fits behind slot k of vehicle r inside hull, what the trip then costs more, and when
// its service begins.
func (pl *plan) judge(c, r int32, k int, hull span) (cost int64, start int32, ok bool) {
	if !pl.carries(c, r, k) {
		return 0, 0, false
	}
	w, ok := pl.walkFrom(r, k)
	if !ok || !w.serve(c, hull) {
		return 0, 0, false
	}
	start = w.start
	if !w.join() {
		return 0, 0, false
	}
	cost, ok = w.added(1, pl.m.extraOf(c, r))
	return cost, start, ok
}

func (m *model) extraOf(c, r int32) int64 {
	if m.extra == nil {
		return 0
	}
	return m.extra[int(c)*m.m+int(r)]
}

// room says whether vehicle r has room for visit c, wherever it goes; with loads that go up and down that is only
// necessary.
func (pl *plan) room(c, r int32) bool {
	m, t := pl.m, &pl.trips[r]
	for d, most := range m.car[r].capacity {
		brought, taken := m.delivery[int(c)*m.dims+d], m.pickup[int(c)*m.dims+d]
		switch {
		case !m.loaded:
			if t.load[d]+t.load[m.dims+d]+brought+taken > most {
				return false
			}
		case max(brought, taken) > most:
			return false
		}
	}
	return true
}

// carries says whether the load of visit c fits behind slot k, where loads go up and down.
func (pl *plan) carries(c, r int32, k int) bool {
	m, t := pl.m, &pl.trips[r]
	if !m.loaded {
		return true
	}
	board := t.board[2*m.dims*k:]
	for d, most := range m.car[r].capacity {
		brought, taken := m.delivery[int(c)*m.dims+d], m.pickup[int(c)*m.dims+d]
		if board[2*d]+brought > most || board[2*d+1]+taken > most {
			return false
		}
	}
	return !m.car[r].light || pl.restsLight(r, c, c, k, k)
}

// restsLight says whether what is on board during breaks stays within their bounds, with `first` inserted behind
// slot i and `last` behind slot j (of a shipment; otherwise both are the same visit).
func (pl *plan) restsLight(r, first, last int32, i, j int) bool {
	m, t := pl.m, &pl.trips[r]
	for d := range m.dims {
		on := int64(0)
		for k := range t.slots {
			if c := t.slots[k].node; c >= 0 && !m.shipment[c] {
				on += m.delivery[int(c)*m.dims+d]
			}
		}
		if first == last {
			on += m.delivery[int(first)*m.dims+d]
		}
		for k := range t.slots {
			s := &t.slots[k]
			if s.node >= 0 {
				on += m.gain(s.node, d)
			}
			if s.paused() {
				if bound := m.car[r].breaks[pauseOf(s.node)].maxLoad; bound != nil && on > bound[d] {
					return false
				}
			}
			if k == i {
				on += m.gain(first, d)
			}
			if k == j && first != last {
				on += m.gain(last, d)
			}
		}
	}
	return true
}

// lateAt is the latest moment at which visit c could begin behind slot k inside hull; -far where there is none.
func (pl *plan) lateAt(c, r int32, k int, hull span) int32 {
	return pl.lateIn(c, r, k, hull, pl.m.windows[c])
}

// lateIn is lateAt with windows other than the visit's own. Without windows the answer may lie before the base, and
// then says how much time is missing.
func (pl *plan) lateIn(c, r int32, k int, hull span, windows []span) int32 {
	m, t := pl.m, &pl.trips[r]
	class, car := m.class[r], &m.car[r]
	q := k + 1
	for t.slots[q].paused() {
		q++
	}
	s := &t.slots[q]
	bound := s.latest
	if s.node >= 0 {
		spent := class.service[s.node]
		if s.place != m.place[c] {
			spent += class.setup[s.node]
		}
		bound = m.latestAt(s, s.until-spent)
	}
	rest := class.drive(m.place[c], s.place)
	for b := q - 1; b > k; b-- {
		p := &car.breaks[pauseOf(t.slots[b].node)]
		start := latest(bound-p.service, p.hull, p.windows)
		rest -= min(rest, max(0, bound-p.service-start))
		if start < 0 {
			return -far
		}
		bound = start
	}
	p := k
	for t.slots[p].paused() {
		p--
	}
	spent := class.service[c]
	if t.slots[p].place != m.place[c] {
		spent += class.setup[c]
	}
	if bound -= rest + spent; windows == nil && bound < hull.open {
		return max(bound, -far)
	}
	if found := latest(bound, hull, windows); found >= 0 {
		return found
	}
	return -far
}
