package route

import (
	"math/bits"
	"slices"
)

// slot is a position of a route: its start, its visits and breaks, its end. Moments are rebased. What the prefix says
// (leave) and what the suffix says (latest) make the judgement of an insertion between two slots a matter of two
// comparisons.
type slot struct {
	node        int32 // visit; terminal; or a break, see pauseOf
	place       int32 // where the vehicle is; at a break, the place it came from
	open, close int32 // in which service may begin: the visit's hull, narrowed by what it is tied to
	leave       int32 // the earliest end of service, given what lies before
	latest      int32 // the latest arrival that what lies behind can bear
	until       int32 // the latest end of service that it can bear
	arc         int32 // travel to the next slot that has a place
	spent       int32 // set-up and service, as it lies
	wait        int32 // all waiting from the next slot on: a delay up to this ends the day no later
}

// terminal is the node of the first and the last slot. Lower nodes are breaks.
const terminal int32 = -1

func pauseOf(node int32) int32 { return -2 - node }

func (s *slot) paused() bool { return s.node < terminal }

// trip is the route of one vehicle.
type trip struct {
	slots   []slot
	visits  int32
	version uint32  // no two different routes of a search have the same
	load    []int64 // delivered and picked up in all: dims each
	board   []int64 // of each slot, where loads go up and down: most on board up to it, and from it on, dims each
	travel  int64
	metres  int64
	work    int64 // travel, set-up and service
	finish  int32
	changed int32 // published visits that come on another vehicle or at another time
	cost    int64
}

// plan is a set of trips, flat enough to be copied trip by trip: that is how the search undoes.
type plan struct {
	m       *model
	trips   []trip
	at      []int32  // vehicle of each visit; -1: none
	pos     []int32  // slot of each visit
	active  []uint64 // bits of the vehicles that have visits
	missing []uint64 // bits of the visits that nobody serves
	cost    int64    // of trips, and of what is missing
	changed int64    // published visits changed or missing
	first   []int    // of each vehicle, the last slot that stays where it is
	version *uint32  // the last one given
}

func newPlan(m *model, version *uint32) *plan {
	pl := &plan{
		m: m, trips: make([]trip, m.m), at: make([]int32, m.n), pos: make([]int32, m.n),
		active: make([]uint64, (m.m+63)/64), missing: make([]uint64, (m.n+63)/64), first: make([]int, m.m), version: version,
	}
	for c := range pl.at {
		pl.at[c] = -1
		pl.drop(int32(c))
	}
	for r := range pl.trips {
		car := &m.car[r]
		t := &pl.trips[r]
		t.load = make([]int64, 2*m.dims)
		t.slots = make([]slot, 0, len(car.breaks)+8)
		t.slots = append(t.slots, slot{node: terminal, place: car.start})
		for b := range car.breaks {
			t.slots = append(t.slots, slot{node: int32(-2 - b), open: car.breaks[b].hull.open, close: car.breaks[b].hull.close})
		}
		t.slots = append(t.slots, slot{node: terminal, place: car.end})
		pl.refresh(int32(r))
	}
	return pl
}

// drop counts a visit as missing.
func (pl *plan) drop(c int32) {
	pl.at[c] = -1
	pl.missing[c>>6] |= 1 << (c & 63)
	pl.cost += pl.m.penalty[c]
	if pl.m.published != nil && pl.m.published[c].Vehicle >= 0 {
		pl.shift(1)
	}
}

// take counts a missing visit as served by vehicle r.
func (pl *plan) take(c, r int32) {
	pl.at[c] = r
	pl.missing[c>>6] &^= 1 << (c & 63)
	pl.cost -= pl.m.penalty[c]
	if pl.m.published != nil && pl.m.published[c].Vehicle >= 0 {
		pl.shift(-1)
	}
}

// shift counts changes of what was published.
func (pl *plan) shift(by int64) {
	if pl.m.churn.on {
		pl.changed += by
	}
}

