package route

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// aBreedable is a random problem that a breeder can express, with vehicles enough.
func aBreedable(rng *rand.Rand, n int) *Problem {
	p := aField(rng, n, 1+n/4, true)
	for i := range p.Vehicles {
		v := &p.Vehicles[i]
		v.Opens, v.Closes = p.Vehicles[0].Opens, p.Vehicles[0].Closes
		v.Fixed = 500
	}
	for i := range p.Visits {
		for k := range p.Visits[i].Windows { // none so early or late that there is no way to it, or home
			w, opens := &p.Visits[i].Windows[k], p.Vehicles[0].Opens
			w.Open = min(w.Open, opens+5*3600)
			w.Close = max(w.Close, opens+6000, w.Open)
		}
	}
	return p
}

// What a move is said to save is what it saves, to the last second and unit, and routes stay whole.
func TestClimbingGoesDown(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 31))
		p := aBreedable(rng, rapid.IntRange(4, 30).Draw(t, "visits"))
		m, err := newModel(p)
		if err != nil {
			t.Fatal(err)
		}
		if !m.breedable() {
			t.Fatal("the problem is none for a breeder")
		}
		b := newBreeder(m)
		b.rng = newRandom(rng.Uint64())
		b.clear()
		for v := range int32(b.n) {
			b.hang(v, b.start(int32(b.rng.below(b.routes))))
		}
		for r := range int32(b.routes) {
			b.renew(r)
		}
		total := func() int64 {
			walked := penalized(t, b)
			cost := int64(0)
			for r := range int32(b.routes) {
				cost += b.price[r]
			}
			travel, _, _ := b.sums()
			if cost += travel; cost != walked {
				t.Fatalf("the routes say %d, a walk says %d", cost, walked)
			}
			return cost
		}
		now := total()
		for range 300 {
			u, v := int32(b.rng.below(b.n)), int32(b.rng.below(b.n))
			if u == v {
				continue
			}
			moved := b.improve(u, v)
			if r, s := b.route[u], b.route[v]; !moved && r != s && b.rng.next()%4 == 0 {
				moved = b.exchange(r, s)
			}
			next := total()
			if moved != (next < now) || next > now {
				t.Fatalf("a move is made: %v; the plan goes from %d to %d", moved, now, next)
			}
			now = next
		}
	})
}

// penalized walks the routes visit by visit, without any sums.
func penalized(t *rapid.T, b *breeder) int64 {
	cost, served := int64(0), 0
	for r := range int32(b.routes) {
		first := b.start(r)
		now, back, load := b.own[first].early, int64(0), int64(0)
		used := false
		for v := first; v != b.end(r); {
			next := b.climber.next[v]
			if b.climber.prev[next] != v {
				t.Fatalf("node %d comes before %d, which comes behind %d", v, next, b.climber.prev[next])
			}
			cost += b.way64(v, next)
			now += b.own[v].span + b.way(v, next)
			now = max(now, b.own[next].early)
			if late := now - b.own[next].late; late > 0 {
				back += int64(late)
				now = b.own[next].late
			}
			load += b.amount[next]
			if next < int32(b.n) {
				used = true
				served++
			}
			v = next
		}
		if used {
			cost += b.fixed
		}
		cost += (b.priceBack*back + b.priceLoad*max(0, load-b.room)) >> 4
	}
	if served != b.n {
		t.Fatalf("%d visits are on routes, of %d", served, b.n)
	}
	return cost
}

