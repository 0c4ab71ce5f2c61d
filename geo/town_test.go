package geo_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

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

// burnt is the processor time used so far.
func burnt() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func TestTable(t *testing.T) {
	if os.Getenv("TOWNS") == "" {
		t.Skip()
	}
	line := func(name string, sites []geo.Site, k, res int) {
		start := burnt()
		d, err := geo.Design(geo.Brief{Sites: sites, Territories: k, Seed: 1, Resolution: res})
		if err != nil {
			fmt.Println(name, k, err)
			return
		}
		m := d.Measures
		flag := ""
		if m.Imbalance > max(0.03, m.ImbalanceFloor)+0.01 {
			flag += " IMB"
		}
		if lim := 1.13; m.PriceOfBalance > lim && (k <= 50 || m.PriceOfBalance > 1.18) {
			flag += " PRICE"
		}
		fmt.Printf("%-12s K=%-4d units %5d imb %6.2f%% low %6.1f%% floor %5.1f%% pieces %d medoid %6.3f rms %6.3f price %.3f envy %.2f  %.2fs%s\n", name, k, m.Units, 100*m.Imbalance, 100*m.Lightest, 100*m.ImbalanceFloor, m.Pieces, m.MedoidKm, m.RMSKm, m.PriceOfBalance, m.Envy, (burnt() - start).Seconds(), flag)
	}
	ks := []int{10, 50}
	if os.Getenv("TOWNS") == "1" || os.Getenv("TOWNS") == "real" {
		for _, f := range []string{"moscow_clients_osm.csv", "andorra_clients_osm.csv", "moscow_shops_centre_osm.csv"} {
			for _, k := range []int{10, 50, 200} {
				line(f[:9], sharedSites(t, f), k, 9)
			}
		}
	}
	if os.Getenv("TOWNS") == "big" {
		for _, k := range []int{50, 200} {
			line("gen200k", generated(200_000), k, 8)
			line("corr200k", town(1, 200_000, 1), k, 8)
		}
	}
	if os.Getenv("TOWNS") != "1" && os.Getenv("TOWNS") != "gen" {
		return
	}
	for w := range towns {
		for _, k := range ks {
			line(towns[w].name, town(w, 3000, 1), k, 9)
		}
	}
}

func BenchmarkMoscow(b *testing.B) {
	sites := sharedSites(b, "moscow_clients_osm.csv")
	for _, k := range []int{10, 50, 200} {
		b.Run(strconv.Itoa(k), func(b *testing.B) {
			for b.Loop() {
				if _, err := geo.Design(geo.Brief{Sites: sites, Territories: k, Seed: 1}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
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

func TestDriftTable(t *testing.T) {
	if os.Getenv("TOWNS") == "" {
		t.Skip()
	}
	line := func(name string, sites []geo.Site, k int) {
		b := drifted(t, sites, k)
		fresh := b
		fresh.Current, fresh.Price = nil, 0
		f, _ := geo.Design(fresh)
		start := burnt()
		d, err := geo.Design(b)
		if err != nil {
			t.Fatal(err)
		}
		spent := (burnt() - start).Seconds()
		m := d.Measures
		fmt.Printf("%-10s K=%-4d imb %.4f floor %.4f pieces %d moved %.4f bound %.4f ratio %.3f rms %.3f of afresh %.3f medoid %.3f  %.2fs\n", name, k, m.Imbalance, m.ImbalanceFloor, m.Pieces, m.MovedShare, m.MovedBound, m.MovedShare/m.MovedBound, m.RMSKm, m.RMSKm/f.Measures.RMSKm, m.MedoidKm/f.Measures.MedoidKm, spent)
		c, err := geo.Curve(b, geo.CurveBudgets...)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range c {
			fmt.Printf("   budget %.2f moved %.4f imb %.4f rms %.3f\n", p.Budget, p.MovedShare, p.Imbalance, p.RMSKm)
		}
	}
	for _, k := range []int{10, 50, 200} {
		line("moscow", sharedSites(t, "moscow_clients_osm.csv"), k)
	}
	line("andorra", sharedSites(t, "andorra_clients_osm.csv"), 10)
	line("andorra", sharedSites(t, "andorra_clients_osm.csv"), 50)
	if os.Getenv("TOWNS") == "1" {
		for w := range towns {
			line(towns[w].name, town(w, 3000, 1), 10)
			line(towns[w].name, town(w, 3000, 1), 50)
		}
	}
}

func BenchmarkRebalance(b *testing.B) {
	for _, k := range []int{50, 200} {
		b.Run(strconv.Itoa(k), func(b *testing.B) {
			brief := drifted(b, sharedSites(b, "moscow_clients_osm.csv"), k)
			for b.Loop() {
				if _, err := geo.Design(brief); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
