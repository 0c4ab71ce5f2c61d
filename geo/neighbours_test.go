package geo

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Against the definition: every third place tried for every pair.
func TestNeighboursAreGabrielPairsAndHangTogether(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lattice := rapid.Bool().Draw(t, "lattice")
		coordinate := rapid.IntRange(0, 12)
		var places []vec
		for range rapid.IntRange(1, 60).Draw(t, "places") {
			p := vec{float64(coordinate.Draw(t, "x")), float64(coordinate.Draw(t, "y"))}
			if lattice {
				p = vec{p.x + p.y/2, p.y * math.Sqrt(3) / 2}
			}
			if !slices.Contains(places, p) {
				places = append(places, p)
			}
		}
		near := neighboursOf(places)
		joined := newForest(len(places))
		for i, p := range places {
			for _, j := range near.of(int32(i)) {
				joined.union(int32(i), j)
				if !slices.Contains(near.of(j), int32(i)) {
					t.Errorf("%d borders on %d, but not the other way round", i, j)
				}
			}
			for j, q := range places {
				if i == j {
					continue
				}
				gap := math.Inf(1)
				for k, r := range places {
					if k != i && k != j {
						gap = min(gap, p.toward(q, 0.5).distance(r))
					}
				}
				radius := p.distance(q) / 2
				bordering := slices.Contains(near.of(int32(i)), int32(j))
				if bordering && gap < radius*(1-1e-6) {
					t.Errorf("%v and %v border, with a third %v from the middle of %v", p, q, gap, 2*radius)
				}
				if !bordering && gap > radius*(1+clearance+1e-6) {
					t.Errorf("%v and %v do not border, with nothing between", p, q)
				}
			}
		}
		for i := range places {
			if joined.root(int32(i)) != joined.root(0) {
				t.Errorf("place %d is cut off", i)
			}
		}
	})
}