// insert puts visit c behind slot k of vehicle r. That it fits is for the caller to know.
func (pl *plan) insert(c, r int32, k int) {
	hull := pl.m.hull[c]
	pl.insertWithin(c, r, k, hull)
}

// insertWithin inserts with a hull narrower than the visit's own.
func (pl *plan) insertWithin(c, r int32, k int, hull span) {
	t := &pl.trips[r]
	t.slots = slices.Insert(t.slots, k+1, slot{node: c, place: pl.m.place[c], open: hull.open, close: hull.close})
	pl.take(c, r)
	if pl.m.plain && t.visits > 0 {
		pl.insertPlain(r, k+1)
		return
	}
	pl.refresh(r)
}

// insertPlain renews what a new slot k changes, as far as it changes anything: what walkPlain would find.
func (pl *plan) insertPlain(r int32, k int) {
	m, t := pl.m, &pl.trips[r]
	c, car := m.class[r], &m.car[r]
	slots, last := t.slots, len(t.slots)-1
	p, s, q := &slots[k-1], &slots[k], &slots[k+1]
	there, on := c.drive(p.place, s.place), c.drive(s.place, q.place)
	more := int64(there) + int64(on) - int64(p.arc)
	p.arc, s.arc, s.spent = there, on, c.service[s.node]
	now := p.leave
	for i := k; i < last; i++ {
		s := &slots[i]
		now = max(now+slots[i-1].arc, s.open) + s.spent
		if i > k && now == s.leave {
			break
		}
		s.leave = now
	}
	t.finish = slots[last-1].leave + slots[last-1].arc
	slots[last].leave = t.finish
	bound := q.latest
	for i := k; i >= 0; i-- {
		s := &slots[i]
		until := bound - s.arc
		bound = until
		if i > 0 {
			bound = min(until-s.spent, s.close)
			s.until = until
		}
		if i < k && bound == s.latest {
			break
		}
		s.latest = bound
	}
	for i := k; i < last; i++ {
		pl.pos[slots[i].node] = int32(i)
	}
	pl.at[s.node] = r
	for d := range m.dims {
		t.load[d] += m.delivery[int(s.node)*m.dims+d]
		t.load[m.dims+d] += m.pickup[int(s.node)*m.dims+d]
	}
	t.travel += more
	t.work += more + int64(s.spent)
	t.visits++
	cost := more*c.second + int64(s.spent)*c.taskCost + m.extraOf(s.node, r) + car.visit
	t.cost += cost
	pl.cost += cost
	*pl.version++
	t.version = *pl.version
}

// compact takes the visits that are no longer counted as served by r out of its slots.
func (pl *plan) compact(r int32) {
	t := &pl.trips[r]
	kept := t.slots[:0]
	for _, s := range t.slots {
		if s.node < 0 || pl.at[s.node] == r {
			kept = append(kept, s)
		}
	}
	t.slots = kept
	pl.refresh(r)
}

// refresh walks the trip and renews everything that follows from its order.
func (pl *plan) refresh(r int32) {
	t := &pl.trips[r]
	*pl.version++
	t.version = *pl.version
	pl.cost -= t.cost
	changed := t.changed
	if pl.m.plain {
		pl.walkPlain(r)
	} else {
		pl.forward(r, pl.m.car[r].opens)
		pl.backward(r, pl.m.car[r].closes)
	}
	if t.visits == 0 {
		t.cost = 0
		pl.active[r>>6] &^= 1 << (r & 63)
	} else {
		pl.active[r>>6] |= 1 << (r & 63)
	}
	pl.cost += t.cost
	if t.changed != changed {
		pl.shift(int64(t.changed - changed))
	}
}

