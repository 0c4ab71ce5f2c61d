package route

import "slices"

// forward walks a trip that opens then: when each slot is left at the earliest, and what the trip costs. Bounds that
// are broken do not stop the walk; only frozen visits can break any.
func (pl *plan) forward(r, opens int32) {
	m, t := pl.m, &pl.trips[r]
	c, car := m.class[r], &m.car[r]
	slots := t.slots
	clear(t.load)
	t.travel, t.metres, t.work, t.visits, t.changed = 0, 0, 0, 0, 0
	var cost, task int64
	now, place, drove, from := opens, car.start, int32(0), 0
	slots[0].leave = now
	for k := 1; k < len(slots); k++ {
		s := &slots[k]
		s.wait = 0
		if s.paused() {
			b := &car.breaks[pauseOf(s.node)]
			start, _ := begin(now, span{s.open, s.close}, b.windows)
			drove += start - now
			now = start + b.service
			s.leave, s.place = now, place
			continue
		}
		arc := c.drive(place, s.place)
		for ; from < k; from++ {
			slots[from].arc = arc
		}
		t.travel += int64(arc)
		t.metres += c.length(place, s.place)
		cost += c.price(place, s.place)
		now = min(now+max(0, arc-drove), far) // frozen visits without a way
		s.wait = max(0, drove-arc)            // of the waiting before a break, what was not used for driving
		drove = 0
		if s.node == terminal {
			break
		}
		setup := int32(0)
		if place != s.place {
			setup = c.setup[s.node]
		}
		start, _ := begin(now, span{s.open, s.close}, m.windows[s.node])
		s.wait += start - now
		if m.churn.on {
			cost += pl.drift(s.node, r, start)
		}
		spent := setup + c.service[s.node]
		s.spent = spent
		task += int64(spent)
		now = start + spent
		s.leave, place = now, s.place
		pl.pos[s.node], pl.at[s.node] = int32(k), r
		t.visits++
		cost += car.visit
		if m.extra != nil {
			cost += m.extra[int(s.node)*m.m+int(r)]
		}
		for d := range m.dims {
			t.load[d] += m.delivery[int(s.node)*m.dims+d]
			t.load[m.dims+d] += m.pickup[int(s.node)*m.dims+d]
		}
	}
	t.finish = now
	slots[len(slots)-1].leave = now
	t.work = t.travel + task
	t.cost = cost + task*c.taskCost + car.fixed + int64(max(0, now-car.ends))*car.overtime + m.convex(t.work)
	sum := int32(0)
	for k := len(slots) - 1; k >= 0; k-- {
		own := slots[k].wait
		slots[k].wait = sum
		sum += own
	}
	if m.loaded {
		pl.weigh(r)
	}
}

// convex is the cost of a vehicle's work that makes the fuller day the dearer one.
func (m *model) convex(work int64) int64 {
	if m.balance == 0 {
		return 0
	}
	return int64(m.balance * float64(work) * float64(work))
}

// drift counts a published visit that changes vehicle or time, and is the cost of its time.
func (pl *plan) drift(c, r, start int32) int64 {
	told := pl.m.published[c]
	if told.Vehicle < 0 {
		return 0
	}
	moved := max(int64(start)-told.Arrival, told.Arrival-int64(start)) > int64(pl.m.churn.tolerance)
	if moved || told.Vehicle != pl.m.vehicles[r] {
		pl.trips[r].changed++
	}
	if moved {
		return pl.m.churn.arrival
	}
	return 0
}

// backward walks a trip that must close then: the latest arrival at each slot that breaks nothing behind it.
func (pl *plan) backward(r, closes int32) {
	m, t := pl.m, &pl.trips[r]
	car := &m.car[r]
	slots := t.slots
	last := len(slots) - 1
	bound, rest := closes, int32(0)
	slots[last].latest = bound
	located := last
	for k := last - 1; k >= 0; k-- {
		s := &slots[k]
		if k == located-1 {
			rest = s.arc
		}
		if s.paused() {
			b := &car.breaks[pauseOf(s.node)]
			start := latest(bound-b.service, span{s.open, s.close}, b.windows)
			rest -= min(rest, max(0, bound-b.service-start))
			if start < 0 {
				start = -far
			}
			s.latest, bound = start, start
			continue
		}
		bound -= rest
		located = k
		if s.node == terminal {
			s.latest = bound
			break
		}
		s.until = bound
		s.latest = m.latestAt(s, bound-s.spent)
		bound = s.latest
	}
}

// latestAt is the latest begin of a slot's visit up to t; so early that nothing comes in time where there is none.
func (m *model) latestAt(s *slot, t int32) int32 {
	if found := latest(t, span{s.open, s.close}, m.windows[s.node]); found >= 0 {
		return found
	}
	return -far
}

// weigh says how much is on board: at most up to each slot, and at most from it on.
func (pl *plan) weigh(r int32) {
	m, t := pl.m, &pl.trips[r]
	dims, n := m.dims, len(t.slots)
	t.board = slices.Grow(t.board[:0], 2*dims*n)[:2*dims*n]
	for d := range dims {
		// Of a shipment only the pickup's amount comes on board, and leaves with its delivery.
		on := int64(0)
		for k := range t.slots {
			if c := t.slots[k].node; c >= 0 && !m.shipment[c] {
				on += m.delivery[int(c)*dims+d]
			}
		}
		most := int64(0)
		for k := range t.slots {
			if c := t.slots[k].node; c >= 0 {
				on += m.gain(c, d)
			}
			t.board[2*dims*k+2*d] = max(most, on)
			most = max(most, on)
			t.board[2*dims*k+2*d+1] = on
		}
		most = 0
		for k := n - 1; k >= 0; k-- {
			most = max(most, t.board[2*dims*k+2*d+1])
			t.board[2*dims*k+2*d+1] = most
		}
	}
}

// gain is how the amount on board changes by serving c.
func (m *model) gain(c int32, d int) int64 {
	return m.pickup[int(c)*m.dims+d] - m.delivery[int(c)*m.dims+d]
}
