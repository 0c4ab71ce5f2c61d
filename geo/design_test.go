package geo_test

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"

	"github.com/hexbeat/hexbeat/geo"
	"pgregory.net/rapid"
)

// aTown draws sites in clumps, some of them at one address.
func aTown(t *rapid.T, most int) []geo.Site {
	source := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "town"), 0))
	n := rapid.IntRange(1, most).Draw(t, "sites")
	middle := rapid.SampledFrom([]geo.Point{{Lat: 55.75, Lon: 37.62}, {Lat: 66.5, Lon: 179.98}, {Lat: -1.3, Lon: 36.8}}).Draw(t, "place")
	sites := make([]geo.Site, n)
	clump := middle
	for i := range sites {
		if source.IntN(8) == 0 {
			clump = geo.Point{Lat: middle.Lat + 0.1*source.NormFloat64(), Lon: middle.Lon + 0.1*source.NormFloat64()}
		}
		p := geo.Point{Lat: clump.Lat + 0.01*source.NormFloat64(), Lon: clump.Lon + 0.01*source.NormFloat64()}
		if i > 0 && source.IntN(10) == 0 {
			p = sites[i-1].Point
		}
		p.Lon = math.Remainder(p.Lon, 360)
		sites[i] = geo.Site{ID: strconv.Itoa(i), Point: p, Workload: float64(source.IntN(6))}
	}
	sites[0].Workload++
	return sites
}

func TestDesignGivesEverySiteOneTerritoryInOnePiece(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := geo.Brief{Sites: aTown(t, 60), Territories: rapid.IntRange(1, 5).Draw(t, "territories"), Seed: rapid.Uint64().Draw(t, "seed")}
		if rapid.Bool().Draw(t, "from today") {
			b.Price = 3
			for range b.Sites {
				b.Current = append(b.Current, rapid.IntRange(-1, b.Territories-1).Draw(t, "current"))
			}
		}
		d, err := geo.Design(b)
		if errors.Is(err, geo.ErrTerritories) {
			t.Skip(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		judge(t, b, d)
		if d.Measures.Pieces != 0 {
			t.Errorf("pieces = %d, want 0", d.Measures.Pieces)
		}
	})
}

// judge measures a design from outside, by slow and plain means.
func judge(t interface {
	Helper()
	Errorf(string, ...any)
}, b geo.Brief, d geo.Draft) (imbalance float64) {
	t.Helper()
	owners := make([]int, len(b.Sites))
	load := make([]float64, b.Territories)
	members := make([][]int, b.Territories)
	names := map[string]bool{}
	total := 0.0
	for u, unit := range d.Units {
		if names[unit.Name()] {
			t.Errorf("unit %s stands twice", unit.Name())
		}
		names[unit.Name()] = true
		members[d.Territory[u]] = append(members[d.Territory[u]], u)
		for _, i := range unit.Sites {
			owners[i]++
			load[d.Territory[u]] += b.Sites[i].Workload
			total += b.Sites[i].Workload
			if far := geo.Distance(b.Sites[i].Point, unit.Center); far > 600 {
				t.Errorf("site %d lies %.0f m from the centre of its unit", i, far)
			}
		}
	}
	for i, n := range owners {
		if n != 1 {
			t.Errorf("site %d is in %d units, want 1", i, n)
		}
	}
	at := flat(d.Units)
	for j, units := range members {
		if len(units) == 0 {
			t.Errorf("territory %d is empty", j)
			continue
		}
		imbalance = max(imbalance, load[j]*float64(b.Territories)/total-1)
		if n := reached(at, units); n != len(units) {
			t.Errorf("territory %d: %d of %d units hang together", j, n, len(units))
		}
	}
	if got := d.Measures.Imbalance; math.Abs(got-imbalance) > 1e-9 {
		t.Errorf("imbalance = %v, want %v", got, imbalance)
	}
	return imbalance
}

// flat lays the centres of units on a plane, east across the antimeridian.
func flat(units []geo.Unit) [][2]float64 {
	lat := 0.0
	for _, u := range units {
		lat += u.Center.Lat / float64(len(units))
	}
	at := make([][2]float64, len(units))
	for i, u := range units {
		east := math.Remainder(u.Center.Lon-units[0].Center.Lon, 360)
		at[i] = [2]float64{east * 111.32 * math.Cos(lat*math.Pi/180), u.Center.Lat * 110.57}
	}
	return at
}

