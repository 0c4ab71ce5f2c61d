package geo_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hexbeat/hexbeat/geo"
	"pgregory.net/rapid"
)

// Painted cells are whose they were painted for, the rest of the ground is whose it was, and no cell lies in another.
func TestOverlayChangesThePaintedGroundAlone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const coarse, territories = 7, 3
		place := func(name string) geo.Point {
			return geo.Point{Lat: 55.7 + rapid.Float64Range(0, 0.1).Draw(t, name), Lon: 37.6 + rapid.Float64Range(0, 0.2).Draw(t, name)}
		}
		cellsAt := func(p geo.Point) []geo.Cell { // a point near an edge may lie in a cell, but not in that cell's parent
			cells, err := geo.Ancestors(p, coarse, geo.SiteResolution)
			if err != nil {
				t.Fatal(err)
			}
			return cells
		}
		cellAt := func(p geo.Point, resolution int) geo.Cell { return cellsAt(p)[resolution-coarse] }
		before := map[geo.Cell]int{}
		for range rapid.IntRange(0, 12).Draw(t, "ground") {
			before[cellAt(place("ground"), coarse)] = rapid.IntRange(0, territories-1).Draw(t, "owner")
		}
		painted := map[geo.Cell]int{}
		for range rapid.IntRange(0, 20).Draw(t, "painted") {
			painted[cellAt(place("painted"), geo.SiteResolution)] = rapid.IntRange(0, territories-1).Draw(t, "painter")
		}
		ground := make([][]geo.Cell, territories)
		for c, owner := range before {
			ground[owner] = append(ground[owner], c)
		}
		after, err := geo.Overlay(ground, painted)
		if err != nil {
			t.Fatal(err)
		}
		owners := func(p geo.Point) (list []int) {
			cells := cellsAt(p)
			for owner, held := range after {
				for _, c := range cells {
					if slices.Contains(held, c) {
						list = append(list, owner)
					}
				}
			}
			return list
		}
		probes := []geo.Point{place("probe"), place("probe"), place("probe")}
		for c := range painted {
			center, err := c.Center()
			if err != nil {
				t.Fatal(err)
			}
			probes = append(probes, center)
		}
		for _, p := range probes {
			var want []int
			if owner, known := painted[cellAt(p, geo.SiteResolution)]; known {
				want = []int{owner}
			} else if owner, known := before[cellAt(p, coarse)]; known {
				want = []int{owner}
			}
			if got := owners(p); !cmp.Equal(got, want) {
				t.Fatalf("%v belongs to %v, want %v", p, got, want)
			}
		}
	})
}
