package route

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// ErrNoPlace says that nobody can take a visit; ask Unserved why.
var ErrNoPlace = errors.New("no vehicle has a place for the visit")

// Live is a plan held ready while its day runs: who could take a visit is found by looking at every gap of every
// vehicle, without a search. Its methods may be called from anywhere at once; questions do not wait for each other.
type Live struct {
	mu sync.RWMutex
	m  *model
	pl *plan
}

// NewLive holds the routes that the vehicles are given. Visits that are given to nobody have no place yet. Visits in
// shipments, calls for two and visits that wait for others can be held, but not moved. Its errors wrap ErrProblem.
func NewLive(p *Problem) (*Live, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	m, err := readModel(p, true)
	if err != nil {
		return nil, err
	}
	l := &Live{m: m, pl: newPlan(m, new(uint32))}
	l.pl.load()
	return l, nil
}

// Choice is a place for a visit: on a vehicle, after another visit, at a cost.
type Choice struct {
	Vehicle int32
	After   int32 // visit; -1: the first of its route
	Begin   int64
	Cost    float64 // added to the plan

	slot int32
}

// Choices lists the vehicles that can take a visit without one, each with its best place, the cheapest first and at
// most `most` of them.
func (l *Live) Choices(visit int32, most int) []Choice {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if !l.free(visit) || most < 1 {
		return nil
	}
	spots := make([]spot, 0, most+1)
	for r := range int32(l.m.m) {
		at := l.pl.scan(visit, r, -1, nil)
		if at.k < 0 || len(spots) == most && at.cost >= spots[most-1].cost {
			continue
		}
		i, _ := slices.BinarySearchFunc(spots, at, func(a, b spot) int { return cmp.Or(cmp.Compare(a.cost, b.cost), -1) })
		spots = slices.Insert(spots, i, at)
		spots = spots[:min(len(spots), most)]
	}
	choices := make([]Choice, len(spots))
	for i, at := range spots {
		choices[i] = l.choice(visit, at)
	}
	return choices
}

func (l *Live) choice(visit int32, at spot) Choice {
	_, start, _ := l.pl.judge(visit, at.r, int(at.k), l.m.hull[visit])
	return Choice{
		Vehicle: at.r, After: l.pl.visitUpTo(at.r, at.k), Begin: int64(start) + l.m.base,
		Cost: l.m.scale.unit(at.cost), slot: at.k,
	}
}

// visitUpTo is the last visit up to slot k; -1 where there is none.
func (pl *plan) visitUpTo(r, k int32) int32 {
	for ; k > 0; k-- {
		if c := pl.trips[r].slots[k].node; c >= 0 {
			return c
		}
	}
	return -1
}

// free says whether the visit exists, has no place, and can be moved.
func (l *Live) free(visit int32) bool {
	return visit >= 0 && int(visit) < l.m.n && l.pl.at[visit] < 0 && l.m.partner[visit] < 0 &&
		l.m.before[visit] == nil && l.m.followers[visit] == nil
}

// Why says why a visit without a place has none.
func (l *Live) Why(visit int32) Unserved {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.pl.unserved(visit)
}

// Insert gives a visit its cheapest place. It refuses with ErrNoPlace.
func (l *Live) Insert(visit int32) (Choice, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.free(visit) {
		return Choice{}, fmt.Errorf("visit %d has a place, or is tied to others: %w", visit, ErrNoPlace)
	}
	best := l.best(visit)
	if best.k < 0 {
		return Choice{}, fmt.Errorf("visit %d: %w", visit, ErrNoPlace)
	}
	choice := l.choice(visit, best)
	l.pl.insert(visit, best.r, int(best.k))
	return choice, nil
}

func (l *Live) best(visit int32) spot {
	best := spot{infinite, -1, -1}
	for r := range int32(l.m.m) {
		if at := l.pl.scan(visit, r, -1, nil); at.cost < best.cost {
			best = at
		}
	}
	return best
}

// Cancel takes a visit off its route. It says false where it was on none, or may not be moved. Where there is no way
// past it, others on the route may have to move.
func (l *Live) Cancel(visit int32) (Moves, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if visit < 0 || int(visit) >= l.m.n || l.pl.at[visit] < 0 || !l.movable(visit) {
		return Moves{}, false
	}
	vehicle := l.pl.at[visit]
	l.remove(visit)
	return l.mend(vehicle), true
}

func (l *Live) movable(visit int32) bool {
	return l.m.loose[visit] && l.m.partner[visit] < 0 && l.m.before[visit] == nil && l.m.followers[visit] == nil
}

func (l *Live) remove(visit int32) {
	r := l.pl.at[visit]
	l.pl.drop(visit)
	l.pl.compact(r)
}

