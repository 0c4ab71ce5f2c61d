package geo

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
	"github.com/uber/h3-go/v4"
	"pgregory.net/rapid"
)

// aStar is a ring around a place whose n corners lie now near, now far: the hard kind of ring,
// with as many long edges side by side as it has corners.
func aStar(middle orb.Point, n int, reach float64, r *rand.Rand) orb.Ring {
	ring := make(orb.Ring, 0, n+1)
	for i := range n {
		sin, cos := math.Sincos(2 * math.Pi * (float64(i) + 0.5*r.Float64()) / float64(n))
		far := reach * (0.2 + 0.8*r.Float64())
		ring = append(ring, orb.Point{middle[0] + far*cos, middle[1] + far*sin})
	}
	return append(ring, ring[0])
}

// aCoast is a ring around a place with n corners, ragged at every scale.
func aCoast(middle orb.Point, n int, reach float64, r *rand.Rand) orb.Ring {
	far := make([]float64, n+1)
	for step := n; step > 1; step = (step + 1) / 2 {
		for i := step / 2; i < n; i += step {
			far[i] = (far[max(0, i-step/2)]+far[min(n, i+step/2)])/2 + (r.Float64()-0.5)*float64(step)/float64(n)
		}
	}
	ring := make(orb.Ring, 0, n+1)
	for i := range n {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		ring = append(ring, orb.Point{middle[0] + reach*(1+far[i])*cos, middle[1] + reach*(1+far[i])*sin})
	}
	return append(ring, ring[0])
}

func seeded(n uint64) *rand.Rand { return rand.New(rand.NewPCG(n, 1)) }

func TestRegionContainsWhatItsRingEncloses(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := seeded(rapid.Uint64().Draw(t, "seed"))
		ring := aStar(orb.Point{37.6, 55.7}, rapid.IntRange(3, 150).Draw(t, "corners"), 1, r)
		hole := aStar(orb.Point{37.6, 55.7}, 5, 0.05, r)
		area := orb.MultiPolygon{{ring, hole}, {aStar(orb.Point{38.4, 55.7}, 30, 0.5, r)}}
		region, err := RegionOf(area)
		if err != nil {
			t.Skip(err) // the first ring of few corners need not hold the hole
		}
		for range 60 {
			p := Point{Lat: 54.5 + 2.4*r.Float64(), Lon: 36.5 + 3*r.Float64()}
			if got, want := region.Contains(p), planar.MultiPolygonContains(area, orb.Point{p.Lon, p.Lat}); got != want {
				t.Errorf("Contains(%v) = %t, want %t", p, got, want)
			}
		}
	})
}

// Rings over few grid points touch and overlap in every way there is. The oracle looks at all
// pairs of edges and all ways through each point.
func TestRegionKnowsACrossingFromATouch(t *testing.T) {
	t.Parallel()
	refused := 0
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.Int64Range(1, 4).Draw(t, "size")
		coordinate := rapid.Int64Range(0, size)
		var p indexedPlot
		for ring := range int32(rapid.IntRange(1, 2).Draw(t, "rings")) {
			first := int32(len(p.spots))
			for range rapid.IntRange(3, 7).Draw(t, "corners") {
				s := spot{coordinate.Draw(t, "x"), coordinate.Draw(t, "y")}
				if n := len(p.spots); n == int(first) || p.spots[n-1] != s {
					p.spots = append(p.spots, s)
				}
			}
			n := int32(len(p.spots)) - first
			if n < 3 || p.spots[first] == p.spots[len(p.spots)-1] {
				t.Skip("no ring")
			}
			for i := range n {
				p.next = append(p.next, first+(i+1)%n)
				p.ring = append(p.ring, ring)
			}
		}
		err := p.check()
		misplaced := err != nil && strings.Contains(err.Error(), "outside")
		switch want := crossesByBruteForce(&p.plot); {
		case want && err == nil:
			t.Fatalf("%v is taken though it crosses", p.spots)
		case !want && err != nil && !misplaced:
			t.Fatalf("%v is refused though it does not cross: %v", p.spots, err)
		case err != nil:
			refused++
			return
		}
		doubled := plot{next: p.next, ring: p.ring, order: p.order}
		for _, s := range p.spots {
			doubled.spots = append(doubled.spots, spot{2 * s.x, 2 * s.y})
		}
		index := slabsOf(&doubled)
		for y := int64(-1); y <= size; y++ {
			for x := int64(-1); x <= size; x++ { // between the corners, by parity
				at := spot{2*x + 1, 2*y + 1}
				left := 0
				for e := range doubled.spots {
					if from, to := doubled.ends(int32(e)); from.y < at.y && at.y < to.y && turn(from, to, at) <= 0 {
						left++
					}
				}
				if got, want := index.contains(&doubled, at), left%2 == 1; got != want {
					t.Fatalf("%v contains %v: %t, want %t", doubled.spots, at, got, want)
				}
			}
		}
	})
	if refused == 0 {
		t.Error("no ring was refused")
	}
}

