package route

import (
	"cmp"
	"slices"
)

// A budget of changes is kept by comparison: of two plans the one further beyond it is worse whatever else it offers, and
// the search takes no step that leads further beyond. What is left to do is to begin within the budget, and to find the
// steps that stay there. A visit put back where it was promised gets the narrow hull of its promise, so that nothing
// inserted later can push it out.

// bounded says whether there is a budget of changes.
func (c *churn) bounded() bool { return c.on && c.most >= 0 }

// over is by how many changes the plan is beyond the budget.
func (pl *plan) over() int64 {
	if !pl.m.churn.bounded() {
		return 0
	}
	return max(0, pl.changed-pl.m.churn.most)
}

// beats says whether this plan is better than another of the same model.
func (pl *plan) beats(other *plan) bool {
	if a, b := pl.over(), other.over(); a != b {
		return a < b
	}
	return pl.cost < other.cost
}

// readPromises notes on which vehicle, and within which moments, each published visit counts as unchanged.
func (m *model) readPromises() {
	if !m.churn.bounded() {
		return
	}
	m.told, m.promise = make([]int32, m.n), make([]span, m.n)
	for c, told := range m.published {
		m.told[c] = told.Vehicle
		open := max(int64(m.hull[c].open), told.Arrival-int64(m.churn.tolerance))
		end := min(int64(m.hull[c].close), told.Arrival+int64(m.churn.tolerance))
		if told.Vehicle < 0 || open > end || !m.can[c*m.m+int(told.Vehicle)] {
			m.told[c] = -1
			continue
		}
		m.promise[c] = span{int32(open), int32(end)}
	}
}

// promised is the vehicle that visit c was published for and the hull in which it is unchanged; not ok where nothing was
// published, or it can't be kept on any plan.
func (m *model) promised(c int32) (r int32, hull span, ok bool) {
	if m.told == nil || m.told[c] < 0 {
		return -1, span{}, false
	}
	return m.told[c], m.promise[c], true
}

// place is the cheapest place for visit c and the hull to insert it with: careful, where it was promised if that can be.
func (s *search) place(c int32) (spot, span) {
	at, hull := s.cheapest(c), s.m.hull[c]
	if r, promise, ok := s.m.promised(c); ok {
		if kept := s.trial.scanWithin(c, r, promise, -1, nil); kept.k >= 0 && (s.careful || kept.cost <= at.cost) {
			return kept, promise
		}
	}
	return at, hull
}

// allows says whether visit c may be inserted at a spot without leading further beyond the budget of changes.
func (pl *plan) allows(c int32, at spot, hull span) bool {
	if !pl.m.churn.bounded() {
		return true
	}
	before := pl.over()
	pl.insertWithin(c, at.r, int(at.k), hull)
	after := pl.over()
	pl.drop(c)
	pl.compact(at.r)
	return after <= before
}

// fillWithin is fill where filling all at once has led further beyond the budget: one visit after another, as far as each
// does not.
func (s *search) fillWithin() {
	var left []int32
	each(s.trial.missing, func(c int32) {
		if s.m.loose[c] {
			left = append(left, c)
		}
	})
	for _, c := range left {
		if s.trial.at[c] >= 0 {
			continue
		}
		s.open()
		s.handle(c)
		s.out = append(s.out, c)
		if mate := s.m.partner[c]; mate >= 0 {
			s.handle(mate)
			s.out = append(s.out, mate)
		}
		s.recreate()
		if s.trial.over() <= s.now.over() {
			s.keep()
		} else {
			s.undo()
		}
	}
}

// honour fills a plan that has only what is frozen with as many published visits as each vehicle can keep as they were
// told. Vehicles do not get into each other's way here. Visits that are tied to others are left to the search.
func (pl *plan) honour() {
	m := pl.m
	own := make([][]int32, m.m)
	for c := range int32(m.n) {
		r, _, ok := m.promised(c)
		if ok && pl.at[c] < 0 && m.partner[c] < 0 && m.before[c] == nil && m.followers[c] == nil {
			own[r] = append(own[r], c)
		}
	}
	for r, visits := range own {
		slices.SortFunc(visits, func(a, b int32) int {
			return cmp.Or(cmp.Compare(m.published[a].Arrival, m.published[b].Arrival), cmp.Compare(a, b))
		})
		k := keeper{pl: pl, r: int32(r), visits: visits, tries: mostTries}
		k.best = append(k.best, pl.trips[r].slots...)
		k.try(0, 0)
		t := &pl.trips[r]
		t.slots = append(t.slots[:0], k.best...)
		for _, s := range t.slots {
			if s.node >= 0 && pl.at[s.node] < 0 {
				pl.take(s.node, int32(r))
			}
		}
		pl.refresh(int32(r))
	}
}

// mostTries is how many places a keeper looks at: all there are on days of up to some ten visits, and on longer ones as
// long as their promises are narrow.
const mostTries = 20_000

// keeper chooses the largest set of promises that one vehicle can keep, by branch and bound in the order of their times.
type keeper struct {
	pl     *plan
	r      int32
	visits []int32
	tries  int
	most   int    // promises kept at best
	best   []slot // the trip then
}

func (k *keeper) try(i, kept int) {
	t := &k.pl.trips[k.r]
	if kept > k.most {
		k.most = kept
		k.best = append(k.best[:0], t.slots...)
	}
	if i == len(k.visits) || kept+len(k.visits)-i <= k.most || k.tries <= 0 {
		return
	}
	c := k.visits[i]
	hull := k.pl.m.promise[c]
	if k.pl.room(c, k.r) {
		first, last := k.pl.gaps(k.r)
		for at := last; at >= first && kept+len(k.visits)-i > k.most; at-- {
			if k.tries--; k.tries <= 0 {
				return
			}
			if _, _, ok := k.pl.judge(c, k.r, at, hull); ok {
				k.pl.insertWithin(c, k.r, at, hull)
				k.try(i+1, kept+1)
				k.pl.drop(c)
				k.pl.compact(k.r)
			}
		}
	}
	k.try(i+1, kept)
}