// What a population finds is a plan of the problem, at the cost that it says.
func TestBreedersFindPlans(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 32))
		p := aBreedable(rng, rapid.IntRange(3, 25).Draw(t, "visits"))
		solve := func(threads int) Solution {
			s, err := NewSolver(p, Options{Seed: 4, Threads: threads})
			if err != nil {
				t.Fatal(err)
			}
			if !s.breeds || ones(s.best.missing) > 0 {
				t.Skip("something can't be served")
			}
			s.beginBreeding()
			last := s.best.cost
			for range s.Epochs(60 * childCost * s.m.n) {
				if s.best.cost > last {
					t.Fatalf("the best plan went from %d to %d", last, s.best.cost)
				}
				last = s.best.cost
			}
			for _, b := range s.breeders {
				if !b.leave(s.spare) || s.spare.cost != b.costOf()*s.m.class[0].second {
					t.Fatalf("the best plan costs %d, its breeder says %d", s.spare.cost, b.costOf())
				}
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

// A large problem breeds in groups; what it finds is a plan, no worse than before, whatever the threads.
func TestFieldsBreed(t *testing.T) {
	t.Parallel()
	p := aBreedable(rand.New(rand.NewPCG(9, 35)), groupedFrom)
	var found [2]Solution
	for k := range found {
		s, err := NewSolver(p, Options{Seed: 4, Threads: k + 1})
		if err != nil {
			t.Fatal(err)
		}
		if !s.breeds || !s.grouped() || ones(s.best.missing) > 0 {
			t.Fatal("the problem is none for a field of breeders")
		}
		s.sow()
		before := s.best.cost
		for range 2 {
			s.field.left = 1 // the second step divides anew
			s.Step(30*childCost*s.m.n, 0, 1)
		}
		if s.best.cost >= before {
			t.Errorf("the best plan went from %d to %d", before, s.best.cost)
		}
		found[k] = s.Best()
	}
	if err := verify(p, found[0]); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(found[0], found[1]); diff != "" {
		t.Errorf("two threads find something else:\n%s", diff)
	}
}

func (b *breeder) costOf() int64 {
	b.judge(&b.sound)
	return b.members[b.sound.alive[0]].cost
}

// Children are made in what the breeder has.
func TestBreedingAllocatesNothing(t *testing.T) {
	s, err := NewSolver(aBreedable(rand.New(rand.NewPCG(3, 33)), 20), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !s.breeds {
		t.Fatal("the problem is none for a breeder")
	}
	b := newBreeder(s.m)
	b.run(150 * childCost * s.m.n) // lists grow to their size
	if got := testing.AllocsPerRun(5, func() { b.run(50 * childCost * s.m.n) }); got > 0 {
		t.Errorf("50 children make %v allocations", got)
	}
}

// A problem that a breeder can't express is left to the annealing.
func TestOnlyPlainProblemsBreed(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*Problem){
		"an optional visit": func(p *Problem) { p.Visits[0].Optional = true },
		"a skill":           func(p *Problem) { p.Visits[0].Skills = []int32{1}; p.Vehicles[0].Skills = []int32{1} },
		"two windows": func(p *Problem) {
			p.Visits[0].Windows = []Window{{0, p.Vehicles[0].Opens}, {p.Vehicles[0].Opens + 2, Forever}}
		},
		"a break":                func(p *Problem) { p.Vehicles[0].Breaks = []Break{{Service: 60}} },
		"a shorter shift":        func(p *Problem) { p.Vehicles[0].Closes-- },
		"another capacity":       func(p *Problem) { p.Vehicles[1].Capacity = []int64{1} },
		"a preferred vehicle":    func(p *Problem) { p.Visits[0].Elsewhere = 1 },
		"two amounts":            func(p *Problem) { p.Visits[0].Delivery = []int64{1, 1} },
		"at most so many visits": func(p *Problem) { p.Vehicles[0].MostVisits = 2 },
		"set-up":                 func(p *Problem) { p.Visits[0].Setup = 60 },
		"a frozen visit":         func(p *Problem) { p.Vehicles[0].Given, p.Vehicles[0].Frozen = []int32{0}, 1 },
		"something published":    func(p *Problem) { p.Churn, p.Visits[0].Published = &Churn{}, &Published{} },
		"travel that costs nought": func(p *Problem) {
			for i := range p.Vehicles {
				p.Vehicles[i].PerHour = 0
			}
		},
	} {
		p := aBreedable(rand.New(rand.NewPCG(5, 34)), 12)
		if m, err := newModel(p); err != nil || !m.breedable() {
			t.Fatalf("the problem itself is none for a breeder: %v", err)
		}
		spoil(p)
		if m, err := newModel(p); err != nil || m.breedable() {
			t.Errorf("a breeder is thought to express %s: %v", name, err)
		}
	}
}
