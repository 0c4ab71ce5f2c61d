package geo_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/hexbeat/hexbeat/geo"
	"pgregory.net/rapid"
)

func TestCoverHasOneOwnerForEveryPlace(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sites := aTown(t, 80)
		rings := rapid.IntRange(0, 4).Draw(t, "rings")
		d, err := geo.Design(geo.Brief{Sites: sites, Territories: rapid.IntRange(1, 5).Draw(t, "territories"), Seed: 1})
		if errors.Is(err, geo.ErrTerritories) {
			t.Skip(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		cells, err := geo.Cover(d.Units, d.Territory, rings)
		if err != nil {
			t.Fatal(err)
		}
		owner := map[geo.Cell]int{}
		for j, own := range cells {
			for _, c := range own {
				if _, taken := owner[c]; taken {
					t.Errorf("cell %s stands twice", c)
				}
				owner[c] = j
			}
		}
		for c := range owner {
			for r := geo.SiteResolution; r < c.Resolution(); r++ {
				parent, err := c.Parent(r)
				if err != nil {
					t.Fatal(err)
				}
				if _, overlaps := owner[parent]; overlaps {
					t.Errorf("cell %s lies in %s", c, parent)
				}
			}
		}
		of := d.Of(len(sites))
		for i, s := range sites {
			at, err := geo.Ancestors(s.Point, geo.SiteResolution, geo.FinestResolution)
			if err != nil {
				t.Fatal(err)
			}
			found := slices.IndexFunc(at, func(c geo.Cell) bool { _, ok := owner[c]; return ok })
			if found < 0 {
				t.Errorf("no cell covers site %d", i)
			} else if got := owner[at[found]]; got != of[i] {
				t.Errorf("the ground of site %d belongs to %d, the site to %d", i, got, of[i])
			}
		}
	})
}

func TestCoverGrowsRingByRing(t *testing.T) {
	t.Parallel()
	unit := unitAt(t, geo.Point{Lat: 55.75, Lon: 37.62}, geo.SiteResolution)
	for rings, want := range []int{1, 7, 19, 37} {
		cells, err := geo.Cover([]geo.Unit{unit}, []int{0}, rings)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(cells[0]); got != want {
			t.Errorf("Cover of one unit with %d rings has %d cells, want %d", rings, got, want)
		}
	}
}

func TestCoverDividesASharedCell(t *testing.T) {
	t.Parallel()
	home := unitAt(t, geo.Point{Lat: 55.75, Lon: 37.62}, geo.SiteResolution)
	a := unitAt(t, home.Center, 11)
	b := unitAt(t, geo.Point{Lat: home.Center.Lat + 0.0008, Lon: home.Center.Lon}, 10)
	cells, err := geo.Cover([]geo.Unit{a, b}, []int{0, 1}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if got := len(cells[0]) + len(cells[1]); got != 7 {
		t.Errorf("the shared cell fell into %d, want its 7 children: %v", got, cells)
	}
	for _, own := range cells {
		for _, c := range own {
			if c.Resolution() != 10 {
				t.Errorf("cell %s has resolution %d, want 10", c, c.Resolution())
			}
		}
	}
}

func TestCoverRefusesWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	coarse := unitAt(t, geo.Point{Lat: 55.75, Lon: 37.62}, 9)
	fine := unitAt(t, geo.Point{Lat: 55.75, Lon: 37.62}, 10)
	for name, c := range map[string]struct {
		units     []geo.Unit
		territory []int
		rings     int
	}{
		"a territory missing": {[]geo.Unit{coarse}, nil, 1},
		"a negative one":      {[]geo.Unit{coarse}, []int{-1}, 1},
		"negative rings":      {[]geo.Unit{coarse}, []int{0}, -1},
		"overlapping units":   {[]geo.Unit{coarse, fine}, []int{0, 1}, 1},
	} {
		if _, err := geo.Cover(c.units, c.territory, c.rings); !errors.Is(err, geo.ErrCover) {
			t.Errorf("%s: Cover answers %v, want ErrCover", name, err)
		}
	}
}

func unitAt(t *testing.T, p geo.Point, resolution int) geo.Unit {
	t.Helper()
	chain, err := geo.Ancestors(p, resolution, resolution)
	if err != nil {
		t.Fatal(err)
	}
	center, err := chain[0].Center()
	if err != nil {
		t.Fatal(err)
	}
	return geo.Unit{Cell: chain[0], Center: center}
}
