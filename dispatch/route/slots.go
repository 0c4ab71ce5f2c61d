package route

import (
	"cmp"
	"slices"
)

// Promise is a time that a customer could be told: service would begin between From and To.
type Promise struct {
	Vehicle  int32
	After    int32 // visit; -1: the first of the route
	From, To int64
	Cost     float64 // added to the plan
}

// Slots lists the best times for a visit without a place, its own windows standing for the hours in which its site is
// open: the cheapest first, at most `most` of them, and no vehicle more than twice.
func (l *Live) Slots(visit int32, most int) []Promise {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if !l.free(visit) {
		return nil
	}
	return l.pl.promises(visit, most)
}

// Slots lists the best times for a visit that the best plan leaves out, as Live.Slots does.
func (s *Solver) Slots(visit int32, most int) []Promise {
	best := s.settled()
	if visit < 0 || int(visit) >= s.m.n || best.at[visit] >= 0 || s.m.partner[visit] >= 0 || s.m.before[visit] != nil {
		return nil
	}
	return best.promises(visit, most)
}

func (pl *plan) promises(c int32, most int) []Promise {
	const perVehicle = 2
	m := pl.m
	var all []Promise
	for r := range int32(m.m) {
		if !m.can[int(c)*m.m+int(r)] || !pl.room(c, r) {
			continue
		}
		var own []Promise
		first, last := pl.gaps(r)
		for k := first; k <= last; k++ {
			cost, start, ok := pl.judge(c, r, k, m.hull[c])
			if !ok {
				continue
			}
			late := pl.lateAt(c, r, k, m.hull[c])
			windows := m.windows[c]
			for _, w := range windows {
				if start >= w.open && start <= w.close {
					late = min(late, w.close) // one promise is one stretch
				}
			}
			own = append(own, Promise{
				Vehicle: m.vehicles[r], After: pl.visitUpTo(r, int32(k)),
				From: int64(start) + m.base, To: int64(max(start, late)) + m.base, Cost: m.scale.unit(cost),
			})
		}
		slices.SortStableFunc(own, func(a, b Promise) int { return cmp.Compare(a.Cost, b.Cost) })
		all = append(all, own[:min(perVehicle, len(own))]...)
	}
	slices.SortStableFunc(all, func(a, b Promise) int { return cmp.Compare(a.Cost, b.Cost) })
	return all[:min(max(0, most), len(all))]
}
