package route

import "slices"

// exchangeRoutes gives a child x's routes but for some around a visit, and in their place those of y that share most
// visits with them. Of the two ways to settle what then is served twice or never, the cheaper one stays.
func (b *breeder) exchangeRoutes(x, y *member) {
	index := func(k int, of *member) {
		at := int32(0)
		for r, end := range of.ends {
			for _, v := range of.visits[at:end] {
				b.from[k][v] = int32(r)
			}
			at = end
		}
	}
	index(0, x)
	index(1, y)
	most := min(len(x.ends), len(y.ends))
	number := 1 + b.rng.below(max(1, most-1))
	seed := int32(b.rng.below(b.n))
	clear(b.inA)
	clear(b.chosen)
	b.trips = append(b.trips[:0], b.from[0][seed])
	for _, v := range b.near[int(seed)*b.nearBy : int(seed+1)*b.nearBy] {
		if len(b.trips) >= number {
			break
		}
		if r := b.from[0][v]; !slices.Contains(b.trips, r) {
			b.trips = append(b.trips, r)
		}
	}
	for _, r := range b.trips {
		for _, v := range x.route(r) {
			b.inA[v] = true
		}
	}
	number = len(b.trips)
	// The routes of y with the greatest share of these visits.
	outA := b.trips
	b.trips = b.trips[len(b.trips):len(b.trips)]
	for len(b.trips) < number {
		best, share := int32(-1), -1.0
		for r := range int32(len(y.ends)) {
			visits := y.route(r)
			if b.chosen[visits[0]] {
				continue
			}
			shared := 0
			for _, v := range visits {
				if b.inA[v] {
					shared++
				}
			}
			if s := float64(shared) / float64(len(visits)); s > share {
				best, share = r, s
			}
		}
		if best < 0 {
			break
		}
		for _, v := range y.route(best) {
			b.chosen[v] = true
		}
		b.trips = append(b.trips, best)
	}
	inB := b.trips
	b.trips = outA[:0]
	children := b.members[len(b.members)-2:]
	for k := range children {
		b.clear()
		r := int32(0)
		for old := range int32(len(x.ends)) {
			if slices.Contains(outA, old) {
				continue
			}
			last := b.start(r)
			for _, v := range x.route(old) {
				if k == 0 || !b.chosen[v] {
					b.hang(v, last)
					last = v
				}
			}
			if last != b.start(r) {
				b.renew(r)
				r++
			}
		}
		for _, new := range inB {
			last := b.start(r)
			for _, v := range y.route(new) {
				if k == 1 || b.inA[v] {
					b.hang(v, last)
					last = v
				}
			}
			if last != b.start(r) {
				b.renew(r)
				r++
			}
		}
		b.missing = b.missing[:0]
		for v := range int32(b.n) {
			if b.inA[v] && !b.chosen[v] {
				b.missing = append(b.missing, v)
			}
		}
		b.placeMissing()
		b.take(&children[k])
	}
	if children[0].penalized < children[1].penalized {
		b.put(&children[0])
	}
}

// route is the visits of the r-th route.
func (x *member) route(r int32) []int32 {
	from := int32(0)
	if r > 0 {
		from = x.ends[r-1]
	}
	return x.visits[from:x.ends[r]]
}

// enter makes a plan a member, if it leaves nothing out.
func (b *breeder) enter(pl *plan) bool {
	if ones(pl.missing) > 0 {
		return false
	}
	b.clear()
	at := int32(0)
	for r := range pl.trips {
		if pl.trips[r].visits == 0 {
			continue
		}
		last := b.start(at)
		for _, s := range pl.trips[r].slots {
			if s.node >= 0 {
				b.hang(s.node, last)
				last = s.node
			}
		}
		b.renew(at)
		at++
	}
	b.reprice()
	b.admit()
	return true
}

// leave writes the best sound member into a plan. It says false where there is none.
func (b *breeder) leave(pl *plan) bool {
	if len(b.sound.alive) == 0 {
		return false
	}
	b.judge(&b.sound)
	x := &b.members[b.sound.alive[0]]
	for c := range int32(b.n) {
		if pl.at[c] >= 0 {
			pl.drop(c)
		}
	}
	for r := range int32(len(pl.trips)) {
		t := &pl.trips[r]
		end := t.slots[len(t.slots)-1]
		t.slots = t.slots[:1]
		if int(r) < len(x.ends) {
			for _, v := range x.route(r) {
				t.slots = append(t.slots, slot{node: v, place: pl.m.place[v], open: pl.m.hull[v].open, close: pl.m.hull[v].close})
				pl.take(v, r)
			}
		}
		t.slots = append(t.slots, end)
		pl.refresh(r)
	}
	for r := range int32(len(pl.trips)) {
		if pl.broken(r) || !pl.inTime(r) {
			return false
		}
	}
	return true
}

// inTime says whether a trip keeps to all windows, its shift and its capacity.
func (pl *plan) inTime(r int32) bool {
	t, car := &pl.trips[r], &pl.m.car[r]
	for k := range t.slots {
		if s := &t.slots[k]; s.node >= 0 && s.leave-s.spent > s.close {
			return false
		}
	}
	for d, most := range car.capacity {
		if t.load[d]+t.load[pl.m.dims+d] > most {
			return false
		}
	}
	return t.finish <= car.closes
}
