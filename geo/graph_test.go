package geo_test

import (
	"slices"
	"testing"

	"github.com/hexbeat/hexbeat/geo"
	"pgregory.net/rapid"
)

func TestNeighboursOfASquare(t *testing.T) {
	t.Parallel()
	// The second and the last stand at one place.
	points := []geo.Point{{Lat: 0, Lon: 0}, {Lat: 0, Lon: 0.01}, {Lat: 0.01, Lon: 0.011}, {Lat: 0.01, Lon: 0}, {Lat: 0, Lon: 0.01}}
	got := geo.Neighbours(points)
	for i, want := range [][]int32{{1, 3}, {0, 2, 4}, {1, 3}, {0, 2}, {1}} {
		if slices.Sort(got[i]); !slices.Equal(got[i], want) {
			t.Errorf("neighbours of %d = %v, want %v", i, got[i], want)
		}
	}
}

func TestNeighboursHangTogether(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		points := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) geo.Point {
			return geo.Point{Lat: float64(rapid.IntRange(0, 9).Draw(t, "lat")) / 100, Lon: float64(rapid.IntRange(0, 9).Draw(t, "lon")) / 100}
		}), 1, 60).Draw(t, "points")
		near := geo.Neighbours(points)
		reached := map[int32]bool{0: true}
		for queue := []int32{0}; len(queue) > 0; queue = queue[1:] {
			for _, next := range near[queue[0]] {
				if !slices.Contains(near[next], queue[0]) {
					t.Fatalf("%d borders on %d, but not the other way", queue[0], next)
				}
				if !reached[next] {
					reached[next] = true
					queue = append(queue, next)
				}
			}
		}
		if len(reached) != len(points) {
			t.Fatalf("%d of %d points hang together", len(reached), len(points))
		}
	})
}
