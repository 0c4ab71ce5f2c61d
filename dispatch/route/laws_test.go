package route

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestSolverLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		p := aField(rng, rapid.IntRange(1, 30).Draw(t, "visits"), rapid.IntRange(1, 6).Draw(t, "vehicles"), rapid.Bool().Draw(t, "plain"))
		seed := rapid.Uint64().Draw(t, "search")
		solve := func(threads int) Solution {
			s, err := NewSolver(p, Options{Seed: seed, Threads: threads})
			if err != nil {
				t.Fatal(err)
			}
			over, last := s.best.over(), s.best.cost
			for range s.Epochs(300) {
				if now := s.best.over(); now > over || now == over && s.best.cost > last {
					t.Fatalf("the best plan went from %d (%d changes too many) to %d (%d)", last, over, s.best.cost, now)
				}
				over, last = s.best.over(), s.best.cost
			}
			return s.Best()
		}
		one := solve(1)
		if err := verify(p, one); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(one, solve(2)); diff != "" {
			t.Fatalf("two threads find something else:\n%s", diff)
		}
	})
}

// A plan's running sums must be what a walk from scratch finds, after any insertions, removals and undoings.
func TestRunningSumsAreWhatAWalkFinds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 2))
		p := aField(rng, rapid.IntRange(1, 25).Draw(t, "visits"), rapid.IntRange(1, 5).Draw(t, "vehicles"), rapid.Bool().Draw(t, "plain"))
		m, err := newModel(p)
		if err != nil {
			t.Fatal(err)
		}
		s := newSearch(m)
		s.rng = newRandom(rng.Uint64())
		s.fill()
		for range 40 {
			s.open()
			s.ruin()
			s.recreate()
			sameAsWalked(t, s.trial)
			if s.rng.next()&1 == 0 {
				s.keep()
				sameAsWalked(t, s.best)
			} else {
				s.undo()
			}
			if diff := cmp.Diff(image(s.now), image(s.trial), cmp.AllowUnexported(slot{}, trip{}, planImage{})); diff != "" {
				t.Fatalf("after keep or undo trial and now differ:\n%s", diff)
			}
		}
	})
}

// planImage is everything of a plan that its model does not say.
type planImage struct {
	Trips           []trip
	At, Pos         []int32
	Active, Missing []uint64
	Cost, Changed   int64
}

func image(pl *plan) planImage {
	i := planImage{pl.trips, slices.Clone(pl.at), slices.Clone(pl.pos), pl.active, pl.missing, pl.cost, pl.changed}
	for c, r := range i.At {
		if r < 0 {
			i.Pos[c] = 0 // of no meaning
		}
	}
	return i
}

func sameAsWalked(t *rapid.T, pl *plan) {
	t.Helper()
	walked := newPlan(pl.m, new(uint32))
	copy(walked.first, pl.first)
	for r := range pl.trips {
		walked.trips[r].slots = slices.Clone(pl.trips[r].slots)
		for _, s := range pl.trips[r].slots {
			if s.node >= 0 {
				walked.take(s.node, int32(r))
			}
		}
		walked.refresh(int32(r))
	}
	a, b := image(pl), image(walked)
	b.Trips = slices.Clone(b.Trips)
	for r := range b.Trips {
		b.Trips[r].version = a.Trips[r].version
	}
	if diff := cmp.Diff(b, a, cmp.AllowUnexported(slot{}, trip{}, planImage{})); diff != "" {
		t.Fatalf("walked and running plan differ:\n%s", diff)
	}
}

// What judge and scan say of an insertion is what happens when it is made.
func TestJudgementIsWhatInsertionDoes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 3))
		p := aField(rng, rapid.IntRange(2, 16).Draw(t, "visits"), rapid.IntRange(1, 4).Draw(t, "vehicles"), rapid.Bool().Draw(t, "plain"))
		p.Shipments, p.Together, p.Churn = nil, nil, nil
		for i := range p.Visits {
			p.Visits[i].After = nil
			if len(p.Visits[i].Windows) > 1 {
				p.Visits[i].Windows = p.Visits[i].Windows[:1] // a delay past a window's end is not the delay of the day's end
			}
		}
		m, err := newModel(p)
		if err != nil {
			t.Fatal(err)
		}
		pl := newPlan(m, new(uint32))
		for range 30 {
			c, r := rng.Int32N(int32(m.n)), rng.Int32N(int32(m.m))
			if pl.at[c] >= 0 || !m.can[int(c)*m.m+int(r)] {
				continue
			}
			first, last := pl.gaps(r)
			k := first + rng.IntN(last-first+1)
			cost, start, ok := pl.judge(c, r, k, m.hull[c])
			ok = ok && pl.room(c, r)
			trial := newPlan(m, new(uint32))
			trial.copyAll(pl)
			trial.insert(c, r, k)
			if sound := sound(trial, r); sound != ok {
				t.Fatalf("visit %d behind slot %d: fits is %v, the walk says %v", c, k, ok, sound)
			}
			if !ok {
				continue
			}
			if added := trial.trips[r].cost - pl.trips[r].cost; added != cost && !m.setups {
				t.Fatalf("visit %d behind slot %d of %d costs %d, said %d", c, k, r, added, cost)
			}
			if s := trial.trips[r].slots[trial.pos[c]]; s.leave-s.spent != start {
				t.Fatalf("visit %d begins at %d, said %d", c, s.leave-s.spent, start)
			}
			if pl.room(c, r) {
				best := infinite
				for k := first; k <= last; k++ {
					if cost, _, ok := pl.judge(c, r, k, m.hull[c]); ok {
						best = min(best, cost)
					}
				}
				if got := pl.scan(c, r, -1, nil); got.cost != best {
					t.Fatalf("the fast scan finds %d, the slow one %d", got.cost, best)
				}
			}
			pl.copyAll(trial)
		}
	})
}

// sound says whether a trip keeps its windows, its shift, its bounds and its capacity, by its own walk.
func sound(pl *plan, r int32) bool {
	m, t, car := pl.m, &pl.trips[r], &pl.m.car[r]
	for _, s := range t.slots {
		start := s.leave - s.spent
		switch {
		case s.node >= 0 && (start > s.close || start > s.latest):
			return false
		case s.paused():
			b := car.breaks[pauseOf(s.node)]
			if start := s.leave - b.service; start > b.hull.close || !windowed(start, b.windows) {
				return false
			}
		case s.node >= 0 && !windowed(start, m.windows[s.node]):
			return false
		}
	}
	light := !m.loaded || car.breaks == nil || restful(pl, r)
	for d, most := range car.capacity {
		if m.loaded && t.board[2*d+1] > most || !m.loaded && t.load[d]+t.load[m.dims+d] > most {
			return false
		}
	}
	return light && t.finish <= car.closes && t.visits <= car.mostVisits && t.travel <= car.mostTravel && t.metres <= car.mostMetres
}

func windowed(start int32, windows []span) bool {
	return windows == nil || slices.ContainsFunc(windows, func(w span) bool { return w.open <= start && start <= w.close })
}

func restful(pl *plan, r int32) bool {
	m := pl.m
	for d := range m.dims {
		on := pl.trips[r].load[d]
		for _, s := range pl.trips[r].slots {
			if s.node >= 0 {
				on += m.gain(s.node, d)
			}
			if s.paused() {
				if bound := m.car[r].breaks[pauseOf(s.node)].maxLoad; bound != nil && on > bound[d] {
					return false
				}
			}
		}
	}
	return true
}