func crossesByBruteForce(p *plot) bool {
	type way struct {
		id       int
		from, to spot // through a point: the corners before and after it
	}
	through := map[spot][]way{}
	last := make([]int32, len(p.spots))
	for i, n := range p.next {
		last[n] = int32(i)
	}
	for i, s := range p.spots {
		through[s] = append(through[s], way{i, p.spots[last[i]], p.spots[p.next[i]]})
	}
	for a := range p.spots {
		a1, a2 := p.spots[a], p.spots[p.next[a]]
		for s := range through {
			if s != a1 && s != a2 && turn(a1, a2, s) == 0 && (s.x-a1.x)*(s.x-a2.x) <= 0 && (s.y-a1.y)*(s.y-a2.y) <= 0 {
				through[s] = append(through[s], way{len(p.spots) + a, a1, a2})
			}
		}
		for b := range a {
			b1, b2 := p.spots[b], p.spots[p.next[b]]
			if turn(a1, a2, b1)*turn(a1, a2, b2) < 0 && turn(b1, b2, a1)*turn(b1, b2, a2) < 0 {
				return true
			}
		}
	}
	for at, ways := range through {
		angle := func(s spot) float64 { return math.Atan2(float64(s.y-at.y), float64(s.x-at.x)) }
		for i, a := range ways {
			if angle(a.from) == angle(a.to) {
				return true // it turns back
			}
			low, high := min(angle(a.from), angle(a.to)), max(angle(a.from), angle(a.to))
			for _, b := range ways[:i] {
				in := 0
				for _, s := range []spot{b.from, b.to} {
					if g := angle(s); g == low || g == high {
						return true // they run along each other
					} else if low < g && g < high {
						in++
					}
				}
				if in == 1 {
					return true
				}
			}
		}
	}
	return false
}

