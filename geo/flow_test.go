package geo

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestWorkPassesThroughWhoStandsBetween(t *testing.T) {
	t.Parallel()
	row := [][]int32{{1}, {0, 2}, {1, 3}, {2}}
	for _, c := range []struct {
		name  string
		spare []float64
		want  float64
	}{
		{"nothing to do", []float64{0, 1, 2, 0}, 0},
		{"to the neighbour", []float64{-2, 3, 0, 0}, 2},
		{"through two that are full", []float64{-2, 0, 0, 3}, 6},
		{"some stays on the way", []float64{-2, 0.5, 0, 3}, 5},
		{"two meet", []float64{-2, 1, 4, -3}, 6},
		{"no room for all", []float64{-2, 1, 0, 0}, 1},
	} {
		if got := leastFlow(c.spare, row, 1e-9); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%s: %v is passed on, want %v", c.name, got, c.want)
		}
	}
}

// On a row there is one way only: what crosses each border is what is too much on one side.
func TestFlowOnARow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 12).Draw(t, "territories")
		spare, beside := make([]float64, n), make([][]int32, n)
		for i := range spare {
			spare[i] = float64(rapid.IntRange(-5, 5).Draw(t, "spare"))
			if i > 0 {
				beside[i] = append(beside[i], int32(i-1))
			}
			if i < n-1 {
				beside[i] = append(beside[i], int32(i+1))
			}
		}
		sum := 0.0
		for _, s := range spare {
			sum += s
		}
		if sum < 0 {
			spare[0] -= sum // room for all
		}
		// Every border is crossed by something between what the left must send and what it can take; the least is found
		// by trying all whole amounts from left to right.
		best := map[int]float64{0: 0}
		for _, s := range spare {
			next := map[int]float64{}
			for in, cost := range best {
				for out := -60; out <= 60; out++ {
					if float64(out) < float64(in)-s { // more stays than there is room for
						continue
					}
					total := cost + math.Abs(float64(out))
					if old, known := next[out]; !known || total < old {
						next[out] = total
					}
				}
			}
			best = next
		}
		if got, want := leastFlow(spare, beside, 1e-9), best[0]; math.Abs(got-want) > 1e-9 {
			t.Errorf("room %v: %v is passed on, want %v", spare, got, want)
		}
	})
}
