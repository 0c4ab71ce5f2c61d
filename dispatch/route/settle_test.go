package route

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// A break taken in the morning leaves no room for a visit in the morning; taken later, it does.
func TestSettleLetsABreakGiveWay(t *testing.T) {
	t.Parallel()
	p := &Problem{
		Travel: []Table{{Places: 1, Durations: []int32{0}}},
		Visits: []Visit{
			{Service: 100, Windows: []Window{{100, 100}}},
			{Service: 100, Windows: []Window{{0, 0}}},
		},
		Vehicles: []Vehicle{{
			Closes: 300, PerHour: 3600, Given: []int32{0},
			Breaks: []Break{{Service: 100, Windows: []Window{{0, 200}}}},
		}},
	}
	m, err := newModel(p)
	if err != nil {
		t.Fatal(err)
	}
	pl := newPlan(m, new(uint32))
	pl.load()
	if ones(pl.missing) != 1 {
		t.Fatalf("%d visits are missing at first, want the second", ones(pl.missing))
	}
	pl.settle()
	got := pl.solution()
	if want := []int32{1, 0}; !slices.Equal(got.Routes[0].Visits(), want) || len(got.Unassigned) > 0 {
		t.Fatalf("route is %v and %v is left over, want %v", got.Routes[0].Visits(), got.Unassigned, want)
	}
	if last := got.Routes[0].Stops[2]; last.Break != 0 || last.Begin != 200 {
		t.Errorf("the last stop is %+v, want the break at 200", last)
	}
}

// What can be arranged at a gap is never refused by the day without breaks.
func TestADayWithoutBreaksBoundsOneWithThem(t *testing.T) {
	t.Parallel()
	var held, refused int
	for seed := range uint64(60) {
		p := aField(rand.New(rand.NewPCG(seed, 11)), 14, 2, false)
		s, err := NewSolver(p, Options{Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		pl := s.best
		each(pl.missing, func(c int32) {
			for r := range int32(pl.m.m) {
				var others []slot
				for _, s := range pl.trips[r].slots {
					if s.node >= 0 {
						others = append(others, s)
					}
				}
				own := slot{node: c, place: pl.m.place[c], open: pl.m.hull[c].open, close: pl.m.hull[c].close}
				f := frame{visits: others}
				f.leave, f.latest = pl.unbroken(r, others)
				for k := range len(others) + 1 {
					visits := slices.Insert(slices.Clone(others), k, own)
					_, arranged := pl.arrange(r, visits)
					switch may := pl.mayHold(c, r, &f, k); {
					case arranged && !may:
						t.Fatalf("seed %d: visit %d is refused behind %d visits of vehicle %d, where it fits", seed, c, k, r)
					case may:
						held++
					default:
						refused++
					}
				}
			}
		})
	}
	if held == 0 || refused == 0 {
		t.Errorf("%d gaps may hold a visit and %d may not: both must come up", held, refused)
	}
}

// Being asked for the plan on the way neither changes the search nor keeps an older plan.
func TestBestMayBeAskedForAtAnyTime(t *testing.T) {
	t.Parallel()
	p := aField(rand.New(rand.NewPCG(1, 2)), 40, 3, false)
	var costs []float64
	for _, asked := range []bool{false, true} {
		s, err := NewSolver(p, Options{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			if asked {
				s.Best()
			}
			s.Step(2000, 0, 1)
		}
		costs = append(costs, s.Best().Cost, float64(len(s.Best().Unassigned)))
	}
	if !slices.Equal(costs[:2], costs[2:]) {
		t.Errorf("cost and unassigned are %v, and %v when asked for on the way", costs[:2], costs[2:])
	}
}
