package main

import (
	"testing"

	"github.com/hexbeat/hexbeat/geo"
)

// Where customers fill more ground than a city does, units are coarser, unless that leaves too few for the territories.
func TestRegionsHaveCoarserUnits(t *testing.T) {
	t.Parallel()
	scattered := func(rows, columns int) []geo.Site { // some 450 m apart, each in a cell of its own
		var sites []geo.Site
		for i := range rows {
			for j := range columns {
				sites = append(sites, geo.Site{Point: geo.Point{Lat: 52 + 0.004*float64(i), Lon: 40 + 0.007*float64(j)}, Workload: 1})
			}
		}
		return sites
	}
	town, region := scattered(100, 100), scattered(250, 250)
	for _, c := range []struct {
		what        string
		sites       []geo.Site
		territories int
		want        int
	}{
		{"a town", town, 50, 9},
		{"a region", region, 50, 8},
		{"a region of a thousand reps", region, 1000, 9},
	} {
		got, err := resolutionFor(c.sites, c.territories)
		if err != nil || got != c.want {
			t.Errorf("%s: resolution %d, %v, want %d", c.what, got, err, c.want)
		}
	}
}
