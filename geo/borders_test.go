package geo

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
	"github.com/uber/h3-go/v4"
	"pgregory.net/rapid"
)

// Places where cells are no plain hexagons: across an edge of the icosahedron, beside and on a
// pentagon, across the antimeridian.
var strangePlaces = []Point{{55.75, 37.62}, {58.66, 11.25}, {64.7, 10.536}, {66.2, 180}, {-17, -179.99}, {50.1, -143.4}}

// divideAmong gives cells around a place to territories at random, some of them cell by finer cell.
func divideAmong(t *rapid.T, resolution, rings, territories int) [][]Cell {
	at := rapid.SampledFrom(strangePlaces).Draw(t, "place")
	middle, err := CellAt(at, resolution)
	if err != nil {
		t.Fatal(err)
	}
	around, err := h3.Cell(middle).GridDisk(rings)
	if err != nil {
		t.Fatal(err)
	}
	r := seeded(rapid.Uint64().Draw(t, "seed"))
	out := make([][]Cell, territories)
	var give func(c h3.Cell, deep int)
	give = func(c h3.Cell, deep int) {
		if deep > 0 && r.IntN(4) == 0 {
			children, err := c.Children(c.Resolution() + 1)
			if err != nil {
				t.Fatal(err)
			}
			for _, child := range children {
				give(child, deep-1)
			}
			return
		}
		if i := r.IntN(territories + 1); i < territories {
			out[i] = append(out[i], Cell(c))
		}
	}
	for _, c := range around {
		if c != 0 {
			give(c, 2)
		}
	}
	return out
}

// lawful checks what holds for the outlines of one alignment, and gives them back as regions.
func lawful(t interface{ Fatalf(string, ...any) }, outlines []orb.MultiPolygon) []Region {
	regions := make([]Region, len(outlines))
	for i, o := range outlines {
		if len(o) == 0 {
			continue
		}
		var err error
		if regions[i], err = RegionOf(o); err != nil {
			t.Fatalf("territory %d: %v", i, err)
		}
		for _, p := range o {
			for j, ring := range p {
				if got := ring.Orientation() == orb.CCW; got != (j == 0) {
					t.Fatalf("territory %d: ring %d runs the wrong way", i, j)
				}
			}
		}
	}
	return regions
}

func area(outlines ...orb.MultiPolygon) float64 {
	sum := 0.0
	for _, o := range outlines {
		sum += planar.Area(o)
	}
	return sum
}

func ringsOf(o orb.MultiPolygon) (polygons, holes int) {
	for _, p := range o {
		polygons, holes = polygons+1, holes+len(p)-1
	}
	return polygons, holes
}

func TestOutlinesOfMixedResolutionsFitTogether(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		resolution := rapid.IntRange(4, 9).Draw(t, "resolution")
		territories := divideAmong(t, resolution, 1, rapid.IntRange(1, 5).Draw(t, "territories"))
		borders, err := Outlines(territories)
		if err != nil {
			t.Fatal(err)
		}
		exact := borders.Exact()
		regions := lawful(t, exact)

		whole, err := Outlines([][]Cell{slices.Concat(territories...)})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := area(exact...), area(whole.Exact()...); math.Abs(got-want) > 1e-9*want {
			t.Errorf("outlines enclose %v square degrees, their union %v", got, want)
		}
		for owner, cells := range territories {
			for _, c := range cells {
				center, err := c.Center()
				if err != nil {
					t.Fatal(err)
				}
				for i := range regions {
					if got, want := regions[i].Contains(center), i == owner; got != want {
						t.Fatalf("the middle of %s of territory %d lies in %d: %t", c, owner, i, got)
					}
				}
			}
		}
		zoom := rapid.Float64Range(3, 16).Draw(t, "zoom")
		simple := borders.At(zoom)
		lawful(t, simple)
		for i := range simple {
			p, h := ringsOf(simple[i])
			if b := exact[i].Bound(); b.Min.Lon() == -180 || b.Max.Lon() == 180 {
				continue // the antimeridian may cut off slivers
			}
			if q, g := ringsOf(exact[i]); p != q || h != g {
				t.Errorf("at zoom %v territory %d has %d polygons and %d holes, exactly %d and %d", zoom, i, p, h, q, g)
			}
		}
	})
}