func TestRegionOfBadPolygons(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		document, says string
	}{
		"a bow tie":                 {`{"type":"Polygon","coordinates":[[[0,0],[2,2],[2,0],[0,2],[0,0]]]}`, "ring 1 crosses itself near latitude 1.000000, longitude 1.000000"},
		"a bow tie tied at a point": {`{"type":"Polygon","coordinates":[[[0,0],[1,1],[2,2],[2,0],[1,1],[0,2],[0,0]]]}`, "ring 1 crosses itself near latitude 1.000000, longitude 1.000000"},
		"a spike":                   {`{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[2,4],[2,8],[2,4],[0,4],[0,0]]]}`, "runs along itself"},
		"a line":                    {`{"type":"Polygon","coordinates":[[[0,0],[4,0],[8,0],[0,0]]]}`, "runs along itself"},
		"a hole across":             {`{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,4],[0,0]],[[1,1],[6,2],[1,3],[1,1]]]}`, "ring 2 crosses ring 1"},
		"a hole outside":            {`{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,4],[0,0]],[[5,1],[6,2],[5,3],[5,1]]]}`, "ring 2 lies outside ring 1"},
		"a hole in a hole":          {`{"type":"Polygon","coordinates":[[[0,0],[9,0],[9,9],[0,9],[0,0]],[[1,1],[8,1],[8,8],[1,8],[1,1]],[[2,2],[3,2],[3,3],[2,3],[2,2]]]}`, "ring 3 lies outside ring 1 or in a hole"},
		"the hole first":            {`{"type":"Polygon","coordinates":[[[1,1],[3,1],[3,3],[1,3],[1,1]],[[0,0],[4,0],[4,4],[0,4],[0,0]]]}`, "give the outer ring first"},
		"an open ring":              {`{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,4]]]}`, "repeat the first point at the end"},
		"two points":                {`{"type":"Polygon","coordinates":[[[0,0],[4,0],[0,0]]]}`, "fewer than three different points"},
		"one point, often":          {`{"type":"Polygon","coordinates":[[[1,1],[1,1],[1,1],[1,1]]]}`, "fewer than three different points"},
		"an empty ring":             {`{"type":"Polygon","coordinates":[[]]}`, "fewer than three different points"},
		"swapped coordinates":       {`{"type":"Polygon","coordinates":[[[52,104],[53,104],[53,105],[52,104]]]}`, "are they swapped?"},
		"metres":                    {`{"type":"Polygon","coordinates":[[[4187591,7509137],[4187600,7509137],[4187600,7509200],[4187591,7509137]]]}`, "not metres of a projection"},
		"a huge number":             {`{"type":"Polygon","coordinates":[[[1e999,0],[4,0],[4,4],[0,0]]]}`, "a number must stand"},
		"around a pole":             {`{"type":"Polygon","coordinates":[[[0,80],[90,80],[180,80],[-90,80],[0,80]]]}`, "around a pole"},
		"twice around the globe":    {`{"type":"Polygon","coordinates":[[[-200,0],[-50,0],[100,0],[200,0],[200,9],[100,9],[-50,9],[-200,9],[-200,0]]]}`, "more than once around the globe"},
		"one number":                {`{"type":"Polygon","coordinates":[[[0],[4,0],[4,4],[0,0]]]}`, "polygon 1: ring 1: point 1: it has 1 numbers"},
		"a word":                    {`{"type":"Polygon","coordinates":[[["a",0],[4,0],[4,4],[0,0]]]}`, "a number must stand"},
		"null":                      {`{"type":"Polygon","coordinates":[[null,[4,0],[4,4],[0,0]]]}`, "a list of numbers must stand"},
		"lists too flat":            {`{"type":"MultiPolygon","coordinates":[[[0,0],[4,0],[4,4],[0,0]]]}`, "a list of numbers must stand"},
		"no coordinates":            {`{"type":"Polygon"}`, `no "coordinates"`},
		"a point":                   {`{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]}}`, "a Point encloses nothing"},
		"no type":                   {`{}`, `no "type"`},
		"another type":              {`{"type":"Topology"}`, "no type"},
		"nothing in it":             {`{"type":"FeatureCollection","features":[{"type":"Feature","geometry":null}]}`, "there is no polygon"},
		"half a document":           {`{"type":"Polygon","coordinates":[[[0,0],[4,`, "no GeoJSON"},
		"not a number":              {`{"type":"Polygon","coordinates":[[[NaN,0],[4,0],[4,4],[0,0]]]}`, "no GeoJSON"},
		"Russian dolls":             {strings.Repeat(`{"type":"GeometryCollection","geometries":[`, 40) + strings.Repeat(`]}`, 40), "more than 16 deep"},
		"an abyss":                  {strings.Repeat(`{"type":"GeometryCollection","geometries":[`, 40_000), "no GeoJSON"},
	} {
		_, err := ReadGeoJSON(strings.NewReader(c.document))
		if !errors.Is(err, ErrRegion) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: ReadGeoJSON answers %v, want ErrRegion saying %q", name, err, c.says)
		}
	}
	nan := orb.MultiPolygon{{{{math.NaN(), 0}, {4, 0}, {4, 4}, {math.NaN(), 0}}}}
	if _, err := RegionOf(nan); !errors.Is(err, ErrRegion) || !errors.Is(err, ErrNoPlace) {
		t.Errorf("RegionOf takes what is no number: %v", err)
	}
	large := orb.MultiPolygon{{make(orb.Ring, MaxPoints+1)}}
	if _, err := RegionOf(large); !errors.Is(err, ErrRegion) || !strings.Contains(err.Error(), "1000000 points") {
		t.Errorf("RegionOf answers %v for too many points", err)
	}
}

