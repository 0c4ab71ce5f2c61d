package city_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hexbeat/hexbeat/city"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/tiles"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/encoding/wkb"
	"github.com/paulmach/orb/maptile"
	"github.com/paulmach/orb/planar"
)

var town = sync.OnceValue(func() city.City { return city.Generate(1, city.Options{}) })

// towns are what the laws are held against: the demo's, small and large ones, other seeds, other places.
var towns = sync.OnceValue(func() map[string]city.City {
	return map[string]city.City{
		"the demo's":     town(),
		"another seed":   city.Generate(20, city.Options{Sites: 1200}),
		"a village":      city.Generate(3, city.Options{Sites: 60, Reps: 2}),
		"far north":      city.Generate(4, city.Options{Sites: 700, Center: geo.Point{Lat: 69, Lon: 88}}),
		"southern world": city.Generate(5, city.Options{Sites: 700, Center: geo.Point{Lat: -33, Lon: -70}}),
	}
})

func csvOf(t *testing.T, c city.City) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := city.WriteCSV(&b, c.Sites); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSameSeedSameBytes(t *testing.T) {
	t.Parallel()
	again := city.Generate(1, city.Options{})
	if !bytes.Equal(csvOf(t, town()), csvOf(t, again)) {
		t.Error("the same seed wrote different customer files")
	}
	if !cmp.Equal(town(), again) {
		t.Error("the same seed drew different cities")
	}
	if bytes.Equal(csvOf(t, town()), csvOf(t, city.Generate(2, city.Options{}))) {
		t.Error("another seed wrote the same customer file")
	}
}

func TestDefaultsAreTheDemo(t *testing.T) {
	t.Parallel()
	c := town()
	if got, want := [2]int{len(c.Sites), len(c.Reps)}, [2]int{3000, 12}; got != want {
		t.Errorf("sites and reps = %v, want %v", got, want)
	}
	if c.Bounds.South >= c.Bounds.North || !c.Bounds.Contains(geo.Point{Lat: 56.1, Lon: 44.5}) {
		t.Errorf("bounds %v do not hold the centre", c.Bounds)
	}
}

// flat measures in metres around a place, which is good enough within a city.
func flat(near, p orb.Point) orb.Point {
	k := math.Pi / 180 * 6371008.8
	return orb.Point{(p[0] - near[0]) * k * math.Cos(near[1]*math.Pi/180), (p[1] - near[1]) * k}
}

func TestSitesStandOnDryLandByTheirStreet(t *testing.T) {
	t.Parallel()
	for name, c := range towns() {
		streets := map[string][]orb.LineString{}
		var closed []orb.Polygon
		for _, f := range c.Ground {
			switch f.Kind {
			case tiles.Water, tiles.Park:
				closed = append(closed, f.Geometry.(orb.Polygon))
			case tiles.RoadMajor, tiles.RoadMedium, tiles.RoadMinor:
				streets[f.Name] = append(streets[f.Name], f.Geometry.(orb.LineString))
			}
		}
		for _, s := range c.Sites {
			p := orb.Point{s.Point.Lon, s.Point.Lat}
			for _, area := range closed {
				if planar.PolygonContains(area, p) {
					t.Errorf("%s: %s at %v stands in the water or in a park", name, s.ID, s.Point)
				}
			}
			parts := strings.Split(s.Address, ", ")
			nearest := math.Inf(1)
			for _, l := range streets[parts[1]] {
				local := make(orb.LineString, len(l))
				for i, q := range l {
					local[i] = flat(p, q)
				}
				nearest = min(nearest, planar.DistanceFrom(local, orb.Point{}))
			}
			if nearest > 60 {
				t.Errorf("%s: %s, %s, is %.0f m from its street, want at most 60", name, s.ID, s.Address, nearest)
			}
		}
	}
}

func TestEveryStreetHasANameOfItsOwn(t *testing.T) {
	t.Parallel()
	for name, c := range towns() {
		seen := map[string]bool{}
		for _, f := range c.Ground {
			switch f.Kind {
			case tiles.RoadMajor, tiles.RoadMedium, tiles.RoadMinor:
				if f.Name == "" || seen[f.Name] {
					t.Errorf("%s: street %q is nameless or stands twice", name, f.Name)
				}
				seen[f.Name] = true
			}
		}
		addresses := map[string]bool{}
		for _, s := range c.Sites {
			if addresses[s.Address] {
				t.Errorf("%s: address %q stands twice", name, s.Address)
			}
			addresses[s.Address] = true
		}
	}
}