func TestSimplerOutlinesNeitherOverlapNorPart(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		territories := divideAmong(t, rapid.IntRange(5, 9).Draw(t, "resolution"), 3, rapid.IntRange(2, 6).Draw(t, "territories"))
		borders, err := Outlines(territories)
		if err != nil {
			t.Fatal(err)
		}
		simple := borders.At(rapid.Float64Range(0, 11).Draw(t, "zoom"))
		regions := lawful(t, simple)
		r := seeded(1)
		bound := slices.Concat(simple...).Bound()
		for range 100 {
			p := Point{
				Lat: bound.Min.Lat() + r.Float64()*(bound.Max.Lat()-bound.Min.Lat()),
				Lon: bound.Min.Lon() + r.Float64()*(bound.Max.Lon()-bound.Min.Lon()),
			}
			in := 0
			for i := range regions {
				if regions[i].Contains(p) {
					in++
				}
			}
			if in > 1 {
				t.Fatalf("%v lies in %d territories", p, in)
			}
		}
	})
}

// Whose a place is by its cells is what counts; the exact outlines may err by metres.
func TestExactOutlinesAgreeWithTheCells(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		territories := divideAmong(t, SiteResolution, 1, 4)
		borders, err := Outlines(territories)
		if err != nil {
			t.Fatal(err)
		}
		regions := lawful(t, borders.Exact())
		owner := map[Cell]int{}
		for i, cells := range territories {
			for _, c := range cells {
				owner[c] = i
			}
		}
		byCells := func(p Point) int {
			chain, err := Ancestors(p, SiteResolution, FinestResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range chain {
				if i, ok := owner[c]; ok {
					return i
				}
			}
			return -1
		}
		const off = 6.0 // metres
		r := seeded(2)
		for _, cells := range territories {
			for _, c := range cells {
				center, err := c.Center()
				if err != nil {
					t.Fatal(err)
				}
				east := math.Cos(center.Lat * math.Pi / 180)
				shifted := func(p Point, x, y float64) Point { // by metres
					return Point{Lat: p.Lat + y/111_195, Lon: math.Remainder(p.Lon+x/111_195/east, 360)}
				}
				p := shifted(center, 400*r.Float64()-200, 400*r.Float64()-200)
				want := byCells(p)
				got := slices.IndexFunc(regions, func(r Region) bool { return r.Contains(p) })
				if got == want {
					continue
				}
				near := false
				for i := range 16 {
					sin, cos := math.Sincos(float64(i) * math.Pi / 8)
					near = near || byCells(shifted(p, off*cos, off*sin)) == got
				}
				if !near {
					t.Errorf("%v belongs to %d, far inside it is drawn in %d", p, want, got)
				}
			}
		}
	})
}

func TestOutlinesOfTheWholePole(t *testing.T) {
	t.Parallel()
	territories := make([][]Cell, 3)
	for i, c := range disk(t, Point{Lat: 90}, 4, 6) {
		if i%5 == 0 {
			children, err := h3.Cell(c).Children(5)
			if err != nil {
				t.Fatal(err)
			}
			for j, child := range children {
				territories[j%3] = append(territories[j%3], Cell(child))
			}
			continue
		}
		territories[i%3] = append(territories[i%3], c)
	}
	borders, err := Outlines(territories)
	if err != nil {
		t.Fatal(err)
	}
	regions := lawful(t, borders.Exact())
	for owner, cells := range territories {
		for _, c := range cells {
			center, err := c.Center()
			if err != nil {
				t.Fatal(err)
			}
			for i := range regions {
				if got := regions[i].Contains(center); got != (i == owner) {
					t.Errorf("the middle of %s of territory %d lies in %d: %t", c, owner, i, got)
				}
			}
		}
	}
}