func TestRegionReadsWhatIsPolygonal(t *testing.T) {
	t.Parallel()
	square := `{"type":"Polygon","coordinates":[[[0,0],[4,0,120.5],[4,4],[4,4],[0,4],[0,0]],[[1,1],[1,2],[2,2],[2,1],[1,1]]]}`
	for name, document := range map[string]string{
		"polygon":             square,
		"with a byte order":   "\uFEFF" + square,
		"multipolygon":        `{"type":"MultiPolygon","coordinates":[[[[0,0],[4,0],[4,4],[0,4],[0,0]],[[1,1],[1,2],[2,2],[2,1],[1,1]]]]}`,
		"feature":             `{"type":"Feature","properties":{"name":"Север","coordinates":[1]},"geometry":` + square + `}`,
		"collection":          `{"type":"FeatureCollection","features":[{"type":"Feature","geometry":null},{"type":"Feature","geometry":` + square + `}]}`,
		"given twice":         `{"type":"GeometryCollection","geometries":[` + square + `,` + square + `]}`,
		"a hole that touches": `{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,4],[0,0]],[[0,1],[1,2],[2,2],[2,1],[0,1]]]}`,
	} {
		region, err := ReadGeoJSON(strings.NewReader(document))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for p, want := range map[Point]bool{{Lat: 3, Lon: 3}: true, {Lat: 1.7, Lon: 1.5}: false, {Lat: 3, Lon: 5}: false, {Lat: 91, Lon: 3}: false} {
			if got := region.Contains(p); got != want {
				t.Errorf("%s: Contains(%v) = %t, want %t", name, p, got, want)
			}
		}
		outline := region.Outline()
		wellFormed(t, outline)
		if len(outline) != 1 || len(outline[0]) != 2 {
			t.Errorf("%s: outline %v, want one polygon with a hole", name, outline)
		}
		again, err := json.Marshal(region)
		if err != nil {
			t.Fatal(err)
		}
		var back Region
		if err := json.Unmarshal(again, &back); err != nil {
			t.Errorf("%s: what was written can't be read: %v", name, err)
		}
	}
}

func TestRegionAcrossTheAntimeridian(t *testing.T) {
	t.Parallel()
	for name, document := range map[string]string{
		"run on":            `{"type":"Polygon","coordinates":[[[175,60],[190,60],[190,70],[175,70],[175,60]],[[182,64],[182,66],[184,66],[184,64],[182,64]]]}`,
		"run on west":       `{"type":"Polygon","coordinates":[[[-185,60],[-170,60],[-170,70],[-185,70],[-185,60]],[[182,64],[182,66],[184,66],[184,64],[182,64]]]}`,
		"jumping":           `{"type":"Polygon","coordinates":[[[175,60],[-170,60],[-170,70],[175,70],[175,60]],[[-178,64],[-178,66],[-176,66],[-176,64],[-178,64]]]}`,
		"cut in two":        `{"type":"MultiPolygon","coordinates":[[[[175,60],[180,60],[180,70],[175,70],[175,60]]],[[[-180,60],[-170,60],[-170,70],[-180,70],[-180,60]],[[-178,64],[-178,66],[-176,66],[-176,64],[-178,64]]]]}`,
		"cut at either end": `{"type":"MultiPolygon","coordinates":[[[[175,60],[180,60],[180,70],[175,70],[175,60]]],[[[180,60],[190,60],[190,70],[180,70],[180,60]],[[182,64],[182,66],[184,66],[184,64],[182,64]]]]}`,
	} {
		region, err := ReadGeoJSON(strings.NewReader(document))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for p, want := range map[Point]bool{
			{Lat: 65, Lon: 176}: true, {Lat: 65, Lon: 180}: true, {Lat: 65, Lon: -180}: true, {Lat: 65, Lon: -171}: true,
			{Lat: 65, Lon: -177}: false, {Lat: 65, Lon: 174}: false, {Lat: 65, Lon: -169}: false, {Lat: 65, Lon: 0}: false,
		} {
			if got := region.Contains(p); got != want {
				t.Errorf("%s: Contains(%v) = %t, want %t", name, p, got, want)
			}
		}
		wellFormed(t, region.Outline())
		if got, want := planar.Area(region.Outline()), 15*10-2*2.; math.Abs(got-want) > 1e-6 {
			t.Errorf("%s: outline has %v square degrees, want %v", name, got, want)
		}
		cells, err := region.Cells(4)
		if err != nil {
			t.Fatal(err)
		}
		if want := cellsByBruteForce(t, region, Point{Lat: 65, Lon: -177}, 4, 40); !slices.Equal(cells, want) {
			t.Errorf("%s: %d cells, want %d", name, len(cells), len(want))
		}
	}
}