// reached counts the members that Gabriel pairs join to the first, no matter how.
func reached(at [][2]float64, members []int) int {
	pair := func(a, b int) bool {
		x, y := (at[a][0]+at[b][0])/2, (at[a][1]+at[b][1])/2
		r := math.Hypot(at[a][0]-x, at[a][1]-y) * (1 - 1e-6)
		inside := func(c int) bool { return c != a && c != b && math.Hypot(at[c][0]-x, at[c][1]-y) < r }
		for _, c := range members {
			if inside(c) {
				return false
			}
		}
		for c := range at {
			if inside(c) {
				return false
			}
		}
		return true
	}
	seen := map[int]bool{members[0]: true}
	for queue := members[:1:1]; len(queue) > 0; queue = queue[1:] {
		for _, v := range members {
			if !seen[v] && pair(queue[0], v) {
				seen[v] = true
				queue = append(queue, v)
			}
		}
	}
	return len(seen)
}

// Not parallel: it changes the number of processors.
func TestDesignDoesNotDependOnProcessors(t *testing.T) {
	sites := generated(200)
	var first []byte
	for _, n := range []int{1, 2, 7} {
		old := runtime.GOMAXPROCS(n)
		d, err := geo.Design(geo.Brief{Sites: sites, Territories: 4, Seed: 42})
		runtime.GOMAXPROCS(old)
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = got
		}
		if string(got) != string(first) {
			t.Errorf("with %d processors the design differs from that with one", n)
		}
	}
}

func TestDesignFollowsCapacities(t *testing.T) {
	t.Parallel()
	b := geo.Brief{Sites: generated(300), Territories: 4, Capacity: []float64{1, 2, 2, 3}, Seed: 1}
	d, err := geo.Design(b)
	if err != nil {
		t.Fatal(err)
	}
	load := make([]float64, 4)
	for u, unit := range d.Units {
		load[d.Territory[u]] += unit.Workload / 300
	}
	for j, share := range b.Capacity {
		if got, want := load[j], share/8; math.Abs(got/want-1) > 0.03 {
			t.Errorf("territory %d has %.3f of the work, want %.3f", j, got, want)
		}
	}
}

func TestDesignRefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	here := geo.Site{ID: "a", Point: geo.Point{Lat: 55, Lon: 37}, Workload: 1}
	there := geo.Site{ID: "b", Point: geo.Point{Lat: 55.1, Lon: 37}, Workload: 1}
	with := func(change func(*geo.Site)) []geo.Site { s := there; change(&s); return []geo.Site{here, s} }
	two := []geo.Site{here, there}
	for name, c := range map[string]struct {
		brief geo.Brief
		want  error
	}{
		"no sites":             {geo.Brief{Territories: 1}, geo.ErrNoSites},
		"no territories":       {geo.Brief{Sites: two}, geo.ErrTerritories},
		"too many territories": {geo.Brief{Sites: two, Territories: 3}, geo.ErrTerritories},
		"all at one address":   {geo.Brief{Sites: []geo.Site{here, here, here}, Territories: 2}, geo.ErrTerritories},
		"latitude 91":          {geo.Brief{Sites: with(func(s *geo.Site) { s.Point.Lat = 91 }), Territories: 1}, geo.ErrNoPlace},
		"no longitude":         {geo.Brief{Sites: with(func(s *geo.Site) { s.Point.Lon = math.NaN() }), Territories: 1}, geo.ErrNoPlace},
		"negative workload":    {geo.Brief{Sites: with(func(s *geo.Site) { s.Workload = -1 }), Territories: 1}, geo.ErrWorkload},
		"workload not finite":  {geo.Brief{Sites: with(func(s *geo.Site) { s.Workload = math.Inf(1) }), Territories: 1}, geo.ErrWorkload},
		"no work at all":       {geo.Brief{Sites: []geo.Site{{ID: "a", Point: here.Point}}, Territories: 1}, geo.ErrWorkload},
		"a capacity missing":   {geo.Brief{Sites: two, Territories: 2, Capacity: []float64{1}}, geo.ErrBrief},
		"no capacity at all":   {geo.Brief{Sites: two, Territories: 2, Capacity: []float64{0, 0}}, geo.ErrBrief},
		"unknown territory":    {geo.Brief{Sites: two, Territories: 1, Current: []int{0, 1}}, geo.ErrBrief},
		"current too short":    {geo.Brief{Sites: two, Territories: 1, Current: []int{0}}, geo.ErrBrief},
		"negative tolerance":   {geo.Brief{Sites: two, Territories: 1, Tolerance: -1}, geo.ErrBrief},
		"resolution 14":        {geo.Brief{Sites: two, Territories: 1, Resolution: 14}, geo.ErrBrief},
	} {
		if _, err := geo.Design(c.brief); !errors.Is(err, c.want) {
			t.Errorf("%s: Design answers %v, want %v", name, err, c.want)
		}
	}
}

