package route

import "math"

// swapTails proposes to exchange what follows a random visit with what begins at one of its neighbours on another
// trip (2-opt*: Potvin and Rousseau, JORS 1995), or to give it to an unused vehicle. Strings are too short to do that
// on long trips. A proposal is judged by two look-ups, so that many can be made; few are accepted.
func (s *search) swapTails(heat float64) {
	m, pl := s.m, s.now
	c := int32(s.rng.below(m.n))
	r := pl.at[c]
	if r < 0 || int(pl.pos[c]) < pl.first[r] {
		return
	}
	t := &pl.trips[r]
	i := int(pl.pos[c])
	var other int32 // the other trip
	j := 0          // and its last slot that stays
	if s.rng.next()&31 == 0 {
		if other = pl.unused(&m.kinds[m.kindOf[r]]); other < 0 || i == len(t.slots)-2 {
			return
		}
	} else {
		near := m.neighbours(c)
		if len(near) == 0 {
			return
		}
		d := near[s.rng.below(min(len(near), 40))]
		if other = pl.at[d]; other < 0 || other == r || m.kindOf[other] != m.kindOf[r] {
			return
		}
		if j = int(pl.pos[d]) - 1; j < pl.first[other] {
			return
		}
	}
	u := &pl.trips[other]
	p, next, q, last := &t.slots[i], &t.slots[i+1], &u.slots[j+1], &u.slots[j]
	class := m.class[r]
	one, two := class.drive(p.place, q.place), class.drive(last.place, next.place)
	more := int64(one) + int64(two) - int64(p.arc) - int64(last.arc)
	if p.leave+one > q.latest || last.leave+two > next.latest {
		return
	}
	cost := more * class.second
	car := &m.car[r]
	visits := int32(i + len(u.slots) - 2 - j)
	if u.visits == 0 {
		cost += class.price(car.start, car.end) + car.fixed
	} else if visits == 0 || visits == t.visits+u.visits {
		cost -= class.price(car.start, car.end) + car.fixed
	}
	if m.extra == nil && float64(cost) >= -heat*math.Log(s.rng.unit()) {
		return
	}
	if visits > car.mostVisits || t.visits+u.visits-visits > car.mostVisits || !s.tailsFit(r, other, i, j) {
		return
	}
	s.open()
	s.touch(r)
	s.touch(other)
	s.exchange(r, other, i, j)
	if m.extra != nil && float64(s.trial.cost-s.now.cost) >= -heat*math.Log(s.rng.unit()) {
		s.undo()
		return
	}
	s.keep()
}

// tailsFit says whether both vehicles may carry what they would get.
func (s *search) tailsFit(r, other int32, i, j int) bool {
	m, pl := s.m, s.now
	if m.car[r].capacity == nil {
		return true
	}
	t, u := &pl.trips[r], &pl.trips[other]
	for d, most := range m.car[r].capacity {
		head, tail := int64(0), int64(0)
		for _, s := range t.slots[1 : i+1] {
			head += m.delivery[int(s.node)*m.dims+d] + m.pickup[int(s.node)*m.dims+d]
		}
		for _, s := range u.slots[j+1 : len(u.slots)-1] {
			tail += m.delivery[int(s.node)*m.dims+d] + m.pickup[int(s.node)*m.dims+d]
		}
		all := t.load[d] + t.load[m.dims+d] + u.load[d] + u.load[m.dims+d]
		if head+tail > most || all-head-tail > most {
			return false
		}
	}
	return true
}

// exchange swaps what lies behind slot i of one trip of the trial with what lies behind slot j of another.
func (s *search) exchange(r, other int32, i, j int) {
	pl := s.trial
	t, u := &pl.trips[r], &pl.trips[other]
	s.tail = append(s.tail[:0], t.slots[i+1:len(t.slots)-1]...)
	end, otherEnd := t.slots[len(t.slots)-1], u.slots[len(u.slots)-1]
	t.slots = append(append(t.slots[:i+1], u.slots[j+1:len(u.slots)-1]...), end)
	u.slots = append(append(u.slots[:j+1], s.tail...), otherEnd)
	pl.refresh(r)
	pl.refresh(other)
}
