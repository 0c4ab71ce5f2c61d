package route

// spot is a place for a visit: behind a slot of a vehicle, at a cost.
type spot struct {
	cost int64
	r, k int32
}

// gaps is the first and the last slot of vehicle r that something may come behind.
func (pl *plan) gaps(r int32) (first, last int) {
	return pl.first[r], len(pl.trips[r].slots) - 2
}

// scan finds the best place for visit c in the trip of vehicle r, behind slots other than `not`; blink may hide more.
// The cost is infinite where there is none.
func (pl *plan) scan(c, r int32, not int32, blink *random) spot {
	return pl.scanWithin(c, r, pl.m.hull[c], not, blink)
}

// scanWithin is scan with a hull narrower than the visit's own, which the fast loop does not ask about.
func (pl *plan) scanWithin(c, r int32, hull span, not int32, blink *random) spot {
	m := pl.m
	best := spot{infinite, r, -1}
	if !m.can[int(c)*m.m+int(r)] || hull.close < hull.open || !pl.room(c, r) {
		return best
	}
	if m.plain {
		return pl.scanPlain(c, r, not, blink)
	}
	// Most gaps are refused by two ways and a few comparisons; only what passes is judged in full. Next to a visit at
	// the same place, set-up that is saved there may make more possible, so that there nothing is refused early.
	t, class, car := &pl.trips[r], m.class[r], &m.car[r]
	place, windows := m.place[c], m.windows[c]
	sure := m.extraOf(c, r) + car.visit
	work, whole := t.work, int64(0)
	if t.visits == 0 {
		work, whole = 0, class.price(car.start, car.end)+car.fixed
	}
	var to, from []int32
	if class.way == nil {
		row := int(place) * int(class.stride)
		to, from = class.to[row:row+int(class.stride)], class.from[row:row+int(class.stride)]
	}
	first, last := pl.gaps(r)
	for k := first; k <= last; k++ {
		p, q := &t.slots[k], &t.slots[k+1]
		if p.leave > hull.close {
			break
		}
		if int32(k) == not || blink != nil && blink.blinks() {
			continue
		}
		if !p.paused() && !q.paused() && q.place != place {
			if max(p.leave, hull.open)+class.service[c] > q.latest {
				continue // not even with no way to go
			}
			var there, on int32
			if to != nil {
				there, on = from[p.place], to[q.place]
			} else {
				there = class.drive(p.place, place)
			}
			start, ok := begin(p.leave+there, hull, windows)
			if !ok {
				continue
			}
			spent := class.service[c]
			if p.place != place {
				spent += class.setup[c]
			}
			if start+spent > q.latest {
				continue
			}
			if to == nil {
				on = class.drive(place, q.place)
			}
			if start+spent+on > q.latest {
				continue
			}
			more := int64(there + on - p.arc)
			least := more * class.second
			if class.metre != 0 || class.fares != nil {
				least = class.price(p.place, place) + class.price(place, q.place) - class.price(p.place, q.place)
			}
			least += whole + sure + int64(spent)*class.taskCost
			if m.balance > 0 {
				least += m.convex(work+more+int64(spent)) - m.convex(work)
			}
			if least >= best.cost {
				continue
			}
		}
		if cost, _, ok := pl.judge(c, r, k, hull); ok && cost < best.cost {
			best = spot{cost, r, int32(k)}
		}
	}
	return best
}

// scanPlain is scan where one window, amounts that add up and travel are all there is.
func (pl *plan) scanPlain(c, r int32, not int32, blink *random) spot {
	m, t := pl.m, &pl.trips[r]
	class, car := m.class[r], &m.car[r]
	if t.visits >= car.mostVisits {
		return spot{infinite, r, -1}
	}
	place := int(m.place[c]) * int(class.stride)
	to, from := class.to[place:place+int(class.stride)], class.from[place:place+int(class.stride)]
	hull, service := m.hull[c], class.service[c]
	ready := hull.open + service
	slots := t.slots
	least, at := int32(1<<30), int32(-1)
	first, last := pl.gaps(r)
	p := &slots[first]
	for k := first; k <= last; k++ {
		q := &slots[k+1]
		if p.leave > hull.close {
			break
		}
		there, on := from[p.place], to[q.place]
		if more := there + on - p.arc; more < least && ready+on <= q.latest {
			if start := max(p.leave+there, hull.open); start <= hull.close && start+service+on <= q.latest {
				if int32(k) != not && (blink == nil || !blink.blinks()) {
					least, at = more, int32(k)
				}
			}
		}
		p = q
	}
	if at < 0 {
		return spot{infinite, r, -1}
	}
	cost := int64(least)*class.second + int64(service)*class.taskCost + car.visit + m.extraOf(c, r)
	if t.visits == 0 {
		cost += car.fixed + class.price(car.start, car.end)
	}
	return spot{cost, r, at}
}
