package route

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// The search must find what trying everything finds.
func TestSolverFindsWhatTryingEverythingFinds(t *testing.T) {
	t.Parallel()
	var missed, tried int
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 9))
		p := aField(rng, 2+int(seed%4), 2, seed%3 == 0)
		p.Shipments, p.Together = nil, nil
		for i := range p.Visits {
			p.Visits[i].After = nil
		}
		for k := range p.Vehicles {
			p.Vehicles[k].Breaks = nil
		}
		m, err := newModel(p)
		if err != nil {
			t.Fatal(err)
		}
		over, want := tryEverything(m)
		s, err := NewSolver(p, Options{Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		for range s.Epochs(3000) {
		}
		tried++
		if got := s.settled().over(); got != over {
			t.Errorf("seed %d: %d changes too many, the least there is is %d", seed, got, over)
		}
		switch got := s.settled().cost; {
		case got < want:
			t.Fatalf("seed %d: %d is better than the best there is, %d", seed, got, want)
		case got > want:
			t.Logf("seed %d: %d, the best is %d", seed, got, want)
			missed++
		}
	}
	if missed > 0 {
		t.Errorf("missed the best plan %d times of %d", missed, tried)
	}
}

// tryEverything is the fewest changes beyond the budget of any plan, and the least cost of those plans: every choice of
// visits for every vehicle in every order, at any time and at the time that was promised.
func tryEverything(m *model) (over, cost int64) {
	over, cost = infinite, infinite
	var try func(pl *plan, c int32)
	try = func(pl *plan, c int32) {
		if now := pl.over(); now < over {
			over, cost = now, pl.cost
		} else if now == over {
			cost = min(cost, pl.cost)
		}
		for ; int(c) < m.n; c++ {
			for r := range int32(m.m) {
				if !m.can[int(c)*m.m+int(r)] || !pl.room(c, r) {
					continue
				}
				first, last := pl.gaps(r)
				hulls := []span{m.hull[c]}
				if told, promise, ok := m.promised(c); ok && told == r {
					hulls = append(hulls, promise)
				}
				for k := first; k <= last; k++ {
					for _, hull := range hulls {
						if _, _, ok := pl.judge(c, r, k, hull); ok {
							next := newPlan(m, new(uint32))
							next.copyAll(pl)
							next.insertWithin(c, r, k, hull)
							try(next, c+1)
						}
					}
				}
			}
		}
	}
	try(newPlan(m, new(uint32)), 0)
	return over, cost
}

func TestFrozenVisitsStay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 10))
		p := aField(rng, rapid.IntRange(4, 20).Draw(t, "visits"), 3, rapid.Bool().Draw(t, "plain"))
		for i, c := range rng.Perm(len(p.Visits))[:4] {
			v := &p.Vehicles[i%3]
			v.Given = append(v.Given, int32(c))
			v.Frozen = min(1, len(v.Given))
		}
		pinned := p.Vehicles[1].Given[0]
		for i := range p.Visits {
			if int32(i) != pinned && rng.IntN(3) == 0 {
				p.Visits[i].Allowed = []int32{2}
			}
		}
		s, err := NewSolver(p, Options{Seed: 3, Threads: 2})
		if err != nil {
			t.Fatal(err)
		}
		for range s.Epochs(400) {
		}
		best := s.Best()
		for r, v := range p.Vehicles {
			if got := best.Routes[r].Visits(); len(got) < v.Frozen || !slices.Equal(got[:v.Frozen], v.Given[:v.Frozen]) {
				t.Fatalf("vehicle %d goes to %v, frozen are %v", r, got, v.Given[:v.Frozen])
			}
		}
	})
}

// The loop works in what it has.
func TestSearchAllocatesNothing(t *testing.T) {
	for _, plain := range []bool{true, false} {
		p := aField(rand.New(rand.NewPCG(4, 11)), 60, 8, plain)
		p.Together, p.Shipments = nil, nil
		for i := range p.Visits {
			p.Visits[i].After = nil
		}
		m, err := newModel(p)
		if err != nil {
			t.Fatal(err)
		}
		s := newSearch(m)
		s.fill()
		s.run(20_000, 1000, 100) // routes and lists grow to their size
		if got := testing.AllocsPerRun(5, func() { s.run(1000, 100, 10) }); got > 1 {
			t.Errorf("plain %v: 1,000 iterations make %v allocations", plain, got)
		}
	}
}

func TestBadProblemsAreRefused(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*Problem){
		"a window that ends before it begins": func(p *Problem) { p.Visits[0].Windows = []Window{{9, 8}} },
		"a matrix of the wrong size":          func(p *Problem) { p.Travel[0].Durations = p.Travel[0].Durations[1:] },
		"a place that is not there":           func(p *Problem) { p.Visits[0].Place = 99 },
		"a shift that ends before it begins":  func(p *Problem) { p.Vehicles[0].Closes = p.Vehicles[0].Opens - 1 },
		"a negative service":                  func(p *Problem) { p.Visits[0].Service = -1 },
		"a huge service":                      func(p *Problem) { p.Visits[0].Service = 1 << 60 },
		"a huge cost":                         func(p *Problem) { p.Vehicles[0].PerHour = 1 << 62 },
		"costs that can't be added up":        func(p *Problem) { p.Vehicles[0].PerHour, p.Travel[0].Durations[1] = 1<<40-1, 1<<27 },
		"a priority of 101":                   func(p *Problem) { p.Visits[0].Priority = 101 },
		"a visit given twice":                 func(p *Problem) { p.Vehicles[0].Given = []int32{1, 1} },
		"visits that wait for each other":     func(p *Problem) { p.Visits[0].After, p.Visits[1].After = []int32{1}, []int32{0} },
		"a shipment with itself":              func(p *Problem) { p.Shipments = []Shipment{{1, 1}} },
		"a vehicle that is not there":         func(p *Problem) { p.Visits[0].Allowed = []int32{7} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := aField(rand.New(rand.NewPCG(1, 12)), 5, 2, true)
			spoil(p)
			if _, err := NewSolver(p, Options{}); err == nil {
				t.Errorf("NewSolver takes a problem with %s", name)
			}
		})
	}
}

func TestOddProblemsAreSolved(t *testing.T) {
	t.Parallel()
	for name, odd := range map[string]func() *Problem{
		"nothing":     func() *Problem { return &Problem{} },
		"no vehicles": func() *Problem { return &Problem{Visits: make([]Visit, 3)} },
		"no visits":   func() *Problem { p := aField(rand.New(rand.NewPCG(1, 13)), 3, 2, true); p.Visits = nil; return p },
		"ten thousand visits in one place": func() *Problem {
			p := &Problem{Travel: []Table{{Places: 1, Durations: []int32{0}}}, Visits: make([]Visit, 10_000)}
			for i := range p.Visits {
				p.Visits[i].Service = 600
			}
			for range 20 {
				p.Vehicles = append(p.Vehicles, Vehicle{Closes: 9 * 3600, PerHour: 3600})
			}
			return p
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := odd()
			s, err := NewSolver(p, Options{})
			if err != nil {
				t.Fatal(err)
			}
			for range s.Epochs(100) {
			}
			best := s.Best()
			if err := verify(p, best); err != nil {
				t.Error(err)
			}
			served := len(p.Visits) - len(best.Unassigned)
			if want := min(len(p.Visits), 54*len(p.Vehicles)); name[0] == 't' && served != want {
				t.Errorf("%d visits served, want %d", served, want)
			}
		})
	}
}