// Clark and Evans: the mean distance to the nearest neighbour, as a share of what it would be
// if sites were strewn evenly at random. 1 is confetti.
func TestSitesCluster(t *testing.T) {
	t.Parallel()
	c := town()
	var outline orb.Polygon
	for _, f := range c.Ground {
		if f.Kind == tiles.Residential {
			outline = f.Geometry.(orb.Polygon)
		}
	}
	var local orb.Ring
	for _, p := range outline[0] {
		local = append(local, flat(orb.Point{44.5, 56.1}, p))
	}
	sum := 0.0
	for i, a := range c.Sites {
		nearest := geo.Metres(math.Inf(1))
		for k, b := range c.Sites {
			if i != k {
				nearest = min(nearest, geo.Distance(a.Point, b.Point))
			}
		}
		sum += float64(nearest)
	}
	n := float64(len(c.Sites))
	expected := 0.5 / math.Sqrt(n/math.Abs(planar.Area(orb.Polygon{local})))
	got := sum / n / expected
	t.Logf("Clark-Evans index %.2f", got)
	if got > 0.8 {
		t.Errorf("Clark-Evans index = %.2f, want at most 0.8", got)
	}
}

func TestSitesAreInTheirBranchAndDistrict(t *testing.T) {
	t.Parallel()
	for name, c := range towns() {
		branch, district := map[string]orb.Polygon{}, map[string]orb.Polygon{}
		for _, b := range c.Branches {
			branch[b.Name] = b.Area
		}
		for _, d := range c.Districts {
			district[d.Name] = d.Area
		}
		for _, s := range c.Sites {
			p := orb.Point{s.Point.Lon, s.Point.Lat}
			if !planar.PolygonContains(branch[s.Branch], p) {
				t.Errorf("%s: %s is outside its branch %s", name, s.ID, s.Branch)
			}
			if !planar.PolygonContains(district[s.District], p) {
				t.Errorf("%s: %s is outside its district %s", name, s.ID, s.District)
			}
		}
	}
}

func TestSitesHaveSoundFigures(t *testing.T) {
	t.Parallel()
	for name, c := range towns() {
		companies, ids := map[string]string{}, map[string]bool{}
		for _, s := range c.Sites {
			minutes := s.Service.Minutes()
			if ids[s.ID] || s.Name == "" || minutes < 10 || minutes > 40 || !slices.Contains([]int{7, 14, 28}, s.Every) ||
				s.Opens < 0 || s.Opens >= s.Closes || s.Closes > 1440 || s.Priority < 0 || s.Priority > 100 ||
				s.Workload != minutes*28/float64(s.Every) || !strings.HasPrefix(s.Phone, "+7 000 ") {
				t.Errorf("%s: unsound site %+v", name, s)
			}
			ids[s.ID] = true
			if !soundINN(s.INN) {
				t.Errorf("%s: INN %s of %s does not add up", name, s.INN, s.Company)
			}
			company := s.Company + s.INN
			if known, ok := companies[s.CustomerID]; ok && known != company {
				t.Errorf("%s: customer %s is %q and %q", name, s.CustomerID, known, company)
			}
			companies[s.CustomerID] = company
		}
		if len(companies) >= len(c.Sites) {
			t.Errorf("%s: %d customers for %d sites, want fewer", name, len(companies), len(c.Sites))
		}
	}
}

// soundINN is the check of the tax service, written apart from the generator's.
func soundINN(s string) bool {
	weights := []int{3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8}
	check := func(s string) bool {
		sum := 0
		for i, w := range weights[len(weights)-len(s)+1:] {
			sum += w * int(s[i]-'0')
		}
		return sum%11%10 == int(s[len(s)-1]-'0')
	}
	switch len(s) {
	case 10:
		return check(s)
	case 12:
		return check(s[:11]) && check(s)
	}
	return false
}