// walkPlain is forward and backward where there is one window each and nothing but travel counts.
func (pl *plan) walkPlain(r int32) {
	m, t := pl.m, &pl.trips[r]
	c, car := m.class[r], &m.car[r]
	slots := t.slots
	for d := range t.load {
		t.load[d] = 0
	}
	stride, to, service := int(c.stride), c.to, c.service
	now, travel, work := car.opens, int64(0), int64(0)
	place := car.start
	slots[0].leave = now
	extra := int64(0)
	last := len(slots) - 1
	for k := 1; k < last; k++ {
		s := &slots[k]
		arc := to[int(place)*stride+int(s.place)]
		slots[k-1].arc = arc
		travel += int64(arc)
		s.spent = service[s.node]
		now = max(now+arc, s.open) + s.spent
		work += int64(s.spent)
		s.leave = now
		place = s.place
		pl.pos[s.node] = int32(k)
		pl.at[s.node] = r
		if m.extra != nil {
			extra += m.extra[int(s.node)*m.m+int(r)]
		}
		for d := range m.dims {
			t.load[d] += m.delivery[int(s.node)*m.dims+d]
			t.load[m.dims+d] += m.pickup[int(s.node)*m.dims+d]
		}
	}
	arc := to[int(place)*stride+int(car.end)]
	slots[last-1].arc = arc
	travel += int64(arc)
	t.finish = now + arc
	t.travel, t.work, t.visits = travel, travel+work, int32(last-1)
	t.cost = travel*c.second + work*c.taskCost + extra + car.fixed + int64(t.visits)*car.visit
	bound := car.closes
	slots[last].latest, slots[last].leave = bound, t.finish
	for k := last - 1; k > 0; k-- {
		s := &slots[k]
		s.until = bound - s.arc
		bound = min(s.until-s.spent, s.close)
		s.latest = bound
	}
	slots[0].latest = bound - slots[0].arc
}

// copyTrip makes vehicle r's trip that of another plan of the same model.
func (pl *plan) copyTrip(from *plan, r int32) {
	t, f := &pl.trips[r], &from.trips[r]
	t.slots = append(t.slots[:0], f.slots...)
	t.board = append(t.board[:0], f.board...)
	copy(t.load, f.load)
	t.visits, t.version, t.travel, t.metres, t.work = f.visits, f.version, f.travel, f.metres, f.work
	t.finish, t.changed, t.cost = f.finish, f.changed, f.cost
	for k := range t.slots {
		if c := t.slots[k].node; c >= 0 {
			pl.at[c], pl.pos[c] = r, int32(k)
		}
	}
	bit := uint64(1) << (r & 63)
	pl.active[r>>6] = pl.active[r>>6]&^bit | from.active[r>>6]&bit
}

// copyVisit makes it served or missing as in another plan; copyTrip does the rest.
func (pl *plan) copyVisit(from *plan, c int32) {
	pl.at[c], pl.pos[c] = from.at[c], from.pos[c]
	bit := uint64(1) << (c & 63)
	pl.missing[c>>6] = pl.missing[c>>6]&^bit | from.missing[c>>6]&bit
}

func (pl *plan) copySums(from *plan) {
	pl.cost, pl.changed = from.cost, from.changed
}

// copyAll makes this plan another one of the same model.
func (pl *plan) copyAll(from *plan) {
	*pl.version = max(*pl.version, *from.version) // a version names one trip in both
	for r := range pl.trips {
		pl.copyTrip(from, int32(r))
	}
	copy(pl.at, from.at)
	copy(pl.pos, from.pos)
	copy(pl.active, from.active)
	copy(pl.missing, from.missing)
	copy(pl.first, from.first)
	pl.copySums(from)
}

// each calls f with each set bit, ascending.
func each(set []uint64, f func(int32)) {
	for w, word := range set {
		for ; word != 0; word &= word - 1 {
			f(int32(w<<6 + bits.TrailingZeros64(word)))
		}
	}
}

func ones(set []uint64) (n int) {
	for _, word := range set {
		n += bits.OnesCount64(word)
	}
	return n
}