func TestRegionWithAPole(t *testing.T) {
	t.Parallel()
	antarctica := `{"type":"Polygon","coordinates":[[[-180,-90],[180,-90],[180,-80],[90,-75],[0,-80],[-90,-75],[-180,-80],[-180,-90]]]}`
	region, err := ReadGeoJSON(strings.NewReader(antarctica))
	if err != nil {
		t.Fatal(err)
	}
	cells, err := region.Cells(2)
	if err != nil {
		t.Fatal(err)
	}
	if want := cellsByBruteForce(t, region, Point{Lat: -90}, 2, 20); !slices.Equal(cells, want) || len(cells) < 50 {
		t.Errorf("%d cells, want %d", len(cells), len(want))
	}
	over, err := Outline(disk(t, Point{Lat: 90}, 3, 2))
	if err != nil {
		t.Fatal(err)
	}
	if region, err = RegionOf(over); err != nil {
		t.Fatalf("our own outline over a pole can't be read: %v", err)
	}
	if !region.Contains(Point{Lat: 89.5, Lon: 12}) || region.Contains(Point{Lat: 70, Lon: 12}) {
		t.Error("the outline over a pole does not hold the pole")
	}
}

func cellsByBruteForce(t interface{ Fatal(...any) }, r Region, near Point, resolution, rings int) []Cell {
	middle, err := CellAt(near, resolution)
	if err != nil {
		t.Fatal(err)
	}
	around, err := h3.Cell(middle).GridDisk(rings)
	if err != nil {
		t.Fatal(err)
	}
	var cells []Cell
	for _, c := range around {
		if c == 0 {
			continue
		}
		center, err := Cell(c).Center()
		if err != nil {
			t.Fatal(err)
		}
		if r.Contains(center) {
			cells = append(cells, Cell(c))
		}
	}
	slices.Sort(cells)
	return slices.Compact(cells)
}

func TestRegionCellsHaveTheirCentresInside(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := seeded(rapid.Uint64().Draw(t, "seed"))
		middle := rapid.SampledFrom([]Point{{55.75, 37.62}, {66.2, 179.9}, {58.66, 11.25}, {-33.9, 18.4}}).Draw(t, "place")
		resolution := rapid.IntRange(4, 7).Draw(t, "resolution")
		reach := 20 * math.Pow(7, -float64(resolution)/2) * 6
		region, err := RegionOf(orb.MultiPolygon{{aStar(orb.Point{middle.Lon, middle.Lat}, rapid.IntRange(8, 60).Draw(t, "corners"), reach, r)}})
		if err != nil {
			t.Fatal(err)
		}
		got, err := region.Cells(resolution)
		if err != nil {
			t.Fatal(err)
		}
		if want := cellsByBruteForce(t, region, middle, resolution, 25); !slices.Equal(got, want) {
			t.Errorf("%d cells, want %d", len(got), len(want))
		}
	})
}

func TestRegionCellsAreLimited(t *testing.T) {
	t.Parallel()
	square, err := ReadGeoJSON(strings.NewReader(`{"type":"Polygon","coordinates":[[[30,50],[40,50],[40,60],[30,60],[30,50]]]}`))
	if err != nil {
		t.Fatal(err)
	}
	if cells, err := square.Cells(7); err != nil || len(cells) < 100_000 {
		t.Errorf("Cells(7) has %d cells, %v", len(cells), err)
	}
	for _, resolution := range []int{11, 15} {
		if _, err := square.Cells(resolution); !errors.Is(err, ErrTooManyCells) {
			t.Errorf("Cells(%d) answers %v, want ErrTooManyCells", resolution, err)
		}
	}
	if _, err := square.Cells(16); err == nil {
		t.Error("Cells(16): want an error")
	}
}

