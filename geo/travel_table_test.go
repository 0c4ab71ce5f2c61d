package geo

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestTravelTableIsWhatTimeAndDistanceSay(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 1))
	var points []Point
	for range 200 {
		points = append(points, Point{Lat: 55 + rng.Float64(), Lon: 37 + rng.Float64()})
	}
	points = append(points, points[0], Point{Lat: -89, Lon: 10}, Point{Lat: 1, Lon: -179.9}, Point{Lat: 1, Lon: 179.9})
	way := Travel{Detour: 1.3, Speed: 31}
	seconds, metres := way.Table(points)
	for a, from := range points {
		for b, to := range points {
			k := a*len(points) + b
			if got, want := float64(seconds[k]), way.Time(from, to).Seconds(); math.Abs(got-want) > 1 {
				t.Errorf("%v to %v takes %v s, and Time says %v", from, to, got, want)
			}
			if got, want := float64(metres[k]), float64(way.Distance(from, to)); math.Abs(got-want) > 1 {
				t.Errorf("%v to %v are %v m, and Distance says %v", from, to, got, want)
			}
		}
	}
}

func BenchmarkTravelTable(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	points := make([]Point, 2000)
	for i := range points {
		points[i] = Point{Lat: 55 + rng.Float64(), Lon: 37 + rng.Float64()}
	}
	b.Run("table", func(b *testing.B) {
		for b.Loop() {
			CityTravel.Table(points)
		}
	})
	b.Run("one by one", func(b *testing.B) {
		for b.Loop() {
			for i, from := range points {
				for _, to := range points[:i] {
					_, _ = CityTravel.Time(from, to), CityTravel.Distance(from, to)
				}
			}
		}
	})
}