func TestOutlinesRefuseSharedGround(t *testing.T) {
	t.Parallel()
	coarse, fine := disk(t, Point{55.75, 37.62}, 9, 0), disk(t, Point{55.75, 37.62}, 11, 0)
	for name, territories := range map[string][][]Cell{
		"a cell twice":        {coarse, coarse},
		"a cell in a cell":    {coarse, fine},
		"the other way round": {fine, coarse},
	} {
		if _, err := Outlines(territories); !errors.Is(err, ErrOverlap) {
			t.Errorf("%s: Outlines answers %v, want ErrOverlap", name, err)
		}
	}
	within, err := Outline(slices.Concat(coarse, fine))
	if err != nil {
		t.Fatal(err)
	}
	if alone, err := Outline(coarse); err != nil || area(within) != area(alone) {
		t.Errorf("a cell with one of its own in it encloses %v, alone %v, %v", area(within), area(alone), err)
	}
}

func TestOutlinesOfTerritoriesWithoutGround(t *testing.T) {
	t.Parallel()
	for _, territories := range [][][]Cell{nil, {nil, nil}, {nil, disk(t, Point{55.75, 37.62}, 9, 1)}} {
		borders, err := Outlines(territories)
		if err != nil {
			t.Fatal(err)
		}
		for _, outlines := range [][]orb.MultiPolygon{borders.Exact(), borders.At(4), borders.At(18)} {
			if len(outlines) != len(territories) {
				t.Fatalf("%d outlines of %d territories", len(outlines), len(territories))
			}
			for i, o := range outlines {
				if o == nil || (len(o) == 0) != (len(territories[i]) == 0) {
					t.Errorf("outline %v of %d cells", o, len(territories[i]))
				}
			}
		}
	}
}

func TestParentAtIsTheLibrarysParent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := Point{Lat: rapid.Float64Range(-90, 90).Draw(t, "lat"), Lon: rapid.Float64Range(-180, 180).Draw(t, "lon")}
		c, err := CellAt(p, rapid.IntRange(0, deepest).Draw(t, "resolution"))
		if err != nil {
			t.Fatal(err)
		}
		for r := range c.Resolution() + 1 {
			want, err := c.Parent(r)
			if err != nil {
				t.Fatal(err)
			}
			if got := parentAt(c, r); got != want {
				t.Errorf("parent of %s at resolution %d is %s, want %s", c, r, got, want)
			}
		}
	})
}

// aPatchwork is ground as of fifty territories of a large city.
func aPatchwork(b *testing.B) [][]Cell {
	r := seeded(1)
	sites := make([]Site, 8000)
	for i := range sites {
		sites[i] = Site{Point: Point{Lat: 55.75 + 0.12*r.NormFloat64(), Lon: 37.62 + 0.2*r.NormFloat64()}, Workload: 1 + 4*r.Float64()}
	}
	d, err := Design(Brief{Sites: sites, Territories: 50, Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	cells, err := Cover(d.Units, d.Territory, DefaultRings)
	if err != nil {
		b.Fatal(err)
	}
	return cells
}

func BenchmarkOutlines(b *testing.B) {
	cells := aPatchwork(b)
	b.ReportMetric(float64(len(slices.Concat(cells...))), "cells")
	for b.Loop() {
		if _, err := Outlines(cells); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSimplify(b *testing.B) {
	borders, err := Outlines(aPatchwork(b))
	if err != nil {
		b.Fatal(err)
	}
	for _, zoom := range []float64{6, 9, 12, 14} {
		b.Run(fmt.Sprintf("zoom-%v", zoom), func(b *testing.B) {
			points := 0
			for b.Loop() {
				points = 0
				for _, outline := range borders.At(zoom) {
					for _, p := range outline {
						for _, ring := range p {
							points += len(ring)
						}
					}
				}
			}
			b.ReportMetric(float64(points), "points")
		})
	}
}

func BenchmarkHexagon(b *testing.B) {
	c := disk(b, Point{55.75, 37.62}, 9, 0)[0]
	for b.Loop() {
		if _, err := Hexagon(c); err != nil {
			b.Fatal(err)
		}
	}
}
