package route

import (
	"math/rand/v2"
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
			last := s.best.cost
			for range s.Epochs(600) {
				if s.best.cost > last {
					t.Fatalf("the best plan went from %d to %d", last, s.best.cost)
				}
				last = s.best.cost
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
