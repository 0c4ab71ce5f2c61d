package tiles_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hexbeat/hexbeat/tiles"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/maptile"
	"github.com/paulmach/orb/planar"
	"pgregory.net/rapid"
)

var middle = orb.Point{44.5, 56.1}

// box is a square around the middle, its half side in degrees, its corner shifted east.
func box(half, east float64) orb.Polygon {
	return orb.Bound{
		Min: orb.Point{middle[0] + east - half, middle[1] - half},
		Max: orb.Point{middle[0] + east + half, middle[1] + half},
	}.ToPolygon()
}

func ground() []tiles.Feature {
	lake := append(box(0.01, 0), box(0.002, 0)[0]) // with an island
	return []tiles.Feature{
		{Kind: tiles.Water, Name: "Озеро", Geometry: lake, MinZoom: 8},
		{Kind: tiles.Park, Name: "Парк", Geometry: orb.MultiPolygon{box(0.002, 0.02), box(0.002, 0.03)}, MinZoom: 11},
		{Kind: tiles.RoadMajor, Name: "пр-кт Мира", Geometry: orb.LineString{{44.4, 56.1}, {44.6, 56.1}}, MinZoom: 9},
		{Kind: tiles.RoadMinor, Name: "ул. Садовая", Geometry: orb.LineString{{44.5, 56.09}, {44.5, 56.11}}, MinZoom: 13},
		{Kind: tiles.District, Name: "Центральный", Geometry: box(0.03, 0), MinZoom: 10},
		{Kind: tiles.Place, Name: "Вокзал", Geometry: middle, MinZoom: 12},
		{Kind: tiles.Building, Geometry: nil, MinZoom: 15},
	}
}

// at cuts and decodes the tile that holds the point.
func at(t *testing.T, set *tiles.Set, p orb.Point, z int) map[string]*mvt.Layer {
	t.Helper()
	tile := maptile.At(p, maptile.Zoom(z))
	body, err := set.Tile(z, int(tile.X), int(tile.Y))
	if err != nil {
		t.Fatalf("Tile(%v) = %v", tile, err)
	}
	decoded, err := mvt.UnmarshalGzipped(body)
	if err != nil {
		t.Fatalf("Tile(%v) cannot be read back: %v", tile, err)
	}
	layers := map[string]*mvt.Layer{}
	for _, l := range decoded {
		if l.Version != 2 {
			t.Errorf("layer %s has version %d, want 2", l.Name, l.Version)
		}
		layers[l.Name] = l
	}
	return layers
}

func names(l *mvt.Layer) []string {
	var all []string
	if l != nil {
		for _, f := range l.Features {
			all = append(all, fmt.Sprintf("%v %v", f.Properties["kind"], f.Properties["name"]))
		}
	}
	return all
}

func TestFeaturesAppearFromTheirZoom(t *testing.T) {
	t.Parallel()
	set := tiles.NewSet(ground())
	for _, c := range []struct {
		layer, name string
		from        int
	}{
		{"water", "water Озеро", 8},
		{"road", "road_major пр-кт Мира", 9},
		{"road", "road_minor ул. Садовая", 13},
		{"district", "district Центральный", 10},
		{"place", "district Центральный", 10},
		{"place", "place Вокзал", 12},
	} {
		for z := range tiles.MaxZoom + 1 {
			seen := false
			tile := maptile.At(middle, maptile.Zoom(z))
			for dx := -1; dx <= 1; dx++ { // at deep zooms a border or a shore is some tiles away
				side := 1 << z
				body, err := set.Tile(z, (int(tile.X)+dx+side)%side, int(tile.Y))
				if err != nil {
					t.Fatal(err)
				}
				decoded, err := mvt.UnmarshalGzipped(body)
				if err != nil {
					t.Fatal(err)
				}
				for _, l := range decoded {
					for _, name := range names(l) {
						seen = seen || l.Name == c.layer && name == c.name
					}
				}
			}
			if c.layer == "district" && z > 12 {
				continue // its border is out of sight
			}
			if want := z >= c.from; seen != want {
				t.Errorf("%s in layer %s at zoom %d: seen %v, want %v", c.name, c.layer, z, seen, want)
			}
		}
	}
}

func TestAreasKeepTheirHolesAndTurnClockwise(t *testing.T) {
	t.Parallel()
	layers := at(t, tiles.NewSet(ground()), middle, 12)
	lake, ok := layers["water"].Features[0].Geometry.(orb.Polygon)
	if !ok || len(lake) != 2 {
		t.Fatalf("the lake with an island came back as %v", layers["water"].Features[0].Geometry)
	}
	// On the tile y points down, so that orb's counter-clockwise is clockwise on the screen.
	if got := [2]orb.Orientation{lake[0].Orientation(), lake[1].Orientation()}; got != [2]orb.Orientation{orb.CCW, orb.CW} {
		t.Errorf("orientation of shore and island = %v, want %v", got, [2]orb.Orientation{orb.CCW, orb.CW})
	}
}

func TestDistrictIsDrawnAsItsBorder(t *testing.T) {
	t.Parallel()
	layers := at(t, tiles.NewSet(ground()), middle, 12)
	for _, f := range layers["district"].Features {
		if f.Geometry.Dimensions() != 1 {
			t.Errorf("district came as %T, want lines", f.Geometry)
		}
	}
	if within := at(t, tiles.NewSet(ground()), middle, 16); within["district"] != nil {
		t.Errorf("in the middle of a district its border shows: %v", names(within["district"]))
	}
}