// The descent relies on how far from a cell's centre the cells within it may lie.
func TestFrameHoldsTheCellsWithin(t *testing.T) {
	t.Parallel()
	r := seeded(1)
	for range 3_000 {
		p := Point{Lat: math.Asin(2*r.Float64()-1) * 180 / math.Pi, Lon: 360*r.Float64() - 180}
		chain, err := Ancestors(p, 0, deepest)
		if err != nil {
			t.Fatal(err)
		}
		for i := range chain {
			outer, err := centreSpot(h3.Cell(chain[i]))
			if err != nil {
				t.Fatal(err)
			}
			f := frameOf(outer, i)
			for _, c := range chain[i:] {
				inner, err := centreSpot(h3.Cell(c))
				if err != nil {
					t.Fatal(err)
				}
				if f.west == math.MinInt64 {
					continue
				}
				inner.x -= floorDivide(inner.x-outer.x+wholeTurn/2, wholeTurn) * wholeTurn
				if inner.x < f.west || inner.x > f.east || inner.y < f.south || inner.y > f.north {
					t.Fatalf("%s lies outside the frame of %s", c, chain[i])
				}
			}
		}
	}
}

func FuzzReadGeoJSON(f *testing.F) {
	f.Add(`{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,4],[0,0]],[[1,1],[1,2],[2,2],[2,1],[1,1]]]}`)
	f.Add(`{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"MultiPolygon","coordinates":[[[[175,60],[-170,60],[-170,70],[175,60]]]]}}]}`)
	f.Add(`{"type":"GeometryCollection","geometries":[{"type":"Polygon","coordinates":[[[0,0],[1e-300,0],[1,1],[0,0]]]}]}`)
	f.Fuzz(func(t *testing.T, document string) {
		region, err := ReadGeoJSON(strings.NewReader(document))
		if err != nil {
			if !errors.Is(err, ErrRegion) {
				t.Errorf("%v is no ErrRegion", err)
			}
			return
		}
		for _, polygon := range region.Outline() {
			for _, ring := range polygon {
				if !ring.Closed() || len(ring) < 4 {
					t.Errorf("ring %v", ring)
				}
				for _, p := range ring {
					region.Contains(Point{Lat: p.Lat(), Lon: p.Lon()})
				}
			}
		}
		if cells, err := region.Cells(1); err != nil || len(cells) > 842 {
			t.Errorf("%d cells, %v", len(cells), err)
		}
	})
}

func BenchmarkReadGeoJSON(b *testing.B) {
	for name, ring := range map[string]func(orb.Point, int, float64, *rand.Rand) orb.Ring{"star": aStar, "coast": aCoast} {
		for _, n := range []int{1000, MaxPoints - 1} {
			document, err := json.Marshal(map[string]any{"type": "Polygon", "coordinates": orb.Polygon{ring(orb.Point{37.6, 55.7}, n, 20, seeded(1))}})
			if err != nil {
				b.Fatal(err)
			}
			b.Run(fmt.Sprintf("%s-%d", name, n), func(b *testing.B) {
				for b.Loop() {
					var r Region
					if err := r.UnmarshalJSON(document); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkRegionContains(b *testing.B) {
	for name, ring := range map[string]func(orb.Point, int, float64, *rand.Rand) orb.Ring{"star": aStar, "coast": aCoast} {
		for _, n := range []int{100, MaxPoints - 1} {
			region, err := RegionOf(orb.MultiPolygon{{ring(orb.Point{37.6, 55.7}, n, 20, seeded(1))}})
			if err != nil {
				b.Fatal(err)
			}
			r := seeded(2)
			b.Run(fmt.Sprintf("%s-%d", name, n), func(b *testing.B) {
				for b.Loop() {
					region.Contains(Point{Lat: 35 + 40*r.Float64(), Lon: 15 + 40*r.Float64()})
				}
			})
		}
	}
}