// Moves is what became of visits that had to leave their vehicle.
type Moves struct {
	Moved []Choice // in the order of Visits
	Left  []int32  // visits that nobody can take
	// Visits that found a place, in the order they were given one.
	Visits []int32
}

// Out takes a vehicle out of service and gives its visits to others.
func (l *Live) Out(vehicle int32) Moves {
	l.mu.Lock()
	defer l.mu.Unlock()
	if vehicle < 0 || int(vehicle) >= l.m.m {
		return Moves{}
	}
	l.m.car[vehicle].closes = -1
	return l.spread(vehicle, func(c int32) bool { return true })
}

// Late lets a vehicle leave its start, or the last of its frozen visits, not before a moment, and gives the visits
// that it then can't keep to others.
func (l *Live) Late(vehicle int32, opens int64) Moves {
	l.mu.Lock()
	defer l.mu.Unlock()
	if vehicle < 0 || int(vehicle) >= l.m.m {
		return Moves{}
	}
	l.m.car[vehicle].opens = l.m.moment(opens)
	l.pl.refresh(vehicle)
	return l.mend(vehicle)
}

// mend gives the visits that a vehicle can't keep to others, until it can keep the rest.
func (l *Live) mend(vehicle int32) (out Moves) {
	for l.pl.broken(vehicle) {
		c := l.pl.tooLate(vehicle)
		if c < 0 || !l.movable(c) {
			break
		}
		moves := l.spread(vehicle, func(other int32) bool { return other == c })
		out.Moved, out.Left = append(out.Moved, moves.Moved...), append(out.Left, moves.Left...)
		out.Visits = append(out.Visits, moves.Visits...)
	}
	return out
}

// tooLate is the visit that a broken trip gives up: the first that begins after its window, or else the last one; -1
// where there is none.
func (pl *plan) tooLate(r int32) int32 {
	t := &pl.trips[r]
	last := int32(-1)
	for k := range t.slots {
		s := &t.slots[k]
		if s.node < 0 {
			continue
		}
		last = s.node
		if start := s.leave - s.spent; start > s.close || pl.m.windows[s.node] != nil && latest(start, span{s.open, s.close}, pl.m.windows[s.node]) != start {
			return s.node
		}
	}
	return last
}

// spread takes visits off a vehicle and inserts them elsewhere: always the one next that would lose most by not
// getting its best vehicle (regret: Potvin and Rousseau, EJOR 1993).
func (l *Live) spread(vehicle int32, which func(int32) bool) (moves Moves) {
	var out []int32
	for _, s := range l.pl.trips[vehicle].slots {
		if s.node >= 0 && which(s.node) && l.movable(s.node) {
			out = append(out, s.node)
		}
	}
	for _, c := range out {
		l.pl.drop(c)
	}
	l.pl.compact(vehicle)
	table := make([]spot, len(out)*l.m.m)
	for i, c := range out {
		for r := range int32(l.m.m) {
			table[i*l.m.m+int(r)] = spot{infinite, r, -1}
			if r != vehicle {
				table[i*l.m.m+int(r)] = l.pl.scan(c, r, -1, nil)
			}
		}
	}
	for left := len(out); left > 0; left-- {
		next, best, most := -1, spot{}, int64(-1)
		for i, c := range out {
			if c < 0 {
				continue
			}
			first, second := spot{infinite, -1, -1}, infinite
			for _, at := range table[i*l.m.m : (i+1)*l.m.m] {
				if at.cost < first.cost {
					first, second = at, first.cost
				} else if at.cost < second {
					second = at.cost
				}
			}
			regret := min(second, infinite/2) - min(first.cost, infinite/2) // of what fits nowhere: none
			if first.k < 0 {
				regret = 0
			}
			if regret > most {
				next, best, most = i, first, regret
			}
		}
		c := out[next]
		out[next] = -1
		if best.k < 0 {
			moves.Left = append(moves.Left, c)
			continue
		}
		moves.Visits, moves.Moved = append(moves.Visits, c), append(moves.Moved, l.choice(c, best))
		l.pl.insert(c, best.r, int(best.k))
		for i, c := range out {
			if c >= 0 {
				table[i*l.m.m+int(best.r)] = l.pl.scan(c, best.r, -1, nil)
			}
		}
	}
	return moves
}

// Route is the route of a vehicle as it stands.
func (l *Live) Route(vehicle int32) Route {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if vehicle < 0 || int(vehicle) >= l.m.m {
		return Route{}
	}
	spare := &plan{m: l.m, trips: make([]trip, l.m.m)}
	return l.pl.route(vehicle, spare)
}

// Solution is the whole plan as it stands.
func (l *Live) Solution() Solution {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.pl.solution()
}
