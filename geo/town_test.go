package geo_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/hexbeat/hexbeat/geo"
)

// towns are the shapes of ground a design must cope with; each draws places in km around a middle.
var towns = []struct {
	name  string
	place func(*rand.Rand) func() (x, y, work float64)
}{
	{"core", func(r *rand.Rand) func() (float64, float64, float64) {
		return func() (float64, float64, float64) {
			spread := 1.5
			if r.IntN(5) < 2 {
				spread = 8
			}
			return spread * r.NormFloat64(), spread * r.NormFloat64(), 1 + float64(r.IntN(3))
		}
	}},
	{"corridors", func(r *rand.Rand) func() (float64, float64, float64) {
		type settlement struct{ x, y, size float64 }
		var all []settlement
		whole := 0.0
		for i := range 60 {
			road, along := float64(i%4)*math.Pi/2+0.3, 40*math.Sqrt(r.Float64())
			s := settlement{along * math.Cos(road+along/80), along * math.Sin(road+along/80), 1 / float64(1+i)}
			all, whole = append(all, s), whole+s.size
		}
		return func() (float64, float64, float64) {
			pick := r.Float64() * whole
			for _, s := range all {
				if pick -= s.size; pick <= 0 {
					spread := 0.3 + 1.5*math.Sqrt(s.size)
					return s.x + spread*r.NormFloat64(), s.y + spread*r.NormFloat64(), 1 + float64(r.IntN(4))
				}
			}
			return 0, 0, 1
		}
	}},
	{"ring", func(r *rand.Rand) func() (float64, float64, float64) {
		return func() (float64, float64, float64) {
			angle, far := 2*math.Pi*r.Float64(), 9+0.8*r.NormFloat64()
			return far * math.Cos(angle), far * math.Sin(angle), 1
		}
	}},
	{"valley", func(r *rand.Rand) func() (float64, float64, float64) {
		x, y := 0.0, 0.0
		return func() (float64, float64, float64) {
			if r.IntN(10) >= 3 {
				along := 30 * math.Pow(r.Float64(), 2)
				x, y = along+0.1*r.NormFloat64(), 4*math.Sin(along/4)+0.25*r.NormFloat64()
			}
			return x, y, 1
		}
	}},
	{"islands", func(r *rand.Rand) func() (float64, float64, float64) {
		return func() (float64, float64, float64) {
			if r.IntN(10) < 3 {
				return 60 + 3*r.NormFloat64(), 10 + 2*r.NormFloat64(), 1 + float64(r.IntN(2))
			}
			return 4 * r.NormFloat64(), 6 * r.NormFloat64(), 1 + float64(r.IntN(2))
		}
	}},
	{"uniform", func(r *rand.Rand) func() (float64, float64, float64) {
		return func() (float64, float64, float64) { return 25 * r.Float64(), 20 * r.Float64(), 2 }
	}},
	{"tail", func(r *rand.Rand) func() (float64, float64, float64) {
		return func() (float64, float64, float64) {
			return 8 * r.NormFloat64(), 5 * r.NormFloat64(), min(200, math.Pow(1-r.Float64(), -1/1.3))
		}
	}},
	{"malls", func(r *rand.Rand) func() (float64, float64, float64) {
		var at [][2]float64
		for range 700 {
			at = append(at, [2]float64{5 * r.NormFloat64(), 5 * r.NormFloat64()})
		}
		return func() (float64, float64, float64) {
			p := at[int(float64(len(at))*math.Pow(r.Float64(), 1.5))]
			return p[0], p[1], 1
		}
	}},
}

// town is one of the towns with n sites.
func town(which int, n int, seed uint64) []geo.Site {
	r := rand.New(rand.NewPCG(seed, uint64(which)))
	draw := towns[which].place(r)
	sites := make([]geo.Site, n)
	for i := range sites {
		x, y, work := draw()
		sites[i] = geo.Site{ID: strconv.Itoa(i), Point: geo.Point{Lat: 48 + y/110.57, Lon: 9 + x/74.5}, Workload: work}
	}
	return sites
}

// drifted is a design of the sites after a year in which the work of each territory grew or shrank.
func drifted(t testing.TB, sites []geo.Site, k int) geo.Brief {
	t.Helper()
	b := geo.Brief{Sites: slices.Clone(sites), Territories: k, Seed: 1}
	before, err := geo.Design(b)
	if err != nil {
		t.Fatal(err)
	}
	source := rand.New(rand.NewPCG(7, 7))
	grown := make([]float64, k)
	for j := range grown {
		grown[j] = 0.7 + 0.6*source.Float64()
	}
	b.Current = before.Of(len(b.Sites))
	for i := range b.Sites {
		b.Sites[i].Workload *= grown[b.Current[i]]
	}
	b.Tolerance, b.Price = 0.05, 5
	return b
}
