package route

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// Whatever changes on a day, a plan that can keep the budget of changes keeps it. With ties it need not find the way
// there at once, but takes no step further beyond.
func TestTheBudgetOfChangesIsKept(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 21))
		p := aField(rng, rapid.IntRange(2, 24).Draw(t, "visits"), rapid.IntRange(1, 4).Draw(t, "vehicles"), false)
		p.Churn = nil
		told, err := NewSolver(p, Options{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		publish(p, told.Best())
		p.Churn = &Churn{
			Vehicle: rng.Int64N(300), Arrival: rng.Int64N(300), Tolerance: rng.Int64N(1800),
			Most: rapid.IntRange(0, 5).Draw(t, "most"),
		}
		// A new wish makes another order cheaper, a new visit wants to be in between: nothing that is told must change.
		p.Visits[0].Elsewhere, p.Visits[0].On = 50_000, []On{{Vehicle: rng.Int32N(int32(len(p.Vehicles)))}}
		for c := range p.Visits {
			if rng.IntN(4) == 0 && p.Visits[c].Published == nil {
				p.Visits[c].Windows, p.Visits[c].Skills = nil, nil
			}
		}
		s, err := NewSolver(p, Options{Seed: 2})
		if err != nil {
			t.Fatal(err)
		}
		most := p.Churn.Most
		if s.m.linked {
			most += int(s.best.over())
		}
		for range s.Epochs(400) {
			if got := changesOf(p, s.Best()); got > most {
				t.Fatalf("%d published visits change, at most %d may", got, most)
			}
		}
		best := s.Best()
		if err := verify(p, best); err != nil {
			t.Fatal(err)
		}
		if got := changesOf(p, best); got != best.Changed {
			t.Fatalf("%d published visits change, the solution says %d", got, best.Changed)
		}
	})
}

// Where not all promises can be kept, no more are broken than must be.
func TestNoMorePromisesAreBrokenThanMustBe(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 22))
		p := aField(rng, rapid.IntRange(1, 4).Draw(t, "visits"), 2, false)
		p.Shipments, p.Together = nil, nil
		p.Churn = &Churn{Tolerance: rng.Int64N(7200), Most: rapid.IntRange(0, 2).Draw(t, "most")}
		for c := range p.Visits {
			v := &p.Visits[c]
			v.After = nil
			v.Published = &Published{rng.Int32N(2), p.Vehicles[0].Opens + rng.Int64N(8*3600)}
		}
		m, err := newModel(p)
		if err != nil {
			t.Fatal(err)
		}
		want, _ := tryEverything(m)
		s, err := NewSolver(p, Options{Seed: 2})
		if err != nil {
			t.Fatal(err)
		}
		for range s.Epochs(500) {
		}
		if got := s.Best().Changed; int64(got) > int64(p.Churn.Most)+want {
			t.Fatalf("%d promises are broken, %d may be, and %d more must be", got, p.Churn.Most, want)
		}
	})
}

// publish tells everybody of a plan.
func publish(p *Problem, s Solution) {
	for c := range p.Visits {
		p.Visits[c].Published = nil
	}
	for r, route := range s.Routes {
		v := &p.Vehicles[r]
		v.Given = route.Visits()
		for _, stop := range route.Stops {
			if stop.Visit >= 0 {
				p.Visits[stop.Visit].Published = &Published{Vehicle: int32(r), Arrival: stop.Begin}
			}
		}
	}
}

// changesOf counts the published visits that a solution changes.
func changesOf(p *Problem, s Solution) int {
	kept, all := 0, 0
	for c := range p.Visits {
		if told := p.Visits[c].Published; told != nil && told.Vehicle >= 0 {
			all++
		}
	}
	for r, route := range s.Routes {
		for _, stop := range route.Stops {
			if stop.Visit < 0 {
				continue
			}
			told := p.Visits[stop.Visit].Published
			if told == nil || told.Vehicle != int32(r) {
				continue
			}
			if off := stop.Begin - told.Arrival; max(off, -off) <= p.Churn.Tolerance {
				kept++
			}
		}
	}
	return all - kept
}

// Groups share the budget of the whole.
func TestGroupsShareTheBudgetOfChanges(t *testing.T) {
	t.Parallel()
	p := aField(rand.New(rand.NewPCG(5, 23)), groupedFrom+20, 30, true)
	told, err := NewSolver(p, Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	publish(p, told.Best())
	p.Churn = &Churn{Tolerance: 600, Most: 7}
	s, err := NewSolver(p, Options{Seed: 2, Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	first := s.Best().Cost
	for range s.Epochs(6000) {
	}
	best := s.Best()
	if got := changesOf(p, best); got > p.Churn.Most || got != best.Changed {
		t.Errorf("%d published visits change, %d by the solution's own word, %d may", got, best.Changed, p.Churn.Most)
	}
	if best.Cost >= first {
		t.Errorf("the plan costs %v, which is no less than the %v it began with: no change was made use of", best.Cost, first)
	}
}