func TestPeople(t *testing.T) {
	t.Parallel()
	for name, c := range towns() {
		emails, perBranch := map[string]bool{}, map[string]int{}
		for _, p := range slices.Concat(c.Reps, c.Staff) {
			if emails[p.Email] || !strings.HasSuffix(p.Email, "@demo.hexbeat") || strings.Trim(p.Email, "abcdefghijklmnopqrstuvwxyz0123456789.@") != "" {
				t.Errorf("%s: e-mail %q is taken or not Latin", name, p.Email)
			}
			emails[p.Email] = true
			parts := strings.Fields(p.Name)
			if len(parts) != 3 || strings.HasSuffix(parts[0], "а") != strings.HasSuffix(parts[2], "на") && !strings.HasSuffix(parts[0], "ая") {
				t.Errorf("%s: %q is not one person's name", name, p.Name)
			}
		}
		for _, rep := range c.Reps {
			perBranch[rep.Branch]++
			if rep.Role != "REP" || rep.Start.Check() != nil || rep.Start == (geo.Point{}) {
				t.Errorf("%s: rep %+v", name, rep)
			}
		}
		if len(perBranch) != 2 {
			t.Errorf("%s: reps by branch = %v, want both", name, perBranch)
		}
		var roles []string
		for _, p := range c.Staff {
			roles = append(roles, p.Role)
		}
		if diff := cmp.Diff(roles, []string{"DISPATCHER", "MANAGER", "ADMIN"}); diff != "" {
			t.Errorf("%s: staff (-got +want):\n%s", name, diff)
		}
	}
}

func TestCustomerFileReadsBack(t *testing.T) {
	t.Parallel()
	rows, err := csv.NewReader(bytes.NewReader(csvOf(t, town()))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != len(town().Sites)+1 {
		t.Fatalf("%d rows, want one for each of %d sites and a header", len(rows), len(town().Sites))
	}
	for i, s := range town().Sites {
		if rows[i+1][0] != s.ID || rows[i+1][1] != s.Name {
			t.Fatalf("row %d is %v, want %s %s", i+1, rows[i+1][:2], s.ID, s.Name)
		}
	}
}

func TestGroundCanBeStoredAndDrawn(t *testing.T) {
	t.Parallel()
	set := tiles.NewSet(town().Ground)
	for _, f := range town().Ground {
		b, err := wkb.Marshal(f.Geometry)
		if err != nil {
			t.Fatalf("%s %q: %v", f.Kind, f.Name, err)
		}
		back, err := wkb.Unmarshal(b)
		if err != nil || !orb.Equal(back, f.Geometry) {
			t.Fatalf("%s %q came back changed: %v", f.Kind, f.Name, err)
		}
	}
	tile := maptile.At(orb.Point{44.5, 56.095}, 14)
	body, err := set.Tile(14, int(tile.X), int(tile.Y))
	if err != nil {
		t.Fatal(err)
	}
	layers, err := mvt.UnmarshalGzipped(body)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range layers {
		got = append(got, l.Name)
	}
	for _, want := range []string{"land", "water", "building", "road"} {
		if !slices.Contains(got, want) {
			t.Errorf("the tile of the centre has layers %v, want %s among them", got, want)
		}
	}
}

func BenchmarkGenerate(b *testing.B) {
	for b.Loop() {
		city.Generate(1, city.Options{})
	}
}

func BenchmarkTile(b *testing.B) {
	set := tiles.NewSet(town().Ground)
	for _, z := range []int{10, 12, 14, 16} {
		tile := maptile.At(orb.Point{44.5, 56.1}, maptile.Zoom(z))
		b.Run(fmt.Sprintf("z%d", z), func(b *testing.B) {
			var size int
			for b.Loop() {
				body, err := set.Tile(z, int(tile.X), int(tile.Y))
				if err != nil {
					b.Fatal(err)
				}
				size = len(body)
			}
			b.ReportMetric(float64(size), "B/tile")
		})
	}
}

func ExampleGenerate() {
	town := city.Generate(1, city.Options{Sites: 200, Reps: 3})
	fmt.Println(town.Name, len(town.Sites), len(town.Reps), town.Branches[0].Name, town.Branches[1].Name)
	// Output: Речегорск 200 3 Левобережный Правобережный
}