func TestNameOfABentAreaStandsInside(t *testing.T) {
	t.Parallel()
	bent := orb.Polygon{{{44, 56}, {44.3, 56}, {44.3, 56.3}, {44.2, 56.3}, {44.2, 56.05}, {44.1, 56.05}, {44.1, 56.3}, {44, 56.3}, {44, 56}}}
	set := tiles.NewSet([]tiles.Feature{{Kind: tiles.Park, Name: "Подкова", Geometry: bent}})
	layers := at(t, set, orb.Point{44.15, 56.15}, 5)
	if layers["place"] == nil {
		t.Fatal("the park's name is nowhere")
	}
	layers["place"].ProjectToWGS84(maptile.At(orb.Point{44.15, 56.15}, 5))
	got := layers["place"].Features[0].Geometry.(orb.Point)
	if !planar.PolygonContains(bent, got) {
		t.Errorf("name at %v, outside its area", got)
	}
}

func TestNowhereIsAnEmptyTile(t *testing.T) {
	t.Parallel()
	for name, set := range map[string]*tiles.Set{"far from the ground": tiles.NewSet(ground()), "no ground": tiles.NewSet(nil), "nil set": nil} {
		body, err := set.Tile(12, 0, 0)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		layers, err := mvt.UnmarshalGzipped(body)
		if err != nil || len(layers) != 0 {
			t.Errorf("%s: layers %v, error %v; want none", name, layers, err)
		}
	}
}

func TestTilesOffTheMapAreRefused(t *testing.T) {
	t.Parallel()
	set := tiles.NewSet(ground())
	for _, c := range [][3]int{
		{-1, 0, 0}, {17, 0, 0}, {0, 1, 0}, {0, 0, 1}, {3, 8, 0}, {3, 0, 8}, {3, -1, 0}, {3, 0, -1},
		{16, 1 << 16, 0}, {math.MaxInt, math.MaxInt, math.MaxInt}, {math.MinInt, 0, 0}, {64, 0, 0},
	} {
		if _, err := set.Tile(c[0], c[1], c[2]); !errors.Is(err, tiles.ErrNoTile) {
			t.Errorf("Tile(%d, %d, %d): error %v, want %v", c[0], c[1], c[2], err, tiles.ErrNoTile)
		}
	}
}

func TestSameSetSameBytes(t *testing.T) {
	t.Parallel()
	tile := maptile.At(middle, 12)
	a, _ := tiles.NewSet(ground()).Tile(12, int(tile.X), int(tile.Y))
	b, _ := tiles.NewSet(ground()).Tile(12, int(tile.X), int(tile.Y))
	if !bytes.Equal(a, b) {
		t.Error("the same features made different tiles")
	}
}

func TestCuttingLeavesTheGroundAlone(t *testing.T) {
	t.Parallel()
	features := ground()
	set := tiles.NewSet(features)
	for z := 8; z <= tiles.MaxZoom; z++ {
		at(t, set, orb.Point{44.507, 56.107}, z)
	}
	if diff := cmp.Diff(features, ground()); diff != "" {
		t.Errorf("cutting tiles changed the features (-after +before):\n%s", diff)
	}
}

// Law: every point feature stands in the tile that holds it, at every zoom, whatever else is there.
func TestEveryPlaceStandsInItsTile(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 300).Draw(t, "places")
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		features := make([]tiles.Feature, n)
		for i := range features {
			features[i] = tiles.Feature{
				Kind: tiles.Place, Name: fmt.Sprint(i), MinZoom: r.IntN(tiles.MaxZoom + 1),
				Geometry: orb.Point{r.Float64()*360 - 180, r.Float64()*170 - 85},
			}
		}
		set := tiles.NewSet(features)
		i := rapid.IntRange(0, n-1).Draw(t, "place")
		z := rapid.IntRange(0, tiles.MaxZoom).Draw(t, "zoom")
		tile := maptile.At(features[i].Geometry.(orb.Point), maptile.Zoom(z))
		body, err := set.Tile(z, int(tile.X), int(tile.Y))
		if err != nil {
			t.Fatal(err)
		}
		layers, err := mvt.UnmarshalGzipped(body)
		if err != nil {
			t.Fatal(err)
		}
		seen := false
		for _, l := range layers {
			for _, f := range l.Features {
				seen = seen || f.Properties["name"] == fmt.Sprint(i)
			}
		}
		if want := features[i].MinZoom <= z; seen != want {
			t.Fatalf("place %v in tile %v: seen %v, want %v", features[i], tile, seen, want)
		}
	})
}

func BenchmarkTile(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 0))
	features := make([]tiles.Feature, 20_000) // a large city's streets
	for i := range features {
		p := orb.Point{44.4 + r.Float64()*0.2, 56 + r.Float64()*0.2}
		line := orb.LineString{p}
		for range 12 {
			p = orb.Point{p[0] + r.Float64()*0.001, p[1] + r.Float64()*0.0004}
			line = append(line, p)
		}
		features[i] = tiles.Feature{Kind: tiles.RoadMinor, Name: fmt.Sprint("ул. ", i%500), Geometry: line, MinZoom: 10}
	}
	set := tiles.NewSet(features)
	for _, z := range []int{10, 14, 16} {
		tile := maptile.At(middle, maptile.Zoom(z))
		b.Run(fmt.Sprintf("z%d", z), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := set.Tile(z, int(tile.X), int(tile.Y)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