func TestOneTerritoryTakesAll(t *testing.T) {
	t.Parallel()
	site := geo.Site{ID: "a", Point: geo.Point{Lat: 55, Lon: 37}, Workload: 1}
	b := geo.Brief{Sites: []geo.Site{site, site}, Territories: 1}
	d, err := geo.Design(b)
	if err != nil {
		t.Fatal(err)
	}
	judge(t, b, d)
	if len(d.Units) != 1 {
		t.Errorf("one address makes %d units, want 1", len(d.Units))
	}
}

// generated is a round town, denser in the middle, every site with the same work.
func generated(n int) []geo.Site {
	source := rand.New(rand.NewPCG(1, 2))
	sites := make([]geo.Site, n)
	for i := range sites {
		sites[i] = geo.Site{
			ID:       strconv.Itoa(i),
			Point:    geo.Point{Lat: 55.75 + 0.07*source.NormFloat64(), Lon: 37.62 + 0.12*source.NormFloat64()},
			Workload: 1,
		}
	}
	return sites
}

// sharedSites reads a customer file that lies beside the project; without it the test is skipped.
func sharedSites(t testing.TB, name string) []geo.Site {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "shared", "data", name))
	if errors.Is(err, os.ErrNotExist) && os.Getenv("CI") != "true" {
		t.Skipf("%s is not here: put the data sets into ../shared/data to run this test", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	number := func(row []string, name string) float64 {
		x, err := strconv.ParseFloat(row[column[name]], 64)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	sites := make([]geo.Site, len(rows)-1)
	for i, row := range rows[1:] {
		sites[i] = geo.Site{
			ID:       row[column["id"]],
			Point:    geo.Point{Lat: number(row, "lat"), Lon: number(row, "lon")},
			Workload: 1,
		}
		if _, weighed := column["workload"]; weighed {
			sites[i].Workload = number(row, "workload")
		}
	}
	return sites
}

func BenchmarkDesign(b *testing.B) {
	for _, c := range []struct{ sites, territories, resolution int }{{3000, 12, 9}, {7500, 50, 9}, {200_000, 50, 8}, {200_000, 200, 8}} {
		brief := geo.Brief{Sites: generated(c.sites), Territories: c.territories, Seed: 1, Resolution: c.resolution}
		b.Run(fmt.Sprintf("%d_sites_into_%d", c.sites, c.territories), func(b *testing.B) {
			for b.Loop() {
				d, err := geo.Design(brief)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(100*d.Measures.Imbalance, "%imbalance")
				b.ReportMetric(d.Measures.MedoidKm, "medoid_km")
				b.ReportMetric(float64(len(d.Units)), "units")
			}
		})
	}
}

func ExampleDesign() {
	street := func(lon float64, sites int) (s []geo.Site) {
		for i := range sites {
			s = append(s, geo.Site{Point: geo.Point{Lat: 55.75 + float64(i)*0.004, Lon: lon}, Workload: 20})
		}
		return s
	}
	draft, err := geo.Design(geo.Brief{
		Sites:       append(street(37.60, 12), street(37.70, 12)...),
		Territories: 2,
		Seed:        1,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	of := draft.Of(24)
	fmt.Println("the first street is one territory:", of[0] == of[11])
	fmt.Println("the second is the other:", of[0] != of[12] && of[12] == of[23])
	fmt.Printf("imbalance %.0f %%, in pieces: %d\n", 100*draft.Measures.Imbalance, draft.Measures.Pieces)
	// Output:
	// the first street is one territory: true
	// the second is the other: true
	// imbalance 0 %, in pieces: 0
}
