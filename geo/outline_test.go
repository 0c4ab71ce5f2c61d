package geo

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
	"github.com/uber/h3-go/v4"
	"pgregory.net/rapid"
)

func disk(t testing.TB, p Point, resolution, rings int) []Cell {
	t.Helper()
	center, err := CellAt(p, resolution)
	if err != nil {
		t.Fatal(err)
	}
	around, err := h3.Cell(center).GridDisk(rings)
	if err != nil {
		t.Fatal(err)
	}
	var cells []Cell
	for _, c := range around {
		if c != 0 {
			cells = append(cells, Cell(c))
		}
	}
	return cells
}

// wellFormed holds for every outline: closed rings on the globe, outer ones counter-clockwise,
// holes clockwise.
func wellFormed(t interface{ Errorf(string, ...any) }, outline orb.MultiPolygon) {
	for _, p := range outline {
		for i, ring := range p {
			if !ring.Closed() || len(ring) < 4 {
				t.Errorf("ring of %d points is not closed", len(ring))
			}
			if got, want := ring.Orientation(), orb.CCW; i == 0 && got != want || i > 0 && got == want {
				t.Errorf("ring %d runs %v", i, got)
			}
			if b := ring.Bound(); b.Min.Lon() < -180 || b.Max.Lon() > 180 || b.Max.Lon()-b.Min.Lon() > 180 {
				t.Errorf("ring %d spans %v", i, b)
			}
		}
	}
}

func squareDegrees(t interface{ Fatal(...any) }, cells ...Cell) float64 {
	sum := 0.0
	for _, c := range cells {
		hexagon, err := Hexagon(c)
		if err != nil {
			t.Fatal(err)
		}
		sum += planar.Area(hexagon)
	}
	return sum
}

func TestOutlineEnclosesAsMuchAsItsCells(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		places := []Point{{55.75, 37.62}, {66.2, 180}, {-17, -179.99}, {58.66, 11.25}, {64.7, 10.5}}
		p := rapid.SampledFrom(places).Draw(t, "place")
		resolution := rapid.IntRange(3, 10).Draw(t, "resolution")
		center, err := CellAt(p, resolution)
		if err != nil {
			t.Fatal(err)
		}
		around, err := h3.Cell(center).GridDisk(4)
		if err != nil {
			t.Fatal(err)
		}
		var cells, twice []Cell
		for _, c := range around {
			if c != 0 && rapid.IntRange(0, 2).Draw(t, "taken") > 0 {
				cells = append(cells, Cell(c))
			}
		}
		twice = append(append(twice, cells...), cells...)
		outline, err := Outline(twice)
		if err != nil {
			t.Fatal(err)
		}
		wellFormed(t, outline)
		if got, want := planar.Area(outline), squareDegrees(t, cells...); math.Abs(got-want) > 1e-6*want {
			t.Errorf("outline encloses %v, its %d cells %v", got, len(cells), want)
		}
	})
}

func TestOutlineHasAHole(t *testing.T) {
	t.Parallel()
	for name, p := range map[string]Point{"Moscow": {55.75, 37.62}, "Chukotka": {66.2, 180}} {
		cells := disk(t, p, 7, 2)[1:]
		outline, err := Outline(cells)
		if err != nil {
			t.Fatal(err)
		}
		wellFormed(t, outline)
		if got, want := planar.Area(outline), squareDegrees(t, cells...); math.Abs(got-want) > 1e-6*want {
			t.Errorf("%s: outline encloses %v, want %v", name, got, want)
		}
		if name == "Moscow" && (len(outline) != 1 || len(outline[0]) != 2) {
			t.Errorf("a ring of cells has outline %v, want one polygon with one hole", outline)
		}
	}
}

func TestOutlineOfPentagons(t *testing.T) {
	t.Parallel()
	for _, resolution := range []int{0, 1, 2, 5, 9} {
		pentagons, err := h3.Pentagons(resolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range pentagons {
			around, err := c.GridDisk(1)
			if err != nil {
				t.Fatal(err)
			}
			var cells []Cell
			for _, n := range around {
				if n != 0 {
					cells = append(cells, Cell(n))
				}
			}
			outline, err := Outline(cells)
			if err != nil {
				t.Fatal(err)
			}
			if resolution < 2 {
				continue // a sixth of the globe is no polygon of a map
			}
			wellFormed(t, outline)
			if got, want := planar.Area(outline), squareDegrees(t, cells...); math.Abs(got-want) > 1e-6*want {
				t.Errorf("around pentagon %v the outline encloses %v, want %v", c, got, want)
			}
		}
	}
}

func TestOutlineIsCutAtTheAntimeridian(t *testing.T) {
	t.Parallel()
	outline, err := Outline(disk(t, Point{66.2, 180}, 5, 3))
	if err != nil {
		t.Fatal(err)
	}
	wellFormed(t, outline)
	east, west := false, false
	for _, p := range outline {
		east = east || p.Bound().Max.Lon() == 180
		west = west || p.Bound().Min.Lon() == -180
	}
	if !east || !west {
		t.Errorf("outline %v does not reach the antimeridian from both sides", outline.Bound())
	}
}

func TestOutlineOverAPole(t *testing.T) {
	t.Parallel()
	for _, lat := range []float64{90, -90} {
		outline, err := Outline(disk(t, Point{Lat: lat}, 3, 1))
		if err != nil {
			t.Fatal(err)
		}
		if b := outline.Bound(); b.Min.Lon() != -180 || b.Max.Lon() != 180 || b.Max.Lat() != lat && b.Min.Lat() != lat {
			t.Errorf("outline over latitude %v spans %v", lat, b)
		}
	}
}

func TestOutlineOfMixedResolutions(t *testing.T) {
	t.Parallel()
	coarse := disk(t, Point{55.75, 37.62}, 9, 0)
	fine := disk(t, Point{55.80, 37.62}, 11, 1)
	outline, err := Outline(append(coarse, fine...))
	if err != nil {
		t.Fatal(err)
	}
	wellFormed(t, outline)
	if len(outline) != 2 {
		t.Errorf("outline of two areas has %d polygons", len(outline))
	}
	if _, err := json.Marshal(GeoJSON(outline)); err != nil {
		t.Error(err)
	}
}

func TestOutlineOfNothingIsEmpty(t *testing.T) {
	t.Parallel()
	if outline, err := Outline(nil); err != nil || outline == nil || len(outline) != 0 {
		t.Errorf("Outline(nil) = %v, %v; want an empty multipolygon", outline, err)
	}
	if _, err := Outline([]Cell{1}); err == nil {
		t.Error("Outline takes what is no cell")
	}
}

func BenchmarkOutline(b *testing.B) {
	cells := disk(b, Point{55.75, 37.62}, 9, 11) // 397 cells, as a territory of Moscow among fifty
	for b.Loop() {
		if _, err := Outline(cells); err != nil {
			b.Fatal(err)
		}
	}
}
