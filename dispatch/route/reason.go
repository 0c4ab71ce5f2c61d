package route

import (
	"cmp"
	"slices"
)

// Code says what keeps a visit from a vehicle.
type Code int

// The codes, roughly from what nothing helps against to what a small change would cure. By says what it would take.
const (
	Fits      Code = iota // nothing: it has a place
	Barred                // not allowed, or banned
	Unskilled             // a skill is missing
	Overfull              // By: how much of an amount there is no room for
	TooMany               // the vehicle has its most visits
	NoWay                 // there is no way to the place, or the travel or distance would be too long
	NoTime                // windows apart, there is no gap long enough; By: seconds that the best one lacks
	Shut                  // its windows are closed when there is time; By: seconds that one would have to open earlier or close later
	Dear                  // it fits, but its prize is not worth the cost
	Promised              // it fits, but more published visits would change than may
	Tied                  // it alone would fit, but not with what it is tied to
)

var codes = [...]string{"FITS", "BARRED", "UNSKILLED", "OVERFULL", "TOO_MANY", "NO_WAY", "NO_TIME", "SHUT", "DEAR", "PROMISED", "TIED"}

func (c Code) String() string { return codes[c] }

// Reason is why a visit is not on a vehicle.
type Reason struct {
	Vehicle int32
	Code    Code
	By      int64
	Opens   bool // of Shut: the window would have to open earlier; otherwise close later
}

// Unserved is a visit without a place, with the reasons.
type Unserved struct {
	Visit  int32
	Counts [len(codes)]int // vehicles by code
	Near   []Reason        // the vehicles it misses by the least, nearest first, three at most
}

// Unserved says for each visit that the best plan leaves out why. A reason that says Fits would be a fault of the plan.
func (s *Solver) Unserved() []Unserved {
	best := s.settled()
	var visits []int32
	each(best.missing, func(c int32) { visits = append(visits, c) })
	all := make([]Unserved, len(visits))
	if s.m.churn.bounded() { // places are tried out then
		for i, c := range visits {
			all[i] = best.unserved(c)
		}
		return all
	}
	s.parallel(len(visits), func(i int) { all[i] = best.unserved(visits[i]) })
	return all
}

func (pl *plan) unserved(c int32) Unserved {
	const most = 3
	u := Unserved{Visit: pl.m.visits[c]}
	for r := range int32(pl.m.m) {
		reason := pl.reason(c, r)
		u.Counts[reason.Code]++
		if reason.By > 0 {
			u.Near = append(u.Near, reason)
		}
	}
	slices.SortStableFunc(u.Near, func(a, b Reason) int { return cmp.Compare(a.By, b.By) })
	u.Near = u.Near[:min(most, len(u.Near))]
	return u
}

// reason says what keeps visit c from vehicle r, at the gap where the least does.
func (pl *plan) reason(c, r int32) Reason {
	m, t, car := pl.m, &pl.trips[r], &pl.m.car[r]
	no := func(code Code, by int64) Reason { return Reason{Vehicle: m.vehicles[r], Code: code, By: by} }
	if !m.can[int(c)*m.m+int(r)] {
		visit := &m.p.Visits[m.visits[c]]
		if slices.Contains(visit.Banned, m.vehicles[r]) || visit.Allowed != nil && !slices.Contains(visit.Allowed, m.vehicles[r]) {
			return no(Barred, 0)
		}
		return no(Unskilled, 0)
	}
	if !pl.room(c, r) {
		short := int64(0)
		for d, most := range car.capacity {
			if m.loaded {
				short = max(short, m.delivery[int(c)*m.dims+d]-most, m.pickup[int(c)*m.dims+d]-most)
			} else {
				short = max(short, t.load[d]+t.load[m.dims+d]+m.delivery[int(c)*m.dims+d]+m.pickup[int(c)*m.dims+d]-most)
			}
		}
		return no(Overfull, short)
	}
	if t.visits >= car.mostVisits {
		return no(TooMany, 0)
	}
	if m.partner[c] >= 0 || m.before[c] != nil {
		return pl.tiedReason(c, r)
	}
	return pl.gapReason(c, r)
}

// tiedReason is what keeps a tied visit, or its other half, from vehicle r by itself; Tied where nothing does.
func (pl *plan) tiedReason(c, r int32) Reason {
	m := pl.m
	halves := []int32{c}
	if m.shipment[c] {
		halves = append(halves, m.partner[c])
	}
	for _, half := range halves {
		if !m.can[int(half)*m.m+int(r)] {
			return Reason{Vehicle: m.vehicles[r], Code: Barred}
		}
		switch reason := pl.gapReason(half, r); {
		case reason.Code == Fits, reason.Code == Dear, reason.Code == Promised:
		case reason.Code == Overfull && m.shipment[half]: // what is picked up does not stay on board
		default:
			return reason
		}
	}
	return Reason{Vehicle: m.vehicles[r], Code: Tied}
}

// gapReason is what keeps visit c out of the gaps of vehicle r, which may serve it.
func (pl *plan) gapReason(c, r int32) Reason {
	m := pl.m
	no := func(code Code, by int64) Reason { return Reason{Vehicle: m.vehicles[r], Code: code, By: by} }
	best := no(NoWay, 0)
	better := func(found Reason) {
		if found.Code > best.Code || found.Code == best.Code && found.By < best.By {
			best = found
		}
	}
	first, last := pl.gaps(r)
	for k := first; k <= last; k++ {
		if cost, _, ok := pl.judge(c, r, k, m.hull[c]); ok {
			if cost < m.penalty[c] {
				if m.live || pl.allows(c, spot{cost, r, int32(k)}, m.hull[c]) {
					return no(Fits, 0)
				}
				better(no(Promised, 0))
				continue
			}
			better(no(Dear, (cost-m.penalty[c])/m.scale.whole))
			continue
		}
		if !pl.carries(c, r, k) {
			better(no(Overfull, 0))
			continue
		}
		better(pl.miss(c, r, k))
	}
	return best
}

// miss says by how much visit c misses the gap behind slot k.
func (pl *plan) miss(c, r int32, k int) Reason {
	m := pl.m
	reason := Reason{Vehicle: m.vehicles[r], Code: NoWay}
	early, late, ok := pl.between(c, r, k)
	if !ok {
		return reason
	}
	if early > late {
		reason.Code, reason.By = NoTime, int64(early)-int64(late)
		return reason
	}
	windows := m.windows[c]
	if windows == nil {
		windows = []span{m.hull[c]}
	}
	for _, w := range windows {
		by, opens := int64(early-w.close), false
		if w.open > late {
			by, opens = int64(w.open-late), true
		}
		if by > 0 && w.close >= w.open && (reason.Code != Shut || by < reason.By) {
			reason.Code, reason.By, reason.Opens = Shut, by, opens
		}
	}
	return reason
}

// between is when visit c could begin behind slot k if its windows were open all day: not before early, not after late.
// It is not ok where there is no way.
func (pl *plan) between(c, r int32, k int) (early, late int32, ok bool) {
	always := span{0, int32(mostSpan)}
	w, ok := pl.walkFrom(r, k)
	if !ok {
		return 0, 0, false
	}
	w.reach(pl.m.place[c])
	if w.now > int32(mostSpan) {
		return 0, 0, false
	}
	late = pl.lateIn(c, r, k, always, nil)
	return w.now, late, late > -far/2
}
